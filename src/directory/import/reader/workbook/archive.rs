//! The archive that a workbook is: bounded before anything makes room for what is in it.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::cell_text::MAX_CELL_TEXT_BYTES;
use super::refusal::{damaged, encrypted, too_large};
use crate::directory::import::reader::record::ReadError;

/// The most parts of an archive.
const MAX_PARTS: usize = 10_000;

/// The most that all parts of an archive may come to, in bytes.
const MAX_UNPACKED_BYTES: u64 = 512 << 20;

/// The most that a part may come to which is kept in memory whole: texts, formats, names.
const MAX_WHOLE_PART_BYTES: u64 = 96 << 20;

/// The most texts that a workbook may announce.
pub(super) const MAX_ANNOUNCED_TEXTS: u64 = 8_000_000;

/// Unpacks every part of an archive without keeping it: refuses those that are too much, before
/// anything makes room for them.
pub(super) fn check(bytes: &[u8]) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large("the file has too many parts"));
    }
    let mut left = MAX_UNPACKED_BYTES;
    let mut buffer = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        if part.encrypted() {
            return Err(encrypted());
        }
        let name = part.name().map_err(damaged)?.to_ascii_lowercase();
        let is_streamed = name.contains("worksheets/") || name == "content.xml";
        let limit = if is_streamed { left } else { left.min(MAX_WHOLE_PART_BYTES) };
        let announces = name.ends_with("sharedstrings.xml");
        let size = check_part(part, limit, announces, &mut buffer)?;
        left = left.saturating_sub(size);
    }
    Ok(())
}

/// Looks through a part; gives its size. One that `announces` says how many texts it has.
fn check_part(
    mut part: impl Read,
    limit: u64,
    announces: bool,
    buffer: &mut [u8],
) -> Result<u64, ReadError> {
    const ANNOUNCEMENT: &[u8] = b"uniqueCount";
    let (mut size, mut run) = (0_u64, 0_u64);
    let mut tail: Vec<u8> = Vec::new();
    loop {
        let count = match part.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(damaged)?,
        };
        let read = buffer.get(..count).unwrap_or_default();
        if read.is_empty() {
            return Ok(size);
        }
        size += read.len() as u64;
        if size > limit {
            return Err(too_large("unpacked, a part of it is far larger than a roster"));
        }
        // Within what is read at once no text is too long.
        let is_mark = |byte: &u8| *byte == b'<';
        run += read.iter().position(is_mark).unwrap_or(read.len()) as u64;
        if run > MAX_CELL_TEXT_BYTES {
            return Err(too_large("a cell holds more than 1 MiB"));
        }
        if let Some(last) = read.iter().rposition(is_mark) {
            run = (read.len() - last) as u64;
        }
        if !announces {
            continue;
        }
        tail.extend_from_slice(read);
        let found = tail.windows(ANNOUNCEMENT.len()).enumerate();
        for (at, _) in found.filter(|(_, window)| *window == ANNOUNCEMENT) {
            let behind = tail.get(at + ANNOUNCEMENT.len()..).unwrap_or_default();
            let digits = behind.iter().skip_while(|byte| !byte.is_ascii_digit()).take(20);
            let digits: Vec<u8> = digits.copied().take_while(u8::is_ascii_digit).collect();
            let number = digits.iter().fold(0_u64, |number, digit| {
                number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
            });
            if number > MAX_ANNOUNCED_TEXTS {
                return Err(too_large("it announces more texts than a roster has"));
            }
        }
        // An announcement may go over the end of what was read.
        let kept = tail.len().saturating_sub(64);
        tail.drain(..kept);
    }
}
