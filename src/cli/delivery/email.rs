//! An e-mail as `sendmail -i` takes it: RFC 5322 with MIME, and the line ends of this system, as
//! every program of that interface expects them.

use std::fs;

use mail_builder::MessageBuilder;
use zeroize::Zeroizing;

use super::{Message, Undelivered};
use crate::cli::context::{Context, SystemEntropy};
use crate::cli::os_accounts::login;
use crate::directory::hex;
use crate::model::Entropy;
use crate::privilege;

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
        .subject(message.subject.as_str())
        .date(context.now().seconds())
        .message_id(format!("{}@{host}", hex(&random)))
        // So that no robot answers it.
        .header("Auto-Submitted", mail_builder::headers::raw::Raw::new("auto-generated"))
        .text_body(message.text.as_str())
        .write_to_string()?;
    let written = Zeroizing::new(written);
    Ok(Zeroizing::new(written.replace("\r\n", "\n")))
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
