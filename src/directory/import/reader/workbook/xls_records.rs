//! The records of an XLS file's stream, and what stands in them. Nothing is kept of a record, and no
//! room is made for more than the stream holds.

use encoding_rs::Encoding;

use super::refusal::damaged;
use crate::directory::import::reader::record::ReadError;

/// A record that goes on with what the one before it holds.
const CONTINUE: u16 = 0x003c;

/// The records of a stream, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records<'s> {
    stream: &'s [u8],
    /// Where the next one begins.
    at: usize,
}

/// A record: its kind, where it begins, and what it holds.
#[derive(Debug)]
pub(super) struct XlsRecord<'s> {
    pub(super) kind: u16,
    pub(super) at: usize,
    pub(super) fields: Fields<'s>,
}

/// What a record holds and was not read yet.
#[derive(Debug)]
pub(super) struct Fields<'s> {
    left: &'s [u8],
    /// The records behind it, of which the first ones may continue it.
    behind: Records<'s>,
}

impl<'s> Records<'s> {
    pub(super) fn of(stream: &'s [u8], at: usize) -> Self {
        Self { stream, at }
    }

    /// Where the next record begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next record; every stream says itself where it ends.
    pub(super) fn next(&mut self) -> Result<XlsRecord<'s>, ReadError> {
        let at = self.at;
        let rest = self.stream.get(at..).unwrap_or_default();
        let Some(([k0, k1, l0, l1], rest)) = rest.split_first_chunk() else {
            return Err(cut_off());
        };
        let length = usize::from(u16::from_le_bytes([*l0, *l1]));
        let left = rest.get(..length).ok_or_else(cut_off)?;
        self.at = at + 4 + length;
        let kind = u16::from_le_bytes([*k0, *k1]);
        Ok(XlsRecord { kind, at, fields: Fields { left, behind: *self } })
    }
}

impl Fields<'_> {
    /// How many bytes are left, without those of the records that continue it.
    pub(super) fn len(&self) -> usize {
        self.left.len()
    }

    /// Whether nothing is left, in the records that continue it neither.
    pub(super) fn is_at_end(&mut self) -> bool {
        while self.left.is_empty() {
            match self.behind.next() {
                Ok(record) if record.kind == CONTINUE => *self = record.fields,
                _ => return true,
            }
        }
        false
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        if N > 0 && self.is_at_end() {
            return Err(cut_off());
        }
        let (bytes, left) = self.left.split_first_chunk().ok_or_else(cut_off)?;
        self.left = left;
        Ok(*bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ReadError> {
        Ok(u8::from_le_bytes(self.bytes()?))
    }

    pub(super) fn u16(&mut self) -> Result<u16, ReadError> {
        Ok(u16::from_le_bytes(self.bytes()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, ReadError> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    pub(super) fn f64(&mut self) -> Result<f64, ReadError> {
        Ok(f64::from_le_bytes(self.bytes()?))
    }

    pub(super) fn skip(&mut self, mut count: u64) -> Result<(), ReadError> {
        while count > 0 {
            if self.is_at_end() {
                return Err(cut_off());
            }
            let now = self.left.len().min(usize::try_from(count).unwrap_or(usize::MAX));
            self.left = self.left.get(now..).unwrap_or_default();
            count -= now as u64;
        }
        Ok(())
    }

    /// A text of so many UTF-16 units, behind the byte that says how wide they are. It may be
    /// formatted and carry how it is spoken: only the shared ones are.
    pub(super) fn unicode_text(&mut self, units: usize) -> Result<String, ReadError> {
        let flags = self.u8()?;
        let runs = if flags & 8 == 0 { 0 } else { self.u16()? };
        let spoken = if flags & 4 == 0 { 0 } else { self.u32()? };
        let mut is_wide = flags & 1 == 1;
        let mut text: Vec<u16> = Vec::new();
        while text.len() < units {
            if self.left.is_empty() {
                // Where a text is divided the width is said anew.
                is_wide = self.u8()? & 1 == 1;
            }
            let width = if is_wide { 2 } else { 1 };
            let count = (units - text.len()).min(self.left.len() / width);
            let (now, left) = self
                .left
                .split_at_checked(count * width)
                .filter(|_| count > 0)
                .ok_or_else(cut_off)?;
            self.left = left;
            if is_wide {
                let pairs = now.as_chunks().0.iter();
                text.extend(pairs.map(|pair: &[u8; 2]| u16::from_le_bytes(*pair)));
            } else {
                text.extend(now.iter().map(|byte| u16::from(*byte)));
            }
        }
        self.skip(u64::from(runs) * 4 + u64::from(spoken))?;
        Ok(String::from_utf16_lossy(&text))
    }

    /// A text of so many bytes, as the files before Excel 97 have them.
    pub(super) fn byte_text(
        &mut self,
        count: usize,
        encoding: &'static Encoding,
    ) -> Result<String, ReadError> {
        let (text, left) = self.left.split_at_checked(count).ok_or_else(cut_off)?;
        self.left = left;
        Ok(encoding.decode_without_bom_handling(text).0.into_owned())
    }
}

pub(super) fn cut_off() -> ReadError {
    damaged("it is cut off")
}
