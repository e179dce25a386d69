//! Passwords for one user or several: where they go before the store is changed, how they are handed
//! out afterwards, and the signals that wait until they have been told.

use crate::cli::args::password_options::PasswordOptions;
use crate::cli::context::Context;
use crate::cli::credentials::Credentials;
use crate::cli::error::{CliError, CommandEnd, CommandResult, ErrorCode};
use crate::cli::handout::{self, Card, Handout, PreparedHandout};
use crate::cli::terminal::prompt::PromptError;
use crate::cli::terminal::signals::DeferredSignals;
use crate::directory::PasswordIssue;

/// The passwords of one call.
pub(crate) struct PasswordRound<'c> {
    hand_out: Option<Handout<'c>>,
    credentials: Credentials,
    deferred: Option<DeferredSignals>,
    signal: Option<i32>,
    undelivered: bool,
}

impl<'c> PasswordRound<'c> {
    /// Begins it: `one_by_one`, or all in one change.
    ///
    /// # Errors
    ///
    /// Passwords cannot be handed out or kept as `options` say.
    pub(crate) fn begin(
        context: &'c Context,
        options: &PasswordOptions,
        one_by_one: bool,
    ) -> Result<Self, CliError> {
        let kept = options.credentials();
        Ok(Self {
            hand_out: handout::begin(context, options.hand_out())?,
            credentials: if one_by_one {
                Credentials::growing(context, kept)?
            } else {
                Credentials::whole(context, kept)?
            },
            deferred: None,
            signal: None,
            undelivered: false,
        })
    }

    /// Has signals wait from now on: between a change and its line on stdout nobody would know the
    /// password.
    ///
    /// # Errors
    ///
    /// Signals cannot be caught.
    pub(crate) fn defer_signals(&mut self) -> Result<(), PromptError> {
        self.deferred = Some(DeferredSignals::begin()?);
        Ok(())
    }

    fn pending(&mut self) -> Option<i32> {
        self.signal = self.signal.or_else(|| self.deferred.as_mut()?.pending());
        self.signal
    }

    /// Ends here where a signal waits.
    ///
    /// # Errors
    ///
    /// [`CommandEnd::Interrupted`].
    pub(crate) fn go_on(&mut self) -> Result<(), CommandEnd> {
        self.pending().map_or(Ok(()), |signal| Err(CommandEnd::Interrupted(signal)))
    }

    /// Puts the passwords of `issues` where they have to be before users have them, makes the `change`
    /// and hands them out. `change` gets told whether passwords are shown nowhere else.
    ///
    /// # Errors
    ///
    /// Those of `change`, after which what was written is taken back; or nothing was changed.
    pub(crate) fn give<T>(
        &mut self,
        issues: Vec<PasswordIssue>,
        change: impl FnOnce(Vec<PasswordIssue>, bool) -> Result<T, CommandEnd>,
    ) -> Result<T, CommandEnd> {
        let prepared = match &mut self.hand_out {
            Some(hand_out) if !issues.is_empty() => {
                let cards: Vec<Card<'_>> = issues.iter().map(Card::from).collect();
                Some(hand_out.prepare(&cards)?.go_on()?)
            }
            _ => None,
        };
        self.credentials.keep(&issues)?;
        let hidden = self.credentials.are_kept()
            || prepared.as_ref().is_some_and(PreparedHandout::hides_passwords);
        let done = match change(issues, hidden) {
            Ok(done) => done,
            Err(end) => {
                self.credentials.take_back();
                return Err(end);
            }
        };
        let handed = prepared.map(PreparedHandout::deliver).unwrap_or_default();
        self.signal = self.signal.or(handed.signal);
        self.undelivered |= handed.failed > 0;
        Ok(done)
    }

    /// What the whole call comes to, where it is `outcome` otherwise.
    pub(crate) fn outcome(mut self, outcome: CommandResult) -> CommandResult {
        match (self.pending(), self.undelivered) {
            (Some(signal), _) => Err(CommandEnd::Interrupted(signal)),
            (None, true) if outcome.is_ok() => {
                Err(CommandEnd::Reported(ErrorCode::DeliveryFailed.status()))
            }
            (None, _) => outcome,
        }
    }
}
