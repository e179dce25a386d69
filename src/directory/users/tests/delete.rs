//! Deleting users.

use serde_json::json;

use crate::directory::fixture::{
    GOOD_PASSWORD, TestDirectory, all, generated, new_user, of, requests, secret, typed,
};
use crate::directory::{Error, LabelKind, NewPassword, UserDeletion};
use crate::model::{AuditFilter, CredentialKind, NewUser, Role, State, Username};

fn delete(house: &mut TestDirectory, names: &[&str]) -> Result<Vec<UserDeletion>, Error> {
    house.delete_users(&all(names))
}

/// James, with places, a session and a failure; the places are there for others too.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["en", "hu"]).teams(&["voice"]).skills(&["dutch"]);
    let permanent = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    let james = NewUser {
        teams: all(&["voice"]),
        skills: all(&["dutch:2"]),
        projects: requests(&["en:30", "hu"]),
        ..new_user("james", &[Role::Agent])
    };
    house.create_user(&james, Some(&permanent)).unwrap();
    house.agent("mary", &["en"]);
    let james: Username = of("james");
    let mut proof = house.verify(&james, &secret(GOOD_PASSWORD)).unwrap();
    house.open_session(&mut proof, None).unwrap();
    house.verify(&james, &secret("wrong")).unwrap_err();
    house
}

/// Nothing of them is left but what the log tells, and the places are still there.
#[test]
fn everything_of_his_goes_but_the_log() {
    let mut house = house();
    let tables = ["user_teams", "user_skills", "assignments", "sessions", "sign_in_failures"];
    let rows = |house: &TestDirectory| {
        tables.map(|table| {
            house.store().number(&format!("SELECT count(*) FROM {table} WHERE user_id = 1"))
        })
    };
    assert!(rows(&house).iter().all(|count| *count > 0), "{:?}", rows(&house));
    let before = house.user("james");
    let (deleted, log) = house.logged(|house| delete(house, &["james"]));
    assert_eq!(rows(&house), [0; 5]);
    assert_eq!(deleted[0].user, before);
    assert_eq!(log.len(), 1);
    assert_eq!((&log[0]["action"], &log[0]["subject"]), (&json!("user.delete"), &json!("james")));
    assert_eq!((&log[0]["subject_id"], &log[0]["after"]), (&json!(1), &json!(null)));
    assert_eq!(log[0]["before"]["full_name"], "Somebody");
    assert_eq!(log[0]["before"]["projects"][0], json!({"project": "en", "weight": 30}));
    assert_eq!(log[0]["before"]["password"]["kind"], "permanent");
    let error = house.find_user(&of("james")).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(house.find_label(LabelKind::Team, "voice").unwrap().users, 0);
    assert_eq!(house.find_project(&of("en")).unwrap().users, 1);

    let mut actions = Vec::new();
    house
        .audit(&AuditFilter::default(), Some("james"), |record| {
            actions.push(record.action);
            true
        })
        .unwrap();
    assert_eq!(actions, ["user.delete", "sign-in", "sign-in", "sign-in", "user.create"]);
}

#[test]
fn projects_learn_what_they_lose() {
    let mut house = house();
    let impact = delete(&mut house, &["james"]).unwrap().remove(0).impact;
    assert_eq!(impact.unattended, all(&["hu"]));
    let shares: Vec<_> =
        impact.shares.iter().map(|one| (one.project.as_str(), one.before, one.after)).collect();
    assert_eq!(shares, [("en", 0.75, 0.0), ("hu", 0.25, 0.0)]);
}

/// Not even the highest number is given again, nor where several go at once.
#[test]
fn the_number_of_a_deleted_user_is_never_given_again() {
    let mut house = house();
    delete(&mut house, &["mary"]).unwrap();
    assert_eq!(house.agent("mary", &[]).id.0, 3);
    house.agent("a", &[]);
    delete(&mut house, &["a", "mary"]).unwrap();
    assert_eq!(house.agent("a", &[]).id.0, 5);
    delete(&mut house, &["james"]).unwrap();
    assert_eq!(house.agent("james", &[]).id.0, 6);
}

#[test]
fn all_of_them_or_none() {
    let mut house = house();
    let error = house.refused(|house| delete(house, &["james", "marj"]));
    assert!(
        matches!(&error, Error::NotFound { nearest: Some(near), .. } if near == "mary"),
        "{error}"
    );
    // Whoever is named twice is deleted once.
    let (deleted, log) = house.logged(|house| delete(house, &["mary", "james", "mary"]));
    assert_eq!((deleted.len(), log.len()), (2, 2));
    assert!(house.untouched(|house| delete(house, &[])).is_empty());
}

/// R23: somebody who can act is left, whichever way the others go.
#[test]
fn the_last_admin_stays() {
    let mut house = TestDirectory::new();
    house.admin("boss");
    house.admin("chief");
    house.create_user(&new_user("idle", &[Role::Admin]), None).unwrap();
    let error = house.refused(|house| delete(house, &["boss", "chief"]));
    assert!(
        matches!(&error, Error::LastAdmin { username } if username.as_str() == "chief"),
        "{error}"
    );
    delete(&mut house, &["boss", "idle"]).unwrap();
    house.refused(|house| delete(house, &["chief"]));
    house.set_passwords(&[of("chief")], &generated()).unwrap();
    house.refused(|house| delete(house, &["chief"]));
    // Nobody who cannot act counts.
    house.admin("away");
    house.set_user_states(&[of("away")], State::Inactive).unwrap();
    house.refused(|house| delete(house, &["chief"]));
    delete(&mut house, &["away"]).unwrap();
}
