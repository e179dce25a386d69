//! The SQL of tries to sign in that are counted and not yet in the log.

use std::process;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::{Reader, StoreError, Transaction};
use crate::model::{Duration, Timestamp, UserId};

/// No process takes so long from counting a try to writing its entry, unless it was stopped.
const MAX_ATTEMPT_AGE: Duration = Duration::from_seconds(60);

/// A try to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInAttempt {
    /// When it was made.
    pub(crate) at: Timestamp,
    /// The operating system's account that made it.
    pub(crate) os_uid: u32,
    /// Its name.
    pub(crate) login: String,
    /// Whose name was given, where it is somebody's.
    pub(crate) user: Option<UserId>,
}

/// The mark of a try whose entry is still to be written. Numbers are given again, so the process
/// counts as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttemptMark {
    id: i64,
    pid: i64,
}

impl AttemptMark {
    /// Whether nobody will write its entry any more.
    fn is_abandoned(self, at: Timestamp, now: Timestamp) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        now >= at.plus(MAX_ATTEMPT_AGE)
            || pid.is_none_or(|pid| test_kill_process(pid) == Err(Errno::SRCH))
    }
}

impl Reader<'_> {
    /// The tries whose process has ended, or has taken too long, oldest first.
    pub(crate) fn abandoned_attempts(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(AttemptMark, SignInAttempt)>, StoreError> {
        let mut attempts = self.engine.all(
            "SELECT id, pid, at, os_uid, login, user_id FROM sign_in_attempts ORDER BY id",
            &[],
            |row| {
                let mark = AttemptMark { id: row.integer(0)?, pid: row.integer(1)? };
                let attempt = SignInAttempt {
                    at: Timestamp::from_seconds(row.integer(2)?),
                    os_uid: u32::try_from(row.integer(3)?).map_err(|_| row.unexpected(3))?,
                    login: row.text(4)?.to_owned(),
                    user: row.optional_integer(5)?.map(UserId),
                };
                Ok((mark, attempt))
            },
        )?;
        attempts.retain(|(mark, attempt)| mark.is_abandoned(attempt.at, now));
        Ok(attempts)
    }
}

impl Transaction<'_> {
    /// Marks a try of this process, whose entry is to follow.
    pub(crate) fn begin_attempt(&self, attempt: &SignInAttempt) -> Result<AttemptMark, StoreError> {
        let pid = i64::from(process::id());
        let id = self.engine.optional(
            "INSERT INTO sign_in_attempts (at, pid, os_uid, login, user_id) \
             VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
            &[
                attempt.at.seconds().into(),
                pid.into(),
                i64::from(attempt.os_uid).into(),
                attempt.login.as_str().into(),
                attempt.user.map(|user| user.0).into(),
            ],
            |row| row.integer(0),
        )?;
        Ok(AttemptMark { id: id.unwrap_or_default(), pid })
    }

    /// Takes away the mark of a try, whose entry is written with it; tells whether it was there. Where
    /// it was not, another process has written the entry.
    pub(crate) fn end_attempt(&self, mark: AttemptMark) -> Result<bool, StoreError> {
        let rows = self.engine.execute(
            "DELETE FROM sign_in_attempts WHERE id = ?1 AND pid = ?2",
            &[mark.id.into(), mark.pid.into()],
        )?;
        Ok(rows == 1)
    }
}
