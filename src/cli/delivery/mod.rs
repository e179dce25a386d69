//! Messages that reach a person by a program of the site's own: an SMS to their phone, or an
//! e-mail.

mod email;
mod message;
mod program;

use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;

use zeroize::Zeroizing;

use crate::cli::context::Context;
use crate::cli::error::{CliError, ErrorCode};
use crate::cli::terminal::prompt::DeferredSignals;
use crate::config::DeliverCommand;
use crate::model::{Email, Phone};

pub(crate) use message::{Message, Undelivered};

/// The way that a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// To a phone.
    Sms,
    /// To an e-mail address.
    Email,
}

impl Channel {
    /// The word for it on the command line and in the settings.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

/// A program that delivers messages, found to be there.
pub(crate) struct Delivery<'c> {
    context: &'c Context,
    channel: Channel,
    command: &'c [String],
}

impl<'c> Delivery<'c> {
    /// The way to send messages over `channel`.
    ///
    /// # Errors
    ///
    /// The settings name no program, it is not there, or this process must not run one.
    pub(crate) fn new(context: &'c Context, channel: Channel) -> Result<Self, CliError> {
        // Whoever calls on a shared host would read what the program is given.
        if context.is_shared_host() {
            let what = format!(
                "on this host no {} can be sent: that would run a program",
                channel.as_str()
            );
            return Err(CliError::new(ErrorCode::Config, what).with_hint("ask the administrator"));
        }
        let deliver = &context.settings.settings.deliver;
        let (name, DeliverCommand { command }) = match channel {
            Channel::Sms => ("deliver.sms.command", &deliver.sms),
            Channel::Email => ("deliver.email.command", &deliver.email),
        };
        let Some(program) = command.first() else {
            return Err(CliError::new(ErrorCode::Config, format!("`{name}` is not set"))
                .with_hint(
                    "it names the program that sends the message; config.example.toml shows how",
                ));
        };
        let wrong = match fs::metadata(program) {
            Err(error) => Some(error.to_string()),
            Ok(file) if !file.is_file() => Some("it is not a file".to_owned()),
            Ok(file) if file.permissions().mode() & 0o111 == 0 => {
                Some("it is not executable".to_owned())
            }
            Ok(_) => None,
        };
        match wrong {
            None => Ok(Self { context, channel, command }),
            Some(why) => Err(CliError::new(
                ErrorCode::Config,
                format!("the program {program} of `{name}` cannot be run: {why}"),
            )
            .with_hint("put it there, or name another one in the settings")),
        }
    }

    /// Over what it sends.
    pub(crate) fn channel(&self) -> Channel {
        self.channel
    }

    /// Sends `message` to the address `to`, and waits until the program has taken it.
    ///
    /// # Errors
    ///
    /// [`Undelivered`], with what the program said last.
    pub(crate) fn send(&self, to: &str, message: &Message) -> Result<(), Undelivered> {
        self.send_until(None, to, message)
    }

    /// As [`Delivery::send`], until a signal comes: then the program is killed.
    ///
    /// # Errors
    ///
    /// As there.
    pub(crate) fn send_unless_interrupted(
        &self,
        signals: &DeferredSignals,
        to: &str,
        message: &Message,
    ) -> Result<(), Undelivered> {
        self.send_until(Some(signals), to, message)
    }

    fn send_until(
        &self,
        signals: Option<&DeferredSignals>,
        to: &str,
        message: &Message,
    ) -> Result<(), Undelivered> {
        // Nothing but an address becomes an argument, whatever the store holds.
        let is_address = match self.channel {
            Channel::Sms => to.parse::<Phone>().is_ok(),
            Channel::Email => to.parse::<Email>().is_ok(),
        };
        if !is_address {
            return Err(Undelivered(
                "that is not an address; `ccadmin store check` tells more".into(),
            ));
        }
        let input = match self.channel {
            Channel::Sms => Zeroizing::new(format!("{}\n", message.text.trim_end())),
            Channel::Email => email::compose(self.context, to, message)?,
        };
        let words = self.command.iter().map(|word| match word.as_str() {
            DeliverCommand::ADDRESS => to,
            word => word,
        });
        let limit = self.context.delivery_limit;
        let stop = signals.map(AsFd::as_fd);
        program::run(&words.collect::<Vec<_>>(), input.as_bytes(), limit, stop)
    }
}
