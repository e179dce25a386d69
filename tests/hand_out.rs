//! `--hand-out`: the password reaches its user, by the site's own programs or on a card.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use insta::assert_snapshot;

use crate::common::{Output, PASSWORD, TestEnv, column, is_password, skipped, write_program};

/// What every delivery program of the tests begins with: it keeps its arguments and its stdin.
const KEEPS: &str = "printf '%s\\n' \"$@\" >> ARGS; cat >> SENT; ";

/// An environment with James and Eva, and one program for SMS and e-mail that does `script`.
fn delivering(script: &str) -> TestEnv {
    let env = TestEnv::with_users();
    program(&env, script);
    env.config(&format!("{}\n", commands(&env)));
    env
}

fn program(env: &TestEnv, script: &str) {
    let home = env.home().display();
    let script =
        script.replace("ARGS", &format!("{home}/args")).replace("SENT", &format!("{home}/sent"));
    write_program(&env.path("send"), &script);
}

fn commands(env: &TestEnv) -> String {
    let send = env.path("send").display().to_string();
    format!(
        "[deliver.sms]\ncommand = [\"{send}\", \"sms\", \"--\", \"{{to}}\"]\n\
         [deliver.email]\ncommand = [\"{send}\", \"mail\", \"--\", \"{{to}}\"]"
    )
}

fn read(env: &TestEnv, name: &str) -> String {
    fs::read_to_string(env.path(name)).unwrap()
}

/// The password that a text holds.
fn password_in(text: &str) -> &str {
    let ends = |letter: char| letter.is_ascii_whitespace() || matches!(letter, '<' | '>');
    text.split(ends).find(|word| is_password(word)).unwrap()
}

/// Whether a password is the one that is stored: it opens the way to a new one.
#[track_caller]
fn assert_right(env: &TestEnv, name: &str, password: &str) {
    let call = env.call(format!("authenticate {name} --password-stdin").as_str());
    assert_eq!(call.stdin(password).output().status, Some(7));
}

#[test]
fn a_new_user_is_told_by_sms_and_nobody_else() {
    let env = delivering(KEEPS);
    let output = env.run(
        "user create zoe --name 'Zoë Ford' --role agent --phone '+36 20 765 4321' \
         --generate-password --hand-out sms",
    );
    assert_snapshot!(output, @"
    --- stderr ---
    created zoe
    sent the password of zoe to +36207654321
    [exit status: 0]
    ");
    assert_eq!(read(&env, "args"), "sms\n--\n+36207654321\n");
    let sent = read(&env, "sent");
    assert_snapshot!(output.redact(&sent), @"
    Zoë Ford,

    your username is: zoe
    Your password is: <password>
    It works until Sat 28 Nov 2026 09:00, for choosing one of your own:
    ccadmin passwd zoe --own, where the administrator says
    ");
    assert_right(&env, "zoe", password_in(&sent));
    let json = env.run("passwd zoe --generate-password --hand-out sms -o json").json();
    assert_eq!(json["username"], "zoe");
    assert_eq!(json["temporary_password"], serde_json::Value::Null);
}

/// RFC 5322, as `sendmail -i` takes it.
#[test]
fn an_e_mail_is_whole() {
    let env = delivering(KEEPS);
    env.write("hu.txt", "Subject: Jelszó, {{ full_name }}\n\nKedves {{ full_name }}!\nJelszó: {{ temporary_password }}\n");
    env.config(&format!("{}\n[hand_out]\ntemplates.hu = \"../../hu.txt\"\n", commands(&env)));
    let output = env.run(
        "user create agi --name 'Őrsi Ági' --role agent --email agi@example.com --language hu-HU \
         --generate-password --hand-out email",
    );
    assert_snapshot!(output, @"
    --- stderr ---
    created agi
    sent the password of agi to agi@example.com
    [exit status: 0]
    ");
    assert_eq!(read(&env, "args"), "mail\n--\nagi@example.com\n");
    let sent = read(&env, "sent");
    assert!(!sent.contains('\r'));
    let lines: Vec<&str> = sent.lines().collect();
    let header = |name: &str| {
        let found: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix(name)).collect();
        assert_eq!(found.len(), 1, "{name} in {sent}");
        found[0].to_owned()
    };
    let (account, host) = header("From: <")
        .trim_end_matches('>')
        .split_once('@')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert!(!account.is_empty() && !host.is_empty());
    let id = header("Message-ID: <");
    let (random, id_host) = id.trim_end_matches('>').split_once('@').unwrap();
    assert_eq!((random.len(), id_host), (32, &*host));
    let rest = lines
        .iter()
        .filter(|line| !line.starts_with("From:") && !line.starts_with("Message-ID:"))
        .copied()
        .collect::<Vec<&str>>()
        .join("\n");
    assert_snapshot!(output.redact(&rest), @r#"
    To: <agi@example.com>
    Subject: =?utf-8?B?SmVsc3rDsywgxZByc2kgw4FnaQ==?=
    Date: Sat, 21 Nov 2026 09:00:00 +0000
    Auto-Submitted: auto-generated
    MIME-Version: 1.0
    Content-Type: text/plain; charset="utf-8"
    Content-Transfer-Encoding: quoted-printable

    Kedves =C5=90rsi =C3=81gi!
    Jelsz=C3=B3: <password>
    "#);
}

#[test]
fn several_are_told_each_their_own() {
    let env = delivering(KEEPS);
    env.run("user update eva --email eva@example.com").success();
    assert_snapshot!(env.run("passwd james eva --generate-password --hand-out email"), @"
    --- stderr ---
    set the password of james
    sent the password of james to james@example.com
    set the password of eva
    sent the password of eva to eva@example.com
    [exit status: 0]
    ");
    let sent = read(&env, "sent");
    let passwords: Vec<&str> =
        sent.split_ascii_whitespace().filter(|word| is_password(word)).collect();
    assert_eq!(passwords.len(), 2);
    assert_right(&env, "james", passwords[0]);
    assert_right(&env, "eva", passwords[1]);
    let call = env.call("passwd - --generate-password --hand-out email -q");
    assert_snapshot!(call.stdin("eva\njames\n").output(), @"[exit status: 0]");
    assert_eq!(read(&env, "args").lines().filter(|line| line.contains('@')).count(), 4);
}

/// A password that was typed can be handed out as well.
#[test]
fn a_role_is_granted_and_the_password_handed_out() {
    let env = delivering(KEEPS);
    let call = env.call("user update james --add-role supervisor --password-stdin --hand-out sms");
    assert_snapshot!(call.stdin(PASSWORD).output(), @"
    --- stderr ---
    updated james
    sent the password of james to +36201234567
    [exit status: 0]
    ");
    assert!(read(&env, "sent").contains(PASSWORD));
}

#[test]
fn a_permanent_password_has_no_end() {
    let env = delivering(KEEPS);
    env.run("passwd james --generate-password --permanent-password --hand-out sms").success();
    let sent = read(&env, "sent");
    assert!(sent.contains("\nTo choose one of your own:\nccadmin passwd james --own, where the administrator says\n"), "{sent}");
}

#[test]
fn a_card_is_a_page() {
    let env = TestEnv::with_users();
    env.run("user update james --name '<b>James & \"Co\" {{ next }}</b>'").success();
    let output = env.run("passwd james eva --generate-password --hand-out print=cards.html");
    assert_snapshot!(output, @"
    james	<password>
    eva	<password>
    --- stderr ---
    set the password of james
    wrote 1 card to cards.html
    set the password of eva
    wrote 1 card to cards.html
    [exit status: 0]
    ");
    let cards = read(&env, "cards.html");
    assert_snapshot!(output.redact(&cards), @r#"
    <!doctype html>
    <html>
    <head>
    <meta charset="utf-8">
    <title>Usernames and passwords</title>
    <style>
    pre { font: 14pt/1.5 monospace; white-space: pre-wrap; margin: 0 }
    .card { padding: 2em; border-bottom: 1px dashed }
    @media print { .card { border: 0; break-after: page } .card:last-child { break-after: auto } }
    </style>
    </head>
    <body>
    <section class="card"><pre>&lt;b&gt;James &amp; &quot;Co&quot; {{ next }}&lt;&#x2f;b&gt;,

    your username is: james
    Your password is: <password>
    It works until Sat 28 Nov 2026 09:00, for choosing one of your own:
    ccadmin passwd james --own, where the administrator says</pre></section>
    <section class="card"><pre>Kovács Éva,

    your username is: eva
    Your password is: <password>
    It works until Sat 28 Nov 2026 09:00, for choosing one of your own:
    ccadmin passwd eva --own, where the administrator says</pre></section>
    </body>
    </html>
    "#);
    assert_eq!(mode(&env, "cards.html"), 0o600);
    // A card says which language it is in, where that is known.
    env.write(".config/ccadmin/en.txt", "Your password: {{ temporary_password }}");
    env.config("[hand_out.templates]\nen = \"en.txt\"\n");
    let own = env.run("passwd james --generate-password --hand-out print=own.html");
    let card = "<section class=\"card\" lang=\"en\"><pre>Your password: <password></pre></section>";
    assert!(own.redact(&read(&env, "own.html")).contains(card), "{}", read(&env, "own.html"));
    own.success();
    let output = env.run("passwd james --generate-password --hand-out print=more.html");
    let cards = read(&env, "more.html");
    assert_eq!(output.stdout.trim(), password_in(&cards));
    assert_right(&env, "james", password_in(&cards));
}

#[test]
fn a_card_is_a_text() {
    let env = TestEnv::with_users();
    let call = env.call("passwd - --generate-password --hand-out print=cards.txt -q -o jsonl");
    let output = call.stdin("james\neva\n").output();
    output.success();
    assert_eq!(output.stdout.lines().count(), 2);
    assert_snapshot!(output.redact(&read(&env, "cards.txt")), @"
    James Carter,

    your username is: james
    Your password is: <password>
    It works until Sat 28 Nov 2026 09:00, for choosing one of your own:
    ccadmin passwd james --own, where the administrator says

    ----------------------------------------------------------------------

    Kovács Éva,

    your username is: eva
    Your password is: <password>
    It works until Sat 28 Nov 2026 09:00, for choosing one of your own:
    ccadmin passwd eva --own, where the administrator says
    ");
    assert_eq!(mode(&env, "cards.txt"), 0o600);
}

fn mode(env: &TestEnv, name: &str) -> u32 {
    fs::metadata(env.path(name)).unwrap().permissions().mode() & 0o777
}

/// Nothing is left of a hand-out whose change was refused.
#[test]
fn a_card_is_there_only_with_its_change() {
    let env = TestEnv::with_users();
    let output = env.run("passwd nobody james --generate-password --hand-out print=cards.txt");
    assert_eq!(output.status, Some(3), "{output}");
    let cards = read(&env, "cards.txt");
    assert_eq!(cards.matches("Your password is").count(), 1);
    assert_right(&env, "james", password_in(&cards));
    let before = env.contents();
    let create = "user create james --name James --role agent --generate-password";
    let output = env.run(format!("{create} --hand-out print=other.html").as_str());
    assert_eq!(output.status, Some(4), "{output}");
    assert!(!env.path("other.html").exists());
    assert_eq!(env.contents(), before);
    let output = env.run(format!("{create} --if-not-exists --hand-out print=other.html").as_str());
    output.success();
    assert!(!env.path("other.html").exists());
}

#[test]
fn what_is_there_already_is_never_touched() {
    let env = TestEnv::with_users();
    env.write("cards.txt", "precious");
    let before = env.contents();
    assert_snapshot!(env.run("passwd james --generate-password --hand-out print=cards.txt"), @"
    --- stderr ---
    error: cards.txt already exists
    hint: it is left unchanged; name another file
    [exit status: 2]
    ");
    std::os::unix::fs::symlink("nowhere", env.path("link.txt")).unwrap();
    assert_snapshot!(env.run("passwd james --generate-password --hand-out print=link.txt"), @"
    --- stderr ---
    error: link.txt already exists
    hint: it is left unchanged; name another file
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james --generate-password --hand-out print=a/b.txt"), @"
    --- stderr ---
    error: there is no folder a
    hint: make it, or name a file elsewhere
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james --generate-password --hand-out print=cards.pdf"), @"
    --- stderr ---
    error: invalid value 'print=cards.pdf' for '--hand-out <email|sms|print=FILE>': the name of a file to print has to end in .txt or .html
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_snapshot!(env.run("passwd james --generate-password --hand-out fax"), @"
    --- stderr ---
    error: invalid value 'fax' for '--hand-out <email|sms|print=FILE>': it has to be email, sms, print=FILE.txt or print=FILE.html
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    assert_eq!(read(&env, "cards.txt"), "precious");
    assert_eq!(env.contents(), before);
}

/// Nobody is changed whom the password could not reach.
#[test]
fn addresses_are_checked_first() {
    let env = delivering(KEEPS);
    let before = env.contents();
    assert_snapshot!(env.run("passwd eva --generate-password --hand-out email"), @"
    --- stderr ---
    error: `eva` has no e-mail address
    hint: `ccadmin user update eva --email NAME@HOST` sets one; nothing was changed
    [exit status: 2]
    ");
    let call = env.call("passwd - --generate-password --hand-out sms");
    assert_snapshot!(call.stdin("james\neva\n").output(), @"
    --- stderr ---
    error: `eva` has no phone number
    hint: `ccadmin user update eva --phone +36201234567` sets one; nothing was changed
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user create zoe --name Zoe --role agent --generate-password --hand-out email"), @"
    --- stderr ---
    error: missing: --email
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
    assert!(!env.path("sent").exists());
}

#[test]
fn a_program_has_to_be_there() {
    let env = TestEnv::with_users();
    let before = env.contents();
    let tried = || env.run("passwd james --generate-password --hand-out sms");
    assert_snapshot!(tried(), @"
    --- stderr ---
    error: `deliver.sms.command` is not set
    hint: set `deliver.sms.command` to the program that sends (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
    env.config(&commands(&env));
    assert_snapshot!(tried(), @"
    --- stderr ---
    error: the program <home>/send of `deliver.sms.command` cannot be run: No such file or directory (os error 2)
    hint: put it there, or name another one by `deliver.sms.command` (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
    env.write("send", "#!/bin/sh\n");
    assert_snapshot!(tried(), @"
    --- stderr ---
    error: the program <home>/send of `deliver.sms.command` cannot be run: it is not executable
    hint: put it there, or name another one by `deliver.sms.command` (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
}

/// The change stands, and can be sent again.
#[test]
fn a_program_that_fails_is_told() {
    let env =
        delivering("cat > /dev/null; echo connecting; printf 'no \\033[31mcredit\\n' >&2; exit 75");
    let tried = env.run("passwd james --generate-password --hand-out sms");
    assert_snapshot!(tried, @r"
    --- stderr ---
    set the password of james
    error: `james` has a new password, which could not be sent to +36201234567: <home>/send ended with status 75: no \u{1b}[31mcredit
    hint: the change is done; fix the cause, then re-issue with: ccadmin passwd james --generate-password --hand-out sms
    [exit status: 12]
    ");
    let create = "user create zoe --name Zoe --role agent --phone +36201234 --generate-password --hand-out sms -o json";
    let created: Output = env.run(create);
    assert_eq!(created.status, Some(12));
    assert_eq!(created.json()["username"], "zoe");
    assert_snapshot!(created.redact(&created.stderr), @r#"{"error":{"code":"delivery-failed","message":"`zoe` has a new password, which could not be sent to +36201234: <home>/send ended with status 75: no \\u{1b}[31mcredit","hint":"the change is done; fix the cause, then re-issue with: ccadmin passwd zoe --generate-password --hand-out sms","username":"zoe"}}"#);
    let both = env.run("passwd james zoe nobody --generate-password --hand-out sms -q");
    assert_eq!(both.status, Some(3), "{both}");
    assert_eq!(both.stderr.matches("could not be sent").count(), 2);
    program(&env, KEEPS);
    env.run("passwd james --generate-password --hand-out sms").success();
    assert_right(&env, "james", password_in(&read(&env, "sent")));
}

#[test]
fn a_program_that_hangs_is_told() {
    let env = delivering("echo still dialling; exec sleep 1000");
    let call = env.call("passwd james --generate-password --hand-out sms");
    assert_snapshot!(call.env("CCADMIN_TEST_DELIVERY", "1").output(), @"
    --- stderr ---
    set the password of james
    error: `james` has a new password, which could not be sent to +36201234567: <home>/send had not finished after 1 s and was killed: still dialling
    hint: the change is done; fix the cause, then re-issue with: ccadmin passwd james --generate-password --hand-out sms
    [exit status: 12]
    ");
}

#[test]
fn what_a_program_does_with_its_stdin_is_its_own_business() {
    let env = delivering("exec <&-; yes 'a long story' | head -c 5000000; exit 0");
    env.run("passwd james --generate-password --hand-out sms").success();
    program(&env, "yes 'a long story' | head -c 5000000; echo; echo that was all; exit 1");
    let output = env.run("passwd james --generate-password --hand-out sms");
    assert!(output.stderr.contains("ended with status 1: that was all\n"), "{output}");
}

/// A signal waits for the message that is on its way; the others are told as not sent.
#[test]
fn a_signal_ends_it_between_two_messages() {
    let env = delivering("cat >> SENT; kill -TERM $PPID");
    env.run("user update eva --phone +36209999999").success();
    let all = env.sh("$ccadmin passwd - --generate-password --hand-out sms; echo $?");
    let all = all.stdin("james\neva\n").output();
    assert_eq!(all.stdout, "143\n");
    for said in [
        "sent the password of james to +36201234567\n",
        "error: `eva` has a new password, which could not be sent to +36209999999: the program was \
         interrupted\n",
    ] {
        assert!(all.stderr.contains(said), "{all}");
    }
    assert_eq!(read(&env, "sent").matches("your username is").count(), 1);
    // One by one, the next is not even changed.
    let before = env.run("user show eva -o json").part("password");
    let each = env.sh("$ccadmin passwd james eva --generate-password --hand-out sms; echo $?");
    let each = each.output();
    assert_eq!(each.stdout, "143\n");
    assert!(each.stderr.contains("sent the password of james"), "{each}");
    assert_eq!(env.run("user show eva -o json").part("password"), before);
}

/// What the caller passed on is not for it, nor is their environment.
#[test]
fn a_program_gets_nothing_but_its_message() {
    let env = delivering("cat > /dev/null; ls -l /proc/self/fd > SENT; env >> SENT");
    env.write("secret", PASSWORD);
    let line = "$ccadmin passwd james --password-fd 5 --hand-out sms 5<secret";
    env.sh(line).env("CANARY", "chirp").output().success();
    let seen = read(&env, "sent");
    assert!(
        !seen.contains("secret") && !seen.contains("chirp") && !seen.contains("CCADMIN"),
        "{seen}"
    );
    assert!(!seen.contains("ccadmin.db"), "{seen}");
}

#[test]
fn a_text_with_a_fault_is_told_before_anything_is_written() {
    let env = delivering(KEEPS);
    let before = env.contents();
    let tried = |template: &str| {
        env.write(".config/ccadmin/text.txt", template);
        env.config(&format!("{}\n[hand_out]\ntemplate = \"text.txt\"\n", commands(&env)));
        env.run("passwd james --generate-password --hand-out sms")
    };
    assert_snapshot!(tried("{{ pasword }}"), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: there is no field `pasword`
    hint: the fields are: full_name, username, temporary_password, expires_at, next
    [exit status: 2]
    ");
    assert_snapshot!(tried("{% if full_name %}x{% else %}{{ temporary_pasword }}{% endif %}"), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: there is no field `temporary_pasword`
    hint: did you mean `temporary_password`?
    [exit status: 2]
    ");
    assert_snapshot!(tried("one\n{{ full_name"), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: line 2: syntax error: unexpected end of input, expected end of variable block
    hint: the fields are: full_name, username, temporary_password, expires_at, next
    [exit status: 2]
    ");
    assert_snapshot!(tried("one\n{{ full_name|shout }}"), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: line 2: unknown filter: filter shout is unknown
    hint: the fields are: full_name, username, temporary_password, expires_at, next
    [exit status: 2]
    ");
    assert_snapshot!(tried(&"x".repeat(70_000)), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: it is larger than 64 KiB
    hint: see `hand_out` in config.example.toml
    [exit status: 2]
    ");
    let why = |template: &str| {
        let output = tried(template);
        assert_eq!(output.status, Some(2), "{output}");
        let told = output.stderr.split_once("cannot be used: ").unwrap().1;
        told.lines().next().unwrap().to_owned()
    };
    for untold in [
        "Hello {{ full_name }}",
        "{% if expires_at %}{{ temporary_password }}{% endif %}",
        "{{ temporary_password|upper }}",
        "{% if username == 'ann' %}{{ temporary_password }}{% endif %}",
        "{# {{ temporary_password }} #}",
    ] {
        assert_eq!(why(untold), "it does not contain the password, or not always", "{untold}");
    }
    let told = "{{ temporary_password }}";
    assert_eq!(why(&format!("Subject: {told}\n{told}")), "its subject holds the password");
    assert_eq!(why(&format!("{told}{{{{ debug() }}}}")), "there is no field `debug`");
    let endless = "\n{% for i in range(9000) %}{% for i in range(9000) %}{% endfor %}{% endfor %}";
    assert_eq!(why(&format!("{told}{endless}")), "line 2: `for` is not allowed in it");
    let long = "{{ next }}".repeat(6_000);
    assert_eq!(why(&format!("{told}{long}")), "the finished text is larger than 64 KiB");
    // A few characters that would become gigabytes, or for which there is no room at all.
    for greedy in [
        "{{ 'x'|indent(99999999999) }}",
        "{{ 'x'|indent(18446744073709551615) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ 'abc'|slice(999999999) }}",
        "{{ full_name|replace('', next) }}",
        "{{ ('x' * 99999999) ~ ('x' * 99999999) }}",
        &format!("{{% set a = next %}}{}", "{% set a = a ~ a %}".repeat(40)),
        &format!("{{% with a = next %}}{}", "{% with a = a ~ a %}".repeat(40)),
    ] {
        let why = why(&format!("{told}{greedy}"));
        assert!(why.contains("is not allowed in it") || why.contains("unknown filter"), "{why}");
    }
    assert!(why(&format!("{told}{{{{ {} }}}}", "(".repeat(50_000))).contains("line 1: "));
    fs::remove_file(env.path(".config/ccadmin/text.txt")).unwrap();
    fs::create_dir(env.path(".config/ccadmin/text.txt")).unwrap();
    assert_snapshot!(env.run("passwd james --generate-password --hand-out sms"), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: it is not a file
    hint: see `hand_out` in config.example.toml
    [exit status: 2]
    ");
    fs::remove_dir(env.path(".config/ccadmin/text.txt")).unwrap();
    assert_snapshot!(env.run("passwd james --generate-password --hand-out sms"), @"
    --- stderr ---
    error: the text <home>/.config/ccadmin/text.txt cannot be used: No such file or directory (os error 2)
    hint: see `hand_out` in config.example.toml
    [exit status: 2]
    ");
    assert_eq!(env.contents(), before);
    assert!(!env.path("sent").exists());
}

/// Both factors would go the same way.
#[test]
fn no_sms_where_codes_go_to_the_phone() {
    let env = delivering(KEEPS);
    env.config(&format!("{}\n[two_factor]\nrequired = true\n", commands(&env)));
    assert_snapshot!(env.run("passwd james --generate-password --hand-out sms"), @"
    --- stderr ---
    error: --hand-out sms is refused where `two_factor.required` is set: password and code would go to the same phone
    hint: use --hand-out email or --hand-out print=FILE
    [exit status: 2]
    ");
    env.run("passwd james --generate-password --hand-out email").success();
}

#[test]
fn what_does_not_go_together() {
    let env = delivering(KEEPS);
    assert_snapshot!(env.run("passwd james --own --hand-out sms"), @"
    --- stderr ---
    error: the argument '--own' cannot be used with '--hand-out <email|sms|print=FILE>'
    hint: usage: ccadmin passwd --own <USERNAME|->...
    [exit status: 2]
    ");
    assert_eq!(env.run("passwd james --expire --hand-out sms").status, Some(2));
    assert_snapshot!(env.run("user update james --hand-out sms"), @"
    --- stderr ---
    error: missing: a new password
    hint: give --password-stdin, --password-fd or --generate-password
    [exit status: 2]
    ");
}

/// What is to be typed again means the same store and the same settings, and acts as the same.
#[test]
fn the_hint_names_the_store_of_the_call() {
    let env = delivering("exit 75");
    env.run("store init --database other.db").success();
    let create = "--database other.db user create zoe --name Zoe --role agent --phone +36201234 \
                  --generate-password --hand-out sms";
    let output = env.run(create);
    assert_eq!(output.status, Some(12));
    let hint =
        "re-issue with: ccadmin --database other.db passwd zoe --generate-password --hand-out sms";
    assert!(output.stderr.contains(hint), "{output}");
    let again = "--as-owner --database other.db passwd zoe --generate-password --hand-out sms";
    let output = env.call(again).env("CCADMIN_SESSION", "").output();
    assert_eq!(output.status, Some(12));
    let hint = "re-issue with: ccadmin --database other.db --as-owner passwd zoe \
                --generate-password --hand-out sms";
    assert!(output.stderr.contains(hint), "{output}");
}

/// A store that other hands have changed reaches no mail, no card and no argument as it is.
#[test]
fn planted_values_are_not_handed_out() {
    let env = delivering("");
    let password = || column(&env.database(), "SELECT password_hash FROM users ORDER BY id");
    let before = password();
    for (planted, way, field) in [
        ("full_name = 'James' || char(27) || ']0;x'", "print=cards.txt", "full_name"),
        ("full_name = 'James' || char(10) || 'Bcc: x@y.z'", "email", "full_name"),
        ("email = 'x@y.z' || char(10) || 'Bcc: z@y.x'", "email", "email"),
        ("email = '-oQ/tmp@y.z'", "email", "email"),
        ("phone = '+3620' || char(10) || '1'", "sms", "phone"),
        ("phone = '--evil'", "sms", "phone"),
    ] {
        let sheet = column(
            &env.database(),
            "SELECT full_name || '|' || email || '|' || phone FROM users WHERE username = 'james'",
        );
        env.database()
            .execute_batch(&format!("UPDATE users SET {planted} WHERE username = 'james'"))
            .unwrap();
        let output = env.run(format!("passwd james --generate-password --hand-out {way}").as_str());
        assert_eq!(output.status, Some(13), "{planted}: {output}");
        assert!(
            output.stderr.contains(&format!("the value of `{field}` is not valid")),
            "{output}"
        );
        assert!(!env.path("cards.txt").exists());
        assert_eq!(password(), before, "nothing is changed");
        let values: Vec<&str> = sheet[0].split('|').collect();
        env.database()
            .execute(
                "UPDATE users SET full_name = ?1, email = ?2, phone = ?3 WHERE username = 'james'",
                [values[0], values[1], values[2]],
            )
            .unwrap();
    }
}

/// Between what is ready and the commit there is a last moment: nothing is left of it.
#[test]
fn a_signal_before_the_commit_of_an_import_takes_the_cards_back() {
    let env = TestEnv::with_places();
    if !Path::new("/usr/bin/strace").exists() {
        skipped("there is no strace here");
        return;
    }
    env.write("roster.csv", "username,full_name,roles\nann,Ann,agent\n");
    let call = "user import roster.csv --generate-passwords --hand-out print=cards.txt";
    // The card is on the disk: the first file that is synced.
    let strace = "strace -qq -o /dev/null -e trace=fsync,fdatasync -e \
                  inject=fsync,fdatasync:signal=INT:when=1";
    let output = env.sh(&format!("{strace} $ccadmin {call}; echo $?")).output();
    assert_eq!(output.stdout, "130\n", "{output}");
    assert!(!env.path("cards.txt").exists(), "{output}");
    assert_eq!(env.run("user list --count").stdout, "0\n");
    env.run(call).success();
}
