//! Values that break a rule: names, addresses, weights, passwords.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::refused;
use crate::common::TestEnv;

#[test]
fn usernames() {
    let env = TestEnv::with_users();
    let mut lines = vec![
        "user show ''".to_owned(),
        "user show ' '".to_owned(),
        "user show 'jam es'".to_owned(),
        "user show -- -rf".to_owned(),
        "user show -rf".to_owned(),
        "user show .james".to_owned(),
        "user show ../james".to_owned(),
        "user show 'james\n'".to_owned(),
        "user show 'james\u{1b}[31m'".to_owned(),
        "user show jámes".to_owned(),
        "user show j\u{430}mes".to_owned(),
        "user show ᴮᴵᴳ".to_owned(),
        "user show a:b".to_owned(),
        "user show a;b".to_owned(),
        "user deactivate james@".to_owned(),
        "user deactivate --yes".to_owned(),
    ];
    lines.push(format!("user show {}", "a".repeat(65)));
    lines.push("user create -- --name".to_owned());
    lines.push("user create '' --name X --role agent --generate-password".to_owned());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_snapshot!(refused(&env, &lines), @r"
    $ user show ''
    --- stderr ---
    error: a username cannot be empty
    [exit status: 8]
    $ user show ' '
    --- stderr ---
    error: ` ` is not a username: a space at position 1 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show 'jam es'
    --- stderr ---
    error: `jam es` is not a username: a space at position 4 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show -- -rf
    --- stderr ---
    error: `-rf` is not a username: it has to begin with a letter or a digit
    [exit status: 8]
    $ user show -rf
    --- stderr ---
    error: unexpected argument '-r' found
    hint: `ccadmin user show --help` shows what it takes
    [exit status: 2]
    $ user show .james
    --- stderr ---
    error: `.james` is not a username: it has to begin with a letter or a digit
    [exit status: 8]
    $ user show ../james
    --- stderr ---
    error: `../james` is not a username: `/` at position 3 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show 'james\n'
    --- stderr ---
    error: `james\n` is not a username: `\n` at position 6 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show 'james\u{1b}[31m'
    --- stderr ---
    error: `james\u{1b}[31m` is not a username: `\u{1b}` at position 6 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show jámes
    --- stderr ---
    error: `jámes` is not a username: `á` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show jаmes
    --- stderr ---
    error: `jаmes` is not a username: `а` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show ᴮᴵᴳ
    --- stderr ---
    error: `ᴮᴵᴳ` is not a username: `ᴮ` at position 1 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show a:b
    --- stderr ---
    error: `a:b` is not a username: `:` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user show a;b
    --- stderr ---
    error: `a;b` is not a username: `;` at position 2 is not allowed
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    [exit status: 8]
    $ user deactivate james@
    --- stderr ---
    error: there is no user `james@`
    hint: did you mean `james`?
    [exit status: 3]
    $ user deactivate --yes
    --- stderr ---
    error: missing: USERNAME|-
    hint: usage: ccadmin user deactivate --yes <USERNAME|->...
    [exit status: 2]
    $ user show aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    --- stderr ---
    error: a username has at most 64 characters, this one has 65
    [exit status: 8]
    $ user create -- --name
    --- stderr ---
    error: `--name` is not a username: it has to begin with a letter or a digit
    [exit status: 8]
    $ user create '' --name X --role agent --generate-password
    --- stderr ---
    error: a username cannot be empty
    [exit status: 8]
    ");
    let longest = "a".repeat(64);
    env.run(&*format!("user create {longest} --name A --role agent --generate-password")).success();
    env.run("user create -q --name A --role agent --generate-password -- 7.of_9-x@y+z").success();
}

#[test]
fn names_of_people_and_descriptions() {
    let env = TestEnv::with_users();
    let long = format!("user update james --name '{}'", "é".repeat(201));
    assert_snapshot!(refused(&env, &[
        "user update james --name ''",
        "user update james --name '   '",
        "user update james --name 'a\tb'",
        "user update james --name 'a\nb'",
        "user update james --name 'a\u{202e}b'",
        "user update james --name 'a\u{200b}b'",
        "project update hu-support --description 'a\u{7}'",
        &long,
    ]), @r"
    $ user update james --name ''
    --- stderr ---
    error: a name cannot be blank
    [exit status: 8]
    $ user update james --name '   '
    --- stderr ---
    error: a name cannot be blank
    [exit status: 8]
    $ user update james --name 'a\tb'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+0009 at position 2)
    [exit status: 8]
    $ user update james --name 'a\nb'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+000A at position 2)
    [exit status: 8]
    $ user update james --name 'a\u{202e}b'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+202E at position 2)
    [exit status: 8]
    $ user update james --name 'a\u{200b}b'
    --- stderr ---
    error: a name cannot hold a control or invisible character (U+200B at position 2)
    [exit status: 8]
    $ project update hu-support --description 'a\u{7}'
    --- stderr ---
    error: a description cannot hold a control or invisible character (U+0007 at position 2)
    [exit status: 8]
    $ user update james --name 'ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé'
    --- stderr ---
    error: a name has at most 200 characters, this one has 201
    [exit status: 8]
    ");
    env.run(&*format!("user update james --name '{}'", "é".repeat(200))).success();
}

#[test]
fn phone_numbers_and_addresses() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "user update james --phone ''",
        "user update james --phone 12345",
        "user update james --phone '+36 20 abc'",
        "user update james --phone +0612345678",
        "user update james --phone +1234567890123456",
        "user update james --phone 4.92E+11",
        "user update james --phone 0036201234567",
        "user update james --email james",
        "user update james --email ''",
        "user update james --email james@localhost",
        "user update james --email '\"j\"@example.com'",
        "user update james --email jámes@example.com",
        "user update james --email=-x@example.com",
        "user update james --email 'a@b.com, c@d.com'",
        "user update james --email 'a@b.com\u{a}bcc:x@y.com'",
    ]), @r#"
    $ user update james --phone ''
    --- stderr ---
    error: `` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    $ user update james --phone 12345
    --- stderr ---
    error: `12345` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    $ user update james --phone '+36 20 abc'
    --- stderr ---
    error: `+36 20 abc` is not a phone number: after the `+` there can only be digits
    [exit status: 8]
    $ user update james --phone +0612345678
    --- stderr ---
    error: `+0612345678` is not a phone number: the `+` is followed by the country code
    hint: write it like +36201234567
    [exit status: 8]
    $ user update james --phone +1234567890123456
    --- stderr ---
    error: `+1234567890123456` is not a phone number: it has 16 digits, but at most 15 are allowed
    [exit status: 8]
    $ user update james --phone 4.92E+11
    --- stderr ---
    error: `4.92E+11` is not a phone number: it has no country code
    hint: write it like +36201234567, or set `phone.default_region` in the config (<home>/.config/ccadmin/config.toml)
    [exit status: 8]
    $ user update james --phone 0036201234567
    --- stderr ---
    error: `0036201234567` has `00` in place of the `+`: `+36201234567`?
    hint: write it like +36201234567
    [exit status: 8]
    $ user update james --email james
    --- stderr ---
    error: `james` is not an e-mail address: there is no `@`
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email ''
    --- stderr ---
    error: `` is not an e-mail address: there is no `@`
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email james@localhost
    --- stderr ---
    error: `james@localhost` is not an e-mail address: the part after the `@` is not a domain name
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email '"j"@example.com'
    --- stderr ---
    error: `\"j\"@example.com` is not an e-mail address: the part before the `@` holds a character or a dot that is not allowed
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email jámes@example.com
    --- stderr ---
    error: `jámes@example.com` is not an e-mail address: only ASCII is allowed
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email=-x@example.com
    --- stderr ---
    error: `-x@example.com` is not an e-mail address: it cannot begin with `-`
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email 'a@b.com, c@d.com'
    --- stderr ---
    error: `a@b.com, c@d.com` is not an e-mail address: the part before the `@` holds a character or a dot that is not allowed
    hint: write it like james@example.com
    [exit status: 8]
    $ user update james --email 'a@b.com\nbcc:x@y.com'
    --- stderr ---
    error: `a@b.com\nbcc:x@y.com` is not an e-mail address: the part before the `@` holds a character or a dot that is not allowed
    hint: write it like james@example.com
    [exit status: 8]
    "#);
    let long = format!("user update james --email {}@{}.com", "a".repeat(64), "b.".repeat(100));
    assert_eq!(env.run(&*long).status, Some(8));
}

#[test]
fn weights() {
    let env = TestEnv::with_users();
    assert_snapshot!(refused(&env, &[
        "set-weight james hu-support 0",
        "set-weight james hu-support 101",
        "set-weight james hu-support -1",
        "set-weight james hu-support 1.0",
        "set-weight james hu-support ''",
        "set-weight james hu-support 4294967296",
        "set-weight james hu-support ١٢",
        "set-weight james hu-support +5",
        "assign-project james hu-support:0",
        "assign-project james hu-support:5:5",
        "assign-project james hu-support --weight 500",
    ]), @"
    $ set-weight james hu-support 0
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support 101
    --- stderr ---
    error: the weight 101 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    $ set-weight james hu-support -1
    --- stderr ---
    error: `-1` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support 1.0
    --- stderr ---
    error: `1.0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support ''
    --- stderr ---
    error: `` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support 4294967296
    --- stderr ---
    error: `4294967296` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support ١٢
    --- stderr ---
    error: `١٢` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ set-weight james hu-support +5
    --- stderr ---
    error: `+5` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ assign-project james hu-support:0
    --- stderr ---
    error: `0` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ assign-project james hu-support:5:5
    --- stderr ---
    error: `5:5` is not a weight: it has to be a whole number, at least 1
    [exit status: 8]
    $ assign-project james hu-support --weight 500
    --- stderr ---
    error: the weight 500 is not within 1 and 100
    hint: give a whole number from 1 to 100
    [exit status: 8]
    ");
}

#[test]
fn weak_passwords() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let mut told = String::new();
    for password in [
        "short",
        "fourteen chars",
        "password password",
        "passwordpassword123",
        "jamesjamesjames1",
        "James Carter 2026!",
        "aaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "qwertyuiopasdfgh",
        "123456789012345678",
        "contactcenter2026",
    ] {
        let output =
            env.call("passwd james --password-stdin").stdin(format!("{password}\n")).output();
        assert_eq!(output.status, Some(8), "{password}: {output}");
        assert!(!output.stderr.contains(password), "{output}");
        let _ = writeln!(told, "> {password}\n{output}");
    }
    assert_snapshot!(told, @"
    > short
    --- stderr ---
    error: a password has at least 15 characters, this one has 5
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > fourteen chars
    --- stderr ---
    error: a password has at least 15 characters, this one has 14
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > password password
    --- stderr ---
    error: this password is only a common password or word, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > passwordpassword123
    --- stderr ---
    error: this password is only a common password or word, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > jamesjamesjames1
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > James Carter 2026!
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > aaaaaaaaaaaaaaaa
    --- stderr ---
    error: this password is easy to guess: it repeats one character
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > abcdefghijklmnop
    --- stderr ---
    error: this password is easy to guess: it is a sequence such as abc or 6543
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > qwertyuiopasdfgh
    --- stderr ---
    error: this password is easy to guess: it is very similar to a common password
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > 123456789012345678
    --- stderr ---
    error: this password is easy to guess: it is a sequence such as abc or 6543
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    > contactcenter2026
    --- stderr ---
    error: this password is only the username, the full name or the product's name, repeated or with digits or signs added
    hint: use a longer phrase of several unrelated words
    [exit status: 8]
    ");
    assert_eq!(env.contents(), before);
}
