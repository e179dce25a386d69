//! Everything about one user at one moment.

use crate::directory::fixture::{
    GOOD_PASSWORD, TEST_START, TestDirectory, generated, new_user, of, secret, typed,
};
use crate::directory::{Error, NewPassword, UserRecord};
use crate::model::{CredentialKind, Duration, Role, Timestamp};

fn record(house: &TestDirectory) -> UserRecord {
    house.user_record(&of("james"), 3).unwrap()
}

fn sessions(house: &TestDirectory) -> (i64, Option<Timestamp>) {
    let record = record(house);
    (record.sessions, record.session_used_at)
}

/// A session of James, opened at this moment.
fn signs_in(house: &mut TestDirectory) {
    let mut proof = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
    house.open_session(&mut proof, None).unwrap();
}

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&new_user("james", &[Role::Agent]), Some(&password)).unwrap();
    house
}

/// Only those count that would still let them in.
#[test]
fn sessions_are_those_that_are_open() {
    let mut house = house();
    let minutes = |count: i64| TEST_START.plus(Duration::from_seconds(60 * count));
    assert_eq!(sessions(&house), (0, None));
    signs_in(&mut house);
    house.clock.set(minutes(50));
    signs_in(&mut house);
    assert_eq!(sessions(&house), (2, Some(minutes(50))));
    // The first has lain idle for an hour.
    house.clock.set(minutes(60));
    assert_eq!(sessions(&house), (1, Some(minutes(50))));
    house.clock.set(minutes(110));
    assert_eq!(sessions(&house), (0, None));
    // A clock that was set back revives none, and what comes from the future is none.
    house.clock.set(minutes(40));
    assert_eq!(sessions(&house).0, 1);
    house.clock.set(TEST_START.minus(Duration::from_seconds(61)));
    assert_eq!(sessions(&house), (0, None));
    house.clock.set(minutes(51));
    house.set_passwords(&[of("james")], &generated()).unwrap();
    assert_eq!(sessions(&house), (0, None));
}

/// Newest first and no more than were asked for; signing in changes nothing.
#[test]
fn changes_are_the_last_that_were_made_to_him() {
    let mut house = house();
    house.agent("mary", &[]);
    let actions = |house: &TestDirectory| -> Vec<String> {
        record(house).changes.unwrap().into_iter().map(|change| change.action).collect()
    };
    assert_eq!(actions(&house), ["user.create"]);
    signs_in(&mut house);
    house.expire_passwords(&[of("james")]).unwrap();
    house.set_passwords(&[of("mary")], &generated()).unwrap();
    assert_eq!(actions(&house), ["password.expire", "user.create"]);
    house.set_passwords(&[of("james")], &generated()).unwrap();
    house.rename_user(&of("james"), &of("jim")).unwrap();
    house.agent("james", &[]);
    house.rename_user(&of("james"), &of("jake")).unwrap();
    house.rename_user(&of("jim"), &of("james")).unwrap();
    assert_eq!(actions(&house), ["user.rename", "user.rename", "password.reset"]);
    assert!(house.user_record(&of("james"), 0).unwrap().changes.unwrap().is_empty());
}

#[test]
fn the_user_has_to_be_there() {
    let error = house().user_record(&of("jame"), 3).unwrap_err();
    assert!(
        matches!(&error, Error::NotFound { nearest: Some(near), .. } if near == "james"),
        "{error}"
    );
}
