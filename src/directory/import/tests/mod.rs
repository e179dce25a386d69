//! Rosters in a store in memory: what a file makes of it, and what refuses a file.

mod files;
mod meanwhile;
mod passwords;
mod per_row;
mod rules;

use std::io::{self, Cursor};

use serde_json::Value;

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

/// A row leaves the same trace as a user who is created by a command.
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

/// Whatever a user has: the quick text is that of the values.
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
    assert!(c.projects.is_empty(), "a requester takes no calls");
    let nobody = ImportOptions { like: Some(of("nobody")), ..updating() };
    let refused = house.refused(|house| import(house, file, &nobody).0);
    assert!(matches!(refused, Error::NotFound { .. }));
}
