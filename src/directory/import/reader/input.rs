//! The bytes of a file as UTF-8, whatever it is written in, and a digest of what was read.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::record::MAX_ROW_BYTES;

/// So much is read at once, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// A file's text: as it is where that is UTF-8, else decoded. What cannot be decoded is U+FFFD.
pub(super) struct TextInput<R> {
    text: Text<R>,
    digest: SharedDigest,
}

enum Text<R> {
    Plain(BufReader<DigestReader<R>>),
    Decoded(Box<BufReader<Decoder<R>>>),
}

/// What makes UTF-8 of another encoding.
type Decoder<R> = DecodeReaderBytes<BufReader<DigestReader<R>>, Vec<u8>>;

/// The digest of what is read, which a decoder between does not hand out.
type SharedDigest = Arc<Mutex<DefaultHasher>>;

impl<R: Read> TextInput<R> {
    /// Looks at the beginning: a byte order mark goes before the `encoding` that the caller names.
    pub(super) fn begin(input: R, encoding: Option<&'static Encoding>) -> io::Result<Self> {
        let digest = SharedDigest::default();
        let input = DigestReader { inner: input, digest: SharedDigest::clone(&digest) };
        let mut input = BufReader::with_capacity(BUFFER_BYTES, input);
        let marked = Encoding::for_bom(input.fill_buf()?);
        let encoding = marked.map(|(encoding, _)| encoding).or(encoding).unwrap_or(UTF_8);
        if encoding == UTF_8 {
            input.consume(marked.map_or(0, |(_, length)| length));
            return Ok(Self { text: Text::Plain(input), digest });
        }
        let mut decoder = DecodeReaderBytesBuilder::new();
        decoder.encoding(Some(encoding)).strip_bom(true);
        let decoder = decoder.build_with_buffer(input, vec![0; BUFFER_BYTES]);
        let decoder = BufReader::with_capacity(BUFFER_BYTES, decoder.map_err(io::Error::other)?);
        Ok(Self { text: Text::Decoded(Box::new(decoder)), digest })
    }

    /// What was read of the file and not taken yet.
    pub(super) fn buffer(&self) -> &[u8] {
        match &self.text {
            Text::Plain(input) => input.buffer(),
            Text::Decoded(input) => input.buffer(),
        }
    }

    pub(super) fn digest(&self) -> u64 {
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).finish()
    }

    /// The next line with its end, as far as a row may be long; empty at the end of the file. An LF
    /// behind a line that ends with CR begins the next one.
    pub(super) fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let bytes = self.fill_buf()?;
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let whole = bytes.get(..end.map_or(bytes.len(), |end| end + 1)).unwrap_or(bytes);
            line.extend_from_slice(whole);
            let (taken, ended) = (whole.len(), end.is_some() || bytes.is_empty());
            self.consume(taken);
            if ended || line.len() > MAX_ROW_BYTES {
                return Ok(line);
            }
        }
    }
}

impl<R: Read> Read for TextInput<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.text {
            Text::Plain(input) => input.read(buffer),
            Text::Decoded(input) => input.read(buffer),
        }
    }
}

impl<R: Read> BufRead for TextInput<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.text {
            Text::Plain(input) => input.fill_buf(),
            Text::Decoded(input) => input.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        match &mut self.text {
            Text::Plain(input) => input.consume(count),
            Text::Decoded(input) => input.consume(count),
        }
    }
}

/// Keeps a digest of what is read.
pub(super) struct DigestReader<R> {
    inner: R,
    digest: SharedDigest,
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let mut digest = self.digest.lock().unwrap_or_else(PoisonError::into_inner);
        digest.write(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// The encoding that bytes which are no UTF-8 are most likely in.
pub(super) fn likeliest_encoding(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 that no byte order mark begins, where `start` is most likely that: of the letters that
/// headers are made of every other byte is NUL. With the beginning of the first line.
pub(super) fn unmarked_utf_16(start: &[u8]) -> Option<(&'static Encoding, &[u8])> {
    const LOOKED_AT_BYTES: usize = 64;
    let start = start.get(..LOOKED_AT_BYTES).unwrap_or(start);
    let (pairs, _) = start.as_chunks::<2>();
    let has = |at: usize| {
        let letters =
            pairs.iter().filter(|pair| pair.iter().position(|byte| *byte == 0) == Some(at));
        let count = letters.count();
        count >= 4 && count * 4 >= pairs.len() * 3
    };
    let encoding = if has(1) {
        UTF_16LE
    } else if has(0) {
        UTF_16BE
    } else {
        return None;
    };
    let ends = |pair: &[u8; 2]| pair.iter().any(|byte| b",;\t|\r\n".contains(byte));
    let end = pairs.iter().position(ends).map_or(start.len(), |pair| pair * 2);
    Some((encoding, start.get(..end).unwrap_or_default()))
}
