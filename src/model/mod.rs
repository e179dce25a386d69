//! The nouns of a contact center: what a valid value is, and nothing about where it is kept.
//!
//! Every type parses its text once, at the edge, and is valid from then on. Nothing here reads a
//! clock, a file or the environment.

mod audit;
mod clock;
mod contact;
mod filter;
mod formula;
mod invalid;
mod language;
mod names;
mod photo;
mod project;
mod role;
mod row;
mod secret;
mod text;
mod user;
mod weight;

pub use audit::{Action, AuditEntry, AuditFilter, AuditRecord, Outcome};
pub use clock::{Clock, Duration, Entropy, FixedClock, Timestamp};
pub use contact::{Email, Phone};
pub use filter::{Places, SortKey, UserFilter};
pub use formula::{defuse_cell, restore_cell};
pub use invalid::{Invalid, Rule};
pub use language::LanguageTag;
pub use names::{ProjectName, SkillName, TeamName, Username};
pub use photo::{Photo, PhotoKind};
pub use project::{Project, ProjectDetails};
pub use role::{Role, RoleSet, UnknownRole};
pub(crate) use row::RowPlace;
pub use row::{RowPlaces, UserRow};
pub use secret::Secret;
pub use text::{Description, FullName, fold, is_invisible};
pub use user::{
    Assignment, AssignmentRequest, Credential, CredentialKind, CredentialState, Field, NewUser,
    PasswordOrigin, SkillGrant, State, User, UserId,
};
pub use weight::{SkillLevel, Weight, WeightRange};
