//! `ccadmin` administers the users of a contact center: who they are, what they may do, which
//! projects they take calls from and with which weight, and their passwords.
//!
//! # The house
//!
//! Four floors, and arrows go down only; a test reads the sources and holds that.
//!
//! | floor | what lives there |
//! | --- | --- |
//! | `main.rs` | parse, run, exit code; nothing else |
//! | [`cli`] | what a person or a script sees: arguments, prompts, tables, JSON, exit codes |
//! | [`directory`] | the rules: who may do what, what a valid change is, passwords |
//! | [`store`] | the SQL, one file a noun, over a narrow engine |
//! | [`model`] | the nouns: valid values, and nothing about where they are kept |
//!
//! Beside [`model`] stands [`config`], the settings; [`privilege`], what the process may do
//! beyond whoever calls it, is called by `main` and the command line alone.
//!
//! Each foreign thing has one place: clap, the terminal and the environment are in [`cli`]; argon2
//! and zxcvbn in [`directory`], where `permissions.rs` alone decides who may do what; rusqlite in
//! `store/engine/sqlite/`; the schema of the store in `store/migrations/`; every error's code and
//! exit status in the one table of `cli/codes.rs`; every setting in `config/setting_table.rs`. `unsafe` is
//! denied but in [`privilege`] and `directory/passwords/hash_memory.rs`.
//!
//! What happens on `ccadmin set-weight` is in `cli/commands/set_weight.rs`: it parses into types of the
//! model (a bad weight dies here, before any I/O), opens the [`directory::Directory`], and calls its
//! method of that name, which is in the file of its noun: one write transaction that reads, decides,
//! writes, appends the audit entry and commits. The command prints what came of it.
//!
//! # The words of the house
//!
//! | word | what it means | where it lives |
//! | --- | --- | --- |
//! | user | somebody of the contact center, with roles; an agent takes calls | `model/user.rs`, `directory/users/` |
//! | account | an account of the operating system that runs the program | `cli/os_accounts.rs` |
//! | assignment, weight | a user in a project, and how strongly calls from it are preferred | `directory/assignments/`, `model/weight.rs` |
//! | share | the part of a user's attention that a project gets: its weight / the sum of the user's weights in active projects | `model/user.rs` |
//! | impact | what a change does to shares, and projects that it leaves without an agent | `directory/users/impact.rs` |
//! | label | a team or a skill | `directory/labels/` |
//! | template user | the user whose roles, labels and projects `--like` copies | `directory/users/template.rs` |
//! | credential | the hash of a password, whether it is temporary, and who set it | `store/credentials.rs` |
//! | reservation | what a sign-in is charged before its password is looked at | `directory/sign_in/verified.rs` |
//! | verified | a user who has just proved their password | `directory/sign_in/verified.rs` |
//! | roster | a file of users that is imported or exported | `directory/import/` |
//! | plan | what an import would do, row by row | `directory/import/plan.rs` |
//! | hand-out | the way of a new password to its user: e-mail, SMS or a printed card | `cli/handout/` |
//! | shared host | an install that is set-group-ID, for agents with shell accounts | `cli/shared_host.rs`, [`privilege`] |
//! | actor | who is acting: the owner, a user with a session, or nobody | `directory/actor.rs` |
//! | owner | the account that owns the file of the store; it acts as admin | `directory/actor.rs` |
//! | store | the database and its side files | [`store`] |
//!
//! # Without the command line
//!
//! A program that links this library can do all that the tool can. The core never prints, asks, or
//! reads the environment, a clock or a random source by itself: they are handed in.
//!
//! ```
//! use std::rc::Rc;
//!
//! use ccadmin::directory::{Caller, Directory, Policy};
//! use ccadmin::model::{Entropy, FixedClock, ProjectDetails, Timestamp};
//! use ccadmin::store::Store;
//!
//! struct System;
//!
//! impl Entropy for System {
//!     fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()> {
//!         getrandom::fill(buffer).map_err(std::io::Error::other)
//!     }
//! }
//!
//! let now = Timestamp::from_seconds(1_795_251_600);
//! let mut directory = Directory::new(
//!     Store::in_memory(now)?,
//!     Rc::new(FixedClock(now)),
//!     Box::new(System),
//!     Policy::default(),
//!     Caller { real_uid: 0, uid: 0, login: "root".into() },
//!     None,
//! )?;
//! directory.create_project(&"hu-support".parse()?, ProjectDetails::default())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cli;
pub mod config;
pub mod directory;
mod fs;
pub mod model;
pub mod privilege;
pub mod store;

/// Texts for the targets of the fuzzer that stand beside what they try.
#[cfg(test)]
#[path = "../tests/common/pieces.rs"]
mod pieces;
