//! `ccadmin man`: a page for each command, which `man` shows without a complaint.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::common::{TestEnv, skipped};
use crate::reference::commands;

fn mode(env: &TestEnv, name: &str) -> u32 {
    fs::metadata(env.path(name)).unwrap().mode() & 0o7777
}

#[test]
fn each_command_has_its_page() {
    let env = TestEnv::new();
    env.run("man share/man1").success();
    let mut expected: Vec<String> = commands(&env)
        .into_iter()
        .map(|words| [vec!["ccadmin".to_owned()], words].concat().join("-") + ".1")
        .collect();
    expected.sort();
    let entries = fs::read_dir(env.path("share/man1")).unwrap();
    let mut found: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, expected);
    // Others may read them.
    assert_eq!((mode(&env, "share"), mode(&env, "share/man1")), (0o755, 0o755));
    assert_eq!(mode(&env, "share/man1/ccadmin.1"), 0o644);
    assert!(!env.path(".local").exists(), "it needs no store");

    fs::write(env.path("share/man1/ccadmin.1"), "old").unwrap();
    fs::write(env.path("share/man1/other.1"), "mine").unwrap();
    env.run("man share/man1").success();
    assert!(fs::read_to_string(env.path("share/man1/ccadmin.1")).unwrap().contains(".SH NAME"));
    assert_eq!(fs::read_to_string(env.path("share/man1/other.1")).unwrap(), "mine");
}

#[test]
fn a_folder_that_cannot_be() {
    let env = TestEnv::new();
    env.write("file", "");
    assert_snapshot!(env.run("man file"), @"
    --- stderr ---
    error: file cannot be written: File exists (os error 17)
    hint: name a folder that you can write to
    [exit status: 1]
    ");
    assert_snapshot!(env.run("man /proc/pages"), @"
    --- stderr ---
    error: /proc/pages cannot be written: No such file or directory (os error 2)
    hint: name a folder that you can write to
    [exit status: 1]
    ");
}

#[test]
fn man_shows_them_without_a_complaint() {
    let env = TestEnv::new();
    env.run("man pages").success();
    if Command::new("man").arg("--version").stdout(Stdio::null()).status().is_err() {
        skipped("there is no man here");
        return;
    }
    let mut shown = 0;
    for entry in fs::read_dir(env.path("pages")).unwrap() {
        let path = entry.unwrap().path();
        let mut command = env.command("man");
        command.args(["--warnings=w", "-l"]).arg(&path).env("MANWIDTH", "80");
        let output = command.env("MANROFFSEQ", "").stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{}: {said}", path.display());
        let text = String::from_utf8(output.stdout).unwrap();
        let of_commands = ["SYNOPSIS", "OPTIONS", "FILES", "ENVIRONMENT", "EXIT STATUS"];
        let more = if path.extension() == Some("7".as_ref()) { &[][..] } else { &of_commands };
        for section in ["NAME", "DESCRIPTION", "SEE ALSO"].iter().chain(more) {
            assert!(text.lines().any(|line| line == *section), "{}: {text}", path.display());
        }
        shown += 1;
        if path.ends_with("ccadmin-set-weight.1") {
            assert!(text.contains("\nEXAMPLES\n       ccadmin set-weight "), "{text}");
        }
    }
    assert!(shown > 30);
}
