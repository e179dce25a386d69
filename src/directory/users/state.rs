//! Activating and deactivating users.

use crate::directory::{Directory, Error, Impact, Task};
use crate::model::{AuditAction, State, User, Username};

/// A user whose state was to be set.
#[derive(Debug, Clone)]
pub struct UserStateChange {
    /// `false` where it was so already.
    pub changed: bool,
    /// The user as they are now.
    pub user: User,
    /// What came of a deactivation for the projects.
    pub impact: Impact,
}

impl Directory {
    /// Activates or deactivates users: all of them or, where one cannot be, none.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::LastAdmin`].
    pub fn set_user_states(
        &mut self,
        usernames: &[Username],
        state: State,
    ) -> Result<Vec<UserStateChange>, Error> {
        let now = self.now();
        let action = match state {
            State::Active => AuditAction::UserActivate,
            State::Inactive => AuditAction::UserDeactivate,
        };
        self.change_users(Task::Manage, action, usernames, |transaction, _, user| {
            if user.set_state == state {
                let impact = Impact::default();
                return Ok((UserStateChange { changed: false, user, impact }, None));
            }
            if state == State::Inactive {
                self.check_last_admin(transaction, &user)?;
            }
            transaction.set_user_state(user.id, state, now)?;
            if state == State::Inactive {
                transaction.end_sessions(user.id, None)?;
            }
            let field = |state: State| Some(serde_json::json!({"state": state.as_str()}));
            let (before, after) = (field(user.set_state), field(state));
            let entry = self.entry(action, user.username.as_str(), user.id.0, before, after);
            let recorded = transaction.record(&entry)?;
            let now_so = User { set_state: state, updated_at: now, ..user.clone() };
            let impact = Impact::between(transaction, now, &user, Some(&now_so))?;
            Ok((UserStateChange { changed: true, user: now_so, impact }, Some(recorded)))
        })
    }
}
