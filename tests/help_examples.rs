//! Every example in every help, run in a store in which it makes sense.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::common::pty::{GOOD, Home};
use crate::common::{TestEnv, is_root};
use crate::reference::{commands, help};
use crate::user_photo::JPEG;

/// A script that comes before an example, where that takes more than what all have.
const BEFORE: &[(&str, &str)] = &[
    ("ccadmin project create hu-support", "ccadmin project delete hu-support --yes"),
    ("ccadmin team create", "ccadmin team delete voice --yes"),
    ("ccadmin team delete", "ccadmin user update james --remove-team voice"),
    ("ccadmin skill create", "ccadmin skill delete billing --yes"),
    ("ccadmin skill delete", "ccadmin user update james --remove-skill billing"),
    ("ccadmin project delete hu-support", "ccadmin unassign-project james hu-support"),
    ("ccadmin user create james", "ccadmin user delete james --yes"),
    ("ccadmin user create eva", "ccadmin user delete eva --yes"),
    ("ccadmin user create zoe", "ccadmin user delete zoe --yes"),
    ("ccadmin user photo get", "ccadmin user photo set james james.jpg; rm james.jpg"),
    ("ccadmin user photo remove", "ccadmin user photo set james james.jpg"),
    ("ccadmin store backup", "rm backups/*"),
    ("ccadmin user export users.csv", "rm users.csv"),
    (
        "ccadmin roster diff voice",
        "ccadmin roster export voice.toml --owns team=voice --force; rm -f plan.json",
    ),
    (
        "ccadmin roster apply plan",
        "ccadmin roster export roster.toml --force; ccadmin roster diff roster.toml --save plan.json",
    ),
    ("ccadmin roster diff", "ccadmin roster export roster.toml --force"),
    ("ccadmin roster apply", "ccadmin roster export roster.toml --force"),
    ("ccadmin store init", "rm -r .local/share/ccadmin"),
    ("MANPATH=", "ccadmin man share/man/man1"),
    (
        "ccadmin project export --for asterisk queues.conf --check",
        "ccadmin project export --for asterisk queues.conf",
    ),
];

/// What is typed where an example asks.
const ASKED: &[(&str, &[(&str, &str)])] = &[
    (
        "ccadmin user create",
        &[
            ("Username: ", "new"),
            ("Full name: ", "New"),
            ("Roles", " "),
            ("Temporary password", ""),
        ],
    ),
    (
        "ccadmin passwd james --own",
        &[
            ("Current password of james", GOOD),
            ("New password of james", "an entirely different phrase"),
            ("again", "an entirely different phrase"),
        ],
    ),
    ("ccadmin passwd james", &[("password for james", "")]),
    ("ccadmin login boss", &[("Password of boss", GOOD)]),
    ("ccadmin user delete james", &[("?", "yes")]),
    ("ccadmin assign-project --where team=voice hu-support", &[("?", "yes")]),
    ("ccadmin set-weight --where team=voice hu-support 20", &[("?", "yes")]),
    ("ccadmin unassign-project --where team=voice hu-support", &[("?", "yes")]),
    ("ccadmin user deactivate --where project=old --where state=active", &[("?", "yes")]),
    ("ccadmin user update --where team=voice --until 2026-12-31", &[("?", "yes")]),
    ("ccadmin store restore backups/ccadmin-2026-11-21.db", &[("?", "yes")]),
];

/// Examples that do not end with 0 here: the hash and the numbers of entries are those of another log,
/// and nobody has signed in.
const OTHERWISE: &[(&str, i32)] =
    &[("ccadmin audit verify --head", 13), ("ccadmin project coverage", 13), ("ccadmin undo", 3)];

/// The examples of all helps, each line whole.
fn examples() -> Vec<String> {
    let env = TestEnv::new();
    let mut found: Vec<String> = Vec::new();
    for words in commands(&env) {
        let help = help(&env, &words);
        let Some(block) = help.split("\nExamples:\n").nth(1) else { continue };
        for line in block.lines().take_while(|line| line.starts_with("  ")) {
            let line = line.trim();
            let begins = ["ccadmin ", "sudo ccadmin ", "MANPATH=", "CCADMIN_"];
            match found.last_mut() {
                // One that is too long for the help's width.
                Some(last) if !begins.iter().any(|word| line.starts_with(word)) => {
                    last.truncate(last.trim_end_matches(['\\', ' ']).len());
                    last.push(' ');
                    last.push_str(line);
                }
                _ => found.push(line.to_owned()),
            }
        }
    }
    found.sort();
    found.dedup();
    // Places that a test keeps its hands off.
    let local =
        |line: &String| line.replace("/srv/ccadmin/", "srv/").replace("/mnt/backups", "backups");
    found.iter().map(local).collect()
}

/// A home with all that examples speak of.
fn template() -> Home {
    let home = Home::new();
    home.does(&format!(
        "ccadmin project create hu-support --language hu --description 'Hungarian'
         ccadmin project create en-support
         ccadmin project create old
         ccadmin team create voice
         ccadmin skill create billing
         for name in eva zoe; do
             ccadmin user create $name --name $name --role agent --project old --generate-password
         done
         echo '{GOOD}' > password-file
         ccadmin user create boss --name Boss --role admin --password-stdin --permanent-password \
             < password-file
         ccadmin user create james --name 'James Carter' --role agent --role requester --team voice \
             --skill billing --phone +36201234567 --language en --project hu-support \
             --project en-support --password-stdin --permanent-password < password-file
         mkdir -p backups srv bin .local/share/bash-completion/completions .zfunc \
             .config/fish/completions
         ccadmin store backup backups/ccadmin-2026-11-21.db
         echo 'output = \"csv\"' > draft.toml
         printf '#!/bin/sh\\nexec \"$@\"\\n' > bin/sudo",
    ));
    fs::set_permissions(home.path().join("bin/sudo"), PermissionsExt::from_mode(0o755)).unwrap();
    fs::write(home.path().join("james.jpg"), JPEG).unwrap();
    let roster = "username,full_name,roles\nanna,Anna,agent\n";
    fs::write(home.path().join("users.csv"), roster).unwrap();
    let other = "Login,First name,Last name,Cost centre\nanna,Anna,Kiss,12\n";
    fs::write(home.path().join("other.csv"), other).unwrap();
    let old = "Staff\n\nusername,full_name,phone,roles\nanna,Anna,36201234567,agent\n";
    fs::write(home.path().join("old.csv"), old).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Agents").unwrap();
    for (column, (name, value)) in
        (0..).zip([("login", "anna"), ("name", "Anna"), ("role", "agent")])
    {
        sheet.write_string(0, column, name).unwrap().write_string(1, column, value).unwrap();
    }
    book.save(home.path().join("staff.xlsx")).unwrap();
    home
}

/// Another home with the same in it.
fn copy(template: &Home) -> Home {
    let home = Home::new();
    let mut command = Command::new("cp");
    command.arg("-a").arg(template.path().join(".")).arg(home.path());
    assert!(command.status().unwrap().success());
    home
}

#[test]
fn every_example_does_what_it_is_there_for() {
    let template = template();
    let examples = examples();
    assert!(examples.len() > 60, "{examples:?}");
    let mut wrong = Vec::new();
    for example in &examples {
        let home = copy(&template);
        if let Some((_, before)) = BEFORE.iter().find(|(start, _)| example.starts_with(start)) {
            home.does(before);
        }
        if let Some((_, answers)) = ASKED.iter().find(|(asking, _)| asking == example) {
            let mut desk = home.sits_at(example);
            for (question, answer) in *answers {
                desk.is_asked(question, answer);
            }
            desk.leaves().exited(0);
            continue;
        }
        let otherwise = OTHERWISE.iter().find(|(start, _)| example.starts_with(start));
        let not_root = example.starts_with("sudo ccadmin store unlock") && !is_root();
        let expected = if not_root { 5 } else { otherwise.map_or(0, |(_, status)| *status) };
        let script = format!("PATH=$HOME/bin:$PATH; export MANPAGER=cat; {example}");
        let output = home.shell(&script, &format!("{GOOD}\n"));
        if output.status.code() != Some(expected) {
            wrong.push(format!("{example}: {output:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (asking, _) in ASKED {
        assert!(examples.iter().any(|example| example == asking), "no help has {asking}");
    }
    for (start, _) in BEFORE {
        assert!(examples.iter().any(|example| example.starts_with(start)), "no help has {start}");
    }
}
