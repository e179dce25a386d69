//! What a row makes of a profile: the one that a user has, or that new users begin with.

use std::collections::BTreeMap;

use super::row::{FieldEdit, ListEdit, RowEdits};
use crate::directory::users::profile::Placement;
pub(super) use crate::directory::users::profile::Profile;
use crate::model::WeightRange;

impl Profile {
    /// Applies what a row says. A project that is there keeps its weight and its dates where none
    /// are given.
    pub(super) fn apply(&mut self, edits: &RowEdits, weights: &WeightRange) {
        optional(&mut self.full_name, &edits.full_name);
        optional(&mut self.email, &edits.email);
        optional(&mut self.phone, &edits.phone);
        optional(&mut self.language, &edits.language);
        optional(&mut self.window.from, &edits.from);
        optional(&mut self.window.until, &edits.until);
        if let FieldEdit::Set(state) = edits.state {
            self.state = state;
        }
        if let FieldEdit::Set(on) = edits.project_selection {
            self.project_selection = on;
        }
        match &edits.roles {
            ListEdit::Keep => {}
            ListEdit::Replace(roles) => self.roles = roles.iter().copied().collect(),
            ListEdit::Change { add, remove } => {
                self.roles = remove.iter().fold(self.roles, |roles, role| roles.without(*role));
                self.roles = add.iter().fold(self.roles, |roles, role| roles.with(*role));
            }
        }
        match &edits.teams {
            ListEdit::Keep => {}
            ListEdit::Replace(teams) => self.teams = teams.iter().cloned().collect(),
            ListEdit::Change { add, remove } => {
                self.teams.retain(|team| !remove.contains(team));
                self.teams.extend(add.iter().cloned());
            }
        }
        let (skills, removed) = parts(&mut self.skills, &edits.skills);
        self.skills.retain(|skill, _| !removed.iter().any(|grant| grant.skill == *skill));
        self.skills.extend(skills.iter().map(|grant| (grant.skill.clone(), grant.level)));
        let before = self.projects.clone();
        let (projects, removed) = parts(&mut self.projects, &edits.projects);
        self.projects.retain(|name, _| !removed.iter().any(|request| request.project == *name));
        self.projects.extend(projects.iter().map(|request| {
            let known = before.get(&request.project).copied();
            (request.project.clone(), Placement::requested(request, known, weights))
        }));
    }
}

/// The items that an edit puts into a list and those that it takes out; a list that is replaced is
/// emptied first.
fn parts<'e, K: Ord, V, T>(list: &mut BTreeMap<K, V>, edit: &'e ListEdit<T>) -> (&'e [T], &'e [T]) {
    match edit {
        ListEdit::Keep => (&[], &[]),
        ListEdit::Replace(items) => {
            list.clear();
            (items, &[])
        }
        ListEdit::Change { add, remove } => (add, remove),
    }
}

fn optional<T: Clone>(field: &mut Option<T>, edit: &FieldEdit<T>) {
    match edit {
        FieldEdit::Keep => {}
        FieldEdit::Clear => *field = None,
        FieldEdit::Set(value) => *field = Some(value.clone()),
    }
}
