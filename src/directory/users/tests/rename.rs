//! Renaming users.

use serde_json::json;

use crate::directory::fixture::{
    GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_START, TestDirectory, all, generated, new_user, of,
    requests, secret, typed,
};
use crate::directory::{EntityKind, Error, NewPassword};
use crate::model::{AuditFilter, CredentialKind, NewUser, Role, UserFilter, Username};

fn rename(house: &mut TestDirectory, from: &str, to: &str) -> Result<bool, Error> {
    house.rename_user(&of(from), &of(to)).map(|renamed| renamed.changed)
}

/// James, who chose their password themselves and has everything that a user can have.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu"]).teams(&["voice"]).skills(&["dutch"]);
    let james = NewUser {
        teams: all(&["voice"]),
        skills: all(&["dutch:2"]),
        projects: requests(&["hu:7"]),
        ..new_user("james", &[Role::Agent])
    };
    house.create_user(&james, Some(&typed(GOOD_PASSWORD))).unwrap();
    let proof = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
    house.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)).unwrap();
    house
}

#[test]
fn everything_but_the_name_stays() {
    let mut house = house();
    let before = house.user("james");
    house.clock.advance(of("1h"));
    let (renamed, log) = house.logged(|house| house.rename_user(&of("james"), &of("jim")));
    let after = house.user("jim");
    assert!(renamed.changed && renamed.twin.is_none());
    assert_eq!(renamed.user, after);
    assert_eq!(after.updated_at, TEST_START.plus(of("1h")));
    let mut expected = before.clone();
    expected.username = of("jim");
    expected.updated_at = after.updated_at;
    // They set their password themselves, and that is still what its record says.
    expected.credential.as_mut().unwrap().set_by = "jim".to_owned();
    assert_eq!(after, expected);
    assert_eq!(log.len(), 1);
    assert_eq!((&log[0]["action"], &log[0]["subject"]), (&json!("user.rename"), &json!("jim")));
    assert_eq!(log[0]["subject_id"], 1);
    assert_eq!(
        (&log[0]["before"]["username"], &log[0]["after"]["username"]),
        (&json!("james"), &json!("jim"))
    );
    assert_eq!(log[0]["after"]["password"]["set_by"], "jim");
    assert!(house.verify(&of("jim"), &secret(OTHER_GOOD_PASSWORD)).is_ok());
    let error = house.verify(&of("james"), &secret(OTHER_GOOD_PASSWORD)).unwrap_err();
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
}

/// What somebody else set goes on saying who it was.
#[test]
fn who_set_a_password_stays_where_it_was_somebody_else() {
    let mut house = TestDirectory::new();
    house.create_user(&new_user("a", &[Role::Agent]), Some(&generated())).unwrap();
    let (_, log) = house.logged(|house| rename(house, "a", "b"));
    assert_eq!(house.user("b").credential.unwrap().set_by, "os:root");
    assert_eq!(log[0]["after"], json!({"username": "b"}));
}

#[test]
fn a_search_finds_the_new_name_alone() {
    let mut house = house();
    rename(&mut house, "james", "zebulon").unwrap();
    let found = |text: &str| {
        let filter = UserFilter { searches: vec![text.into()], ..UserFilter::default() };
        house.count_users(&filter).unwrap()
    };
    assert_eq!((found("james"), found("zebul")), (0, 1));
}

/// The database decides, and the old name is free again.
#[test]
fn a_name_that_is_taken_is_refused() {
    let mut house = house();
    house.agent("mary", &[]);
    let error = house.refused(|house| rename(house, "james", "mary"));
    assert!(
        matches!(&error, Error::Exists { object: EntityKind::User, name } if name == "mary"),
        "{error}"
    );
    rename(&mut house, "james", "jim").unwrap();
    assert_eq!(house.agent("james", &[]).id.0, 3);
    let error = house.refused(|house| rename(house, "jim", "james"));
    assert!(matches!(error, Error::Exists { .. }), "{error}");
}

#[test]
fn the_same_name_is_already_so_and_an_unknown_one_is_not_there() {
    let mut house = house();
    assert!(!house.untouched(|house| rename(house, "james", "james")));
    let error = house.refused(|house| rename(house, "jmaes", "jim"));
    assert!(
        matches!(&error, Error::NotFound { nearest: Some(near), .. } if near == "james"),
        "{error}"
    );
}

/// R53: of two names that differ in case alone whoever makes the second is told.
#[test]
fn a_case_twin_is_named_and_nobody_is_their_own() {
    let mut house = house();
    house.agent("mary", &[]);
    let twin = |house: &mut TestDirectory, from: &str, to: &str| {
        house.rename_user(&of(from), &of(to)).unwrap().twin
    };
    assert_eq!(twin(&mut house, "james", "James"), None);
    assert_eq!(twin(&mut house, "James", "Mary"), Some(of("mary")));
}

/// Whatever was done to them under any of their names is found by each of them.
#[test]
fn the_log_follows_him_through_his_names() {
    let mut house = house();
    house.agent("mary", &[]);
    rename(&mut house, "james", "jim").unwrap();
    house.set_passwords(&[of("jim")], &generated()).unwrap();
    rename(&mut house, "jim", "jimmy").unwrap();
    let actions = |name: &str| {
        let mut actions = Vec::new();
        house
            .audit(&AuditFilter::default(), Some(name), |record| {
                actions.push(record.action);
                true
            })
            .unwrap();
        actions
    };
    let all = actions("jimmy");
    assert_eq!(
        all,
        [
            "user.rename",
            "password.reset",
            "user.rename",
            "password.change",
            "sign-in",
            "user.create"
        ]
    );
    assert_eq!((actions("james"), actions("jim")), (all.clone(), all));
}

/// A password that is being changed while its user gets another name is not changed under it.
#[test]
fn a_user_renamed_while_they_type_begins_again() {
    let mut house = house();
    let proof = house.verify(&of("james"), &secret(OTHER_GOOD_PASSWORD)).unwrap();
    rename(&mut house, "james", "jim").unwrap();
    let error = house.refused(|house| house.change_own(&proof, &secret(GOOD_PASSWORD)));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
}

/// A name that goes to somebody else takes no right along.
#[test]
fn the_number_counts_and_not_the_name() {
    let mut house = TestDirectory::new();
    let permanent = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&new_user("boss", &[Role::Admin]), Some(&permanent)).unwrap();
    let boss: Username = of("boss");
    let token = {
        let mut proof = house.verify(&boss, &secret(GOOD_PASSWORD)).unwrap();
        house.open_session(&mut proof, None).unwrap()
    };
    rename(&mut house, "boss", "chief").unwrap();
    house.agent("boss", &[]);
    let hash = crate::directory::actor::SessionToken::hash(&token);
    let session = house.store().read().unwrap().session(&hash).unwrap().unwrap();
    assert_eq!(session.user, house.user("chief").id);
}
