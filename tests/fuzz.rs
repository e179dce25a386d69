//! Whatever is put in: no panic, no wait without end, and an answer that is right or an error of
//! ours. Each target runs a fixed number of inputs here, and for as long as one likes under a fuzzer;
//! `ccadmin help promises` says how. Those of what a linked program cannot reach stand beside it and are called
//! `fuzz_...`.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::io::{self, Cursor};
use std::path::Path;
use std::rc::Rc;
use std::str::FromStr;

use bolero::check;
use ccadmin::config::{ConfigError, Layer, Layers};
use ccadmin::directory::{
    Caller, DeactivateMissing, DeactivationLimit, Directory, Error as Refused, FileForm,
    HashParams, ImportFormat, ImportMapping, ImportObserver, ImportOptions, ImportPasswords,
    ImportPhase, ImportSummary, ImportWarning, LabelKind, OnConflict, PlannedChange, Policy,
    RowError,
};
use ccadmin::model::{
    AssignmentRequest, AuditFilter, Description, Duration, Email, Entropy, FixedClock, FullName,
    ImportField, Invalid, LanguageTag, Memberships, Phone, ProjectDetails, ProjectName, Role,
    Secret, SkillGrant, SkillLevel, SkillName, TeamName, Timestamp, User, UserFilter, Username,
    Weight, escape_formula, fold, is_invisible, unescape_formula,
};
use ccadmin::store::Store;

use crate::common::NOW;
use crate::common::pieces::text;

/// What `text` becomes says the same when it is read again; nothing invisible is left in it.
#[track_caller]
fn settles<T: FromStr<Err = Invalid> + Display + PartialEq + Debug>(text: &str, longest: usize) {
    match text.parse::<T>() {
        Ok(value) => {
            let shown = value.to_string();
            assert!(!shown.is_empty() && shown.chars().count() <= longest, "{text:?}: {shown:?}");
            assert!(!shown.chars().any(is_invisible), "{text:?}: {shown:?}");
            assert_eq!(shown.parse::<T>().as_ref(), Ok(&value), "{text:?}: {shown:?}");
        }
        Err(invalid) => explains(&invalid),
    }
}

/// An error says what is wrong, and not at greater length than anybody reads.
#[track_caller]
fn explains(error: &impl Error) {
    let said = error.to_string();
    assert!(!said.is_empty() && said.len() < 64 * 1024, "{said}");
}

#[test]
fn names() {
    let words = ["hu-support", "eva.kovacs", "Kovács Éva", "'", "..", "--", "@example.com", "=1+1"];
    check!().with_max_len(80).with_iterations(3_000).for_each(|bytes: &[u8]| {
        let text = text(bytes, &words);
        settles::<Username>(&text, 64);
        settles::<ProjectName>(&text, 64);
        settles::<TeamName>(&text, 64);
        settles::<SkillName>(&text, 64);
        settles::<FullName>(&text, 200);
        settles::<Description>(&text, 200);
        let folded = fold(&text);
        assert_eq!(fold(&folded), folded, "{text:?}");
        let written = escape_formula(&text);
        assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r']), "{text:?}: {written:?}");
        assert_eq!(unescape_formula(&written), text);
    });
}

#[test]
fn contacts_and_numbers() {
    let words = [
        "+36",
        "+36 20 123 45 67",
        "(",
        ")",
        "06",
        "4.92E+11",
        "@",
        ".",
        "-",
        "a@b.hu",
        "hu",
        "en-GB",
        "zh-Hant-TW",
        "x-",
        "i-klingon",
        "7d",
        "90m",
        "0s",
        "1",
        "5",
        "100",
        "-1",
        "+1",
        "9223372036854775807",
        "18446744073709551616",
        ":",
        "billing",
        ":3",
        "agent",
        "OPERATOR",
    ];
    check!().with_max_len(40).with_iterations(3_000).for_each(|bytes: &[u8]| {
        let text = text(bytes, &words);
        settles::<Email>(&text, 254);
        settles::<Phone>(&text, 16);
        settles::<LanguageTag>(&text, 64);
        settles::<Duration>(&text, 20);
        settles::<Weight>(&text, 10);
        for refused in [
            text.parse::<SkillLevel>().err(),
            text.parse::<SkillGrant>().err(),
            text.parse::<AssignmentRequest>().err(),
        ] {
            refused.iter().for_each(explains);
        }
        match text.parse::<Role>() {
            Ok(role) => assert_eq!(role.as_str().parse::<Role>().ok(), Some(role)),
            Err(unknown) => explains(&unknown),
        }
    });
}

/// What a settings file comes to: settings that hold together, or a line and what is wrong there.
fn read_settings(bytes: &[u8]) {
    let path = Path::new("config.toml");
    let right = |error: &ConfigError| {
        let lines = bytes.split(|byte| *byte == b'\n').count();
        assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error}");
        assert!(error.to_string().starts_with("config.toml:"), "{error}");
        explains(error);
    };
    let layer = match Layer::parse(path, bytes) {
        Ok(layer) => layer,
        Err(error) => return right(&error),
    };
    for is_the_store in [false, true] {
        let layers = Layers { system: Some(layer.clone()), user: Some(layer.clone()) };
        match layers.resolve(|_| is_the_store) {
            Err(error) => right(&error),
            Ok(resolved) => {
                let settings = resolved.settings;
                assert!(
                    settings.policy.weights.check(settings.policy.weights.default).is_ok(),
                    "{settings:?}"
                );
                assert!((8..=256).contains(&settings.policy.min_password_chars()), "{settings:?}");
                assert_eq!(settings.policy.hash.validate(), Ok(()));
            }
        }
    }
}

#[test]
fn settings_of_any_bytes() {
    check!().with_max_len(512).with_iterations(2_000).for_each(|bytes: &[u8]| read_settings(bytes));
}

/// Lines of the example, whole and in pieces, one after the other.
#[test]
fn settings_of_nearly_right_lines() {
    let example = include_str!("../config.example.toml");
    let lines: Vec<String> = example
        .lines()
        .filter(|line| line.contains(" = ") || line.starts_with('['))
        .map(|line| format!("{}\n", line.trim_start_matches("# ")))
        .collect();
    let mut words: Vec<&str> = lines.iter().map(String::as_str).collect();
    words.extend([
        "\n",
        "=",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "\"\"\"",
        "'",
        ",",
        "#",
        ".",
        "true",
        "0",
        "-1",
        "1e999",
        "nan",
        "99999999999999999999",
        "0x7fffffffffffffff",
        "1979-05-27",
        "\"7d\"",
        "[[password]]\n",
        "password.",
        "\"hu\"",
        "\"admin\"",
        "\\u0000",
        "\\",
        "templates.hu = ",
    ]);
    check!().with_max_len(24).with_iterations(2_000).for_each(|bytes: &[u8]| {
        read_settings(text(bytes, &words).as_bytes());
    });
}

struct Counted(u8);

impl Entropy for Counted {
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        self.0 = self.0.wrapping_add(1);
        buffer.fill(self.0);
        Ok(())
    }
}

/// Looks on at an import, and counts.
#[derive(Default)]
pub(crate) struct Onlooker {
    /// How many lines the file has.
    pub(crate) lines: u64,
    pub(crate) refused: usize,
    pub(crate) planned: usize,
    pub(crate) issued: usize,
}

impl ImportObserver for Onlooker {
    fn progress(&mut self, _: ImportPhase, _: u64, _: Option<u64>) {}

    fn should_stop(&mut self) -> bool {
        false
    }

    fn refused(&mut self, flaw: RowError) {
        explains(&flaw.error);
        assert!(flaw.line <= self.lines, "line {}: {}", flaw.line, flaw.error);
        self.refused += 1;
    }

    fn warn(&mut self, _: ImportWarning) {}

    fn wants_plan(&self) -> bool {
        true
    }

    fn planned(&mut self, _: PlannedChange) -> io::Result<()> {
        self.planned += 1;
        Ok(())
    }

    fn issued(&mut self, _: &User, _: &Secret) -> io::Result<()> {
        self.issued += 1;
        Ok(())
    }

    fn before_commit(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A directory with two users and a place of each kind, whose hashes cost next to nothing.
pub(crate) fn directory() -> Directory {
    let now = Timestamp::from_seconds(NOW);
    let policy = Policy {
        hash: HashParams { memory_kib: 8, iterations: 1, parallelism: 1 },
        ..Policy::default()
    };
    let mut directory = Directory::new(
        Store::in_memory(now).unwrap(),
        Rc::new(FixedClock(now)),
        Box::new(Counted(0)),
        policy,
        Caller { real_uid: 0, uid: 0, login: "root".into() },
        None,
    )
    .unwrap();
    directory.create_project(&"hu-support".parse().unwrap(), ProjectDetails::default()).unwrap();
    directory.create_label(LabelKind::Team, "voice").unwrap();
    directory.create_label(LabelKind::Skill, "billing").unwrap();
    let file = "username,full_name,roles,projects\neva,Éva,agent,hu-support\nboss,Boss,admin,\n";
    let options = ImportOptions { passwords: ImportPasswords::None, ..ImportOptions::default() };
    directory.import(Cursor::new(file), &options, &mut Onlooker::default()).unwrap();
    directory
}

/// How an import is called: each bit of the first byte is one choice.
fn options(choices: u8, format: Option<ImportFormat>) -> ImportOptions {
    let chosen = |bit: u8| choices >> bit & 1 == 1;
    let mut options = ImportOptions {
        form: FileForm { format: format.filter(|_| chosen(0)), ..FileForm::default() },
        on_conflict: match (chosen(1), chosen(2)) {
            (true, _) => OnConflict::Update,
            (false, true) => OnConflict::Skip,
            (false, false) => OnConflict::Fail,
        },
        passwords: match (chosen(3), chosen(4)) {
            (true, true) => ImportPasswords::FromRows,
            (true, false) => ImportPasswords::Generate,
            (false, _) => ImportPasswords::None,
        },
        create_missing: chosen(5),
        deactivate_missing: chosen(6).then(|| DeactivateMissing {
            most: DeactivationLimit::Percent(100),
            ..DeactivateMissing::default()
        }),
        ..ImportOptions::default()
    };
    if chosen(7) {
        options.defaults.set(&ImportMapping::default(), "full_name", "Somebody").unwrap();
        options.defaults.set(&ImportMapping::default(), "roles", "agent").unwrap();
    }
    options
}

fn entries(directory: &Directory) -> usize {
    let mut count = 0;
    directory
        .audit(&AuditFilter::default(), None, |_| {
            count += 1;
            true
        })
        .unwrap();
    count
}

/// An import of `file`: refused as a whole, with nothing changed; or done, as its dry run had said,
/// with an entry in the log for each change, and no more to be done by the same file again.
fn import(file: &[u8], options: &ImportOptions) {
    let mut directory = directory();
    let before = entries(&directory);
    let breaks = file.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let run = |directory: &mut Directory, options: &ImportOptions| {
        let mut onlooker = Onlooker { lines: 1 + breaks as u64, ..Onlooker::default() };
        let result = directory.import(Cursor::new(file), options, &mut onlooker);
        (result, onlooker)
    };
    let dry = ImportOptions { dry_run: true, ..options.clone() };
    let (told, _) = run(&mut directory, &dry);
    assert_eq!(entries(&directory), before, "a dry run changed something");
    let (done, onlooker) = run(&mut directory, options);
    match done {
        Ok(summary) => {
            assert_eq!(told.ok(), Some(summary));
            assert_eq!(onlooker.refused, 0);
            let changed = summary.created + summary.updated + summary.deactivated;
            assert!(entries(&directory) >= before + usize::try_from(changed).unwrap());
            assert!(onlooker.issued as u64 <= summary.created);
            sound(&directory);
            if options.on_conflict == OnConflict::Update {
                // Its second run meets those whom it has created.
                let after = entries(&directory);
                let (again, second) = run(&mut directory, options);
                let quiet = ImportSummary {
                    skipped: summary.created + summary.updated + summary.skipped,
                    ..ImportSummary::default()
                };
                match again {
                    Ok(again) => assert_eq!(again, quiet),
                    Err(error) => panic!("{error}, {} rows", second.refused),
                }
                assert_eq!(entries(&directory), after);
            }
        }
        Err(error) => {
            explains(&error);
            assert!(told.is_err(), "the dry run would have let it in: {error}");
            if matches!(error, Refused::RowsRefused { .. }) {
                assert!(onlooker.refused > 0, "{error}");
            }
            assert_eq!(entries(&directory), before, "a refused file changed something");
        }
    }
}

/// What is stored keeps every rule, and the log tells of it.
fn sound(directory: &Directory) {
    directory.check(|flaw| panic!("{flaw:?}")).unwrap();
    let now = directory.now();
    directory
        .list_users(&UserFilter::default(), Memberships::ALL, |user| {
            let shares: f64 = user.projects.iter().map(|one| user.share(one, now)).sum();
            assert!(shares.abs() < 1e-9 || (shares - 1.0).abs() < 1e-9, "{shares}");
            true
        })
        .unwrap();
}

#[test]
fn rosters_as_csv() {
    let header = "username,full_name,email,phone,state,roles,teams,skills,language,\
                  project_selection,projects\n";
    let mut words = vec![
        header,
        "username,full_name,roles\n",
        "username;full_name;roles\n",
        "username\n",
        "username,temporary_password\n",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        ";",
        "\"",
        "\"\"",
        "'",
        "-",
        "+",
        "=",
        "\u{feff}",
        "eva",
        "boss",
        "new1",
        "New1",
        "new2",
        "Éva Kovács",
        "agent",
        "admin",
        "requester;agent",
        "+voice",
        "-voice",
        "voice",
        "chat",
        "billing:3",
        "billing:9",
        "hu-support:20",
        "-hu-support",
        "nowhere",
        "hu",
        "true",
        "false",
        "active",
        "inactive",
        "+36201234567",
        "4.92E+11",
        "#NAME?",
        "a@example.com",
        "purple otters drink cold tea",
        "eva,Éva,agent\n",
        "new1,N,agent\n",
        "new2,M,requester\n",
        "eva,,,,inactive,,,,,,\n",
    ];
    words.extend(ImportField::ALL.map(ImportField::as_str));
    check!().with_max_len(48).with_iterations(400).for_each(|bytes: &[u8]| {
        let Some((choices, rest)) = bytes.split_first() else { return };
        import(text(rest, &words).as_bytes(), &options(*choices, Some(ImportFormat::Csv)));
    });
}

#[test]
fn rosters_as_json_lines() {
    let mut words = vec![
        "{",
        "}",
        "}\n",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\n",
        "null",
        "true",
        "1",
        "-1",
        "1e400",
        "\\u0000",
        "\\ud800",
        "\"eva\"",
        "\"new1\"",
        "\"agent\"",
        "[\"agent\"]",
        "{\"add\":[\"voice\"]}",
        "{\"remove\":[\"voice\"]}",
        "{\"username\":\"eva\"",
        "{\"username\":\"new1\"",
        ",\"full_name\":\"N\"",
        ",\"roles\":[\"agent\"]",
        ",\"teams\":[\"voice\"]",
        ",\"skills\":[{\"skill\":\"billing\",\"level\":3}]",
        ",\"projects\":[{\"project\":\"hu-support\",\"weight\":20,\"share\":1}]",
        ",\"email\":null",
        ",\"phone\":\"+36201234567\"",
        ",\"state\":\"inactive\"",
        ",\"language\":\"hu\"",
        ",\"project_selection\":false",
        ",\"locked\":false",
        "{\"username\":\"new2\",\"full_name\":\"N\",\"roles\":[\"agent\"]}\n",
    ];
    words.extend(ImportField::ALL.map(ImportField::as_str));
    check!().with_max_len(48).with_iterations(400).for_each(|bytes: &[u8]| {
        let Some((choices, rest)) = bytes.split_first() else { return };
        import(text(rest, &words).as_bytes(), &options(*choices, Some(ImportFormat::Jsonl)));
    });
}

/// Bytes that are no text, and no roster.
#[test]
fn rosters_of_any_bytes() {
    check!().with_max_len(256).with_iterations(200).for_each(|bytes: &[u8]| {
        let Some((choices, rest)) = bytes.split_first() else { return };
        import(rest, &options(*choices, None));
    });
}
