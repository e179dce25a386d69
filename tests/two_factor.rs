//! Signing in with a code that is sent to the phone.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::common::pty::{Desk, GOOD, Home};
use crate::common::{Call, Output, PASSWORD, TestEnv, write_program};

/// The settings of a site that sends codes with a program in `home`, which does `script`.
fn settings(home: &Path, script: &str) -> String {
    let send = home.join("send");
    let script = script.replace("SENT", &home.join("sent").display().to_string());
    write_program(&send, &script);
    format!(
        "[two_factor]\nrequired = true\n[deliver.sms]\ncommand = [\"{}\", \"{{to}}\"]\n",
        send.display()
    )
}

/// It keeps what was sent last, with the number.
const KEEPS: &str = "{ echo \"$1\"; cat; } > SENT; echo x >> SENT.count";

/// A site with James, whose password is their own.
fn site() -> TestEnv {
    let env = TestEnv::new();
    env.config(&settings(env.home(), KEEPS));
    env.call(
        "user create james --name James --role agent --phone +36201234567 --password-stdin \
         --permanent-password",
    )
    .stdin(PASSWORD)
    .output()
    .success();
    env
}

/// Signs in with these lines on stdin.
fn authenticate<'e>(env: &'e TestEnv, lines: &[&str]) -> Call<'e> {
    env.call("authenticate james --password-stdin").stdin(lines.join("\n"))
}

/// The code that was sent last.
fn code(env: &TestEnv) -> String {
    code_in(&fs::read_to_string(env.path("sent")).unwrap())
}

fn code_in(sent: &str) -> String {
    let code = sent.lines().nth(1).unwrap().split(' ').next().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{sent}");
    code.to_owned()
}

fn sent_so_far(env: &TestEnv) -> usize {
    fs::read_to_string(env.path("sent.count")).map_or(0, |count| count.lines().count())
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[test]
fn a_client_program_calls_twice() {
    let env = site();
    assert_snapshot!(authenticate(&env, &[PASSWORD]).output(), @"
    --- stderr ---
    error: a code was sent to the phone of `james`
    hint: call again with the password and the code, one a line
    [exit status: 10]
    ");
    let code = code(&env);
    let sent = fs::read_to_string(env.path("sent")).unwrap();
    assert_snapshot!(sent.replace(&code, "CODE"), @"
    +36201234567
    CODE is the sign-in code of james; it works once, for 5m
    ");
    assert_snapshot!(authenticate(&env, &[PASSWORD, &code]).output(), @"
    --- stderr ---
    the password of james is right
    [exit status: 0]
    ");
    // It works once.
    assert_snapshot!(authenticate(&env, &[PASSWORD, &code]).output(), @"
    --- stderr ---
    error: the code is wrong or no longer works
    hint: sign in again with the password alone: a new code is sent
    [exit status: 6]
    ");
    let json = env.call("authenticate james --password-stdin -o json").stdin(PASSWORD).output();
    assert_snapshot!(json, @r#"
    --- stderr ---
    {"error":{"code":"code-required","message":"a code was sent to the phone of `james`","hint":"call again with the password and the code, one a line","username":"james"}}
    [exit status: 10]
    "#);
    assert!(!env.contents().contains(&code), "only a hash is kept");
}

#[test]
fn a_session_takes_a_code_too() {
    let env = site();
    let login =
        |lines: &str| env.call("login james --password-stdin --print").stdin(lines).output();
    let first = login(PASSWORD);
    assert_eq!((first.status, &*first.stdout), (Some(10), ""));
    let second = login(&format!("{PASSWORD}\r\n{}\r\n", code(&env)));
    second.success();
    let session = second.stdout.trim();
    let who = env.call("whoami -o json").env("CCADMIN_SESSION", session).output().json();
    assert_eq!(who["username"], "james");
    // An empty second line is none.
    assert_eq!(login(&format!("{PASSWORD}\n\n")).status, Some(10));
}

/// Without the right password nothing is sent, and nobody learns more than before.
#[test]
fn the_wrong_password_sends_nothing() {
    let env = site();
    let wrong = authenticate(&env, &["not the password at all"]).output().to_string();
    let with_code = authenticate(&env, &["not the password at all", "123456"]).output();
    assert_eq!(with_code.to_string(), wrong);
    let nobody = env.call("authenticate nobody --password-stdin").stdin(PASSWORD).output();
    assert_eq!(nobody.to_string(), wrong);
    env.database().execute("UPDATE users SET phone = NULL", []).unwrap();
    assert_eq!(authenticate(&env, &[PASSWORD]).output().to_string(), wrong);
    assert_eq!(authenticate(&env, &[PASSWORD, "123456"]).output().status, Some(6));
    assert_eq!(sent_so_far(&env), 0);
}

#[test]
fn asking_again_soon_sends_nothing_new() {
    let env = site();
    let ask = |later| authenticate(&env, &[PASSWORD]).later(later).output();
    let first = ask(0).to_string();
    assert_eq!(ask(29).to_string(), first);
    assert_eq!(sent_so_far(&env), 1);
    let code_before = code(&env);
    assert_eq!(ask(30).to_string(), first);
    assert_eq!(sent_so_far(&env), 2);
    let late = authenticate(&env, &[PASSWORD, &code(&env)]).later(330).output();
    assert_eq!(late.status, Some(6), "five minutes");
    let replaced = authenticate(&env, &[PASSWORD, &code_before]).later(31).output();
    assert_eq!(replaced.status, Some(6));
    authenticate(&env, &[PASSWORD, &code(&env)]).later(329).output().success();
}

/// R13: ten of them close the account, whatever right passwords come between.
#[test]
fn wrong_codes_close_the_account() {
    let env = site();
    assert_eq!(authenticate(&env, &[PASSWORD]).output().status, Some(10));
    let code = code(&env);
    for _ in 0..9 {
        let wrong = authenticate(&env, &[PASSWORD, other_than(&code)]).output();
        assert_eq!(wrong.status, Some(6), "{wrong}");
    }
    let closed = authenticate(&env, &[PASSWORD, &code]).output();
    assert_eq!(closed.status, Some(6));
    assert!(closed.stderr.contains("the username or the password is wrong"), "{closed}");
    env.run("user unlock james").success();
    authenticate(&env, &[PASSWORD, &code]).output().success();
}

/// What is typed as a code may be anything.
#[test]
fn what_is_no_code_is_a_wrong_one() {
    let env = site();
    assert_eq!(authenticate(&env, &[PASSWORD]).output().status, Some(10));
    for text in ["12345", "1234567", "abcdef", "１２３４５６", "' OR 1=1 --", "-1"] {
        let output = authenticate(&env, &[PASSWORD, text]).output();
        assert_eq!(output.status, Some(6), "{text}: {output}");
        assert!(output.stderr.contains("the code is wrong"), "{text}: {output}");
    }
}

#[test]
fn a_code_that_cannot_be_sent_is_told() {
    let env = site();
    env.config(&settings(env.home(), "cat > /dev/null; echo no credit left; exit 1"));
    assert_snapshot!(authenticate(&env, &[PASSWORD]).output(), @"
    --- stderr ---
    error: the code could not be sent to the phone of `james`: <home>/send ended with status 1: no credit left
    hint: nobody was signed in; ask the administrator to fix `deliver.sms.command` (<home>/.config/ccadmin/config.toml)
    [exit status: 12]
    ");
    // Half a minute later it is tried again.
    env.config(&settings(env.home(), KEEPS));
    assert_snapshot!(authenticate(&env, &[PASSWORD]).output(), @"
    --- stderr ---
    error: a code for `james` could not be sent a moment ago
    hint: nobody was signed in; try again in 30 s, or ask the administrator to fix `deliver.sms.command` (<home>/.config/ccadmin/config.toml)
    [exit status: 12]
    ");
    assert_eq!(sent_so_far(&env), 0);
    assert_eq!(authenticate(&env, &[PASSWORD]).later(30).output().status, Some(10));
    assert_eq!(sent_so_far(&env), 1);
}

/// What was started goes with it, and nobody is told of a code that was not sent.
#[test]
fn a_signal_ends_the_sending() {
    let env = site();
    let script = "cat > /dev/null; echo $$ > SENT.pid; kill -TERM $PPID; exec sleep 600";
    env.config(&settings(env.home(), script));
    let call = env.sh("$ccadmin authenticate james --password-stdin; exit $?").stdin(PASSWORD);
    assert_eq!(call.output().status, Some(128 + 15));
    let pid = fs::read_to_string(env.path("sent.pid")).unwrap();
    let is_gone = match fs::read_to_string(format!("/proc/{}/stat", pid.trim())) {
        Ok(stat) => stat.contains(") Z "),
        Err(_) => true,
    };
    assert!(is_gone, "it lives on");
    env.config(&settings(env.home(), KEEPS));
    assert_eq!(authenticate(&env, &[PASSWORD]).output().status, Some(12));
    assert_eq!(authenticate(&env, &[PASSWORD]).later(30).output().status, Some(10));
}

#[test]
fn without_a_program_nobody_signs_in() {
    let env = site();
    env.config("[two_factor]\nrequired = true\n");
    let check = env.run("store check");
    assert_eq!(check.status, Some(13), "{check}");
    assert!(check.stdout.contains("`deliver.sms.command` is not set"), "{check}");
    assert_snapshot!(authenticate(&env, &[PASSWORD]).output(), @"
    --- stderr ---
    error: `two_factor.required` is set, and no code can be sent: `deliver.sms.command` is not set
    hint: set `deliver.sms.command` to the program that sends (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
    let login = env.call("login james --password-stdin").stdin(PASSWORD).output();
    assert_eq!(login.status, Some(2), "{login}");
    // Passwords are changed all the same.
    let lines = format!("{PASSWORD}\nein ganz anderer langer Satz\n");
    env.call("passwd james --own --password-stdin").stdin(lines).output().success();
}

/// Nothing behind the password is read where no code is wanted, and nothing behind the code else.
#[test]
fn no_more_is_read_than_the_code() {
    let env = site();
    let rest = |lines: &str| -> Output {
        env.sh("$ccadmin authenticate james --password-stdin -q; cat").stdin(lines).output()
    };
    assert_eq!(rest(&format!("{PASSWORD}\n\nrest\n")).stdout, "rest\n");
    let lines = format!("{PASSWORD}\n{}\nrest\n", code(&env));
    assert_eq!(rest(&lines).stdout, "rest\n");
    env.config("");
    assert_eq!(rest(&format!("{PASSWORD}\nrest\n")).stdout, "rest\n");
}

#[test]
fn a_temporary_password_is_changed_without_a_code() {
    let env = site();
    env.call("passwd james --password-stdin").stdin("kurz und gut").output().success();
    let output = authenticate(&env, &["kurz und gut"]).output();
    assert_eq!(output.status, Some(7), "{output}");
    let lines = "kurz und gut\nblauer Ofen\n";
    env.call("passwd james --own --password-stdin").stdin(lines).output().success();
    assert_eq!(sent_so_far(&env), 0);
    assert_eq!(authenticate(&env, &["blauer Ofen"]).output().status, Some(10));
}

/// A phone number is mandatory, and changed by admins alone.
#[test]
fn everybody_has_a_phone() {
    let env = site();
    assert_snapshot!(env.run("user create zoe --name Zoe --role agent --generate-password"), @"
    --- stderr ---
    error: missing: --phone
    hint: on a terminal you are asked for them; `ccadmin user create --help` explains them
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user update james --clear phone"), @"
    --- stderr ---
    error: missing: --phone
    hint: the settings of this site require them: `user.require`, and for a phone number `two_factor.required` (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
    let create = "user create sue --name Sue --role supervisor --phone +36209999999 \
                  --password-stdin --permanent-password";
    env.call(create).stdin(PASSWORD).output().success();
    env.config("");
    let session = env.call("login sue --password-stdin --print").stdin(PASSWORD).output();
    env.config(&settings(env.home(), KEEPS));
    let by_sue =
        |line: &str| env.call(line).env("CCADMIN_SESSION", session.stdout.trim()).output().status;
    assert_eq!(by_sue("user update james --phone +36201111111"), Some(5));
    assert_eq!(by_sue("user update james --name Jim"), Some(0));
    env.run("user update james --phone +36201111111").success();
}

/// The owner hands over to an admin who can sign in, and that takes a phone.
#[test]
fn the_owner_waits_for_an_admin_with_a_phone() {
    let env = site();
    let off = format!("{}[access]\nowner_is_admin = false\n", settings(env.home(), KEEPS));
    env.call(
        "user create boss --name Boss --role admin --phone +36202222222 --password-stdin \
         --permanent-password",
    )
    .stdin(PASSWORD)
    .output()
    .success();
    env.database().execute("UPDATE users SET phone = NULL WHERE username = 'boss'", []).unwrap();
    env.config(&off);
    env.run("user update boss --phone +36202222222").success();
    assert_eq!(env.run("user list").status, Some(6));
}

// --- at a terminal -----------------------------------------------------------------------------

fn home() -> Home {
    let home = Home::new();
    home.configure(&settings(home.path(), KEEPS));
    home.shell(
        "ccadmin user create james --name James --role admin --phone +36201234567 \
         --password-stdin --permanent-password",
        &format!("{GOOD}\n"),
    );
    home
}

/// Waits for the question and gives the code that was sent.
fn types_code(home: &Home, desk: &mut Desk, change: impl Fn(&str) -> String) -> String {
    desk.sees("to ...67, works until 09:05: ");
    let code = code_in(&fs::read_to_string(home.path().join("sent")).unwrap());
    desk.answers(&change(&code));
    code
}

#[test]
fn the_code_is_asked_for() {
    let home = home();
    let mut desk = home.sits_at("ccadmin login james && ccadmin whoami -o json");
    desk.is_asked("Password of james: ", GOOD);
    let code = types_code(&home, &mut desk, str::to_owned);
    desk.leaves().exited(0).hides(&code).hides(GOOD).shows("signed in as james, for 12h at most");
}

/// A mistyped code is asked for again in the same sign-in, and each is a try that counts.
#[test]
fn a_mistyped_code_is_asked_for_again() {
    let home = home();
    let mut desk = home.sits_at("ccadmin login james");
    desk.is_asked("Password of james: ", GOOD);
    let code = types_code(&home, &mut desk, |code| other_than(code).to_owned());
    desk.sees("error: that is not the code that was sent\n");
    desk.sees("Code, sent to ...67, works until 09:05: ");
    desk.answers(&code);
    desk.leaves().exited(0).shows("signed in as james").hides(&code);
    // One that was sent a while ago is not sent again, and that is said.
    let mut desk = home.sits_at("ccadmin login james");
    desk.is_asked("Password of james: ", GOOD);
    desk.sees("works until 09:05: ");
    for _ in 0..9 {
        desk.answers("12345");
        desk.sees("error: that is not the code that was sent\n");
        desk.sees(": ");
    }
    desk.answers("12345");
    desk.leaves().exited(6).shows("error: the username or the password is wrong");
}

#[test]
fn the_first_sign_in_leads_through_the_password_to_the_code() {
    let home = home();
    home.shell("ccadmin passwd james --password-stdin", "an interim solution\n");
    let mut desk = home.sits_at("ccadmin login james");
    desk.is_asked("Password of james: ", "an interim solution");
    desk.sees("the password is temporary: choose your own now");
    desk.is_asked("New password of james (at least 8 characters): ", GOOD);
    desk.is_asked("The same password again: ", GOOD);
    types_code(&home, &mut desk, str::to_owned);
    desk.leaves().exited(0).shows("signed in as james");
}

/// R22: what happens while somebody looks for their phone counts.
#[test]
fn a_password_that_was_reset_meanwhile_opens_nothing() {
    let home = home();
    let mut desk = home.sits_at("ccadmin login james");
    desk.is_asked("Password of james: ", GOOD);
    desk.sees("to ...67, works until 09:05: ");
    let code = code_in(&fs::read_to_string(home.path().join("sent")).unwrap());
    home.does("ccadmin passwd james --generate-password");
    desk.answers(&code);
    desk.leaves().exited(6).shows("somebody else changed the password in the meantime");
}

#[test]
fn a_phone_is_asked_for() {
    let home = home();
    let mut desk =
        home.sits_at("ccadmin user create eva --name Eva --role agent --generate-password");
    desk.is_asked("Phone, like +36201234567: ", "").sees("error: ");
    desk.is_asked("Phone, like +36201234567: ", "+36207654321");
    desk.leaves().exited(0).shows("created eva");
}

#[test]
fn a_code_that_is_not_given_ends_the_question() {
    let home = home();
    let mut desk = home.sits_at("env CCADMIN_TEST_PATIENCE=1 ccadmin login james");
    desk.is_asked("Password of james: ", GOOD);
    desk.sees("to ...67, works until 09:05: ");
    desk.leaves().exited(2).shows("no answer for five minutes");
}

#[test]
fn a_phone_that_somebody_else_has_is_warned_of() {
    let env = site();
    let create = "user create mary --name Mary --role agent --phone +36201234567 --generate-password -o json";
    let created = env.run(create);
    created.success();
    assert_snapshot!(created.stderr, @r#"{"warning":{"code":"phone-shared","message":"`mary` has the same phone number as `james`: each gets the other's codes","hint":null}}"#);
    env.run("user update mary --phone +36209999999").success();
    assert_snapshot!(env.run("user update mary --phone '+36 20 123 4567'"), @"
    --- stderr ---
    updated mary
    warning: `mary` has the same phone number as `james`: each gets the other's codes
    [exit status: 0]
    ");
    // Said where the number is given, and nowhere else.
    assert_snapshot!(env.run("user update mary --phone +36201234567"), @"
    --- stderr ---
    already up to date: mary
    [exit status: 0]
    ");
}

/// What is wrong is said of the line that it is wrong with.
#[test]
fn a_line_that_is_no_code_is_told_as_that() {
    let env = site();
    let with = |second: &[u8]| {
        let lines = [PASSWORD.as_bytes(), b"\n", second, b"\n"].concat();
        env.call("authenticate james --password-stdin").stdin(lines).output()
    };
    let long = with(&[b'7'; 2_000]);
    assert_snapshot!(long, @"
    --- stderr ---
    error: the second line on stdin is not a code: a code has six digits
    hint: give the password and the code, one a line
    [exit status: 6]
    ");
    for second in [b"\xff\xfe".as_slice(), b"12\x0034"] {
        assert_eq!(with(second).to_string(), long.to_string());
    }
    assert_eq!(sent_so_far(&env), 0);
}

#[test]
fn a_phone_that_codes_go_to_is_not_cleared() {
    let env = site();
    assert_snapshot!(env.run("user update james --clear phone"), @"
    --- stderr ---
    error: missing: --phone
    hint: the settings of this site require them: `user.require`, and for a phone number `two_factor.required` (<home>/.config/ccadmin/config.toml)
    [exit status: 2]
    ");
}

/// The number becomes an argument of a program.
#[test]
fn no_code_goes_to_a_planted_number() {
    let env = site();
    env.database().execute_batch("UPDATE users SET phone = '--evil'").unwrap();
    assert_snapshot!(authenticate(&env, &[PASSWORD]).output(), @"
    --- stderr ---
    error: the code could not be sent to the phone of `james`: that is not an address; `ccadmin store check` tells more
    hint: nobody was signed in; ask the administrator to fix `deliver.sms.command` (<home>/.config/ccadmin/config.toml)
    [exit status: 12]
    ");
    assert_eq!(sent_so_far(&env), 0);
}
