//! The nouns of a contact center: what a valid value is, and nothing about where it is kept.
//!
//! Every type parses its text once, at the edge, and is valid from then on. Nothing here reads a
//! clock, a file or the environment.

mod assignment;
mod audit;
mod clock;
mod email;
mod entity_kind;
mod export_row;
mod formula_escape;
mod import_field;
mod invalid;
mod language;
mod names;
mod phone;
mod photo;
mod policy;
mod project;
mod queue_tables;
mod rate;
mod role;
mod secret;
mod state;
mod suggest;
mod text;
mod text_type;
mod user;
mod user_filter;
mod weight;
mod window;

pub use assignment::{Assignment, AssignmentRequest};
pub use audit::{AuditAction, AuditEntry, AuditFilter, AuditOutcome, AuditRecord, UndoTarget};
pub use clock::{Clock, Duration, Entropy, FixedClock, Timestamp};
pub use email::Email;
pub use entity_kind::{EntityKind, LabelKind};
pub(crate) use export_row::RowMembership;
pub use export_row::{ExportRow, RowMemberships};
pub use formula_escape::{escape_formula, unescape_formula};
pub use import_field::ImportField;
pub use invalid::{Invalid, Rule};
pub use language::LanguageTag;
pub use names::{ProjectName, SkillName, TeamName, Username};
pub use phone::Phone;
pub use photo::{Photo, PhotoKind};
pub use policy::{HashParams, Policy, SignInPolicy};
pub use project::{Priority, Project, ProjectDetails};
pub use queue_tables::{QueueMember, QueueTables};
pub use rate::Rate;
pub use role::{Role, RoleSet, UnknownRole};
pub use secret::Secret;
pub use state::State;
pub(crate) use suggest::nearest;
pub use text::{Description, FullName, fold, is_invisible};
pub use user::{
    Credential, CredentialKind, CredentialState, NewUser, PasswordOrigin, ProfileField, SkillGrant,
    User, UserId,
};
pub use user_filter::{Memberships, SortKey, UserFilter};
pub use weight::{SkillLevel, Weight, WeightRange};
pub use window::{Window, WindowEdit};
