//! An e-mail as `sendmail -i` takes it: RFC 5322 with MIME, and the line ends of this system, as
//! every program of that interface expects them.

use std::fs;

use base64ct::{Base64, Encoding as _};
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use zeroize::Zeroizing;

use super::message::{Message, Undelivered};
use crate::cli::context::{Context, SystemEntropy};
use crate::cli::os_accounts::login;
use crate::directory::hex;
use crate::model::Entropy;
use crate::privilege;

/// What one encoded word holds, so that its line has no more than the 76 characters that RFC 2047
/// allows.
const MAX_ENCODED_WORD_BYTES: usize = 36;

/// The whole message, headers and body.
pub(super) fn compose(
    context: &Context,
    to: &str,
    message: &Message,
) -> Result<Zeroizing<String>, Undelivered> {
    let host = host();
    let from = format!("{}@{host}", sender(&login(privilege::real_uid())));
    let mut random = [0; 16];
    SystemEntropy.fill(&mut random)?;
    let written = MessageBuilder::new()
        .from(from.as_str())
        .to(to)
        .header("Subject", subject(&message.subject))
        .date(context.now().seconds())
        .message_id(format!("{}@{host}", hex(&random)))
        // So that no robot answers it.
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .text_body(message.text.as_str())
        .write_to_string()?;
    let written = Zeroizing::new(written);
    Ok(Zeroizing::new(written.replace("\r\n", "\n")))
}

/// The subject as it is; one that holds what looks like an encoded word (RFC 2047) is encoded itself,
/// so that a mail program shows what stands there and not what it would stand for.
fn subject(text: &str) -> HeaderType<'_> {
    if !text.contains("=?") || !text.is_ascii() {
        return Text::new(text).into();
    }
    let words = text.as_bytes().chunks(MAX_ENCODED_WORD_BYTES);
    let words = words.map(|word| format!("=?utf-8?B?{}?=", Base64::encode_string(word)));
    Raw::new(words.collect::<Vec<_>>().join(" ")).into()
}

/// The account that runs the program, as the local part of an address.
fn sender(login: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if login.bytes().all(plain) { login } else { "ccadmin" }
}

/// The name of this machine in addresses: what mail programs are told, else its own.
fn host() -> String {
    let named = fs::read_to_string("/etc/mailname").unwrap_or_default();
    let own = rustix::system::uname();
    [named.trim(), &own.nodename().to_string_lossy()]
        .into_iter()
        .find(|name| is_host(name))
        .unwrap_or("localhost")
        .to_owned()
}

fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R74: a name that is written like an encoded word is shown as it is written.
    #[test]
    fn a_subject_that_looks_encoded_is_encoded() {
        let written = |text: &str| {
            MessageBuilder::new().header("Subject", subject(text)).write_to_string().unwrap()
        };
        assert!(written("Password of Eva").starts_with("Subject: Password of Eva\r\n"));
        let text = written(
            "Password of =?utf-8?B?Ym9zcw==?= who has quite a long name indeed, as it goes",
        );
        assert!(!text.contains("Ym9zcw==?"), "{text}");
        assert!(text.contains("=?utf-8?B?UGFzc3dvcmQgb2YgPT91dGY"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 76), "{text}");
    }

    #[test]
    fn senders_and_hosts_are_plain() {
        assert_eq!(sender("root"), "root");
        assert_eq!(sender("a b"), "ccadmin");
        for good in ["host", "mail.example.com", "x-1.de"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "-x", "x-", "a..b", "a b", "a\nb", "ő.hu"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
