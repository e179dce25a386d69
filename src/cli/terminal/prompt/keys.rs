//! Bytes from a terminal, one at a time, become keys.
//!
//! An escape sequence is swallowed whole: none of its bytes is ever taken for typed text.

use std::time::Duration;

use zeroize::Zeroize;

/// How long a lone ESC byte may still become an escape sequence. A slow line sends one in pieces.
const ESCAPE_GAP: Duration = Duration::from_millis(100);
/// How long a sequence that has begun for certain may take to end.
const SEQUENCE_GAP: Duration = Duration::from_secs(1);
/// Enough of a sequence's parameters to know the keys below by.
const PARAMETERS: usize = 4;

/// What somebody pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Enter,
    Tab,
    Backspace,
    EraseWord,
    EraseLine,
    EndOfFile,
    Interrupt,
    Quit,
    Suspend,
    Escape,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    PasteStart,
    PasteEnd,
    /// A control character or a sequence that means nothing here.
    Other,
    /// Bytes that are not UTF-8.
    Invalid,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// The first `have` of `need` bytes of one character.
    Character {
        bytes: [u8; 4],
        have: usize,
        need: usize,
    },
    Escape,
    /// ESC [, then parameters, then a final byte.
    Control {
        parameters: [u8; PARAMETERS],
        have: usize,
    },
    /// ESC O or ESC [ [: exactly one more byte.
    OneMore {
        application: bool,
    },
    /// ESC ] and its kin: up to BEL or ESC \.
    Text {
        escaped: bool,
    },
}

/// The state between two bytes.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    state: State,
    pasting: bool,
}

impl Decoder {
    /// Whether a bracketed paste has begun and not ended: its bytes are text, never keys.
    pub(super) fn pasting(&self) -> bool {
        self.pasting
    }

    /// How long the next byte may take before [`Decoder::lapse`] is to be called; `None` where the
    /// bytes so far have all become keys.
    pub(super) fn gap(&self) -> Option<Duration> {
        match self.state {
            State::Ground | State::Character { .. } => None,
            State::Escape => Some(ESCAPE_GAP),
            State::Control { .. } | State::OneMore { .. } | State::Text { .. } => {
                Some(SEQUENCE_GAP)
            }
        }
    }

    /// Nothing came in time: a lone ESC is the key of that name, the torso of a sequence is nothing.
    pub(super) fn lapse(&mut self) -> Key {
        match std::mem::take(&mut self.state) {
            State::Escape if !self.pasting => Key::Escape,
            State::Character { .. } => Key::Invalid,
            _ => Key::Other,
        }
    }

    /// Takes one byte. It completes no key, one, or (where it breaks off an unfinished one) two.
    pub(super) fn feed(&mut self, byte: u8) -> [Option<Key>; 2] {
        match std::mem::take(&mut self.state) {
            State::Ground => [self.begin(byte), None],
            State::Character { bytes, have, need } => self.character(bytes, have, need, byte),
            State::Escape => self.escape(byte),
            State::Control { parameters, have } => self.control(parameters, have, byte),
            State::OneMore { application } => {
                let key =
                    if application { cursor_key(byte).unwrap_or(Key::Other) } else { Key::Other };
                [Some(self.unless_pasting(key)), None]
            }
            State::Text { escaped } => {
                if byte == 0x07 || (escaped && byte == b'\\') {
                    [Some(Key::Other), None]
                } else {
                    self.state = State::Text { escaped: byte == 0x1b };
                    [None, None]
                }
            }
        }
    }

    fn begin(&mut self, byte: u8) -> Option<Key> {
        let need = match byte {
            0x1b => {
                self.state = State::Escape;
                return None;
            }
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80.. => return Some(Key::Invalid),
            b' '..=b'~' => return Some(Key::Char(char::from(byte))),
            b'\n' | b'\r' => return Some(Key::Enter),
            _ => return Some(self.unless_pasting(control_key(byte))),
        };
        self.state = State::Character { bytes: [byte, 0, 0, 0], have: 1, need };
        None
    }

    fn character(
        &mut self,
        mut bytes: [u8; 4],
        have: usize,
        need: usize,
        byte: u8,
    ) -> [Option<Key>; 2] {
        if !(0x80..=0xbf).contains(&byte) {
            bytes.zeroize();
            return [Some(Key::Invalid), self.begin(byte)];
        }
        bytes[have] = byte;
        let have = have + 1;
        if have < need {
            self.state = State::Character { bytes, have, need };
            return [None, None];
        }
        let letter = std::str::from_utf8(&bytes[..have]).ok().and_then(|text| text.chars().next());
        // It may be one of a password.
        bytes.zeroize();
        let key = match letter {
            None => Key::Invalid,
            Some(letter) if letter.is_control() => Key::Other,
            Some(letter) => Key::Char(letter),
        };
        [Some(key), None]
    }

    fn escape(&mut self, byte: u8) -> [Option<Key>; 2] {
        self.state = match byte {
            b'[' => State::Control { parameters: [0; PARAMETERS], have: 0 },
            b'O' => State::OneMore { application: true },
            b']' | b'P' | b'X' | b'^' | b'_' => State::Text { escaped: false },
            // No sequence: the ESC stands alone, and the byte is a key of its own.
            0x00..=0x1f => return [Some(self.unless_pasting(Key::Escape)), self.begin(byte)],
            // Alt and a letter, or half of a character; the rest of it is none either.
            _ => return [Some(Key::Other), None],
        };
        [None, None]
    }

    fn control(
        &mut self,
        mut parameters: [u8; PARAMETERS],
        mut have: usize,
        byte: u8,
    ) -> [Option<Key>; 2] {
        match byte {
            // The function keys of the Linux console.
            b'[' if have == 0 => {
                self.state = State::OneMore { application: false };
                [None, None]
            }
            b'@'..=b'~' => {
                let key = self.sequence(parameters.get(..have), byte);
                [Some(key), None]
            }
            b' '..=b'?' => {
                if let Some(place) = parameters.get_mut(have) {
                    *place = byte;
                }
                have = (have + 1).min(PARAMETERS + 1);
                self.state = State::Control { parameters, have };
                [None, None]
            }
            // A control character breaks the sequence off and counts: it may be Ctrl-C.
            _ => [Some(Key::Other), self.begin(byte)],
        }
    }

    /// A complete sequence; its parameters are `None` where there were too many.
    fn sequence(&mut self, parameters: Option<&[u8]>, last: u8) -> Key {
        match (parameters, last) {
            (Some(b"200"), b'~') if !self.pasting => {
                self.pasting = true;
                Key::PasteStart
            }
            (Some(b"201"), b'~') => {
                self.pasting = false;
                Key::PasteEnd
            }
            _ if self.pasting => Key::Other,
            (Some(b""), last) => cursor_key(last).unwrap_or(Key::Other),
            (Some(b"1" | b"7"), b'~') => Key::Home,
            (Some(b"4" | b"8"), b'~') => Key::End,
            (Some(b"5"), b'~') => Key::PageUp,
            (Some(b"6"), b'~') => Key::PageDown,
            _ => Key::Other,
        }
    }

    /// What is pasted is text: a control character in it does nothing.
    fn unless_pasting(&self, key: Key) -> Key {
        if self.pasting { Key::Other } else { key }
    }
}

fn cursor_key(last: u8) -> Option<Key> {
    match last {
        b'A' => Some(Key::Up),
        b'B' => Some(Key::Down),
        b'H' => Some(Key::Home),
        b'F' => Some(Key::End),
        b'M' => Some(Key::Enter),
        _ => None,
    }
}

fn control_key(byte: u8) -> Key {
    match byte {
        0x03 => Key::Interrupt,
        0x04 => Key::EndOfFile,
        0x08 | 0x7f => Key::Backspace,
        b'\t' => Key::Tab,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::EraseLine,
        0x17 => Key::EraseWord,
        0x1a => Key::Suspend,
        0x1c => Key::Quit,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut decoder = Decoder::default();
        let mut keys: Vec<Key> =
            bytes.iter().flat_map(|byte| decoder.feed(*byte)).flatten().collect();
        if decoder.gap().is_some() {
            keys.push(decoder.lapse());
        }
        keys
    }

    fn text(keys: &[Key]) -> String {
        keys.iter()
            .filter_map(|key| match key {
                Key::Char(letter) => Some(*letter),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn characters_of_every_length_arrive_whole() {
        assert_eq!(text(&keys("aé葵🦀".as_bytes())), "aé葵🦀");
    }

    #[test]
    fn sequences_are_swallowed_whole() {
        for sequence in [
            "\x1b[C",
            "\x1b[D",
            "\x1b[1;5C",
            "\x1b[15~",
            "\x1b[[A",
            "\x1bOP",
            "\x1bx",
            "\x1b]0;title\x07",
            "\x1b]11;rgb:0/0/0\x1b\\",
            "\x1bP1$r0m\x1b\\",
            "\x1b[<0;10;20M",
        ] {
            assert_eq!(keys(sequence.as_bytes()), [Key::Other], "{sequence:?}");
        }
    }

    #[test]
    fn the_keys_of_a_list_are_known_in_both_cursor_modes() {
        assert_eq!(keys(b"\x1b[A\x1b[B"), [Key::Up, Key::Down]);
        assert_eq!(keys(b"\x1bOA\x1bOB"), [Key::Up, Key::Down]);
        assert_eq!(keys(b"\x1b[5~\x1b[6~"), [Key::PageUp, Key::PageDown]);
        assert_eq!(keys(b"\x10\x0e\t"), [Key::Up, Key::Down, Key::Tab]);
    }

    #[test]
    fn a_lone_escape_is_a_key_once_nothing_follows_it() {
        assert_eq!(keys(b"\x1b"), [Key::Escape]);
        assert_eq!(keys(b"\x1b\x1b"), [Key::Escape, Key::Escape]);
        assert_eq!(keys(b"\x1b\r"), [Key::Escape, Key::Enter]);
    }

    #[test]
    fn an_interrupt_is_heard_in_the_middle_of_anything() {
        assert_eq!(keys(b"\x1b\x03"), [Key::Escape, Key::Interrupt]);
        assert_eq!(keys(b"\x1b[1\x03"), [Key::Other, Key::Interrupt]);
        assert_eq!(keys(b"\xc3\x03"), [Key::Invalid, Key::Interrupt]);
    }

    #[test]
    fn what_is_not_utf8_is_said_to_be_so() {
        for bad in [&b"\xff"[..], b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
            assert!(keys(bad).contains(&Key::Invalid), "{bad:x?}");
        }
        assert_eq!(keys(b"\xc3a"), [Key::Invalid, Key::Char('a')]);
    }

    #[test]
    fn a_paste_holds_text_and_no_keys() {
        assert_eq!(
            keys(b"\x1b[200~a\x03\x7f\t\x1b[A\nb\x1b[201~\x7f"),
            [
                Key::PasteStart,
                Key::Char('a'),
                Key::Other,
                Key::Other,
                Key::Other,
                Key::Other,
                Key::Enter,
                Key::Char('b'),
                Key::PasteEnd,
                Key::Backspace,
            ]
        );
    }

    proptest! {
        #[test]
        fn plain_text_comes_out_as_it_went_in(typed in "[^\\p{Cc}]{0,40}") {
            prop_assert_eq!(text(&keys(typed.as_bytes())), typed);
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for key in keys(&bytes) {
                if let Key::Char(letter) = key {
                    prop_assert!(!letter.is_control());
                }
            }
        }
    }
}
