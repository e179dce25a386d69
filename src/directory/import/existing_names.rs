//! The teams, skills and projects that there are, by name, and those that an import has to make.

use std::collections::{BTreeSet, HashMap};

use super::place::RosterPlace;
use super::{ImportObserver, ImportWarning};
use crate::directory::{EntityKind, Error, LabelKind};
use crate::model::{ProjectName, SkillName, State, TeamName};
use crate::store::Reader;

/// All of them, as they are in one state of the store.
pub(super) struct ExistingNames {
    teams: HashMap<String, i64>,
    skills: HashMap<String, i64>,
    projects: HashMap<String, (i64, State)>,
}

impl ExistingNames {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, Error> {
        let ids = |kind| reader.label_ids(kind).map(|ids| ids.into_iter().collect());
        let (teams, skills) = (ids(LabelKind::Team)?, ids(LabelKind::Skill)?);
        let projects = reader
            .project_ids()?
            .into_iter()
            .map(|(name, id, state)| (name, (id, state)))
            .collect();
        Ok(Self { teams, skills, projects })
    }

    /// Counts what is to be made, or to change its state, as if that were done. What is new has no
    /// number yet.
    pub(super) fn expect(&mut self, places: &[RosterPlace]) {
        for place in places {
            match place {
                RosterPlace::Team(name) => {
                    self.teams.entry(name.as_str().to_owned()).or_default();
                }
                RosterPlace::Skill(name) => {
                    self.skills.entry(name.as_str().to_owned()).or_default();
                }
                RosterPlace::Project(name, _, state) => {
                    self.projects.entry(name.as_str().to_owned()).or_insert((0, *state)).1 = *state;
                }
            }
        }
    }

    pub(super) fn team(&self, name: &TeamName) -> Option<i64> {
        self.teams.get(name.as_str()).copied()
    }

    pub(super) fn skill(&self, name: &SkillName) -> Option<i64> {
        self.skills.get(name.as_str()).copied()
    }

    pub(super) fn project(&self, name: &ProjectName) -> Option<(i64, State)> {
        self.projects.get(name.as_str()).copied()
    }

    pub(super) fn project_state(&self, name: &ProjectName) -> Option<State> {
        self.project(name).map(|(_, state)| state)
    }
}

/// What is named and not there, each with the nearest name that is.
#[derive(Default)]
pub(super) struct UnknownNames {
    /// What is to be made.
    pub(super) names_to_create: BTreeSet<NewName>,
    nearest: HashMap<NewName, Option<String>>,
}

/// Something that is not there, in the order in which it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum NewName {
    Team(TeamName),
    Skill(SkillName),
    Project(ProjectName),
}

impl NewName {
    fn object(&self) -> EntityKind {
        match self {
            Self::Team(_) => EntityKind::Team,
            Self::Skill(_) => EntityKind::Skill,
            Self::Project(_) => EntityKind::Project,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Team(name) => name.as_str(),
            Self::Skill(name) => name.as_str(),
            Self::Project(name) => name.as_str(),
        }
    }
}

impl UnknownNames {
    /// Takes note of what is not there: it is made where `make` says so, else it is an error.
    pub(super) fn note(
        &mut self,
        reader: &Reader<'_>,
        new_name: NewName,
        make: bool,
        observer: &mut dyn ImportObserver,
    ) -> Result<(), Error> {
        if make && self.names_to_create.contains(&new_name) {
            return Ok(());
        }
        let (object, name) = (new_name.object(), new_name.name());
        let nearest = match self.nearest.get(&new_name) {
            Some(nearest) => nearest.clone(),
            None => reader.nearest(object, name)?,
        };
        let name = name.to_owned();
        self.nearest.insert(new_name.clone(), nearest.clone());
        if !make {
            return Err(Error::NotFound { object, name, nearest });
        }
        if self.names_to_create.insert(new_name)
            && let Some(near) = nearest
        {
            observer.warn(ImportWarning::NearlyThere { object, name, near });
        }
        Ok(())
    }
}
