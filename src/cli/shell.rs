//! Commands as a person would type them.

use std::borrow::Cow;

/// `argument`, quoted where a shell would take it apart.
pub(crate) fn quote(argument: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./=:@%+,".contains(&byte);
    if !argument.is_empty() && argument.bytes().all(plain) {
        return Cow::Borrowed(argument);
    }
    Cow::Owned(format!("'{}'", argument.replace('\'', r"'\''")))
}

/// A whole command.
pub(crate) fn command_line(arguments: &[String]) -> String {
    let quoted: Vec<Cow<'_, str>> = arguments.iter().map(|argument| quote(argument)).collect();
    quoted.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quote("hu-support:20"), "hu-support:20");
        assert_eq!(quote("James Carter"), "'James Carter'");
        assert_eq!(quote("O'Brien; rm -rf"), r"'O'\''Brien; rm -rf'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("$HOME"), "'$HOME'");
    }
}
