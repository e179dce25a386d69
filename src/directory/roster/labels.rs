//! The teams, skills and projects that there are, by name, and those that an import has to make.

use std::collections::{BTreeSet, HashMap};

use super::{ImportRemark, ImportWatch};
use crate::directory::{Error, LabelKind, Noun};
use crate::model::{ProjectName, SkillName, State, TeamName};
use crate::store::{Names, Reader};

/// All of them, as they are in one state of the store.
pub(super) struct Labels {
    teams: HashMap<String, i64>,
    skills: HashMap<String, i64>,
    projects: HashMap<String, (i64, State)>,
}

impl Labels {
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

    pub(super) fn team(&self, name: &TeamName) -> Option<i64> {
        self.teams.get(name.as_str()).copied()
    }

    pub(super) fn skill(&self, name: &SkillName) -> Option<i64> {
        self.skills.get(name.as_str()).copied()
    }

    pub(super) fn project(&self, name: &ProjectName) -> Option<(i64, State)> {
        self.projects.get(name.as_str()).copied()
    }
}

/// What is named and not there, each with the nearest name that is.
#[derive(Default)]
pub(super) struct Unknown {
    /// What is to be made.
    pub(super) to_make: BTreeSet<Unmade>,
    nearest: HashMap<Unmade, Option<String>>,
}

/// Something that is not there, in the order in which it is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Unmade {
    Team(TeamName),
    Skill(SkillName),
    Project(ProjectName),
}

impl Unmade {
    fn noun(&self) -> Noun {
        match self {
            Self::Team(_) => Noun::Team,
            Self::Skill(_) => Noun::Skill,
            Self::Project(_) => Noun::Project,
        }
    }

    fn name(&self) -> (&str, Names) {
        match self {
            Self::Team(name) => (name.as_str(), Names::Teams),
            Self::Skill(name) => (name.as_str(), Names::Skills),
            Self::Project(name) => (name.as_str(), Names::Projects),
        }
    }
}

impl Unknown {
    /// Takes note of what is not there: it is made where `make` says so, else it is an error.
    pub(super) fn note(
        &mut self,
        reader: &Reader<'_>,
        unmade: Unmade,
        make: bool,
        watch: &mut dyn ImportWatch,
    ) -> Result<(), Error> {
        if make && self.to_make.contains(&unmade) {
            return Ok(());
        }
        let (name, names) = unmade.name();
        let nearest = match self.nearest.get(&unmade) {
            Some(nearest) => nearest.clone(),
            None => reader.nearest(names, name)?,
        };
        let (noun, name) = (unmade.noun(), name.to_owned());
        self.nearest.insert(unmade.clone(), nearest.clone());
        if !make {
            return Err(Error::NotFound { noun, name, nearest });
        }
        if self.to_make.insert(unmade)
            && let Some(near) = nearest
        {
            watch.remark(ImportRemark::NearlyThere { noun, name, near });
        }
        Ok(())
    }
}
