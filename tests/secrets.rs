//! No password on the command line, in the environment, in the store, in an error or in the log.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use crate::common::pty::{Desk, GOOD, Home};
use crate::common::{TestEnv, column, skipped};
use crate::reference::{commands, help};

/// Words that nobody else writes.
const CANARY: &str = "kanarienvogel quietscht achtzehnmal";
const SECOND: &str = "zweiter kanarienvogel pfeift neunmal";

/// Options that speak of secrets and take none.
const HARMLESS: &[&str] = &[
    "--password-stdin",
    "--password-fd",
    "--generate-password",
    "--permanent-password",
    "--keep-password",
    "--password-set-by",
    "--generate-passwords",
    "--no-password",
    "--credentials",
];

/// R15: no option takes a secret.
#[test]
fn no_option_takes_a_secret() {
    let env = TestEnv::new();
    for words in commands(&env) {
        let help = help(&env, &words);
        let lines = help.lines().map(str::trim).filter(|line| line.starts_with('-'));
        for option in lines.flat_map(str::split_whitespace).filter(|word| word.starts_with("--")) {
            let speaks = ["pass", "secret", "token", "pin", "hash", "credential"];
            if !speaks.iter().any(|word| option.contains(word))
                || HARMLESS.contains(&option.trim_end_matches(','))
            {
                continue;
            }
            // The filter of users takes one of four words.
            let filters = [["user", "list"], ["user", "export"], ["weight", "matrix"]]
                .iter()
                .any(|one| words == *one);
            let filter = option == "--password" && filters;
            assert!(filter, "`{}` has {option}", words.join(" "));
        }
    }
    let output = env.run("user list --password hunter2-hunter2-hunter2");
    assert_eq!(output.status, Some(2), "{output}");
}

/// R15: nor is one taken from the environment.
#[test]
fn the_environment_gives_no_password() {
    let env = TestEnv::new();
    let output = env
        .call("user create a --name A --role agent")
        .env("CCADMIN_PASSWORD", CANARY)
        .env("PASSWORD", CANARY)
        .output();
    assert_eq!(output.status, Some(2), "{output}");
}

#[test]
fn a_password_is_nowhere_to_be_found() {
    let env = TestEnv::with_places();
    let mut said = String::new();
    let mut run = |line: &str, stdin: &str| {
        let output = env.call(line).stdin(stdin).output();
        said.push_str(&output.stdout);
        said.push_str(&output.stderr);
        output.status
    };
    let one = format!("{CANARY}\n");
    let two = format!("{CANARY}\n{SECOND}\n");
    let create = "user create a --name A --role agent --password-stdin -v";
    assert_eq!(run(create, &one), Some(0));
    assert_eq!(run(create, &one), Some(4));
    assert_eq!(run("passwd a --password-stdin -o json -v", &one), Some(0));
    assert_eq!(run("passwd a --own --password-stdin -v", &two), Some(0));
    assert_eq!(run("passwd a --own --password-stdin", &two), Some(6));
    // Refused ones are not repeated either.
    let long = format!("{}\n", CANARY.repeat(40));
    assert_eq!(run("passwd a --password-stdin", &long), Some(8));
    assert_eq!(run("passwd a --password-stdin", &format!("{CANARY}\u{7}\n")), Some(8));
    let name = format!("user create {} --name '{CANARY}' --role agent --password-stdin", "b");
    assert_eq!(run(&name, &one), Some(8));
    assert_eq!(run("passwd a --password-stdin", &format!("{CANARY}\0\n")), Some(8));
    for word in ["kanarienvogel", "achtzehnmal", "neunmal"] {
        assert!(!said.contains(word), "{said}");
    }
    for entry in fs::read_dir(env.store().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for word in [&b"kanarienvogel"[..], b"achtzehnmal", b"neunmal"] {
            let found = bytes.windows(word.len()).any(|window| window == word);
            assert!(!found, "a password is in {}", path.display());
        }
    }
}

/// R15, R18: a password that was refused is gone while another one is asked for: from the whole memory
/// of the process; and none is ever among its arguments or in its environment.
#[test]
fn a_refused_password_is_nowhere_in_the_process() {
    const REFUSED: &str = "kanari4711";
    let home = Home::new();
    home.does("ccadmin user create james --name James --role agent --generate-password");
    let mut desk = home.sits_at("ccadmin passwd james");
    let question = "Temporary password for james";
    desk.is_asked(question, REFUSED);
    desk.sees("at least 15");
    desk.sees(question);
    if File::open(format!("/proc/{}/mem", desk.pid())).is_err() {
        return skipped("the memory of the program cannot be read here");
    }
    assert!(!is_in_memory(&desk, REFUSED));
    desk.answers(GOOD);
    desk.sees("again");
    assert!(is_in_memory(&desk, GOOD), "what is still needed is found");
    for file in ["cmdline", "environ"] {
        let text = fs::read(format!("/proc/{}/{file}", desk.pid())).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(REFUSED) && !text.contains(GOOD), "{file}: {text}");
    }
    desk.types("\u{4}");
    desk.leaves();
}

/// Whether `word` stands anywhere in the memory that the program at `desk` can write.
fn is_in_memory(desk: &Desk, word: &str) -> bool {
    let place = format!("/proc/{}", desk.pid());
    let memory = File::open(format!("{place}/mem")).unwrap();
    let maps = fs::read_to_string(format!("{place}/maps")).unwrap();
    maps.lines().any(|line| {
        let (range, rest) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|end| u64::from_str_radix(end, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        rest.starts_with("rw")
            && memory.read_exact_at(&mut bytes, start).is_ok()
            && bytes.windows(word.len()).any(|window| window == word.as_bytes())
    })
}

#[test]
fn a_generated_password_is_not_in_the_store() {
    let env = TestEnv::with_users();
    let password = env.run("passwd james --generate-password -q").stdout;
    let bytes = fs::read(env.store()).unwrap();
    let password = password.trim().as_bytes();
    assert!(!bytes.windows(password.len()).any(|window| window == password));
    let hashes = column(&env.database(), "SELECT password_hash FROM users");
    assert!(hashes.iter().all(|hash| hash.starts_with("$ccadmin-g1$")), "{hashes:?}");
}

#[test]
fn a_typed_password_is_hashed_with_argon2id() {
    let env = TestEnv::new();
    env.call("user create a --name A --role agent --password-stdin")
        .stdin(format!("{CANARY}\n"))
        .output()
        .success();
    let hash = column(&env.database(), "SELECT password_hash FROM users").remove(0);
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

#[test]
fn the_log_holds_no_hash() {
    let env = TestEnv::with_users();
    env.call("passwd james --password-stdin").stdin(format!("{CANARY}\n")).output().success();
    env.call("passwd james --own --password-stdin")
        .stdin(format!("{CANARY}\n{SECOND}\n"))
        .output()
        .success();
    env.run("passwd james --expire").success();
    let database = env.database();
    let log = column(
        &database,
        "SELECT coalesce(before, '') || coalesce(after, '') || actor || coalesce(subject, '') \
         FROM audit",
    )
    .join("\n");
    for hash in column(&database, "SELECT password_hash FROM users") {
        let salted = hash.rsplit('$').next().unwrap();
        assert!(!log.contains(salted), "{log}");
    }
    for word in ["argon2", "ccadmin-g1", "kanarienvogel", "hash"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
}
