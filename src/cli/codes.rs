//! Every error code with its exit status, in one table.

use std::fmt::Write as _;

use crate::model::Rule;

macro_rules! codes {
    ($($variant:ident $name:literal $status:literal,)*) => {
        /// What went wrong, for a script: the word is stable, and so is its exit status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ErrorCode {
            $($variant,)*
        }

        impl ErrorCode {
            /// Every code.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The exit status of the program.
            pub(crate) const fn status(self) -> u8 {
                match self {
                    $(Self::$variant => $status,)*
                }
            }
        }
    };
}

codes! {
    Internal "internal" 1,
    Io "io" 1,
    OutputFailed "output-failed" 1,
    Usage "usage" 2,
    MissingInput "missing-input" 2,
    Config "config" 2,
    UserNotFound "user-not-found" 3,
    ProjectNotFound "project-not-found" 3,
    PhotoNotFound "photo-not-found" 3,
    TeamNotFound "team-not-found" 3,
    SkillNotFound "skill-not-found" 3,
    EntryNotFound "entry-not-found" 3,
    StoreNotFound "store-not-found" 3,
    AccountNotFound "account-not-found" 3,
    UserExists "user-exists" 4,
    ProjectExists "project-exists" 4,
    TeamExists "team-exists" 4,
    SkillExists "skill-exists" 4,
    StoreExists "store-exists" 4,
    FileExists "file-exists" 4,
    LastAdmin "last-admin" 4,
    LastRole "last-role" 4,
    NotAssignable "not-assignable" 4,
    NotAssigned "not-assigned" 4,
    NotOwned "not-owned" 4,
    ProjectInactive "project-inactive" 4,
    InUse "in-use" 4,
    StillAssigned "still-assigned" 4,
    NoPassword "no-password" 4,
    PlanStale "plan-stale" 4,
    NotUndoable "not-undoable" 4,
    Forbidden "forbidden" 5,
    SignInRequired "sign-in-required" 6,
    AuthenticationFailed "authentication-failed" 6,
    TooManySignIns "too-many-sign-ins" 6,
    PasswordChangeRequired "password-change-required" 7,
    InvalidUsername "invalid-username" 8,
    InvalidName "invalid-name" 8,
    InvalidEmail "invalid-email" 8,
    InvalidPhone "invalid-phone" 8,
    InvalidLanguage "invalid-language" 8,
    InvalidProject "invalid-project" 8,
    InvalidTeam "invalid-team" 8,
    InvalidSkill "invalid-skill" 8,
    InvalidLevel "invalid-level" 8,
    InvalidWeight "invalid-weight" 8,
    InvalidShare "invalid-share" 8,
    InvalidDescription "invalid-description" 8,
    InvalidTime "invalid-time" 8,
    InvalidPhoto "invalid-photo" 8,
    InvalidRole "invalid-role" 8,
    InvalidState "invalid-state" 8,
    InvalidProjectSelection "invalid-project-selection" 8,
    WeakPassword "weak-password" 8,
    StoreBusy "store-busy" 9,
    SecondFactorRequired "code-required" 10,
    DeliveryFailed "delivery-failed" 12,
    RowsRefused "rows-refused" 11,
    InvalidHeader "invalid-header" 11,
    InvalidRow "invalid-row" 11,
    DuplicateRow "duplicate-row" 11,
    TooManyDeactivations "too-many-deactivations" 11,
    CheckFailed "check-failed" 13,
    StoreDamaged "store-damaged" 13,
    StoreForeign "store-foreign" 13,
    StoreFull "store-full" 13,
    StoreReadOnly "store-read-only" 13,
    StoreNewer "store-newer" 13,
    StoreOlder "store-older" 13,
    StoreRetired "store-retired" 13,
}

/// What each exit status means.
const STATUS_MEANINGS: [(u8, &str); 14] = [
    (0, "done, or there was nothing to change"),
    (1, "the tool or the machine failed"),
    (2, "the call or the config is wrong, or something required is missing"),
    (3, "not found"),
    (4, "conflict with what exists"),
    (5, "not allowed for this role"),
    (6, "not authenticated: no session, wrong password, inactive, locked out, expired"),
    (7, "the password is temporary: change it first"),
    (8, "a value breaks a rule"),
    (9, "the store is busy: try again"),
    (10, "a code was sent to the user's phone: call again with it"),
    (11, "import: the file or, with --each, some rows were refused"),
    (12, "done, but the hand-out could not be delivered: re-issue it"),
    (13, "the store is damaged, read-only, full or not usable, or a check found something"),
];

/// The exit statuses with their codes, as a table in Markdown.
pub(crate) fn exit_status_table() -> String {
    let mut table = "| status | meaning | codes |\n| --- | --- | --- |\n".to_owned();
    for (status, meaning) in STATUS_MEANINGS {
        let codes = ErrorCode::ALL.iter().filter(|code| code.status() == status);
        let codes: Vec<String> = codes.map(|code| format!("`{}`", code.as_str())).collect();
        // Writing into a string cannot fail.
        _ = writeln!(table, "| {status} | {meaning} | {} |", codes.join(", "));
    }
    table
}

impl From<Rule> for ErrorCode {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Username => Self::InvalidUsername,
            Rule::Name => Self::InvalidName,
            Rule::Email => Self::InvalidEmail,
            Rule::Phone => Self::InvalidPhone,
            Rule::Language => Self::InvalidLanguage,
            Rule::Project => Self::InvalidProject,
            Rule::Team => Self::InvalidTeam,
            Rule::Skill => Self::InvalidSkill,
            Rule::Level => Self::InvalidLevel,
            Rule::Weight => Self::InvalidWeight,
            Rule::Share => Self::InvalidShare,
            Rule::Description => Self::InvalidDescription,
            Rule::Password => Self::WeakPassword,
            Rule::Time => Self::InvalidTime,
            Rule::Photo => Self::InvalidPhoto,
            Rule::Role => Self::InvalidRole,
            Rule::State => Self::InvalidState,
            Rule::ProjectSelection => Self::InvalidProjectSelection,
            Rule::Header => Self::InvalidHeader,
            Rule::Row => Self::InvalidRow,
            Rule::Duplicate => Self::DuplicateRow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_their_statuses_documented() {
        let readme = include_str!("../../README.md");
        let mut words: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        let row = |status: u8| {
            readme
                .lines()
                .find(|line| line.starts_with(&format!("| {status} |")))
                .unwrap_or_else(|| panic!("README has no row for the exit status {status}"))
        };
        for code in ErrorCode::ALL {
            assert!(STATUS_MEANINGS.iter().any(|(status, _)| *status == code.status()));
            let word = format!("`{}`", code.as_str());
            assert!(row(code.status()).contains(&word), "README: {word} at {}", code.status());
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ErrorCode::ALL.len());
    }
}
