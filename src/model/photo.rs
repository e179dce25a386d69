//! A user's photo: PNG or JPEG by what the file holds, whatever its name says, and whole.

use super::{Invalid, Rule};

/// What a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
}

impl PhotoKind {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }
}

/// A picture that is what it says: its frame was followed from its head to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    kind: PhotoKind,
    content: Vec<u8>,
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG_SIGNATURE: &[u8] = b"\xff\xd8\xff";

/// How files begin that people take for pictures that will do.
const OTHER_SIGNATURES: [(&[u8], &str); 7] = [
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"<svg", "an SVG drawing"),
    (b"PK\x03\x04", "an archive or an office document"),
];

impl Photo {
    /// The largest file that is taken, in bytes: 1 MiB.
    pub const MAX_BYTES: usize = 1024 * 1024;

    /// The picture that a file holds.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with [`Rule::Photo`]: it is empty, too large, neither PNG nor JPEG, or cut off.
    pub fn parse(content: Vec<u8>) -> Result<Self, Invalid> {
        let refused = |why: String, hint: &str| Err(Invalid::new(Rule::Photo, why).with_hint(hint));
        if content.is_empty() {
            return refused("the file is empty".to_owned(), "name a PNG or JPEG file");
        }
        if content.len() > Self::MAX_BYTES {
            return Err(Self::too_large());
        }
        let (kind, name, whole) = if content.starts_with(PNG_SIGNATURE) {
            (PhotoKind::Png, "PNG", is_whole_png(&content))
        } else if content.starts_with(JPEG_SIGNATURE) {
            (PhotoKind::Jpeg, "JPEG", is_whole_jpeg(&content))
        } else {
            let found = OTHER_SIGNATURES.iter().find(|(head, _)| content.starts_with(head));
            let what = match found {
                Some((_, what)) => Some(*what),
                None if content.get(8..12) == Some(b"WEBP") => Some("a WebP picture"),
                // These say what they are behind the length of their first box.
                None if content.get(4..8) == Some(b"ftyp") => Some("a HEIC or AVIF picture"),
                None => None,
            };
            let why = match what {
                Some(what) => format!("it is {what}, neither PNG nor JPEG"),
                None => "it is neither PNG nor JPEG".to_owned(),
            };
            return refused(why, "its content counts, not its name; save it as PNG or JPEG");
        };
        if whole.is_none() {
            let why = format!("it begins like a {name} picture but is damaged or cut off");
            return refused(why, "save or copy the picture again");
        }
        Ok(Self { kind, content })
    }

    /// The error for a file of more than [`Photo::MAX_BYTES`] bytes.
    #[must_use]
    pub fn too_large() -> Invalid {
        Invalid::new(Rule::Photo, "a photo can have at most 1 MiB, this file has more")
            .with_hint("save it smaller: 400 by 400 pixels are plenty")
    }

    /// A picture from the store, which has been checked before.
    pub(crate) fn from_stored(kind: PhotoKind, content: &[u8]) -> Self {
        Self { kind, content: content.to_vec() }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> PhotoKind {
        self.kind
    }

    /// The file, byte by byte as it was given.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

/// The first `N` bytes of `rest`, which begins behind them from then on.
fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(head)
}

/// Follows the chunks of a PNG from its head to its end, over at least one with pixels.
fn is_whole_png(content: &[u8]) -> Option<()> {
    let mut rest = content.get(PNG_SIGNATURE.len()..)?;
    let mut first = true;
    let mut pixels = false;
    loop {
        let length = usize::try_from(u32::from_be_bytes(*take(&mut rest)?)).ok()?;
        let kind: &[u8; 4] = take(&mut rest)?;
        let data = rest.get(..length)?;
        rest = rest.get(length..)?;
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(kind);
        checksum.update(data);
        (checksum.finalize() == u32::from_be_bytes(*take(&mut rest)?)).then_some(())?;
        match kind {
            b"IHDR" if first => {
                let (width, height) = (data.get(..4)?, data.get(4..8)?);
                let has_size =
                    width.iter().any(|byte| *byte > 0) && height.iter().any(|byte| *byte > 0);
                (length == 13 && has_size).then_some(())?;
            }
            _ if first => return None,
            b"IDAT" => pixels = true,
            b"IEND" => return pixels.then_some(()),
            _ => {}
        }
        first = false;
    }
}

/// Follows the segments of a JPEG to the first with pixels, and looks for its end behind it.
fn is_whole_jpeg(content: &[u8]) -> Option<()> {
    let mut rest = content.get(2..)?;
    let mut frame = false;
    loop {
        let [0xff] = take(&mut rest)? else { return None };
        while rest.first() == Some(&0xff) {
            rest = rest.get(1..)?;
        }
        let [marker] = take(&mut rest)?;
        let length = usize::from(u16::from_be_bytes(*take(&mut rest)?)).checked_sub(2)?;
        let data = rest.get(..length)?;
        rest = rest.get(length..)?;
        match marker {
            // Start of a frame: precision, height, width. Four of its numbers mean something else.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let width = data.get(3..5)?;
                width.iter().any(|byte| *byte > 0).then_some(())?;
                frame = true;
            }
            0xda => {
                let ends = rest.windows(2).any(|pair| pair == [0xff, 0xd9]);
                return (frame && ends).then_some(());
            }
            // What has no length has no place before the pixels.
            0x00 | 0x01 | 0xd0..=0xd9 => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        let checksum = crc32fast::hash(&[kind, data].concat()).to_be_bytes();
        [&length, kind, data, &checksum].concat()
    }

    fn png() -> Vec<u8> {
        let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0];
        [PNG_SIGNATURE, &chunk(b"IHDR", &header), &chunk(b"IDAT", b"pixels"), &chunk(b"IEND", b"")]
            .concat()
    }

    fn jpeg() -> Vec<u8> {
        [
            b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".as_slice(),
            b"\xff\xff\xc0\x00\x0b\x08\0\x01\0\x01\x01\x01\x11\0",
            b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0pixels\xff\xd9",
        ]
        .concat()
    }

    fn reason(content: impl Into<Vec<u8>>) -> String {
        let invalid = Photo::parse(content.into()).unwrap_err();
        assert_eq!(invalid.rule, Rule::Photo);
        invalid.reason
    }

    #[test]
    fn what_the_file_holds_counts() {
        for (content, kind) in [(png(), PhotoKind::Png), (jpeg(), PhotoKind::Jpeg)] {
            let photo = Photo::parse(content.clone()).unwrap();
            assert_eq!((photo.kind(), photo.content()), (kind, content.as_slice()));
            // Telephones write more behind the end: that is theirs.
            Photo::parse([content, b"more".to_vec()].concat()).unwrap();
        }
    }

    #[test]
    fn what_is_no_picture_of_ours_is_named() {
        for (content, wanted) in [
            ("", "the file is empty"),
            ("GIF89a", "it is a GIF picture, neither PNG nor JPEG"),
            ("BM....", "it is a BMP picture, neither PNG nor JPEG"),
            ("RIFF....WEBP", "it is a WebP picture, neither PNG nor JPEG"),
            ("....ftypheic", "it is a HEIC or AVIF picture, neither PNG nor JPEG"),
            ("%PDF-1.7", "it is a PDF document, neither PNG nor JPEG"),
            ("\u{89}PNG", "it is neither PNG nor JPEG"),
            ("PNG", "it is neither PNG nor JPEG"),
            ("JFIF", "it is neither PNG nor JPEG"),
        ] {
            assert_eq!(reason(content), wanted, "{content}");
        }
    }

    /// Cut anywhere, it is none: neither half a download nor a head alone.
    #[test]
    fn what_is_cut_off_is_refused() {
        for whole in [png(), jpeg()] {
            for end in 0..whole.len() {
                reason(&whole[..end]);
            }
        }
    }

    #[test]
    fn what_only_begins_like_a_picture_is_refused() {
        let headless = [PNG_SIGNATURE, &chunk(b"IDAT", b"x"), &chunk(b"IEND", b"")].concat();
        let flat =
            [PNG_SIGNATURE, &chunk(b"IHDR", &[0; 13]), &chunk(b"IDAT", b"x"), &chunk(b"IEND", b"")];
        let head = [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0];
        let empty = [PNG_SIGNATURE, &chunk(b"IHDR", &head), &chunk(b"IEND", b"")].concat();
        let endless = [PNG_SIGNATURE, b"\xff\xff\xff\xffIHDR"].concat();
        for content in [headless, flat.concat(), empty, endless] {
            assert!(reason(content).starts_with("it begins like a PNG picture but is damaged"));
        }
        for content in [
            b"\xff\xd8\xff\xd9".as_slice(),
            b"\xff\xd8\xff\xe0\x00\x00",
            b"\xff\xd8\xff\xda\x00\x02pixels\xff\xd9",
            b"\xff\xd8\xffsomething else entirely, and long enough to be read",
        ] {
            assert!(reason(content).starts_with("it begins like a JPEG picture but is damaged"));
        }
    }

    /// The pixels cannot be seen by their frame alone: each chunk says what it sums up to.
    #[test]
    fn a_flipped_bit_of_a_png_is_seen() {
        let whole = png();
        for at in PNG_SIGNATURE.len()..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            assert_eq!(reason(flipped), "it begins like a PNG picture but is damaged or cut off");
        }
    }

    #[test]
    fn one_mebibyte_is_the_most() {
        let padded = |size: usize| {
            let mut content = png();
            content.resize(size, 0);
            content
        };
        Photo::parse(padded(Photo::MAX_BYTES)).unwrap();
        assert_eq!(
            reason(padded(Photo::MAX_BYTES + 1)),
            "a photo can have at most 1 MiB, this file has more"
        );
    }

    proptest! {
        /// Whatever comes, it is a picture or an error.
        #[test]
        fn anything_is_a_picture_or_an_error(
            head in prop::sample::select(vec![PNG_SIGNATURE.to_vec(), JPEG_SIGNATURE.to_vec(), png(), jpeg(), vec![]]),
            tail in prop::collection::vec(any::<u8>(), 0..200),
            keep in any::<prop::sample::Index>(),
        ) {
            let kept = keep.index(head.len() + 1);
            let _ = Photo::parse([&head[..kept], &tail].concat());
        }
    }
}
