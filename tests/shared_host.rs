//! A shared host: a real set-group-ID install with real accounts, attacked.
//!
//! Every test is a machine of its own as far as it can touch one: it runs again as a child in a
//! mount namespace and a process namespace, with copies over the places that an install changes.
//! This needs root; elsewhere the tests say so in one line and pass.
//!
//! The numbers in the comments are those of the requirements (`R`), of the measured facts (`M`) and
//! of the attackers (`T`) of the threat model.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unused_self,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, and helpers are a part of it; what touches a host \
              takes one, so that nothing touches the machine"
)]

mod attacks;
mod faults;
mod host;
mod install;
mod locks;
mod rights;
mod sessions;
mod sudo;
