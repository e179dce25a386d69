//! Rosters in a store in memory: what a file makes of it, and what refuses a file.

use std::io::{self, Cursor};

use proptest::prelude::*;

use super::*;
use crate::directory::fixture::{
    GOOD_PASSWORD, TestDirectory, all, new_user, of, roles, secret, typed,
};
use crate::directory::{NewPassword, Password, PasswordContext, PasswordPolicy};
use crate::model::{CredentialKind, CredentialState, PasswordOrigin, ProfileField, State};

type Act = Box<dyn FnMut()>;

fn in_format(format: Option<ImportFormat>) -> FileForm {
    FileForm { format, ..FileForm::default() }
}

/// Notes everything.
#[derive(Default)]
struct Notes {
    row_errors: Vec<String>,
    remarks: Vec<String>,
    plan: Vec<String>,
    issued: Vec<(String, Secret)>,
    settled: usize,
    stop_at: Option<ImportPhase>,
    reached: Option<ImportPhase>,
    fails: bool,
    when_read: Option<Act>,
}

impl ImportObserver for Notes {
    fn progress(&mut self, phase: ImportPhase, _: u64, total: Option<u64>) {
        self.reached = Some(phase);
        if phase == ImportPhase::Reading
            && total.is_some()
            && let Some(mut act) = self.when_read.take()
        {
            act();
        }
    }

    fn should_stop(&mut self) -> bool {
        self.stop_at.is_some() && self.stop_at == self.reached
    }

    fn refused(&mut self, row_error: RowError) {
        let column = row_error.column.map(|column| format!(" {column}")).unwrap_or_default();
        self.row_errors.push(format!("{}{column}: {}", row_error.line, row_error.error));
    }

    fn warn(&mut self, remark: ImportWarning) {
        self.remarks.push(format!("{remark:?}"));
    }

    fn wants_plan(&self) -> bool {
        true
    }

    fn planned(&mut self, item: PlannedChange) -> io::Result<()> {
        let changes: Vec<String> = item
            .after
            .iter()
            .map(|(field, new)| {
                format!("{field} {} {new}", item.before.get(field).unwrap_or(&Value::Null))
            })
            .collect();
        let changes = match item.action {
            PlannedAction::Create => String::new(),
            _ => changes.join(", "),
        };
        self.plan.push(format!("{} {} {changes}", item.action.as_str(), item.username));
        Ok(())
    }

    fn issued(&mut self, user: &User, password: &Secret) -> io::Result<()> {
        if self.fails {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.issued.push((user.username.to_string(), password.clone()));
        Ok(())
    }

    fn before_commit(&mut self) -> io::Result<()> {
        self.settled += 1;
        Ok(())
    }
}

fn without_passwords() -> ImportOptions {
    ImportOptions { passwords: ImportPasswords::None, ..ImportOptions::default() }
}

fn updating() -> ImportOptions {
    ImportOptions { on_conflict: OnConflict::Update, ..without_passwords() }
}

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["en-support", "hu-support"]).teams(&["chat", "voice"]);
    house.skills(&["billing", "sales"]);
    house
}

fn import(
    house: &mut TestDirectory,
    file: &str,
    options: &ImportOptions,
) -> (Result<ImportSummary, Error>, Notes) {
    let mut notes = Notes::default();
    let result = house.import(Cursor::new(file.to_owned()), options, &mut notes);
    (result, notes)
}

/// What `file` came to, which has to be let in.
#[track_caller]
fn imported(house: &mut TestDirectory, file: &str, options: &ImportOptions) -> Notes {
    let (result, notes) = import(house, file, options);
    assert!(result.is_ok(), "{result:?} {:?}", notes.row_errors);
    notes
}

/// Why `file` was refused; nothing may have changed.
#[track_caller]
fn row_errors(house: &mut TestDirectory, file: &str, options: &ImportOptions) -> Vec<String> {
    let before = house.store().dump();
    let (result, notes) = import(house, file, options);
    assert!(matches!(result, Err(Error::RowsRefused { .. })), "{result:?}");
    assert_eq!(house.store().dump(), before);
    assert_eq!(notes.settled, 0);
    notes.row_errors
}

const WHOLE: &str = "\
username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects
eva,Kovács Éva,eva@example.com,+36201234567,active,agent;requester,chat;voice,billing:3;sales,hu,false,en-support;hu-support:20
old,Old Man,,,inactive,agent,,,,true,hu-support
";

#[test]
fn a_row_is_a_whole_user() {
    let mut house = house();
    let notes = imported(&mut house, WHOLE, &without_passwords());
    assert_eq!(notes.plan, ["create eva ", "create old "]);
    let eva = house.user("eva");
    assert_eq!(eva.full_name.as_str(), "Kovács Éva");
    assert_eq!(eva.email, Some(of("eva@example.com")));
    assert_eq!(eva.phone, Some(of("+36201234567")));
    assert_eq!(eva.roles, roles(&[Role::Agent, Role::Requester]));
    assert_eq!(eva.teams, all(&["chat", "voice"]));
    assert_eq!(eva.skills, all(&["billing:3", "sales:1"]));
    assert_eq!(eva.language, Some(of("hu")));
    assert!(!eva.project_selection);
    let projects: Vec<(String, u32)> =
        eva.projects.iter().map(|one| (one.project.to_string(), one.weight.get())).collect();
    assert_eq!(projects, [("en-support".to_owned(), 10), ("hu-support".to_owned(), 20)]);
    assert_eq!(eva.credential, None);
    assert_eq!(house.user("old").set_state, State::Inactive);
}

/// A row leaves the same trace as a user who is created by himself.
#[test]
fn a_row_leaves_the_trace_of_a_user_who_is_created() {
    let mut house = house();
    let file = "username,full_name,roles,projects\nbob,Somebody,agent,hu-support\n";
    let (_, entries) = house.logged(|house| {
        let options =
            ImportOptions { passwords: ImportPasswords::Generate, ..ImportOptions::default() };
        import(house, file, &options).0
    });
    let (_, expected) = house.logged(|house| {
        let new = crate::model::NewUser {
            projects: all(&["hu-support"]),
            ..crate::directory::fixture::new_user("jim", &[Role::Agent])
        };
        house.create_user(&new, Some(&crate::directory::fixture::generated()))
    });
    assert_eq!(entries.len(), 1);
    let text = |entry: &Value| entry.to_string().replace("jim", "bob");
    let strip = |entry: &Value| {
        let mut entry: Value = serde_json::from_str(&text(entry)).unwrap();
        for field in ["seq", "hash", "subject_id"] {
            entry[field] = Value::Null;
        }
        entry
    };
    assert_eq!(strip(&entries[0]), strip(&expected[0]));
    assert!(house.verify_audit(None).unwrap().broken.is_none());
}

/// Whatever he has: the quick text is that of the values.
#[test]
fn the_text_for_the_log_is_that_of_the_fields() {
    use crate::directory::audit::{credential_field, new_user_text, user_fields};

    let mut house = house();
    imported(&mut house, WHOLE, &without_passwords());
    house.admin("boss");
    for name in ["eva", "old", "boss"] {
        let user = house.user(name);
        let mut fields = user_fields(&user);
        fields.insert("password".to_owned(), credential_field(user.credential.as_ref()));
        assert_eq!(new_user_text(&user).unwrap(), Value::from(fields).to_string());
    }
}

#[test]
fn generated_passwords_are_told_before_they_count() {
    let mut house = house();
    let file = "username,full_name,roles\na,A,agent\nb,B,agent\n";
    let options =
        ImportOptions { passwords: ImportPasswords::Generate, ..ImportOptions::default() };
    let notes = imported(&mut house, file, &options);
    assert_eq!((notes.issued.len(), notes.settled), (2, 1));
    assert_ne!(notes.issued[0].1, notes.issued[1].1);
    for (username, password) in &notes.issued {
        let credential = house.user(username).credential.unwrap();
        assert_eq!(credential.origin, PasswordOrigin::Generated);
        assert_eq!(house.user(username).password_state(house.now()), CredentialState::Temporary);
        assert!(house.verify(&of(username), password).is_ok());
    }
    let before = house.store().dump();
    let mut notes = Notes { fails: true, ..Notes::default() };
    let more = "username,full_name,roles\nc,C,agent\n";
    let failed = house.import(Cursor::new(more), &options, &mut notes);
    assert!(matches!(failed, Err(Error::Output(_))), "{failed:?}");
    assert_eq!(house.store().dump(), before);
}

#[test]
fn typed_passwords_are_hashed_for_those_who_are_created() {
    let mut house = house();
    house.agent("bob", &[]);
    let file = format!(
        "username,full_name,roles,temporary_password\nann,Ann,agent,{GOOD_PASSWORD}\nbob,Bob,agent,{GOOD_PASSWORD}\n\
         eve,Eve,agent,{GOOD_PASSWORD}\n"
    );
    let notes = imported(&mut house, &file, &updating());
    assert_eq!(notes.remarks, ["PasswordsKept { count: 1 }"]);
    for name in ["ann", "eve"] {
        let credential = house.user(name).credential.unwrap();
        assert_eq!(credential.origin, PasswordOrigin::Typed);
        assert!(house.hash(name).starts_with("$argon2id$"));
    }
    assert_ne!(house.hash("ann"), house.hash("eve"));
    assert_eq!(house.user("bob").credential, None);
}

#[test]
fn a_weak_password_refuses_the_file() {
    let mut house = house();
    let file = format!(
        "username,full_name,roles,temporary_password\nann,Ann,agent,{GOOD_PASSWORD}\n\
         bob,Bob,agent,short\neve,Eve,agent,passwordpassword\ntim,Tim,agent, {GOOD_PASSWORD}\n"
    );
    let found = row_errors(&mut house, &file, &ImportOptions::default());
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|row_error| row_error.contains(" temporary_password: ")), "{found:?}");
    assert!(!found.iter().any(|row_error| row_error.contains("passwordpassword")), "{found:?}");
    let context = PasswordContext { username: "ann", full_name: "Ann" };
    let good = Password::normalize(&secret(GOOD_PASSWORD)).unwrap();
    assert!(PasswordPolicy::default().check(&good, &context).is_ok());
}

/// Several threads judge the passwords of many rows: what is wrong comes in the order of the file all
/// the same, whatever else is wrong.
#[test]
fn bad_rows_among_many_come_in_the_order_of_the_file() {
    let mut house = house();
    let row = |number| {
        let rest = match number {
            7 | 258 => "agent,summer2024summer".to_owned(),
            100 | 300 => "boss,summer2024summer".to_owned(),
            399 => format!("boss,{GOOD_PASSWORD}"),
            _ => format!("agent,{GOOD_PASSWORD}"),
        };
        format!("u{number},User {number},{rest}\n")
    };
    let head = "username,full_name,roles,temporary_password\n".to_owned();
    let file = head + &(2..402).map(row).collect::<String>();
    let mut lines: Vec<String> = row_errors(&mut house, &file, &ImportOptions::default())
        .iter()
        .map(|row_error| row_error.split(':').next().unwrap().to_owned())
        .collect();
    lines.dedup();
    assert_eq!(
        lines,
        [
            "7 temporary_password",
            "100 roles",
            "100 temporary_password",
            "258 temporary_password",
            "300 roles",
            "300 temporary_password",
            "399 roles",
        ]
    );
}

#[test]
fn every_bad_row_is_named() {
    let mut house = house();
    house.agent("bob", &[]);
    let file = "\
username,full_name,phone,roles,teams,projects,state,project_selection
ok,Fine,,agent,,,,
-bad,Name,,agent,,,,
two,Two,4.92E+11,agent,,,,
three,Three,36201234567,agent,,,,
four,,,,,,,
five,Five,,boss,voise,hu-suport,,
bob,Bob,,agent,,,,
six,Six,,requester,,hu-support,,
ok,Again,,agent,,,,
seven,Seven,,agent,#NAME?,,asleep,maybe
eight,Eight,,agent
";
    insta::assert_snapshot!(row_errors(&mut house, file, &without_passwords()).join("\n"), @"
    3 username: `-bad` is not a username: it has to begin with a letter or a digit
    4 phone: `4.92E+11` is a phone number that a spreadsheet has turned into a number
    5 phone: `36201234567` has no `+`: a spreadsheet has removed it
    6: `four` is new and has no full_name, no roles
    7 roles: `boss` is not a role
    7 teams: there is no team `voise`
    7 projects: there is no project `hu-suport`
    8 username: the user `bob` already exists
    9 projects: `six` takes no calls: only users with the role agent or external-agent can be assigned to projects
    10 username: `ok` is already in line 2
    11 teams: `#NAME?` is an error of the spreadsheet that wrote the file
    11 state: `asleep` is not a state
    11 project_selection: `maybe` is not a project selection
    ");
}

#[test]
fn what_is_not_there_is_refused_or_made() {
    let mut house = house();
    let file = "username,full_name,roles,teams,skills,projects\n\
                a,A,agent,voise,billing:2;chess,hu-suport:5\nb,B,agent,voise,,\n";
    let found = row_errors(&mut house, file, &without_passwords());
    insta::assert_snapshot!(found.join("\n"), @r"
    2 teams: there is no team `voise`
    2 skills: there is no skill `chess`
    2 projects: there is no project `hu-suport`
    3 teams: there is no team `voise`
    ");
    let options = ImportOptions { create_missing: true, ..without_passwords() };
    let (summary, notes) = import(&mut house, file, &options);
    assert_eq!(summary.unwrap(), ImportSummary { created: 2, labels: 3, ..Default::default() });
    assert_eq!(notes.remarks.len(), 2, "{:?}", notes.remarks);
    assert!(notes.remarks.iter().all(|remark| remark.starts_with("NearlyThere")));
    assert_eq!(house.user("a").skills, all(&["billing:2", "chess:1"]));
    assert_eq!(house.user("b").teams, all(&["voise"]));
}

#[test]
fn cells_change_clear_and_keep() {
    let mut house = house();
    imported(&mut house, WHOLE, &without_passwords());
    let file = "\
username,full_name,email,phone,teams,skills,projects
eva,,-,,-,+billing:5;-sales,hu-support:7
old,New Man,old@example.com,-,voice,,-en-support;+hu-support:3
";
    let notes = imported(&mut house, file, &updating());
    insta::assert_snapshot!(notes.plan.join("\n"), @r#"
    update eva email "eva@example.com" null, projects [{"project":"en-support","weight":10},{"project":"hu-support","weight":20}] [{"project":"hu-support","weight":7}], skills [{"level":3,"skill":"billing"},{"level":1,"skill":"sales"}] [{"level":5,"skill":"billing"}], teams ["chat","voice"] []
    update old email null "old@example.com", full_name "Old Man" "New Man", projects [{"project":"hu-support","weight":10}] [{"project":"hu-support","weight":3}], teams [] ["voice"]
    "#);
    let eva = house.user("eva");
    assert_eq!((eva.email, eva.phone), (None, Some(of("+36201234567"))));
    assert_eq!(eva.skills, all(&["billing:5"]));
    assert!(eva.teams.is_empty());
    assert!(house.verify_audit(None).unwrap().broken.is_none());
}

/// Applying a file twice changes nothing the second time.
#[test]
fn the_same_file_again_does_no_harm() {
    let mut house = house();
    imported(&mut house, WHOLE, &without_passwords());
    let notes = house.untouched(|house| {
        let (result, notes) = import(house, WHOLE, &updating());
        result.map(|summary| (summary, notes))
    });
    assert_eq!(notes.0, ImportSummary { skipped: 2, ..Default::default() });
    assert_eq!(notes.1.plan, ["skip eva ", "skip old "]);
    let skipping = ImportOptions { on_conflict: OnConflict::Skip, ..without_passwords() };
    let other = WHOLE.replace("Kovács", "Nagy");
    house.untouched(|house| import(house, &other, &skipping).0);
}

#[test]
fn a_dry_run_tells_the_truth_and_changes_nothing() {
    let mut house = house();
    house.agent("old", &[]);
    let file = WHOLE.replace("username", "Username ").replace("eva,", "\u{feff}eva,");
    assert!(import(&mut house, &file, &updating()).0.is_err(), "a mark in the middle is no name");
    let file = format!("\u{feff}{WHOLE}").replace('\n', "\r\n");
    let dry = ImportOptions {
        dry_run: true,
        passwords: ImportPasswords::Generate,
        on_conflict: OnConflict::Update,
        ..ImportOptions::default()
    };
    let (told, plan) = house.untouched(|house| {
        let (result, notes) = import(house, &file, &dry);
        assert_eq!((notes.issued.len(), notes.settled), (0, 0));
        result.map(|summary| (summary, notes.plan))
    });
    let real = ImportOptions { dry_run: false, ..dry };
    let (done, notes) = import(&mut house, &file, &real);
    assert_eq!(done.unwrap(), told);
    assert_eq!(notes.plan, plan);
}

/// In a dry run passwords are checked, and not hashed.
#[test]
fn a_dry_run_hashes_nothing() {
    let mut house = house().rule(|policy| policy.hash.memory_kib = u32::MAX);
    let file = format!("username,full_name,roles,temporary_password\na,A,admin,{GOOD_PASSWORD}\n");
    let dry = ImportOptions { dry_run: true, ..ImportOptions::default() };
    house.untouched(|house| import(house, &file, &dry).0);
    let real = import(&mut house, &file, &ImportOptions::default()).0;
    assert!(matches!(real, Err(Error::Hash(_))), "{real:?}");
}

#[test]
fn new_users_are_like_another_and_rows_say_otherwise() {
    let mut house = house();
    imported(&mut house, WHOLE, &without_passwords());
    let mapping = ImportMapping::default();
    let mut defaults = ImportDefaults::default();
    defaults.set(&mapping, "teams", "voice").unwrap();
    let options = ImportOptions { like: Some(of("eva")), defaults, ..updating() };
    let file = "username,full_name,skills,projects,roles\n\
                a,A,,,\nb,B,-billing,hu-support,\nc,C,,,requester\neva,,,,\n";
    let notes = imported(&mut house, file, &options);
    assert_eq!(
        notes.plan.last().map(String::as_str),
        Some("skip eva "),
        "defaults are for new ones"
    );
    let [a, b, c] = ["a", "b", "c"].map(|name| house.user(name));
    assert_eq!(a.teams, all(&["voice"]));
    assert_eq!(a.roles, house.user("eva").roles);
    assert_eq!((a.skills.len(), a.projects.len(), a.project_selection), (2, 2, false));
    assert_eq!((a.email, a.phone, a.credential), (None, None, None));
    assert_eq!(b.skills, all(&["sales:1"]));
    assert_eq!((b.projects.len(), b.projects[0].weight.get()), (1, 20));
    assert!(c.projects.is_empty(), "he takes no calls");
    let nobody = ImportOptions { like: Some(of("nobody")), ..updating() };
    let refused = house.refused(|house| import(house, file, &nobody).0);
    assert!(matches!(refused, Error::NotFound { .. }));
}

#[test]
fn other_names_for_columns_and_roles() {
    let mut house = house();
    let mapping = ImportMapping {
        phone_region: Some("HU".to_owned()),
        columns: vec![
            ("Login".to_owned(), Some(ImportField::Username)),
            ("Full Name of person".to_owned(), Some(ImportField::FullName)),
            ("Cost centre".to_owned(), None),
        ],
        roles: vec![("Team Lead".to_owned(), Role::Supervisor)],
        ..ImportMapping::default()
    };
    let options = ImportOptions { mapping, ..without_passwords() };
    let file = "LOGIN;full name of Person;Roles;Cost Centre;Phone;reason\r\n\
                eva;\"Kovács; Éva\";TEAM LEAD;9;06 20 123 4567;\r\n;;;;;\r\nbob;Bob;Operator;;;x\r\n";
    imported(&mut house, file, &options);
    let eva = house.user("eva");
    assert_eq!(eva.full_name.as_str(), "Kovács; Éva");
    assert_eq!(eva.roles, roles(&[Role::Supervisor]));
    assert_eq!(eva.phone, Some(of("+36201234567")));
    assert_eq!(house.user("bob").roles, roles(&[Role::Agent]));
}

#[test]
fn headers_that_are_none() {
    let mut house = house();
    let cases = [
        ("", "1: the file is empty"),
        ("\n\n", "1: there is no header"),
        ("full_name,roles\na,agent\n", "1: there is no column `username`"),
        ("username,fone\na,1\n", "1 fone: unknown column `fone`"),
        ("username,email,Email\n", "1 Email: the column `Email` appears twice"),
        ("\u{0}\u{0}", "1: the row contains a NUL byte"),
        (
            "PK\u{3}\u{4}rest",
            "0: the workbook is damaged: invalid Zip archive: Could not find EOCD",
        ),
        ("username\n\"a\nb,c", "2: a quote is opened in this row and never closed"),
        ("username,full_name\na,\"b\n", "2: a quote is opened in this row and never closed"),
    ];
    for (file, expected) in cases {
        let found = row_errors(&mut house, file, &without_passwords());
        assert_eq!(found.first().map(String::as_str), Some(expected), "{file:?}: {found:?}");
    }
    let wide = ",".repeat(1_000_000);
    let long = "x".repeat(3 << 20);
    for file in [wide.as_str(), &long, &format!("username\n\"{long}\n{long}")] {
        let found = row_errors(&mut house, file, &without_passwords());
        assert_eq!(found.len(), 1, "{found:?}");
    }
    let mut notes = Notes::default();
    let wrong: &[u8] = b"\xff\xfeu\0s\0";
    let refused = house.import(Cursor::new(wrong), &without_passwords(), &mut notes);
    assert!(matches!(refused, Err(Error::RowsRefused { .. })));
    assert_eq!(notes.row_errors.len(), 2, "{:?}", notes.row_errors);
    let wrong: &[u8] = b"username,full_name,roles\na,\xe9va,agent\n";
    let refused = house.import(Cursor::new(wrong), &without_passwords(), &mut notes);
    assert!(matches!(refused, Err(Error::RowsRefused { .. })));
    let expected = "2 full_name: it is not UTF-8: as windows-1252 it reads `éva`";
    assert_eq!(notes.row_errors[2], expected);
}

/// An empty file is a header without rows; that is no fault.
#[test]
fn a_header_alone_is_a_roster_of_nobody() {
    let mut house = house();
    house.untouched(|house| import(house, "username", &without_passwords()).0);
    house.untouched(|house| import(house, "sep=;\r\nusername;roles\r\n", &without_passwords()).0);
}

#[test]
fn lines_of_json() {
    let mut house = house();
    let file = r#"
{"username": "eva", "full_name": "Kovács Éva", "email": null, "roles": ["agent"], "teams": ["voice"],
"#
    .trim()
    .to_owned()
        + r#" "skills": [{"skill": "billing", "level": 3}, "sales:2"], "projects": [{"project": "hu-support", "weight": 20, "share": 1.0}], "password": {"state": "none"}, "photo": false, "project_selection": false}

{"username": "bob", "full_name": "Bob", "roles": ["agent"]}
"#;
    imported(&mut house, &file, &without_passwords());
    let eva = house.user("eva");
    assert_eq!(eva.skills, all(&["billing:3", "sales:2"]));
    assert_eq!(eva.projects[0].weight.get(), 20);
    assert!(!eva.project_selection);
    let changes = r#"{"username": "eva", "teams": {"add": ["chat"], "remove": ["voice"]}, "language": "hu", "skills": {}}
{"username": "bob", "email": "bob@example.com"}"#;
    let notes = imported(&mut house, changes, &updating());
    insta::assert_snapshot!(notes.plan.join("\n"), @r#"
    update eva language null "hu", teams ["voice"] ["chat"]
    update bob email null "bob@example.com"
    "#);
    let wrong = r#"{"username": "x", "full_name": 7, "roles": ["agent"]}
{"username": "y", "fone": "1", "full_name": "Y", "roles": "agent"}
[1, 2]
{"username": "z", "username": "z"}
{"full_name": "Nobody"}
{"username": "q", "full_name": null}
{"username": "
"#;
    let options =
        ImportOptions { form: in_format(Some(ImportFormat::Jsonl)), ..without_passwords() };
    insta::assert_snapshot!(row_errors(&mut house, wrong, &options).join("\n"), @"
    1 full_name: `full_name` has to be a string
    2 fone: unknown field `fone`
    2 roles: `roles` has to be a list
    3: the line is not a JSON object: invalid type: sequence, expected an object (byte 0)
    4: the line is not a JSON object: `username` appears twice (byte 34)
    5 username: there is no username
    6 full_name: `full_name` cannot be empty
    7: the line is not a JSON object: EOF while parsing a string (byte 14)
    ");
}

#[test]
fn who_is_missing_is_deactivated_within_bounds() {
    let mut house = house();
    house.admin("boss");
    for name in ["a", "b", "c", "d"] {
        house.agent(name, &["hu-support"]);
    }
    let file = "username\na\nb\nc\n";
    let missing = |most| ImportOptions {
        deactivate_missing: Some(DeactivateMissing { most, ..DeactivateMissing::default() }),
        ..updating()
    };
    let refused =
        house.refused(|house| import(house, file, &missing(DeactivationLimit::Percent(10))).0);
    let expected = "1 of 4 active users are not in the file, but at most 0 may be deactivated";
    assert_eq!(refused.to_string(), expected);
    let notes = imported(&mut house, file, &missing(DeactivationLimit::Percent(25)));
    assert_eq!(notes.plan.last().unwrap(), r#"deactivate d state "active" "inactive""#);
    assert_eq!(house.user("d").set_state, State::Inactive);
    assert_eq!(house.user("boss").set_state, State::Active, "admins are not in the scope");
    let notes = imported(&mut house, "username\n", &missing(DeactivationLimit::Users(3)));
    assert_eq!(notes.plan.len(), 3);
    assert_eq!(notes.remarks, [r#"Unattended(ProjectName("hu-support"))"#]);
    let admins = ImportOptions {
        deactivate_missing: Some(DeactivateMissing {
            within: roles(&[Role::Admin]),
            most: DeactivationLimit::Users(9),
        }),
        ..updating()
    };
    let found = row_errors(&mut house, "username\n", &admins);
    assert_eq!(found, ["0: `boss` is the last admin who can act"]);
}

#[test]
fn the_last_admin_stays_unless_the_file_brings_another() {
    let mut house = house();
    house.admin("boss");
    let alone = "username,state\nboss,inactive\n";
    let found = row_errors(&mut house, alone, &updating());
    assert_eq!(found, ["2: `boss` is the last admin who can act"]);
    let both = "username,state,full_name,roles\nboss,inactive,,\nnext,,Next,admin\n";
    let found = row_errors(&mut house, both, &updating());
    assert_eq!(found, ["2: `boss` is the last admin who can act"], "he has no password");
    let options = ImportOptions { passwords: ImportPasswords::Generate, ..updating() };
    imported(&mut house, both, &options);
    assert_eq!(house.user("boss").set_state, State::Inactive);
}

#[test]
fn roles_that_lead_further_are_not_granted_in_passing() {
    let mut house = house();
    house.agent("a", &["hu-support"]);
    let found = row_errors(&mut house, "username,roles\na,agent;admin\n", &updating());
    assert_eq!(found, ["2 roles: granting `admin` to `a` requires a new temporary password"]);
    let found = row_errors(&mut house, "username,roles\na,requester\n", &updating());
    assert_eq!(found, ["2 projects: `a` is still assigned to `hu-support`"]);
    imported(&mut house, "username,roles,projects\na,requester,-\n", &updating());
    let found = row_errors(&mut house, "username,roles\na,-requester\n", &updating());
    assert_eq!(found, ["2 roles: `a` would be left without a role"]);
    let found = row_errors(&mut house, "username,roles,full_name\na,-,-\n", &updating());
    assert_eq!(
        found,
        ["2 roles: `roles` cannot be empty", "2 full_name: `full_name` cannot be empty"]
            .iter()
            .rev()
            .copied()
            .rev()
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_the_site_wants_is_wanted_of_rows_too() {
    let mut house =
        house().rule(|policy| policy.required = vec![ProfileField::Email, ProfileField::Project]);
    let file =
        "username,full_name,roles,email,projects\na,A,agent,a@example.com,\nb,B,requester,,\n";
    let found = row_errors(&mut house, file, &without_passwords());
    assert_eq!(found, ["2: missing: project", "3: missing: email"]);
}

#[test]
fn case_twins_are_told() {
    let mut house = house();
    house.agent("james", &[]);
    let file = "username,full_name,roles\nJames,J,agent\nEva,E,agent\neva,E,agent\n";
    let notes = imported(&mut house, file, &without_passwords());
    assert_eq!(notes.remarks.len(), 2, "{:?}", notes.remarks);
    let many = (0..400).map(|number| format!("u{number},N,agent\n")).collect::<Vec<_>>().concat();
    let file = format!("username,full_name,roles\n{many}JAMES,J,agent\n");
    let notes = imported(&mut house, &file, &without_passwords());
    assert_eq!(notes.remarks.len(), 1, "{:?}", notes.remarks);
}

#[test]
fn somebody_who_changed_meanwhile_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.agent("a", &[]);
    house.agent("other", &[]);
    let cases: [(&str, &str, Option<&str>); 3] = [
        ("username,full_name\na,New\n", "a", Some("`a`")),
        ("username,full_name,roles\nnew,New,agent\n", "new", Some("`new`")),
        ("username,full_name\na,Newer\n", "other", None),
    ];
    for (number, (file, changes, stale)) in cases.into_iter().enumerate() {
        let place = path.clone();
        let act = move || {
            let mut other = TestDirectory::on(&place);
            let name = of(&format!("Changed {number}"));
            let update =
                crate::directory::UserUpdate { full_name: Some(name), ..Default::default() };
            if changes == "new" {
                other.agent("new", &[]);
            } else {
                other.update(changes, &update).unwrap();
            }
        };
        let mut notes = Notes { when_read: Some(Box::new(act)), ..Notes::default() };
        let result = house.import(Cursor::new(file), &updating(), &mut notes);
        match (result, stale) {
            (Err(Error::PlanStale { what }), Some(name)) => assert_eq!(what, name),
            (Ok(_), None) => assert_eq!(house.user("a").full_name.as_str(), "Newer"),
            (result, _) => panic!("{changes}: {result:?}"),
        }
    }
}

/// R61: an admin who was created since the plan was made has the guard of any other.
#[test]
fn a_case_twin_of_an_admin_is_noticed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.agent("BOB", &[]);
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    let new = new_user("sue", &[Role::Supervisor]);
    house.create_user(&new, Some(&password)).unwrap();
    house.acts_as("sue");
    let leaving = ImportOptions {
        on_conflict: OnConflict::Skip,
        deactivate_missing: Some(DeactivateMissing {
            within: roles(&[Role::Agent]),
            most: DeactivationLimit::Percent(100),
        }),
        ..without_passwords()
    };
    let cases = [
        ("username,full_name,roles\nANNA,A,agent\n", without_passwords(), "anna", "ANNA"),
        ("username,full_name\nBOB,New\n", updating(), "bob", "BOB"),
        ("username,full_name,roles\ncarl,C,agent\n", leaving, "Bob", "BOB"),
    ];
    for (file, options, admin, stale) in cases {
        let place = path.clone();
        let act = move || drop(TestDirectory::on(&place).admin(admin));
        let mut notes = Notes { when_read: Some(Box::new(act)), ..Notes::default() };
        let result = house.import(Cursor::new(file), &options, &mut notes);
        let stale = format!("`{stale}`");
        assert!(matches!(&result, Err(Error::PlanStale { what }) if *what == stale), "{result:?}");
        // The next case begins without that admin.
        house.store().sql(&format!("DELETE FROM users WHERE username = '{admin}'"));
    }
    assert_eq!(house.user("BOB").set_state, State::Active);
}

#[test]
fn a_file_that_changes_meanwhile_is_noticed() {
    use std::cell::RefCell;
    use std::io::{Read, Seek, SeekFrom};
    use std::sync::{Arc, Mutex};

    #[derive(Clone)]
    struct Shared(Arc<Mutex<Vec<u8>>>, u64);
    impl Read for Shared {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let bytes = self.0.lock().unwrap();
            let start = usize::try_from(self.1).unwrap().min(bytes.len());
            let count = buffer.len().min(bytes.len() - start);
            buffer[..count].copy_from_slice(&bytes[start..start + count]);
            self.1 += count as u64;
            Ok(count)
        }
    }
    impl Seek for Shared {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            let SeekFrom::Start(at) = to else { panic!("{to:?}") };
            self.1 = at;
            Ok(at)
        }
    }

    let mut house = house();
    let old = "username,full_name,roles\na,A,agent\n";
    for new in [
        "username,full_name,roles\nb,A,agent\n",
        "username,full_name,roles\na,A,agent\nb,B,agent\n",
        "username,full_name,roles\n",
        "",
    ] {
        let bytes = Arc::new(Mutex::new(old.as_bytes().to_vec()));
        let file = Shared(Arc::clone(&bytes), 0);
        let act = RefCell::new(Some(new));
        let change = move || *bytes.lock().unwrap() = act.take().unwrap().as_bytes().to_vec();
        let mut notes = Notes { when_read: Some(Box::new(change)), ..Notes::default() };
        let before = house.store().dump();
        let result = house.import(file, &without_passwords(), &mut notes);
        assert!(
            matches!(&result, Err(Error::PlanStale { what }) if what == "the file"),
            "{result:?}"
        );
        assert_eq!(house.store().dump(), before);
    }
}

/// Where many are created the indexes are built anew: they are the same, and so is the layout.
#[test]
fn many_users_leave_the_layout_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.projects_named(&["hu-support"]);
    let many = (0..20_000).map(|number| format!("u{number},N,agent,hu-support\n"));
    let file = format!("username,full_name,roles,projects\n{}", many.collect::<Vec<_>>().concat());
    let mut notes = Notes { stop_at: Some(ImportPhase::Writing), ..Notes::default() };
    let stopped = house.import(Cursor::new(file.clone()), &without_passwords(), &mut notes);
    assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
    drop(house);
    let mut house = TestDirectory::on(&path);
    let (done, _) = import(&mut house, &file, &without_passwords());
    assert_eq!(done.unwrap().created, 20_000);
    drop(house);
    // Opening compares the layout with the one that the migrations make.
    let house = TestDirectory::on(&path);
    let mut findings = Vec::new();
    house.store().check_content(|finding| findings.push(finding)).unwrap();
    assert_eq!(findings, [""; 0]);
    let mut agents = 0;
    house
        .project_agents(&of("hu-support"), |_| {
            agents += 1;
            true
        })
        .unwrap();
    assert_eq!(agents, 20_000);
}

#[test]
fn whoever_looks_on_can_stop_it() {
    let mut house = house();
    let many = (0..700).map(|number| format!("u{number},N,agent\n")).collect::<Vec<_>>().concat();
    let file = format!("username,full_name,roles\n{many}");
    for phase in [ImportPhase::Reading, ImportPhase::Writing] {
        let before = house.store().dump();
        let mut notes = Notes { stop_at: Some(phase), ..Notes::default() };
        let result = house.import(Cursor::new(file.clone()), &without_passwords(), &mut notes);
        assert!(matches!(result, Err(Error::Stopped)), "{result:?}");
        assert_eq!(house.store().dump(), before);
    }
}

#[test]
fn each_row_is_a_change_of_its_own() {
    let mut house = house();
    house.agent("bob", &[]);
    let file = "username,full_name,roles,projects\n\
                a,A,agent,hu-support\nb,,agent,\nbob,Bob,agent,\nc,C,agent,nowhere\nd,D,agent,\n";
    let options =
        ImportOptions { passwords: ImportPasswords::Generate, ..ImportOptions::default() };
    let mut notes = Notes::default();
    let mut answers = Vec::new();
    let result = house.import_each(Cursor::new(file), &options, &mut notes, |watch, answer| {
        assert!(!watch.should_stop());
        answers.push(match answer {
            RowOutcome::Done { item, user, password } => {
                format!("{} {} {}", item.action.as_str(), user.username, password.is_some())
            }
            RowOutcome::Refused { row_errors, raw } => {
                let cell = String::from_utf8_lossy(&raw.cells[0]).into_owned();
                format!("{cell}: {}", row_errors[0].error)
            }
        });
        Ok(())
    });
    assert!(matches!(result, Err(Error::RowsRefused { count: 3 })), "{result:?}");
    insta::assert_snapshot!(answers.join("\n"), @r"
    create a true
    b: `b` is new and has no full_name
    bob: the user `bob` already exists
    c: there is no project `nowhere`
    create d true
    ");
    assert_eq!((notes.issued.len(), notes.settled), (2, 2));
    assert!(house.verify_audit(None).unwrap().broken.is_none());
}

/// Lines are counted as an editor counts them, whatever they end with.
#[test]
fn lines_are_counted_as_an_editor_does() {
    let mut house = house();
    let file = "username,full_name,roles\na,A,x\nb,B,x\n\n\nc,\"C\nC\",x\nd,D,x\n";
    let expected = ["2 ", "3 ", "6 ", "8 "];
    for end in ["\n", "\r\n", "\r"] {
        let found = row_errors(&mut house, &file.replace('\n', end), &without_passwords());
        let roles: Vec<&String> =
            found.iter().filter(|row_error| row_error.contains("roles: ")).collect();
        assert_eq!(roles.len(), 4, "{end:?}: {found:?}");
        for (row_error, line) in roles.iter().zip(expected) {
            assert!(row_error.starts_with(line), "{end:?}: {found:?}");
        }
    }
    let found = row_errors(&mut house, "sep=;\r\nusername;roles\r\na;x\r\n", &without_passwords());
    assert!(found[0].starts_with("3 roles"), "{found:?}");
}

/// No row is swallowed by another, in a column without a meaning neither.
#[test]
fn a_quote_that_is_open_swallows_nobody() {
    let mut house = house();
    let options = ImportOptions {
        mapping: ImportMapping {
            columns: vec![("notes".to_owned(), None)],
            ..ImportMapping::default()
        },
        ..without_passwords()
    };
    let file = "username,full_name,roles,notes\na,A,agent,\"tall\nb,B,agent,\"short\"\n";
    let found = row_errors(&mut house, file, &options);
    assert_eq!(found, ["3: a cell goes on after its closing quote"]);
    let found = row_errors(&mut house, "username,full_name\na,\"Ann\"Lee\n", &without_passwords());
    assert_eq!(found, ["2: a cell goes on after its closing quote"]);
    let file = "username,full_name,roles\na,A \"the\" A,agent\n\0end of the roster\nb,B,agent\n";
    assert_eq!(
        row_errors(&mut house, file, &without_passwords()),
        ["3: the row contains a NUL byte"]
    );
    imported(&mut house, &file.replace("\0end of the roster\n", ""), &without_passwords());
    assert_eq!(house.user("a").full_name.as_str(), "A \"the\" A");
}

#[test]
fn slips_are_no_changes() {
    let mut house = house();
    imported(&mut house, WHOLE, &without_passwords());
    let file = "username,projects,teams,skills\neva,-hu-suport,;,-biling\n";
    let found = row_errors(&mut house, file, &updating());
    insta::assert_snapshot!(found.join("\n"), @r"
    2 teams: the list is empty
    2 skills: there is no skill `biling`
    2 projects: there is no project `hu-suport`
    ");
    let mapping =
        ImportMapping { columns: vec![("Phone1".to_owned(), None)], ..ImportMapping::default() };
    let options = ImportOptions { mapping, ..updating() };
    assert_eq!(row_errors(&mut house, WHOLE, &options), ["1 Phone1: there is no column `Phone1`"]);
    let array = "[{\"username\": \"a\"}]";
    assert_eq!(row_errors(&mut house, array, &updating()), ["1: the file is a JSON array"]);
    let many = (0..2_000).map(|number| format!("t{number}")).collect::<Vec<_>>().join(";");
    let file = format!("username,teams\neva,{many}\n");
    let found = row_errors(&mut house, &file, &updating());
    assert_eq!(found, ["2 teams: the list has more than 1000 items"]);
}

/// What a spreadsheet made of a number is never taken for a national one.
#[test]
fn damaged_numbers_are_no_national_ones() {
    let mapping = ImportMapping { phone_region: Some("DE".to_owned()), ..ImportMapping::default() };
    let read = |text: &str| {
        let mut edits = RowEdits::default();
        let value = mapping::cell(text).unwrap();
        mapping.apply(&mut edits, ImportField::Phone, &value).map_err(|flaw| flaw.invalid)?;
        match edits.unsettled(None).pop() {
            Some(_) => Err(Invalid::new(Rule::Phone, "it is in doubt")),
            None => Ok(edits.phone),
        }
    };
    for text in ["36301234567", "491701234567.0", "1701234567.0", "4.92E+11", "4,92e11"] {
        assert!(read(text).is_err(), "{text}");
    }
    for text in ["0170 1234567", "1701234567", "030/123456", "+36301234567", "'+36301234567"] {
        assert!(read(text).is_ok(), "{text}: {:?}", read(text));
    }
}

/// What stands before a row that ends the file is done, and that row is answered too.
#[test]
fn the_last_row_is_answered_too() {
    let mut house = house();
    let file = "username,full_name,roles\na,A,agent\nb,B,agent\nc,\"C,agent\n";
    let mut answers = 0;
    let result = house.import_each(
        Cursor::new(file),
        &without_passwords(),
        &mut Notes::default(),
        |_, answer| {
            answers += 1;
            assert_eq!(matches!(answer, RowOutcome::Refused { .. }), answers == 3);
            Ok(())
        },
    );
    assert!(matches!(result, Err(Error::RowsRefused { count: 1 })), "{result:?}");
    assert_eq!(answers, 3);
    house.user("b");
}

proptest! {
    /// Whatever a file holds, it is read to its end or refused.
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for format in [None, Some(ImportFormat::Csv), Some(ImportFormat::Jsonl)] {
            let mut house = TestDirectory::new();
            let options = ImportOptions { form: in_format(format), ..without_passwords() };
            let _ = house.import(Cursor::new(bytes.clone()), &options, &mut Notes::default());
        }
    }

    /// So is anything that looks like a row.
    #[test]
    fn any_row_is_survived(row in "[a-z\",;+:'-]{0,40}", json in "[{}\\[\\]\",:a-z0-9]{0,40}") {
        let mut house = TestDirectory::new();
        let file = format!("username,full_name,roles,teams,projects\n{row}\n");
        let _ = import(&mut house, &file, &updating());
        let file = format!("{{\"username\": \"a\", \"teams\": {json}\n");
        let _ = import(&mut house, &file, &updating());
    }
}
