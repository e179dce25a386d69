//! What a switch needs to know: the active projects with their active agents, read at one moment.

use std::collections::BTreeMap;
use std::path::Path;

use crate::directory::lookup::require_project;
use crate::directory::{ChainHead, Directory, Error};
use crate::model::{
    FullName, LanguageTag, Memberships, Phone, ProjectName, QueueTables, State, UserFilter,
    Username, Weight,
};
use crate::store::{StoreError, queue_tables};

/// An active agent of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchMember {
    /// Who.
    pub username: Username,
    /// Their name.
    pub full_name: FullName,
    /// Their phone number.
    pub phone: Option<Phone>,
    /// Their weight in the queue.
    pub weight: Weight,
}

/// An active project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchQueue {
    /// Which project.
    pub project: ProjectName,
    /// Its language.
    pub language: Option<LanguageTag>,
    /// Its active agents, sorted by username.
    pub members: Vec<SwitchMember>,
}

/// What a switch needs, and what it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchPlan {
    /// The number of the store.
    pub store_id: String,
    /// The last entry of its audit log.
    pub head: ChainHead,
    /// The queues, sorted by name.
    pub queues: Vec<SwitchQueue>,
}

impl Directory {
    /// The active projects with their active agents; of all projects, or of those that are named.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::ProjectInactive`] for one that is named and takes no calls.
    pub fn switch_plan(&self, names: &[ProjectName]) -> Result<SwitchPlan, Error> {
        self.authorize_reading()?;
        let read = self.read_switch_plan(names);
        self.suggest(read)
    }

    /// Writes the tables of a switch's own database to `path`; `false`, where something else is there.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where the file cannot be written.
    pub fn write_queue_tables(&self, path: &Path, tables: &QueueTables) -> Result<bool, Error> {
        self.authorize_reading()?;
        match queue_tables::write(path, tables) {
            Err(StoreError::NotAStore { .. }) => Ok(false),
            written => Ok(written.map(|()| true)?),
        }
    }

    /// What [`Directory::write_queue_tables`] has written to `path`; `None`, where something else is
    /// there.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where the file cannot be read.
    pub fn read_queue_tables(&self, path: &Path) -> Result<Option<QueueTables>, Error> {
        self.authorize_reading()?;
        match queue_tables::read(path) {
            Err(StoreError::NotAStore { .. }) => Ok(None),
            found => Ok(Some(found?)),
        }
    }

    fn read_switch_plan(&self, names: &[ProjectName]) -> Result<SwitchPlan, Error> {
        let snapshot = self.store.read()?;
        for name in names {
            if !require_project(&snapshot, name)?.state.is_active() {
                return Err(Error::ProjectInactive { project: name.clone() });
            }
        }
        let mut queues = BTreeMap::new();
        snapshot.projects::<Error>(|project, _| {
            if project.state.is_active() && (names.is_empty() || names.contains(&project.name)) {
                let (project, language) = (project.name, project.details.language);
                let queue = SwitchQueue { project, language, members: Vec::new() };
                queues.insert(queue.project.clone(), queue);
            }
            Ok(true)
        })?;
        let filter = UserFilter { state: Some(State::Active), ..UserFilter::default() };
        let memberships = Memberships { projects: true, ..Memberships::NONE };
        snapshot.list_users::<Error>(&filter, self.now(), memberships, |user| {
            for one in &user.projects {
                if let Some(queue) = queues.get_mut(&one.project) {
                    queue.members.push(SwitchMember {
                        username: user.username.clone(),
                        full_name: user.full_name.clone(),
                        phone: user.phone.clone(),
                        weight: one.weight,
                    });
                }
            }
            Ok(true)
        })?;
        let head = snapshot.audit_head()?;
        let store_id = self.store.id().to_owned();
        Ok(SwitchPlan { store_id, head, queues: queues.into_values().collect() })
    }
}
