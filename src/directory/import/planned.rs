//! What an import is to do, or did, as whoever looks on is told.

use serde_json::{Map, Value};

use crate::model::{EntityKind, Username};

/// What is to become of somebody, or became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedAction {
    /// They are created.
    Create,
    /// They are changed.
    Update,
    /// They are left unchanged.
    Skip,
    /// They are deactivated.
    Deactivate,
}

impl PlannedAction {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Skip => "skip",
            Self::Deactivate => "deactivate",
        }
    }
}

/// One part of a plan.
#[derive(Debug, Clone)]
pub struct PlannedChange {
    /// The line of the file; `None` for somebody who is not in it.
    pub line: Option<u64>,
    /// Who.
    pub username: Username,
    /// What.
    pub action: PlannedAction,
    /// How often they had been changed before; `None` for somebody new.
    pub revision: Option<i64>,
    /// The fields that change, as they were.
    pub before: Map<String, Value>,
    /// The fields that change, as they become.
    pub after: Map<String, Value>,
}

/// What becomes of a team, skill or project.
#[derive(Debug, Clone)]
pub struct PlannedPlace {
    /// What it is.
    pub object: EntityKind,
    /// What it is called.
    pub name: String,
    /// What happens: it is created or updated.
    pub action: PlannedAction,
    /// The fields that change, as they were.
    pub before: Map<String, Value>,
    /// The fields that change, as they become.
    pub after: Map<String, Value>,
}
