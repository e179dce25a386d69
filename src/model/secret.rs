//! A buffer for passwords and tokens: wiped when dropped, never shown.

use std::fmt;

use zeroize::Zeroizing;

/// A password, a token or a code in memory. It is wiped on drop and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The longest that is read, in bytes: the 256 characters of the longest password, in UTF-8.
    pub const MAX_BYTES: usize = 1_024;

    /// Takes over `text`; the buffer is wiped when the secret is dropped.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself. Every call is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        let secret = Secret::new("hunter2hunter2".into());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    /// R18: what a dropped secret leaves is looked for where it was, in the memory of this process.
    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_is_left_where_a_secret_was() {
        use std::fs::File;
        use std::os::unix::fs::FileExt;

        let memory = File::open("/proc/self/mem").unwrap();
        let text = "kanari4711".repeat(100);
        let place = text.as_ptr().addr() as u64;
        let mut found = vec![0; text.len()];
        let mut left = || {
            memory.read_exact_at(&mut found, place).unwrap();
            found.windows(10).filter(|bytes| bytes.starts_with(b"kanari")).count()
        };
        let secret = Secret::new(text);
        assert_eq!(left(), 100, "{secret:?}");
        drop(secret);
        assert_eq!(left(), 0);
    }
}
