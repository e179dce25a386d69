//! The code that signing in takes where the site wants a second factor: sending it to the phone.

use zeroize::Zeroizing;

use crate::cli::context::Context;
use crate::cli::delivery::{Channel, Delivery, Message};
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::stdin_input;
use crate::cli::terminal::prompt::{DeferredSignals, PromptError, Secrets};
use crate::cli::terminal::ui::Ui;
use crate::directory::{Directory, Error, Verified};
use crate::model::{Secret, Username};

/// The way that codes take.
pub(crate) struct SecondFactor<'c>(Delivery<'c>);

impl<'c> SecondFactor<'c> {
    /// The way that codes take; `None` where a password is enough.
    ///
    /// # Errors
    ///
    /// No code can be sent, so nobody can sign in, even with the right password.
    pub(crate) fn of(context: &'c Context) -> Result<Option<Self>, CliError> {
        if !context.settings.settings.policy.two_factor {
            return Ok(None);
        }
        let delivery = Delivery::new(context, Channel::Sms).map_err(|failure| CliError {
            message: format!(
                "`two_factor.required` is set, and no code can be sent: {}",
                failure.message
            ),
            ..failure
        })?;
        Ok(Some(Self(delivery)))
    }

    /// Sends a code to a user who has given their password, unless one was sent a moment ago.
    pub(crate) fn send(
        &self,
        directory: &mut Directory,
        verified: &mut Verified,
    ) -> Result<(), CommandEnd> {
        // From the making of a code to the word of what became of it no signal may come: a code that
        // nobody was sent would be told to the next call as one that was.
        let mut signals = DeferredSignals::begin().map_err(PromptError::Io)?;
        let Some(new) = directory.create_code(verified)? else { return Ok(()) };
        let username = verified.username();
        let text = Zeroizing::new(format!(
            "{} is the sign-in code of {username}; it works once, for {}",
            new.code.expose(),
            directory.policy().code_ttl
        ));
        let message = Message { subject: String::new(), text };
        let sent = self.0.send_unless_interrupted(&signals, new.phone.as_str(), &message);
        let Err(why) = sent else { return interrupted(&mut signals) };
        let failure = CliError::new(
            ErrorCode::DeliveryFailed,
            format!("the code could not be sent to the phone of `{username}`: {why}"),
        )
        .with_hint("nobody was signed in; ask the administrator to fix `deliver.sms.command`")
        .about("username", username.as_str());
        directory.withdraw_code(verified, &new)?;
        interrupted(&mut signals)?;
        Err(failure.into())
    }

    /// The code that somebody was sent: the one that was given with the password, else one is sent,
    /// for the next call.
    pub(crate) fn given(
        &self,
        directory: &mut Directory,
        verified: &mut Verified,
        code: Option<Secret>,
    ) -> Result<Secret, CommandEnd> {
        if let Some(code) = code {
            return Ok(code);
        }
        self.send(directory, verified)?;
        Err(Error::CodeRequired { username: verified.username().clone() }.into())
    }

    /// Sends a code and asks for it.
    pub(crate) fn ask(
        &self,
        directory: &mut Directory,
        verified: &mut Verified,
        secrets: &mut Secrets<'_>,
    ) -> Result<Secret, CommandEnd> {
        self.send(directory, verified)?;
        let question = format!("Code that was sent to the phone of {}", verified.username());
        Ok(secrets.ask(&question)?)
    }
}

/// Warns of somebody whose codes reach another user.
pub(crate) fn warn_shared_phone(ui: &Ui, username: &Username, other: &Username) {
    let message =
        format!("`{username}` has the same phone number as `{other}`: each gets the other's codes");
    ui.warning("phone-shared", &message);
}

/// Ends here where a signal has come.
fn interrupted(signals: &mut DeferredSignals) -> Result<(), CommandEnd> {
    signals.pending().map_or(Ok(()), |signal| Err(CommandEnd::Interrupted(signal)))
}

/// The code behind the password on stdin, where there is a second factor and one is given.
pub(crate) fn read_code(factor: Option<&SecondFactor<'_>>) -> Result<Option<Secret>, CliError> {
    match factor {
        Some(_) => stdin_input::next_line(),
        None => Ok(None),
    }
}
