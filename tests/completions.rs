//! The files under `completions/`: what the program prints, and what shells make of them.
//!
//! `CCADMIN_REGENERATE=1 cargo test completions` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILES: [(&str, &str); 5] = [
    ("bash", "ccadmin.bash"),
    ("zsh", "_ccadmin"),
    ("fish", "ccadmin.fish"),
    ("powershell", "_ccadmin.ps1"),
    ("elvish", "ccadmin.elv"),
];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(name)
}

fn generated(shell: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ccadmin"));
    let output = command.env_clear().args(["completions", shell]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a shell makes of a script; `None`, and a line that says so, where there is no such shell.
fn run(shell: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(shell);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", "/nowhere");
    match command.args(arguments).stdin(Stdio::null()).output() {
        Err(_) => {
            crate::common::skipped(&format!("there is no {shell} here"));
            None
        }
        Ok(output) => {
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{shell} {arguments:?}: {said}");
            assert_eq!(said, "", "{shell} {arguments:?}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so; not the program")]
fn completions_are_what_the_program_prints() {
    for (shell, name) in FILES {
        let script = generated(shell);
        if std::env::var_os("CCADMIN_REGENERATE").is_some() {
            fs::write(file(name), &script).unwrap();
        }
        let kept = fs::read_to_string(file(name)).unwrap_or_default();
        assert!(
            kept == script,
            "completions/{name} is out of date: CCADMIN_REGENERATE=1 cargo test completions"
        );
    }
}

/// What bash offers behind `words`, the last of which is being typed.
fn offered(words: &[&str]) -> Option<Vec<String>> {
    let script = r#"
        source "$0"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _ccadmin ccadmin "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let path = file("ccadmin.bash");
    let mut arguments = vec!["--noprofile", "--norc", "-c", script, path.to_str().unwrap()];
    arguments.extend_from_slice(words);
    Some(run("bash", &arguments)?.lines().map(str::to_owned).collect())
}

#[test]
fn completions_for_bash_complete() {
    for (words, expected) in [
        (vec!["ccadmin", "set"], vec!["set-weight"]),
        (vec!["ccadmin", "user", "dea"], vec!["deactivate"]),
        (vec!["ccadmin", "project", "cr"], vec!["create"]),
        (vec!["ccadmin", "user", "create", "--gen"], vec!["--generate-password"]),
        (vec!["ccadmin", "user", "list", "--state", ""], vec!["active", "inactive"]),
        (vec!["ccadmin", "completions", "po"], vec!["powershell"]),
        (vec!["ccadmin", "-o", ""], vec!["table", "json", "jsonl", "csv"]),
        (vec!["ccadmin", "user", "create", "--role", "sup"], vec!["supervisor"]),
    ] {
        match offered(&words) {
            Some(offered) => assert_eq!(offered, expected, "{words:?}"),
            None => return,
        }
    }
}

#[test]
fn completions_are_good_scripts() {
    let path = |name: &str| file(name).to_str().unwrap().to_owned();
    run("bash", &["-n", &path("ccadmin.bash")]);
    run("zsh", &["-f", "-n", &path("_ccadmin")]);
    run("fish", &["--no-execute", &path("ccadmin.fish")]);
    let check = "$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile(\
                 $args[0], [ref]$null, [ref]$errors); exit $errors.Count";
    run("pwsh", &["-NoProfile", "-Command", check, &path("_ccadmin.ps1")]);
    run("elvish", &["-compileonly", &path("ccadmin.elv")]);
}
