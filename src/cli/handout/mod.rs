//! `--hand-out`: a new password reaches its user by e-mail or SMS, or on a card that is printed.
//!
//! Everything that can fail is tried before the store is changed: the settings, the text, the
//! addresses, the file, which is on the disk by then. What is left is the sending.

mod card;
mod card_file;
mod template;
mod template_check;

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use self::card_file::{CardFile, CardFormat};
use self::template::Templates;
use crate::cli::context::Context;
use crate::cli::delivery::{Channel, Delivery, Message};
use crate::cli::error::{CliError, CommandEnd, CommandResult, ErrorCode};
use crate::cli::shell::command_line;
use crate::cli::terminal::signals::DeferredSignals;
use crate::model::{Email, FullName, Phone, ProfileField, Username};

pub(crate) use self::card::Card;

/// The way that a new password takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryMethod {
    /// It is sent.
    Send(Channel),
    /// It is written on a card.
    Print(PathBuf, CardFormat),
}

impl DeliveryMethod {
    /// The profile field that it needs.
    pub(crate) fn needs(&self) -> Option<ProfileField> {
        match self {
            Self::Send(Channel::Sms) => Some(ProfileField::Phone),
            Self::Send(Channel::Email) => Some(ProfileField::Email),
            Self::Print(..) => None,
        }
    }
}

impl FromStr for DeliveryMethod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "email" => return Ok(Self::Send(Channel::Email)),
            "sms" => return Ok(Self::Send(Channel::Sms)),
            _ => {}
        }
        let Some(path) = text.strip_prefix("print=") else {
            return Err("it has to be email, sms, print=FILE.txt or print=FILE.html".to_owned());
        };
        let path = PathBuf::from(path);
        match CardFormat::of(&path) {
            Some(form) => Ok(Self::Print(path, form)),
            None => Err("the name of a file to print has to end in .txt or .html".to_owned()),
        }
    }
}

enum HandoutTarget<'c> {
    Send(Delivery<'c>),
    Print(CardFile),
}

/// A hand-out that can be made, as far as that shows before anybody is looked at.
pub(crate) struct Handout<'c> {
    context: &'c Context,
    out: HandoutTarget<'c>,
    texts: Templates,
}

/// A message that is ready, and for whom.
struct AddressedMessage {
    username: Username,
    to: String,
    message: Message,
}

/// What was made for some users, before the store is changed. Dropped, it is taken back; delivered,
/// it stays.
#[must_use = "what is not delivered is taken back"]
pub(crate) struct PreparedHandout<'h, 'c> {
    hand_out: &'h mut Handout<'c>,
    letters: Vec<AddressedMessage>,
    signals: DeferredSignals,
    /// Where the cards of this time begin on the paper.
    printed: Option<card_file::CardFileMark>,
    cards: usize,
}

/// What came of delivering: what failed has been told.
#[derive(Debug, Default)]
#[must_use = "a hand-out that failed is a status"]
pub(crate) struct HandoutResult {
    /// How many were not delivered.
    pub(crate) failed: usize,
    /// A signal that came meanwhile and waits.
    pub(crate) signal: Option<i32>,
}

impl HandoutResult {
    /// The exit status of a command that did nothing wrong else.
    pub(crate) fn outcome(&self) -> CommandResult {
        match (self.signal, self.failed) {
            (Some(signal), _) => Err(CommandEnd::Interrupted(signal)),
            (None, 0) => Ok(ExitCode::SUCCESS),
            (None, _) => Err(CommandEnd::Reported(ErrorCode::DeliveryFailed.status())),
        }
    }
}

impl<'c> Handout<'c> {
    /// Checks what can be checked before anybody is looked at.
    ///
    /// # Errors
    ///
    /// The settings do not allow it or name no program, a text has a fault, or the file to be
    /// printed already exists.
    pub(crate) fn new(context: &'c Context, way: &DeliveryMethod) -> Result<Self, CliError> {
        if *way == DeliveryMethod::Send(Channel::Sms) && context.settings.settings.policy.two_factor
        {
            return Err(CommandEnd::usage(
                "--hand-out sms is refused where `two_factor.required` is set: password and code \
                 would go to the same phone",
            )
            .with_hint("use --hand-out email or --hand-out print=FILE"));
        }
        let out = match way {
            DeliveryMethod::Send(channel) => HandoutTarget::Send(Delivery::new(context, *channel)?),
            DeliveryMethod::Print(path, form) => {
                HandoutTarget::Print(CardFile::new(path.clone(), *form)?)
            }
        };
        Ok(Self { context, out, texts: Templates::load(context)? })
    }

    /// Makes ready what `cards` come to; what is printed is on the disk when this returns. Signals
    /// wait from now on until it is delivered.
    ///
    /// # Errors
    ///
    /// Somebody has no address, a text cannot be made, or the file cannot be written.
    pub(crate) fn prepare<'h>(
        &'h mut self,
        cards: &[Card<'_>],
    ) -> Result<PreparedHandout<'h, 'c>, CliError> {
        let signals = DeferredSignals::begin()
            .map_err(|error| CliError::io("signals cannot be caught", error))?;
        check_values(cards)?;
        let mut letters = Vec::new();
        let mut printed = None;
        match &mut self.out {
            HandoutTarget::Send(delivery) => {
                let channel = delivery.channel();
                check_addresses(cards, channel)?;
                for card in cards {
                    let to = card.address(channel).unwrap_or_default().to_owned();
                    let message = self.texts.message(card)?;
                    letters.push(AddressedMessage { username: card.username.clone(), to, message });
                }
            }
            HandoutTarget::Print(paper) => printed = Some(paper.add(cards, &self.texts)?),
        }
        Ok(PreparedHandout { hand_out: self, letters, signals, printed, cards: cards.len() })
    }
}

impl PreparedHandout<'_, '_> {
    /// Ends here where a signal has come while it was made: the store is not changed yet.
    ///
    /// # Errors
    ///
    /// [`CommandEnd::Interrupted`].
    pub(crate) fn go_on(mut self) -> Result<Self, CommandEnd> {
        match self.signals.pending() {
            Some(signal) => Err(CommandEnd::Interrupted(signal)),
            None => Ok(self),
        }
    }

    /// Whether the passwords are sent, and shown nowhere.
    pub(crate) fn hides_passwords(&self) -> bool {
        matches!(self.hand_out.out, HandoutTarget::Send(_))
    }

    /// Delivers, now that the store has been changed; tells what failed, and goes on.
    pub(crate) fn deliver(mut self) -> HandoutResult {
        let mut handed = HandoutResult::default();
        let context = self.hand_out.context;
        if context.rehearses() {
            return handed;
        }
        let ui = &context.ui;
        match &self.hand_out.out {
            HandoutTarget::Print(paper) => {
                self.printed = None;
                let plural = if self.cards == 1 { "" } else { "s" };
                let path = paper.path().display();
                ui.status(&format!("wrote {} card{plural} to {path}", self.cards));
            }
            HandoutTarget::Send(delivery) => {
                for AddressedMessage { username, to, message } in std::mem::take(&mut self.letters)
                {
                    handed.signal = handed.signal.or_else(|| self.signals.pending());
                    let sent = match handed.signal {
                        Some(_) => Err("the program was interrupted".to_owned()),
                        None => delivery.send(&to, &message).map_err(|why| why.to_string()),
                    };
                    let Err(why) = sent else {
                        ui.status(&format!("sent the password of {username} to {to}"));
                        continue;
                    };
                    handed.failed += 1;
                    let channel = delivery.channel().as_str();
                    ui.error(
                        &CliError::new(
                            ErrorCode::DeliveryFailed,
                            format!(
                                "`{username}` has a new password, which could not be sent to {to}: \
                                 {why}"
                            ),
                        )
                        .with_hint(format!(
                            "the change is done; fix the cause, then re-issue with: {}",
                            again(context, &username, channel)
                        ))
                        .about("username", username.as_str()),
                    );
                }
            }
        }
        handed.signal = handed.signal.or_else(|| self.signals.pending());
        handed
    }
}

impl Drop for PreparedHandout<'_, '_> {
    fn drop(&mut self) {
        if let (Some(mark), HandoutTarget::Print(paper)) =
            (self.printed.take(), &mut self.hand_out.out)
        {
            paper.take_back(mark);
        }
    }
}

/// The call that hands a password of `username` out anew.
fn again(context: &Context, username: &Username, channel: &str) -> String {
    let mut arguments = context.same_program();
    let words = ["passwd", username.as_str(), "--generate-password", "--hand-out", channel];
    arguments.extend(words.map(str::to_owned));
    command_line(&arguments)
}

/// Refuses what other hands have put into the store: it would reach a mail, a card or the arguments
/// of a program as it is.
fn check_values(cards: &[Card<'_>]) -> Result<(), CliError> {
    fn keeps<T: FromStr>(value: &str) -> bool {
        value.parse::<T>().is_ok()
    }
    for card in cards {
        let wrong = [
            ("username", keeps::<Username>(card.username.as_str())),
            ("full_name", keeps::<FullName>(card.full_name.as_str())),
            ("email", card.email.is_none_or(|email| keeps::<Email>(email.as_str()))),
            ("phone", card.phone.is_none_or(|phone| keeps::<Phone>(phone.as_str()))),
        ];
        if let Some((field, _)) = wrong.into_iter().find(|(_, keeps)| !keeps) {
            let username = card.username;
            let message = format!(
                "nothing is handed out to `{username}`: the value of `{field}` is not valid"
            );
            return Err(CliError::new(ErrorCode::StoreDamaged, message)
                .with_hint(
                    "something other than ccadmin has changed it: `ccadmin store check` tells more",
                )
                .about("username", username.as_str()));
        }
    }
    Ok(())
}

/// Refuses where somebody cannot be reached; all of them are named.
fn check_addresses(cards: &[Card<'_>], channel: Channel) -> Result<(), CliError> {
    const MAX_USERS_NAMED: usize = 20;
    let lacking: Vec<&Username> =
        cards.iter().filter(|card| card.address(channel).is_none()).map(|c| c.username).collect();
    let Some(first) = lacking.first() else { return Ok(()) };
    let mut names: Vec<String> =
        lacking.iter().take(MAX_USERS_NAMED).map(|name| format!("`{name}`")).collect();
    if lacking.len() > MAX_USERS_NAMED {
        names.push(format!("and {} more", lacking.len() - MAX_USERS_NAMED));
    }
    let (what, flag) = match channel {
        Channel::Sms => ("no phone number", "--phone +36201234567"),
        Channel::Email => ("no e-mail address", "--email NAME@HOST"),
    };
    let has = if lacking.len() == 1 { "has" } else { "have" };
    Err(CliError::new(ErrorCode::MissingInput, format!("{} {has} {what}", names.join(", ")))
        .with_hint(format!("`ccadmin user update {first} {flag}` sets one; nothing was changed")))
}

/// Begins the hand-out that a call asks for, if it does.
pub(crate) fn begin<'c>(
    context: &'c Context,
    way: Option<&DeliveryMethod>,
) -> Result<Option<Handout<'c>>, CliError> {
    let hand_out = way.map(|way| Handout::new(context, way)).transpose()?;
    // In a dry run no card is made, not even for a moment.
    let is_made = |hand_out: &Handout<'_>| {
        !(context.rehearses() && matches!(hand_out.out, HandoutTarget::Print(_)))
    };
    Ok(hand_out.filter(is_made))
}
