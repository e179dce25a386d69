//! The commands of README and of each topic of `ccadmin help`, run one after the other in a home of
//! their own, and what the text says they print.

use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use expectrl::{Eof, Expect, Session};
use tempfile::TempDir;

const README: &str = include_str!("../README.md");

/// Users, teams and projects that several topics speak of.
const PEOPLE: &str = "
    for project in hu-support en-support de-support; do ccadmin project create $project; done
    ccadmin team create night-shift
    make() { ccadmin user create $1 --name \"$2\" --role agent --generate-password ${@:3}; }";

/// What is there before the commands of a topic are typed.
const BEFORE: &[(&str, &str)] = &[
    (
        "scripts",
        "make eva 'Kovács Éva' --project hu-support
         make jurgen Jürgen --team night-shift --project de-support
         make reka Réka --team night-shift --project hu-support",
    ),
    (
        "many-users",
        "make jurgen Jürgen --team night-shift --project de-support
         make reka Réka --team night-shift --project hu-support",
    ),
    ("terminal", "make eva Éva; make jurgen Jürgen"),
    ("exit-status", ""),
    ("spreadsheets", "make eva Éva; make reka Réka --team night-shift"),
    ("weights", "make eva Éva"),
    ("passwords", "make eva Éva"),
    ("store", "make eva Éva"),
    ("settings", ""),
    ("access", ""),
];

/// What is typed where README shows a command that asks: after each question its answer, in which
/// `{made}` is the last password that the program made.
const ASKING: &[(&str, &[(&str, &str)])] = &[
    (
        "ccadmin user create",
        &[
            ("Username: ", "eva\r"),
            ("Full name: ", "Kovács Éva\r"),
            ("Roles: ", " \r"),
            ("Temporary password (at least 15 characters; empty: one is generated): ", "\r"),
        ],
    ),
    (
        "ccadmin passwd eva --own",
        &[
            ("Current password of eva: ", "{made}\r"),
            ("New password of eva (at least 15 characters): ", "verwunschene Teekanne im Regal\r"),
            ("The same password again: ", "verwunschene Teekanne im Regal\r"),
        ],
    ),
    (
        "ccadmin login zita",
        &[
            ("Password of zita: ", "{made}\r"),
            ("New password of zita (at least 15 characters): ", "siebzehn Igel im Nebel\r"),
            ("The same password again: ", "siebzehn Igel im Nebel\r"),
        ],
    ),
];

/// A command and what it is to print; `...` stands for anything.
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

/// The lines of a text's blocks of a kind, with their numbers.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<(usize, &'a str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match line.strip_prefix("```") {
            Some(name) => inside = name == kind,
            None if inside => found.push((number, line)),
            None => {}
        }
    }
    found
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, text) in blocks(text, "console") {
        match (text.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => {
                steps.push(Step { line, command: command.to_owned(), expected: Vec::new() });
            }
            (None, Some(step)) => step.expected.push(text.to_owned()),
            (None, None) => panic!("line {line}: a block begins with a command"),
        }
    }
    steps
}

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = TempDir::with_prefix("ccadmin-readme-").unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        symlink(project.join("examples"), home.path().join("examples")).unwrap();
        Self(home)
    }

    fn bash(&self, script: &str) -> Command {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_ccadmin"));
        let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-c", script])
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .current_dir(self.0.path());
        command
    }

    /// Runs a command away from any terminal; what it prints, and whether it succeeded.
    fn run(&self, command: &str) -> (String, bool) {
        let script = format!("exec 2>&1\n{command}");
        let output = self.bash(&script).stdin(Stdio::null()).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.success())
    }

    /// Runs a command on a terminal and answers its questions; what stands on the screen at the
    /// end.
    fn ask(&self, command: &str, answers: &[(&str, &str)], made: &str) -> (String, bool) {
        let mut session = Session::spawn(self.bash(command)).unwrap();
        session.set_expect_timeout(Some(Duration::from_secs(60)));
        let mut seen = Vec::new();
        for (question, answer) in answers {
            let found = session.expect(question).unwrap();
            seen.extend_from_slice(found.as_bytes());
            session.send(answer.replace("{made}", made)).unwrap();
        }
        seen.extend_from_slice(session.expect(Eof).unwrap().as_bytes());
        let status = session.get_process().wait().unwrap();
        let succeeded = matches!(status, expectrl::process::unix::WaitStatus::Exited(_, 0));
        (screen(&String::from_utf8(seen).unwrap()), succeeded)
    }
}

/// What a terminal shows after `output`: only what the prompts use of its language.
fn screen(output: &str) -> String {
    let mut rows: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut letters = output.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => column = 0,
            '\n' => row += 1,
            '\u{1b}' => {
                let mut sequence = String::new();
                while !sequence.ends_with(|last: char| last.is_ascii_alphabetic()) {
                    sequence.extend(letters.next().filter(|letter| *letter != '['));
                }
                match sequence.split_at(sequence.len() - 1) {
                    (count, "A") => row -= count.parse::<usize>().unwrap(),
                    ("", "J") => {
                        rows.truncate(row + 1);
                        rows[row].truncate(column);
                    }
                    (count, "B") => row += count.parse::<usize>().unwrap(),
                    (count, "C") => column += count.parse::<usize>().unwrap(),
                    ("2", "K") => rows[row].clear(),
                    ("" | "0", "K") => rows[row].truncate(column),
                    (mode, "h" | "l") if mode.starts_with('?') => {}
                    _ => panic!("the terminal of this test does not know {sequence:?}"),
                }
            }
            letter => {
                let width = rows[row].len().max(column + 1);
                rows[row].resize(width, ' ');
                rows[row][column] = letter;
                column += 1;
            }
        }
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
    }
    while rows.last().is_some_and(Vec::is_empty) {
        rows.pop();
    }
    rows.into_iter().fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "{}", String::from_iter(row).trim_end());
        text
    })
}

/// Whether `text` is what `pattern` says, in which `...` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A password that the program made.
fn made_password(line: &str) -> bool {
    let groups: Vec<&str> = line.split('-').collect();
    groups.len() == 5 && groups.iter().all(|group| group.len() == 5)
}

/// Runs the commands of `text` in `home`; what was not as it says.
fn follow(home: &Home, name: &str, text: &str) -> String {
    let mut made = String::new();
    let mut wrong = String::new();
    for Step { line, command, expected } in steps(text) {
        let asking = ASKING.iter().find(|(asking, _)| *asking == command);
        let (text, succeeded) = match asking {
            Some((_, answers)) => home.ask(&command, answers, &made),
            None => home.run(&command),
        };
        let printed: Vec<&str> = text.lines().map(str::trim_end).collect();
        made = printed.iter().rfind(|line| made_password(line)).map_or(made, |&line| line.into());
        // A line of nothing but `...` stands for any number of lines.
        let alike = match expected.iter().position(|line| line == "...") {
            Some(place) => {
                let rest = expected.len() - place - 1;
                printed.len() >= place + rest
                    && expected[..place].iter().zip(&printed).all(|(p, line)| matches(p, line))
                    && expected[place + 1..]
                        .iter()
                        .zip(&printed[printed.len().saturating_sub(rest)..])
                        .all(|(pattern, line)| matches(pattern, line))
            }
            None => {
                printed.len() == expected.len()
                    && expected.iter().zip(&printed).all(|(p, line)| matches(p, line))
            }
        };
        if !alike || !succeeded {
            let _ = write!(wrong, "{name}:{line}: $ {command} (success: {succeeded})\n{text}\n");
        }
    }
    wrong
}

#[test]
fn every_command_of_readme_does_what_readme_says() {
    let wrong = follow(&Home::new(), "README", README);
    assert!(wrong.is_empty(), "README says otherwise:\n{wrong}");
}

/// The Markdown of every topic, with its name.
fn topics() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/help");
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.extension() == Some("md".as_ref())
            && !["examples", "files"].contains(&name.as_str())
        {
            found.push((name, std::fs::read_to_string(path).unwrap()));
        }
    }
    found
}

#[test]
fn every_command_of_a_topic_does_what_it_says() {
    let mut wrong = String::new();
    for (name, text) in topics() {
        let before = BEFORE.iter().find(|(topic, _)| *topic == name);
        assert_eq!(before.is_some(), !steps(&text).is_empty(), "{name} and what comes before it");
        let Some((_, before)) = before else { continue };
        let home = Home::new();
        let (said, succeeded) = home.run(&format!("{PEOPLE}\n{before}"));
        assert!(succeeded, "before {name}: {said}");
        wrong += &follow(&home, &name, &text);
    }
    assert!(wrong.is_empty(), "a topic says otherwise:\n{wrong}");
}

#[test]
fn help_shows_every_topic() {
    let home = Home::new();
    let (list, _) = home.run("ccadmin help");
    for (name, text) in topics() {
        assert!(list.contains(&format!("\n  {name}")), "{name} is not in the list: {list}");
        let (shown, succeeded) = home.run(&format!("ccadmin help {name}"));
        let title = text.lines().next().unwrap().trim_start_matches("# ").to_uppercase();
        assert!(succeeded && shown.starts_with(&title), "{shown}");
        assert!(README.contains(&format!("`{name}`")), "README does not name the topic {name}");
    }
}

#[test]
fn readme_can_be_read_in_one_go() {
    assert!(README.lines().count() <= 250);
}

#[test]
fn two_commands_set_up_and_test() {
    let commands: Vec<&str> = blocks(README, "sh").into_iter().map(|(_, line)| line).collect();
    assert_eq!(commands, ["cargo install --locked --path .", "cargo test"]);
}

#[test]
fn the_files_that_a_document_names_are_there() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = topics().into_iter().chain([("README".to_owned(), README.to_owned())]);
    let folders = ["src/", "tests/", "examples/", "benches/", "completions/", ".ci/"];
    let mut named = 0;
    for (document, text) in documents {
        let words =
            text.split(|letter: char| letter.is_whitespace() || "`()[],;:".contains(letter));
        for word in words {
            let inside = folders.iter().any(|folder| word.starts_with(folder));
            // NOUN and VERB are for the reader to fill in.
            let name = word.split("NOUN").next().unwrap_or_default().trim_end_matches('.');
            if inside
                || Path::new(word).extension() == Some("toml".as_ref())
                    && !word.contains("ccadmin/")
                    && word != "voice.toml"
            {
                assert!(project.join(name).exists(), "{document} names {word}");
                named += 1;
            }
        }
    }
    assert!(named >= 30, "only {named} files found");
}

#[test]
fn patterns_stand_for_anything_between_what_they_say() {
    assert!(matches("a...c", "abc") && matches("a...c", "ac") && matches("...", ""));
    assert!(matches("...-...-...", "ab-cd-ef") && !matches("...-...-...", "ab-cd"));
    assert!(matches("abc", "abc") && !matches("abc", "abcd") && !matches("a...c", "abcd"));
}
