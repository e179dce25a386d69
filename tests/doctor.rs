//! `doctor`: what there is to say of a machine where something does not work, and what is wrong there.

use std::fs;

use serde_json::Value;

use crate::common::{TestEnv, write_program};

fn findings(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["what"].as_str().unwrap()).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    let env = TestEnv::with_users();
    let done = env.call("doctor -o json").env("SHELL", "/bin/bash").env("TERM", "xterm").output();
    done.success();
    let report = done.json();
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["store"]["users"], 2);
    assert_eq!(report["store"]["path"], env.store().display().to_string());
    assert_eq!(report["terminal"]["term"], "xterm");
    assert_eq!(report["terminal"]["stdout"], false);
    assert_eq!(report["delivery"][0]["program"], Value::Null);
    assert_eq!(report["completions"]["shell"], "bash");
    assert_eq!(report["completions"]["path"], Value::Null);
    assert!(findings(&report).is_empty(), "{done}");
    assert_eq!(env.run("doctor -o jsonl").stdout.lines().count(), 1);
    let text = env.run("doctor");
    text.success();
    for says in ["terminal", "not there", "users"] {
        assert!(text.stdout.contains(says), "{text}");
    }
    assert_eq!(text.stderr, "");
}

#[test]
fn it_tells_of_a_store_or_settings_that_cannot_be_read() {
    let env = TestEnv::new();
    let done = env.run("doctor -o json");
    assert_eq!(done.status, Some(13), "{done}");
    assert_eq!(done.json()["store"], Value::Null);
    assert!(findings(&done.json())[0].contains("store"), "{done}");
    assert!(!env.store().exists(), "looking makes nothing");
    env.config("[sign_in]\nlok = \"1h\"\n");
    let done = env.run("doctor -o json");
    assert_eq!(done.status, Some(13), "{done}");
    assert!(findings(&done.json())[0].contains("unknown key `sign_in.lok`"), "{done}");
    assert_eq!(done.json()["findings"][0]["hint"], "did you mean `sign_in.lock`?");
}

#[test]
fn it_finds_what_keeps_people_from_signing_in() {
    let env = TestEnv::with_users();
    env.config("[two_factor]\nrequired = true\n");
    let done = env.run("doctor -o json");
    assert_eq!(done.status, Some(13), "{done}");
    let report = done.json();
    let found = findings(&report);
    assert_eq!(found.len(), 2, "{done}");
    assert!(found[0].starts_with("1 active user who is no admin has no phone number"), "{done}");
    assert!(found[1].contains("no code can be sent"), "{done}");
    assert!(done.stderr.contains("the check found 2 things"), "{done}");
    let text = env.run("doctor");
    assert!(text.stdout.contains("no code can be sent"), "{text}");
}

#[test]
fn programs_that_are_not_there_are_found_and_their_secrets_left_out() {
    let env = TestEnv::with_users();
    let program = env.path("send");
    let settings = format!(
        "[deliver.sms]\ncommand = [\"{0}\", \"--key\", \"s3cret\", \"{{to}}\"]\n\
         [deliver.email]\ncommand = [\"{0}\", \"--key\", \"s3cret\", \"{{to}}\"]\n",
        program.display()
    );
    env.config(&settings);
    let done = env.run("doctor -o json");
    assert_eq!(done.status, Some(13), "{done}");
    assert_eq!(findings(&done.json()).len(), 2, "{done}");
    assert_eq!(done.json()["delivery"][0]["program"], program.display().to_string());
    assert!(done.json()["delivery"][1]["problem"].is_string(), "{done}");
    write_program(&program, "touch ran");
    let done = env.run("doctor -o json");
    done.success();
    assert!(!env.path("ran").exists(), "nothing is run");
    for form in ["table", "json", "jsonl"] {
        let done = env.run(&["doctor", "-o", form]);
        assert!(!done.stdout.contains("s3cret") && !done.stderr.contains("s3cret"), "{done}");
    }
}

#[test]
fn completions_of_another_version_are_told() {
    let env = TestEnv::with_users();
    let path = ".local/share/bash-completion/completions/ccadmin";
    let seen = || env.call("doctor -o json").env("SHELL", "/bin/bash").output().json();
    env.write(path, "# of another version\n");
    assert_eq!(seen()["completions"]["path"], env.path(path).display().to_string());
    assert_eq!(seen()["completions"]["current"], false);
    fs::write(env.path(path), env.run("completions bash").stdout).unwrap();
    assert_eq!(seen()["completions"]["current"], true);
    let other = env.call("doctor -o json").env("SHELL", "/bin/tcsh").output();
    assert_eq!(other.json()["completions"], Value::Null);
}

/// Whoever may not look at the store still learns all the rest, and no secret of the store.
#[test]
fn a_store_that_is_not_for_everybody_is_left_out() {
    let env = TestEnv::with_users();
    let done = env.call("doctor -o json").env("CCADMIN_SESSION", "expired").output();
    done.success();
    assert_eq!(done.json()["store"], Value::Null);
    assert!(done.stderr.contains("store-not-examined"), "{done}");
}
