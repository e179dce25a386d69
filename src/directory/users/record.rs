//! Everything about one user at one moment, for whoever looks at them.

use crate::directory::actor::SESSION_TOUCH_INTERVAL;
use crate::directory::lookup::require_user;
use crate::directory::{Directory, Error, Task};
use crate::model::{AuditFilter, AuditRecord, Timestamp, User, Username};
use crate::store::Reader;

/// A user with what else is known of them.
#[derive(Debug, Clone)]
pub struct UserRecord {
    /// The user.
    pub user: User,
    /// How many of their sessions are open.
    pub sessions: i64,
    /// When one of them was last used, to the minute.
    pub session_used_at: Option<Timestamp>,
    /// The last changes that were made to them, newest first; `None` where the log is not for the
    /// actor to see.
    pub changes: Option<Vec<AuditRecord>>,
}

impl Directory {
    /// One user with their sessions and at most `changes` of the last changes that were made to them;
    /// signing in is none.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], where there is none of that name.
    pub fn user_record(&self, username: &Username, changes: usize) -> Result<UserRecord, Error> {
        if !self.is_acting_user(username) {
            self.authorize_reading()?;
        }
        let sees_log = self.authorize(Task::Administer, None).is_ok();
        let snapshot = self.store.read()?;
        let found = require_user(&snapshot, username).and_then(|user| {
            let (now, policy) = (self.now(), &self.policy.sign_in);
            let (oldest, idle) = (now.minus(policy.session_max), now.minus(policy.session_idle));
            let (sessions, session_used_at) = if user.state(now).is_active() {
                snapshot.open_sessions(user.id, oldest, idle, now.plus(SESSION_TOUCH_INTERVAL))?
            } else {
                (0, None)
            };
            let changes = sees_log.then(|| last_changes(&snapshot, &user, changes)).transpose()?;
            Ok(UserRecord { user, sessions, session_used_at, changes })
        });
        drop(snapshot);
        self.suggest(found)
    }
}

fn last_changes(reader: &Reader<'_>, user: &User, most: usize) -> Result<Vec<AuditRecord>, Error> {
    let filter = AuditFilter { subjects: Some(vec![user.id.0]), ..AuditFilter::default() };
    let mut changes = Vec::new();
    reader.audit_records(&filter, |record| {
        if !record.action.starts_with("sign-") && changes.len() < most {
            changes.push(record);
        }
        Ok::<_, Error>(changes.len() < most)
    })?;
    Ok(changes)
}
