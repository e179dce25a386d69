//! The code that signing in takes where the site wants a second factor: sending it to the phone.

use zeroize::Zeroizing;

use crate::cli::context::Context;
use crate::cli::delivery::{Channel, Delivery, Message};
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::cli::stdin_input;
use crate::cli::terminal::output::time::clock_time;
use crate::cli::terminal::prompt::{PromptError, Secrets};
use crate::cli::terminal::signals::DeferredSignals;
use crate::cli::terminal::ui::Ui;
use crate::directory::{Directory, Error, SentCode, Verified};
use crate::model::{Secret, Timestamp, Username};

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

    /// Sends a code, asks for it and opens with `open`. A mistyped one is asked for again as long as the
    /// one that was sent works; each is a try of its own, for which `again` checks the password.
    pub(crate) fn ask<T>(
        &self,
        directory: &mut Directory,
        verified: &mut Verified,
        secrets: &mut Secrets<'_>,
        again: impl Fn(&mut Directory) -> Result<Verified, Error>,
        open: impl Fn(&mut Directory, &mut Verified, &Secret) -> Result<T, Error>,
    ) -> Result<T, CommandEnd> {
        self.send(directory, verified)?;
        loop {
            let sent = directory.sent_code(verified)?;
            let question = question(sent.as_ref(), directory.now());
            let code = secrets.ask(&question)?;
            let lives = sent.is_some_and(|sent| directory.now() < sent.expires_at);
            match open(directory, verified, &code) {
                Err(Error::WrongCode) if lives => {
                    *verified = again(directory)?;
                    secrets.explain("that is not the code that was sent", None)?;
                }
                other => return Ok(other?),
            }
        }
    }
}

/// What is asked for: a code, when it was sent and where to, and until when it works.
fn question(sent: Option<&SentCode>, now: Timestamp) -> String {
    let Some(sent) = sent else { return "Code".to_owned() };
    let ago = match now.seconds() - sent.sent_at.seconds() {
        ..=1 => String::new(),
        seconds => format!(" {seconds} s ago"),
    };
    let until = clock_time(sent.expires_at);
    format!("Code, sent{ago} to ...{}, works until {until}", sent.phone_end)
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
