//! The rules: who may do what, what a valid change is, passwords. One method a use case, each in
//! the file of its noun.
//!
//! A change travels the same way everywhere: what takes time (hashing) is done first; then one
//! short write transaction reads what is there, decides, writes, appends the audit entry and
//! commits. The nearest names for "did you mean" are looked for after the rollback.

mod actor;
mod assignments;
mod audit;
mod audit_cursor;
mod backup;
mod change;
mod check;
mod complete_names;
mod error;
#[cfg(test)]
mod fixture;
mod import;
mod labels;
mod lookup;
mod passwords;
mod permissions;
mod photos;
mod projects;
mod retire;
mod roster;
mod shared_phones;
mod sign_in;
#[cfg(test)]
mod tests;
mod undo;
mod users;
mod weights;
mod workbook;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::model::{Clock, Entropy, Secret};
use crate::store::{Store, StoreInfo};

pub use crate::model::{EntityKind, HashParams, LabelKind, Policy, SignInPolicy, UndoTarget};
pub use crate::store::{
    BackupContents, BackupReport, ChainHead, ChainReport, CompletionKind, LockHolder, LockedCaller,
    PinnedLog, RegainedAccess, Rehearsed, SharedPhone, hex, sqlite_version,
};

pub use actor::{Actor, Caller};
pub use assignments::AssignmentChange;
pub use audit_cursor::AuditCursor;
pub use backup::{RestoreComparison, restore_damaged, restore_new};
pub use check::{CheckFinding, FindingKind};
pub use error::Error;
pub use import::{
    DeactivateMissing, DeactivationLimit, FileForm, ImportDefaults, ImportFormat, ImportMapping,
    ImportObserver, ImportOptions, ImportPasswords, ImportPhase, ImportRemedy, ImportSummary,
    ImportWarning, ManualRemedy, OnConflict, PlannedAction, PlannedChange, PlannedPlace, RawRow,
    RosterPlace, RowError, RowOutcome, TextEncoding,
};
pub use labels::Label;
pub use passwords::hash::{HashError, StoredHash, Verdict};
pub use passwords::hash_memory::HashMemory;
pub use passwords::password::Password;
pub use passwords::policy::{PasswordContext, PasswordError, PasswordPolicy};
pub use passwords::{
    Expiry, NewPassword, PasswordChange, PasswordIssue, PasswordSet, PasswordSource,
};
pub use permissions::{PERMISSIONS, Scope, Task, scope};
pub use photos::PhotoChange;
pub use projects::{
    ProjectAgent, ProjectDeletion, ProjectStateChange, ProjectSummary, ProjectUpdate, StateChange,
};
pub use retire::{end_holder, long_holders};
pub use roster::{Owns, Roster};
pub use sign_in::Verified;
pub use sign_in::codes::{NewCode, SentCode};
pub use undo::{RestoredUser, Undone};
pub use users::impact::{Impact, ProjectImpact, ShareChange};
pub use users::{
    CreatedUser, UserChange, UserDeletion, UserRecord, UserRename, UserStateChange, UserTemplate,
    UserUpdate,
};
pub use weights::{
    AgentChance, CoverageGap, CoverageProblem, Estimate, Penalties, ProjectChance, ProjectChances,
    SIMULATION_SEED, SimulatedProject, Simulation, SolvedWeights, SwitchMember, SwitchPlan,
    SwitchQueue, TargetShare, Traffic, UserChances, grade, grade_error, tier_level,
};

/// The users, projects, teams and skills of one store, and the rules for changing them.
///
/// This is the table of contents of the core: each method is one thing that can be done, and stands in
/// the file of its noun.
///
/// # Users
///
/// - [`create_user`](Self::create_user): a user, with or without a password
/// - [`create_user_with`](Self::create_user_with): the same, with a password that [`issue_to_new`](Self::issue_to_new) has prepared
/// - [`may_create`](Self::may_create): whether that is allowed, before anybody is asked for anything
/// - [`update_user`](Self::update_user): their fields, roles, teams and skills
/// - [`update_users`](Self::update_users): the same of several, with passwords that [`issue_on_update`](Self::issue_on_update) has prepared
/// - [`may_update`](Self::may_update): whether that is allowed
/// - [`rename_user`](Self::rename_user): another username
/// - [`set_user_states`](Self::set_user_states): active or inactive
/// - [`delete_users`](Self::delete_users): for good
/// - [`may_delete_users`](Self::may_delete_users): whether that is allowed
/// - [`photo`](Self::photo): their photo
/// - [`set_photo`](Self::set_photo): another photo
/// - [`remove_photo`](Self::remove_photo): no photo
/// - [`user_template`](Self::user_template): what a user who is like another takes over
///
/// # Looking at users
///
/// - [`find_user`](Self::find_user): one of them
/// - [`myself`](Self::myself): the one who is acting
/// - [`account_user`](Self::account_user): the one who is called as the account that calls is
/// - [`user_exists`](Self::user_exists): whether there is one
/// - [`case_twin`](Self::case_twin): a name that differs in case alone
/// - [`list_users`](Self::list_users): all whom a filter lets through
/// - [`count_users`](Self::count_users): their number
/// - [`users_to_change`](Self::users_to_change): their names, for a change of all of them
/// - [`user_record`](Self::user_record): one with their sessions and last changes
/// - [`shared_phones`](Self::shared_phones): phone numbers of several users
/// - [`complete_names`](Self::complete_names): names that begin alike
///
/// # Many users at once
///
/// - [`import`](Self::import): a file, as a whole or not at all
/// - [`import_each`](Self::import_each): a file, row by row
/// - [`import_template`](Self::import_template): a workbook to fill in
/// - [`list_rows`](Self::list_rows): users as the rows of a file
/// - [`export_workbook`](Self::export_workbook): users as a workbook
/// - [`export_roster`](Self::export_roster): users, and what they are in, as a roster
/// - [`record_export`](Self::record_export): the entry that an export leaves
///
/// # Projects, teams and skills
///
/// - [`create_project`](Self::create_project): a project
/// - [`update_project`](Self::update_project): its fields
/// - [`rename_project`](Self::rename_project): another name
/// - [`set_project_state`](Self::set_project_state): active or inactive
/// - [`delete_project`](Self::delete_project): for good
/// - [`find_project`](Self::find_project): one of them
/// - [`projects`](Self::projects): all of them
/// - [`count_projects`](Self::count_projects): their number
/// - [`project_agents`](Self::project_agents): who takes its calls
/// - [`create_label`](Self::create_label): a team or a skill
/// - [`rename_label`](Self::rename_label): another name
/// - [`delete_label`](Self::delete_label): for good
/// - [`find_label`](Self::find_label): one of them
/// - [`labels`](Self::labels): all of them
/// - [`count_labels`](Self::count_labels): their number
///
/// # Assignments and weights
///
/// - [`assign`](Self::assign): a user to projects
/// - [`assign_users`](Self::assign_users): several users
/// - [`unassign`](Self::unassign): a user from projects
/// - [`unassign_users`](Self::unassign_users): several users
/// - [`set_weight`](Self::set_weight): one weight
/// - [`set_weights`](Self::set_weights): several weights of several users
/// - [`authorize_setting_weights`](Self::authorize_setting_weights): whether that is allowed
/// - [`apply_solved`](Self::apply_solved): weights that were solved for
/// - [`user_chances`](Self::user_chances): the chances of a user in their projects
/// - [`project_chances`](Self::project_chances): the chances of the agents of a project
/// - [`solve_for_user`](Self::solve_for_user): weights that bring a user near to a share
/// - [`solve_for_project`](Self::solve_for_project): a weight that brings a project near to a share
/// - [`coverage`](Self::coverage): projects that lack agents
/// - [`simulate`](Self::simulate): what becomes of calls
/// - [`switch_plan`](Self::switch_plan): who is called, for a telephone switch
/// - [`write_queue_tables`](Self::write_queue_tables): into a database that a switch reads
/// - [`read_queue_tables`](Self::read_queue_tables): what such a database has
///
/// # Passwords
///
/// - [`set_passwords`](Self::set_passwords): of users, at once
/// - [`issue_passwords`](Self::issue_passwords): prepared, and not given yet
/// - [`give_passwords`](Self::give_passwords): those that were prepared
/// - [`issue_to_new`](Self::issue_to_new): prepared for a new user
/// - [`issue_on_update`](Self::issue_on_update): prepared for a change
/// - [`expire_passwords`](Self::expire_passwords): to be changed at the next sign-in
/// - [`may_set_passwords`](Self::may_set_passwords): whether that is allowed
/// - [`change_own`](Self::change_own): by the one who knows it
///
/// # Signing in
///
/// - [`verify`](Self::verify): a password, in order to change it
/// - [`verify_for_sign_in`](Self::verify_for_sign_in): a password, in order to sign in
/// - [`record_proof`](Self::record_proof): that a password was given
/// - [`create_code`](Self::create_code): a code for the second factor
/// - [`sent_code`](Self::sent_code): the one that was last sent
/// - [`withdraw_code`](Self::withdraw_code): a code that could not be sent
/// - [`open_session`](Self::open_session): a session
/// - [`authenticated`](Self::authenticated): a check for a client program
/// - [`end_session`](Self::end_session): a session, or all of a user
/// - [`forget_session`](Self::forget_session): the session of a token
/// - [`unlock`](Self::unlock): users who failed too often
/// - [`unlock_caller`](Self::unlock_caller): an account that failed too often
/// - [`locked_callers`](Self::locked_callers): the accounts that did
/// - [`own_lock`](Self::own_lock): the account that runs the program
///
/// # The audit log and the store
///
/// - [`audit`](Self::audit): the entries
/// - [`audit_after`](Self::audit_after): those behind a place in it
/// - [`log_head`](Self::log_head): its newest entry, by number and hash
/// - [`log_hash`](Self::log_hash): the hash of one of them
/// - [`audit_end`](Self::audit_end): the place behind the newest
/// - [`changes`](Self::changes): whether somebody else has changed anything
/// - [`audit_entry`](Self::audit_entry): one of them
/// - [`user_history`](Self::user_history): what was done to a user, newest first
/// - [`undo`](Self::undo): a change taken back, or a batch of them
/// - [`restored_by`](Self::restored_by): whom that brings back
/// - [`issue_to_restored`](Self::issue_to_restored): passwords prepared for them
/// - [`verify_audit`](Self::verify_audit): the chain of all of them
/// - [`back_up`](Self::back_up): a copy of the store
/// - [`compare`](Self::compare): what a backup would give back
/// - [`restore`](Self::restore): a backup
/// - [`may_restore`](Self::may_restore): whether that is allowed
/// - [`retire`](Self::retire): a store that has moved away
/// - [`undo_retirement`](Self::undo_retirement): or has not
/// - [`note_ended`](Self::note_ended): a process that was ended
/// - [`check`](Self::check): what is wrong with what is stored
/// - [`count_weak_hashes`](Self::count_weak_hashes): hashes that are weaker than the settings ask for
/// - [`info`](Self::info): what the store says of itself
/// - [`pinned_log`](Self::pinned_log): who keeps the log from being emptied
/// - [`is_in_place`](Self::is_in_place): whether it is still the one at its path
///
/// # The directory itself
///
/// - [`new`](Self::new): a directory in a store
/// - [`policy`](Self::policy): what the site has decided
/// - [`acting`](Self::acting): who is acting
/// - [`store_id`](Self::store_id): the number of the store
/// - [`now`](Self::now): the present moment
/// - [`rehearse`](Self::rehearse): what would be changed, without changing it
pub struct Directory {
    store: Store,
    clock: Rc<dyn Clock>,
    entropy: RefCell<Box<dyn Entropy>>,
    policy: Policy,
    caller: Caller,
    acting: Actor,
    memory: HashMemory,
    touched: Cell<bool>,
}

impl Directory {
    /// The directory in `store`, used by `caller`, who may have the `token` of a session.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be found out who is acting.
    pub fn new(
        store: Store,
        clock: Rc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        policy: Policy,
        caller: Caller,
        token: Option<&Secret>,
    ) -> Result<Self, Error> {
        let acting = Actor::identify(&store, &caller, &policy, token, clock.now())?;
        let touched = Cell::new(false);
        let memory = HashMemory::new();
        let entropy = RefCell::new(entropy);
        Ok(Self { store, clock, entropy, policy, caller, acting, memory, touched })
    }

    /// What the site has decided.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Who is acting.
    #[must_use]
    pub fn acting(&self) -> &Actor {
        &self.acting
    }

    /// The store's own number, by which sessions know it.
    #[must_use]
    pub fn store_id(&self) -> &str {
        self.store.id()
    }

    /// The present moment, by the directory's clock.
    #[must_use]
    pub fn now(&self) -> crate::model::Timestamp {
        self.clock.now()
    }

    /// What `store info` shows.
    ///
    /// # Errors
    ///
    /// [`Error::SignInRequired`], or [`Error::Store`] where it cannot be read.
    pub fn info(&self) -> Result<StoreInfo, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.info()?)
    }

    /// What keeps the log beside the store from being emptied for as long as `time`.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::Store`], where it cannot be tried.
    pub fn pinned_log(&self, time: std::time::Duration) -> Result<Option<PinnedLog>, Error> {
        self.authorize(Task::Administer, None)?;
        Ok(self.store.pinned_log(time)?)
    }

    /// Whether the store that is open is still the one at its path.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it is not.
    pub fn is_in_place(&self) -> Result<(), Error> {
        Ok(self.store.is_in_place()?)
    }

    /// A number that is another one once another process has changed the store: to be asked often.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], where it cannot be read, or is not at its path any more.
    pub fn changes(&self) -> Result<i64, Error> {
        self.store.is_in_place()?;
        Ok(self.store.changes()?)
    }

    /// From now on nothing is changed: each change is made, so that everything that would be refused
    /// is, is seen by what follows, and is gone with the directory. The answer gets their entries.
    pub fn rehearse(&mut self) -> Rehearsed {
        self.store.rehearse()
    }

    fn fill_random<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        self.entropy.borrow_mut().fill(&mut bytes).map_err(Error::Entropy)?;
        Ok(bytes)
    }
}

/// A session that was only used to look is noted as used, at most once a minute, and never by
/// waiting for somebody else.
impl Drop for Directory {
    fn drop(&mut self) {
        if !self.touched.get() {
            let _ = self.touch_session_if_free();
        }
    }
}
