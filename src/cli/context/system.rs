//! The operating system's clock and random generator: the one place where either comes in.

use std::io;
use std::rc::Rc;

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::model::{Clock, Entropy, Timestamp};

/// The operating system's generator.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut left = buffer;
        while !left.is_empty() {
            // A signal may cut it short.
            match getrandom(&mut *left, GetRandomFlags::empty()) {
                Ok(filled) => left = left.split_at_mut(filled).1,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The operating system's clock.
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(jiff::Timestamp::now().as_second())
    }
}

#[cfg(not(feature = "fixed-clock"))]
pub(super) fn clock() -> Rc<dyn Clock> {
    Rc::new(SystemClock)
}

/// For tests of the real program: the time that `CCADMIN_TEST_NOW` (seconds since 1970) says.
#[cfg(feature = "fixed-clock")]
#[expect(clippy::disallowed_methods, reason = "for tests alone, and never in a release")]
pub(super) fn clock() -> Rc<dyn Clock> {
    use crate::model::FixedClock;

    let fixed = std::env::var("CCADMIN_TEST_NOW").ok().and_then(|text| text.parse().ok());
    match fixed {
        Some(seconds) => Rc::new(FixedClock(Timestamp::from_seconds(seconds))),
        None => Rc::new(SystemClock),
    }
}
