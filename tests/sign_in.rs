//! `login`, `logout`, `whoami`, `authenticate`: sessions, and what many wrong passwords come to.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use insta::assert_snapshot;

use crate::common::{NOBODY, Output, PASSWORD, TestEnv, column};

/// An environment with an admin, a supervisor and an agent whose passwords are their own.
fn staffed() -> TestEnv {
    let env = TestEnv::with_places();
    for (name, role) in [("boss", "admin"), ("sue", "supervisor"), ("al", "agent")] {
        let line = format!(
            "user create {name} --name {name} --role {role} --password-stdin --permanent-password"
        );
        env.call(line.as_str()).stdin(PASSWORD).output().success();
    }
    env
}

fn login(env: &TestEnv, name: &str) -> Output {
    env.call(format!("login {name} --password-stdin").as_str()).stdin(PASSWORD).output()
}

fn token(env: &TestEnv, name: &str) -> String {
    let line = format!("login {name} --password-stdin --print");
    let output = env.call(line.as_str()).stdin(PASSWORD).output();
    output.success();
    output.stdout.trim().to_owned()
}

fn session_file(env: &TestEnv) -> PathBuf {
    let folder = env.path(".local/state/ccadmin");
    fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

fn try_wrong(env: &TestEnv, name: &str) -> Output {
    env.call(format!("authenticate {name} --password-stdin").as_str())
        .stdin("certainly not the right one")
        .output()
}

/// R19, R20: only a hash is stored, the file is the owner's alone.
#[test]
fn a_session_is_a_file_of_its_own_and_a_hash_in_the_store() {
    let env = staffed();
    let output = login(&env, "boss");
    output.success();
    assert_eq!(output.stdout, "");
    let file = session_file(&env);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let token = fs::read_to_string(&file).unwrap();
    let secret = token.trim().rsplit('_').next().unwrap();
    assert_eq!(secret.len(), 64);
    assert!(!env.contents().contains(secret));
    assert!(!env.contents().contains(token.trim()));
    let who = env.run("whoami -o json").json();
    assert_eq!(who["username"], "boss");
    env.run("user deactivate al").success();
    assert_eq!(env.audit().last().unwrap(), "user.deactivate al");
    let actors = column(&env.database(), "SELECT actor FROM audit ORDER BY seq DESC LIMIT 1");
    assert_eq!(actors, ["boss"]);
    env.run("logout").success();
    assert!(!file.exists());
    assert_eq!(env.run("whoami -o json").json()["username"], serde_json::Value::Null);
}

/// R19.
#[test]
fn two_sign_ins_have_two_tokens() {
    let env = staffed();
    assert_ne!(token(&env, "boss"), token(&env, "boss"));
}

/// R20: each is refused, and never falls back to the owner's rights.
#[test]
fn a_session_file_that_others_touched_is_refused() {
    let env = staffed();
    login(&env, "boss").success();
    let file = session_file(&env);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = env.run("user list");
    assert_eq!(output.status, Some(6));
    assert!(output.stderr.contains("others may read or write it"), "{output}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    env.run("user list").success();
    let elsewhere = env.path("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    assert_eq!(env.run("user list").status, Some(6));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(env.run("user list").status, Some(6));
    fs::remove_dir(&file).unwrap();
    for wrong in ["nonsense", "", "\n"] {
        fs::write(&file, wrong).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let output = env.run("user list");
        assert_eq!(output.status, Some(6));
        assert!(output.stderr.contains("`ccadmin logout`"), "{output}");
    }
    env.run("logout").success();
    env.run("user list").success();
}

/// R62: whatever is in the variable and is no token of this store never ends in the owner's rights.
#[test]
fn the_variable_beats_the_file_and_never_makes_an_owner() {
    let env = staffed();
    login(&env, "al").success();
    let who = |session: Option<&str>| {
        let call = env.call("whoami -o json");
        let output = match session {
            Some(session) => call.env("CCADMIN_SESSION", session).output(),
            None => call.output(),
        };
        (output.status, output.stdout.contains("\"username\": \"al\""))
    };
    assert_eq!(who(None), (Some(0), true));
    assert_eq!(who(Some("")), (Some(6), false), "a missing cookie is no owner");
    assert_eq!(who(Some("nonsense")), (Some(6), false));
    let boss = token(&env, "boss");
    let output = env.call("whoami -o json").env("CCADMIN_SESSION", &boss).output();
    assert_eq!(output.json()["username"], "boss");
    let foreign = token(&staffed(), "boss");
    let invented = format!("ccadmin_ffffffffffffffff_{}", "0".repeat(64));
    let cut = &boss[..boss.len() - 1];
    for wrong in ["", " ", "?", cut, &foreign, &invented, "ccadmin__", "os:root"] {
        for line in ["whoami", "user list", "user update al --add-role supervisor --keep-password"]
        {
            let output = env.call(line).env("CCADMIN_SESSION", wrong).output();
            assert_eq!(output.status, Some(6), "{wrong:?} {line}: {output}");
            assert_eq!(output.stdout, "");
        }
        // The flag alone says owner.
        let output = env.call("whoami -o json --as-owner").env("CCADMIN_SESSION", wrong).output();
        assert_eq!(output.json()["username"], serde_json::Value::Null, "{wrong:?}");
    }
    assert_snapshot!(env.call("whoami").env("CCADMIN_SESSION", "").output(), @"
    --- stderr ---
    error: nobody is signed in: the session's token is empty
    hint: `unset CCADMIN_SESSION`; `--as-owner` acts as the owner of the store, `ccadmin login` opens a session
    [exit status: 6]
    ");
}

/// R62: the flag gives nothing to somebody who owns nothing, nor where the owner is switched off.
#[test]
fn as_owner_is_for_the_owner_alone() {
    let env = staffed();
    login(&env, "al").success();
    let output = env.run("whoami -o json --as-owner");
    assert_eq!(output.json()["username"], serde_json::Value::Null, "whatever the file says");
    env.run("team create more --as-owner").success();
    env.config("access.owner_is_admin = false");
    assert_snapshot!(env.run("team create again --as-owner"), @"
    --- stderr ---
    error: `--as-owner` is for the account that owns the store, and for root
    hint: `ccadmin login` opens a session; with `access.owner_is_admin = false` the owner has no rights once an admin can sign in
    [exit status: 6]
    ");
}

/// R11: deactivation, a change of roles and a new password end sessions at once.
#[test]
fn sessions_end_with_what_they_stood_for() {
    let env = staffed();
    let works =
        |token: &str| env.call("whoami").env("CCADMIN_SESSION", token).output().status == Some(0);
    let (deactivated, changed, reset) =
        (token(&env, "al"), token(&env, "sue"), token(&env, "boss"));
    assert!(works(&deactivated) && works(&changed) && works(&reset));
    env.run("user deactivate al").success();
    assert!(!works(&deactivated));
    env.run("user activate al").success();
    assert!(!works(&deactivated), "they do not come back");
    env.run("user update sue --add-role agent").success();
    assert!(!works(&changed));
    env.run("passwd boss --generate-password").success();
    assert!(!works(&reset));
}

/// R11: a change of the password leaves the session that it was made in.
#[test]
fn a_change_of_password_ends_the_other_sessions() {
    let env = staffed();
    let (one, two) = (token(&env, "al"), token(&env, "al"));
    let lines = format!("{PASSWORD}\nein ganz anderer langer Satz\n");
    env.call("passwd --password-stdin")
        .env("CCADMIN_SESSION", &one)
        .stdin(&lines)
        .output()
        .success();
    let status = |token: &str| env.call("whoami").env("CCADMIN_SESSION", token).output().status;
    assert_eq!(status(&one), Some(0));
    assert_eq!(status(&two), Some(6));
}

/// R10: a live session does not stand in for the current password.
#[test]
fn a_session_alone_changes_no_password() {
    let env = staffed();
    let session = token(&env, "al");
    let output = env
        .call("passwd al --password-stdin")
        .env("CCADMIN_SESSION", &session)
        .stdin("not the current one\nein ganz anderer langer Satz\n")
        .output();
    assert_eq!(output.status, Some(6), "{output}");
}

/// R21: idle and absolute expiry; a clock that is set back revives nothing.
#[test]
fn sessions_run_out() {
    let env = staffed();
    let hour = 3_600;
    let works = |token: &str, later: i64| {
        env.call("whoami").env("CCADMIN_SESSION", token).later(later).output().status == Some(0)
    };
    let idle = token(&env, "boss");
    assert!(works(&idle, hour - 1));
    assert!(works(&idle, 2 * hour - 2), "it was used meanwhile");
    assert!(!works(&idle, 3 * hour));
    assert!(!works(&idle, hour), "it is gone for good");
    let long = token(&env, "boss");
    for half in 1..24 {
        assert!(works(&long, half * hour / 2), "{half}");
    }
    assert!(!works(&long, 12 * hour));
    let fresh = token(&env, "boss");
    assert!(!works(&fresh, -2 * hour), "it comes from the future");
}

/// R67: a user has so many sessions and no more; the oldest ends, and nobody else's.
#[test]
fn one_session_too_many_ends_the_oldest() {
    let env = staffed();
    let works = |token: &str| {
        let output = env.call("whoami").env("CCADMIN_SESSION", token).later(60).output();
        output.status == Some(0)
    };
    let other = token(&env, "sue");
    let opened: Vec<String> = (0..12)
        .map(|second| {
            let call = env.call("login boss --password-stdin --print").stdin(PASSWORD);
            let output = call.later(second).output();
            output.success();
            output.stdout.trim().to_owned()
        })
        .collect();
    let (ended, kept) = opened.split_at(2);
    assert!(ended.iter().all(|token| !works(token)));
    assert!(kept.iter().all(|token| works(token)));
    assert!(works(&other));
    // Within one second too, the one that is new is never the one that ends.
    env.config("[sign_in]\nmax_sessions = 1\n");
    for _ in 0..5 {
        let only = token(&env, "boss");
        assert!(works(&only));
        let rows = "SELECT '' || count(*) FROM sessions JOIN users ON id = user_id \
                    WHERE username = 'boss'";
        assert_eq!(column(&env.database(), rows), ["1"]);
    }
    env.config("[sign_in]\nmax_sessions = 0\n");
    assert_eq!(login(&env, "boss").status, Some(2));
}

/// R21.
#[test]
fn logout_ends_all_sessions_of_a_user() {
    let env = staffed();
    let (one, two) = (token(&env, "boss"), token(&env, "boss"));
    env.call("logout --all").env("CCADMIN_SESSION", &one).output().success();
    for session in [one, two] {
        let output = env.call("whoami").env("CCADMIN_SESSION", &session).output();
        assert_eq!(output.status, Some(6));
    }
}

/// R14: the same text and status, whatever is the matter.
#[test]
fn nobody_learns_why_a_sign_in_failed() {
    let env = staffed();
    env.run("user create gen --name Gen --role agent --generate-password").success();
    env.call(
        "user create off --name Off --role agent --password-stdin --permanent-password --inactive",
    )
    .stdin(PASSWORD)
    .output()
    .success();
    let wrong = try_wrong(&env, "boss").to_string();
    for _ in 0..10 {
        assert_eq!(try_wrong(&env, "sue").to_string(), wrong);
    }
    assert_eq!(try_wrong(&env, "gen").to_string(), wrong);
    assert_eq!(try_wrong(&env, "nobody").to_string(), wrong);
    for name in ["sue", "off"] {
        let right = env.call(format!("authenticate {name} --password-stdin").as_str());
        assert_eq!(right.stdin(PASSWORD).output().to_string(), wrong, "{name}");
    }
    insta::assert_snapshot!(wrong, @r"
    --- stderr ---
    error: the username or the password is wrong, or the account cannot sign in
    hint: names are case sensitive, several wrong passwords close an account for a while, the administrator can reset it
    [exit status: 6]
    ");
    let login = env.call("login boss --password-stdin").stdin("wrong").output().to_string();
    let own =
        env.call("passwd boss --own --password-stdin").stdin("wrong\nein langer Satz ohne Sinn\n");
    assert_eq!(login, wrong);
    assert_eq!(own.output().to_string(), wrong);
}

/// R12: after ten failures the right password is turned away too; the delay doubles; a turned-away
/// try makes no entry; the administrator can forgive.
#[test]
fn too_many_failures_close_an_account_for_a_while() {
    let env = staffed();
    let right = |later: i64| {
        let call = env.call("authenticate sue --password-stdin").stdin(PASSWORD);
        call.later(later).output().status
    };
    for _ in 0..10 {
        assert_eq!(try_wrong(&env, "sue").status, Some(6));
    }
    assert_eq!(right(0), Some(6));
    let entries = env.audit().len();
    assert_eq!(try_wrong(&env, "sue").status, Some(6));
    assert_eq!(env.audit().len(), entries, "turned away without an entry");
    let locked = env.run("user list --locked --field username");
    assert_eq!(locked.stdout, "sue\n");
    let shown = env.run("user show sue -o json").json();
    assert_eq!(shown["locked"], true);
    assert_eq!(shown["locked_until"], "2026-11-21T09:15:00Z");
    // One more failure after the quarter of an hour, and it is half an hour.
    let again = env.call("authenticate sue --password-stdin").stdin("wrong again").later(901);
    assert_eq!(again.output().status, Some(6));
    assert_eq!(right(901 + 1_799), Some(6));
    assert_eq!(right(901 + 1_801), Some(0));
    for _ in 0..10 {
        assert_eq!(try_wrong(&env, "sue").status, Some(6));
    }
    env.run("user unlock sue").success();
    assert_eq!(right(0), Some(0));
    insta::assert_snapshot!(env.run("user unlock sue"), @r"
    --- stderr ---
    already unlocked: sue
    [exit status: 0]
    ");
}

/// R12: that a user is not locked hides no account of the system that is: it is named, and let in
/// again by its name or its number.
#[test]
fn a_caller_that_is_turned_away_is_named_and_let_in_again() {
    let env = staffed();
    let lock = |uid: u32, seconds: i64| {
        let planted = format!(
            "INSERT INTO sign_in_callers (os_uid, failures, not_before, successes) \
             VALUES ({uid}, 20, {}, 3)",
            1_795_251_600 + seconds
        );
        env.database().execute_batch(&planted).unwrap();
    };
    lock(NOBODY, 60);
    lock(NOBODY - 1, 0);
    assert_snapshot!(env.run("user unlock sue"), @"
    --- stderr ---
    already unlocked: sue
    turned away whatever username they give: nobody (65534) until Sat 21 Nov 2026 09:01; `ccadmin user unlock --caller nobody` forgives
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user unlock sue al -o json -q"), @r#"
    [
    {"username":"sue","full_name":"sue","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["supervisor"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"permanent","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":null},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null},
    {"username":"al","full_name":"al","email":null,"phone":null,"state":"active","from":null,"until":null,"roles":["agent"],"teams":[],"skills":[],"language":null,"project_selection":true,"projects":[],"password":{"state":"permanent","set_by":"os:<login>","changed_at":"2026-11-21T09:00:00Z","expires_at":null},"locked":false,"locked_until":null,"photo":false,"created_at":"2026-11-21T09:00:00Z","updated_at":"2026-11-21T09:00:00Z","last_sign_in_at":null}
    ]
    [exit status: 0]
    "#);
    assert_snapshot!(env.run("user show sue").stderr, @"turned away whatever username they give: nobody (65534) until Sat 21 Nov 2026 09:01; `ccadmin user unlock --caller nobody` forgives");
    assert_snapshot!(env.run("user show sue -o json").stderr, @r#"{"warning":{"code":"callers-locked","message":"turned away whatever username they give: nobody (65534) until Sat 21 Nov 2026 09:01; `ccadmin user unlock --caller nobody` forgives","hint":null}}"#);
    let info = env.run("store info");
    assert!(
        info.stdout.contains("locked callers: nobody (65534) until Sat 21 Nov 2026 09:01\n"),
        "{info}"
    );
    let json = serde_json::json!([
        {"os_uid": NOBODY, "account": "nobody", "locked_until": "2026-11-21T09:01:00Z"}
    ]);
    assert_eq!(env.run("store info -o json").json()["locked_callers"], json);
    assert_snapshot!(env.run("user unlock --caller nobody"), @"
    --- stderr ---
    unlocked the calling account nobody (65534)
    [exit status: 0]
    ");
    let last = "SELECT action || ' ' || (subject IS NULL) || ' ' || before FROM audit \
                ORDER BY seq DESC LIMIT 1";
    assert_snapshot!(column(&env.database(), last).remove(0), @r#"user.unlock 1 {"locked_until":"2026-11-21T09:01:00Z","os_uid":65534}"#);
    assert_snapshot!(env.run("user unlock --caller 65534 -o json"), @r#"
    {
      "os_uid": 65534,
      "account": "nobody",
      "locked_until": null
    }
    --- stderr ---
    {"warning":{"code":"already","message":"already unlocked: the calling account nobody (65534)","hint":null}}
    [exit status: 0]
    "#);
    assert_eq!(env.run("user show sue").stderr, "");
    let kept = "SELECT os_uid || ' ' || failures || ' ' || successes FROM sign_in_callers";
    assert_eq!(column(&env.database(), kept), ["65533 20 3", "65534 0 3"]);
    // An account without a name goes by its number, and many are not all named.
    lock(4_000_000_000, 60);
    assert_snapshot!(env.run("user show sue").stderr, @"turned away whatever username they give: 4000000000 until Sat 21 Nov 2026 09:01; `ccadmin user unlock --caller 4000000000` forgives");
    for uid in 4_000_000_001..4_000_000_006 {
        lock(uid, 60);
    }
    assert_snapshot!(env.run("user show sue").stderr, @"turned away whatever username they give: 4000000000 until Sat 21 Nov 2026 09:01, 4000000001 until Sat 21 Nov 2026 09:01, 4000000002 until Sat 21 Nov 2026 09:01, 4000000003 until Sat 21 Nov 2026 09:01, 4000000004 until Sat 21 Nov 2026 09:01, 1 more; `ccadmin user unlock --caller NAME` forgives");
    env.run("user unlock --caller 4000000000").success();
    assert_eq!(env.run("store info -o json").json()["locked_callers"].as_array().unwrap().len(), 5);
    // Where the user is locked, that is told.
    for _ in 0..10 {
        assert_eq!(try_wrong(&env, "sue").status, Some(6));
    }
    assert_eq!(env.run("user show sue").stderr, "");
}

#[test]
fn who_is_to_be_unlocked_is_said_in_one_way() {
    let env = staffed();
    assert_snapshot!(env.run("user unlock --caller nobody-of-that-name"), @"
    --- stderr ---
    error: there is no account `nobody-of-that-name` in /etc/passwd
    hint: an account of another name service goes by its number: `id -u NAME`
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user unlock"), @"
    --- stderr ---
    error: missing: USERNAME|-
    hint: usage: ccadmin user unlock <USERNAME|->...
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user unlock sue --caller nobody"), @"
    --- stderr ---
    error: the argument '[USERNAME|-]...' cannot be used with '--caller <UID|NAME>'
    hint: usage: ccadmin user unlock <USERNAME|->...
    [exit status: 2]
    ");
}

/// R12: a limit of nothing allows nothing.
#[test]
fn a_limit_of_nothing_lets_nobody_in() {
    let env = staffed();
    env.config("[sign_in]\nmax_failures = 0\n");
    assert_eq!(login(&env, "boss").status, Some(6));
}

/// R12, T4: one caller closes no account for others, and is turned away themselves in the end.
#[test]
fn one_caller_locks_nobody_else_out() {
    use crate::common::{can_be_nobody, skipped};

    if !can_be_nobody() {
        return skipped("only root can call from several accounts");
    }
    let env = staffed();
    let folder = env.home().to_owned();
    let store = env.path("shared/ccadmin.db");
    fs::create_dir(store.parent().unwrap()).unwrap();
    fs::copy(env.store(), &store).unwrap();
    for path in [folder.clone(), store.parent().unwrap().to_owned()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
    }
    fs::set_permissions(&store, fs::Permissions::from_mode(0o666)).unwrap();
    let from = |uid: u32, name: &str, password: &str| {
        env.call(format!("authenticate {name} --password-stdin").as_str())
            .env("CCADMIN_DATABASE", &store)
            .stdin(password)
            .under_account(uid)
            .output()
            .status
    };
    // The side files are made by root first, with the mode of the store.
    env.call("user list").env("CCADMIN_DATABASE", &store).output().success();
    for _ in 0..10 {
        assert_eq!(from(NOBODY, "boss", "wrong wrong wrong"), Some(6));
    }
    assert_eq!(from(NOBODY, "boss", PASSWORD), Some(6), "this caller is turned away");
    assert_eq!(from(NOBODY - 1, "boss", PASSWORD), Some(0), "another one is not");
    for name in ["sue", "al"] {
        for _ in 0..5 {
            assert_eq!(from(NOBODY, name, "wrong wrong wrong"), Some(6));
        }
    }
    assert_eq!(from(NOBODY, "al", PASSWORD), Some(6), "twenty failures: turned away everywhere");
    assert_eq!(from(NOBODY - 1, "al", PASSWORD), Some(0));
}

/// The first sign-in with a temporary password.
#[test]
fn a_temporary_password_opens_nothing() {
    let env = staffed();
    let created = env.run("user create tom --name Tom --role agent --generate-password");
    created.success();
    let temporary = created.stdout.trim().to_owned();
    for line in ["login tom --password-stdin", "authenticate tom --password-stdin"] {
        let output = env.call(line).stdin(&temporary).output();
        assert_eq!(output.status, Some(7), "{output}");
        assert_eq!(output.stdout, "");
    }
    let week = 7 * 86_400;
    let late = env.call("login tom --password-stdin").stdin(&temporary).later(week).output();
    insta::assert_snapshot!(late, @r"
    --- stderr ---
    error: the temporary password has expired
    hint: ask the administrator for a new one
    [exit status: 6]
    ");
    let wrong = env.call("login tom --password-stdin").stdin("wrong").later(week).output();
    assert!(wrong.stderr.contains("wrong, or the account"), "{wrong}");
}

/// R06: a weaker hash is replaced by one of today's strength, by the right password alone.
#[test]
fn a_weaker_hash_grows_stronger_at_the_next_sign_in() {
    let env = staffed();
    let hash = || column(&env.database(), "SELECT password_hash FROM users WHERE username = 'al'");
    let before = hash();
    assert_eq!(env.run("store check").to_string(), "ok\n[exit status: 0]");
    env.config("[password]\nmemory_kib = 20480\n");
    let weak = |count: &str| {
        let checked = env.run("store check");
        checked.success();
        let told = format!("warning: {count} kept as a hash that is weaker than");
        assert!(checked.stderr.contains(&told), "{checked}");
    };
    weak("3 passwords are");
    assert_eq!(try_wrong(&env, "al").status, Some(6));
    assert_eq!(hash(), before);
    env.call("authenticate al --password-stdin").stdin(PASSWORD).output().success();
    assert!(hash()[0].starts_with("$argon2id$v=19$m=20480,t=2,p=1$"), "{:?}", hash());
    weak("2 passwords are");
    env.call("authenticate al --password-stdin").stdin(PASSWORD).output().success();
}

#[test]
fn who_is_missing_is_said() {
    let env = staffed();
    insta::assert_snapshot!(env.run("login"), @r"
    --- stderr ---
    error: missing: USERNAME
    hint: ccadmin login USERNAME --password-stdin, or run it on a terminal
    [exit status: 2]
    ");
    insta::assert_snapshot!(env.run("login boss"), @r"
    --- stderr ---
    error: missing: --password-stdin
    hint: ccadmin login USERNAME --password-stdin, or run it on a terminal
    [exit status: 2]
    ");
}
