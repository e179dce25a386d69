//! What a row makes of a user: the sheet that he has, or that new users begin with, with the row's
//! changes.

use std::collections::{BTreeMap, BTreeSet};

use super::row::{FieldEdit, ListEdit, RowEdits};
use crate::directory::UserTemplate;
use crate::model::{
    AssignmentRequest, Email, FullName, LanguageTag, Phone, ProjectName, RoleSet, SkillLevel,
    SkillName, State, TeamName, User, Weight, WeightRange,
};

/// A user's sheet and places, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) full_name: Option<FullName>,
    pub(super) email: Option<Email>,
    pub(super) phone: Option<Phone>,
    pub(super) state: State,
    pub(super) roles: RoleSet,
    pub(super) teams: BTreeSet<TeamName>,
    pub(super) skills: BTreeMap<SkillName, SkillLevel>,
    pub(super) language: Option<LanguageTag>,
    pub(super) project_selection: bool,
    pub(super) projects: BTreeMap<ProjectName, Weight>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            full_name: None,
            email: None,
            phone: None,
            state: State::Active,
            roles: RoleSet::empty(),
            teams: BTreeSet::new(),
            skills: BTreeMap::new(),
            language: None,
            project_selection: true,
            projects: BTreeMap::new(),
        }
    }
}

impl Profile {
    /// The sheet of somebody who is there.
    pub(super) fn from_user(user: &User) -> Self {
        Self {
            full_name: Some(user.full_name.clone()),
            email: user.email.clone(),
            phone: user.phone.clone(),
            state: user.state,
            roles: user.roles,
            teams: user.teams.iter().cloned().collect(),
            skills: user.skills.iter().map(|one| (one.skill.clone(), one.level)).collect(),
            language: user.language.clone(),
            project_selection: user.project_selection,
            projects: user.projects.iter().map(|one| (one.project.clone(), one.weight)).collect(),
        }
    }

    /// What a new user begins with who is to be like somebody.
    pub(super) fn from_template(template: UserTemplate, weights: &WeightRange) -> Self {
        let weight = |request: AssignmentRequest| {
            (request.project, request.weight.unwrap_or(weights.default))
        };
        Self {
            roles: template.roles,
            teams: template.teams.into_iter().collect(),
            skills: template.skills.into_iter().map(|one| (one.skill, one.level)).collect(),
            language: template.language,
            project_selection: template.project_selection,
            projects: template.projects.into_iter().map(weight).collect(),
            ..Self::default()
        }
    }

    /// Applies what a row says. A project that is there keeps its weight where none is given.
    pub(super) fn apply(&mut self, edits: &RowEdits, weights: &WeightRange) {
        optional(&mut self.full_name, &edits.full_name);
        optional(&mut self.email, &edits.email);
        optional(&mut self.phone, &edits.phone);
        optional(&mut self.language, &edits.language);
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
            let weight = request.weight.or(known).unwrap_or(weights.default);
            (request.project.clone(), weight)
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
