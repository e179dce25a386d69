//! Signing in: what is counted, what is written, and who is turned away.

use serde_json::{Value, json};

use super::*;
use crate::directory::fixture::{
    GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TestDirectory, generated, new_user, of, secret, typed,
};
use crate::directory::{Error, NewPassword};
use crate::model::{AuditFilter, CredentialKind, Duration, Role, State, UserId};
use crate::store::{FailureCounter, LockedCaller};

const UID: u32 = 1_000;

/// A house with James and their own password, which an account enters that is not trusted.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    let own = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    for name in ["james", "mary"] {
        house.create_user(&new_user(name, &[Role::Agent]), Some(&own)).unwrap();
    }
    house.enters(UID);
    house
}

/// Signs in whoever has that password.
fn signs_in(house: &mut TestDirectory, name: &str, password: &str) -> Result<(), Error> {
    let mut verified = house.verify_for_sign_in(&of(name), &secret(password))?;
    house.authenticated(&mut verified, None)
}

fn failures(house: &TestDirectory, counter: FailureCounter) -> u32 {
    house.store().read().unwrap().failures(counter).unwrap().count
}

/// The outcome, the subject and what is said of each entry about a sign-in.
fn entries(house: &TestDirectory) -> Vec<(Value, Value, Value)> {
    let log = house.store().log().into_iter();
    log.filter(|entry| entry["action"] == "sign-in")
        .map(|entry| (entry["outcome"].clone(), entry["subject"].clone(), entry["after"].clone()))
        .collect()
}

/// R66: twenty tries at a name that nobody has come to the same counts, marks and entries as twenty
/// at a user's: ten are charged, and ten turned away.
#[test]
fn a_name_that_nobody_has_is_charged_as_a_users() {
    // What stands in the store that has to do with signing in, without who it is about.
    let rows = |house: &TestDirectory| -> Vec<String> {
        let tables = [
            "SELECT os_uid || ' ' || failures || ' ' || last_at || ' ' || not_before \
             FROM sign_in_failures ORDER BY 1",
            "SELECT os_uid || ' ' || failures || ' ' || not_before FROM sign_in_callers ORDER BY 1",
            "SELECT '' || count(*) FROM sign_in_attempts",
            "SELECT action || ' ' || outcome FROM audit WHERE action = 'sign-in'",
        ];
        tables.iter().flat_map(|query| house.store().texts(query)).collect()
    };
    let told = |name: &str| {
        let mut house = house();
        house.enters(0);
        house.set_user_states(&[of("mary")], State::Inactive).unwrap();
        house.enters(UID);
        for _ in 0..20 {
            let error = signs_in(&mut house, name, "a guess, and a long one").unwrap_err();
            assert!(matches!(error, Error::AuthenticationFailed), "{error}");
        }
        assert_eq!(failures(&house, FailureCounter::Caller(UID)), 10, "{name}");
        assert_eq!(entries(&house).len(), 10, "{name}");
        rows(&house)
    };
    let known = told("james");
    assert_eq!(told("nobody"), known);
    assert_eq!(told("mary"), known, "an inactive one");
}

/// R66: names that nobody has are told apart, or the failures at one would close the others; a user
/// who gets that name begins anew.
#[test]
fn each_name_that_nobody_has_is_counted_by_itself() {
    let mut house = house().rule(|policy| policy.sign_in.max_failures_per_caller = 1_000);
    for _ in 0..10 {
        signs_in(&mut house, "nobody", "wrong").unwrap_err();
    }
    let counted = entries(&house).len();
    signs_in(&mut house, "nobody", "wrong").unwrap_err();
    assert_eq!(entries(&house).len(), counted, "turned away");
    for name in ["Nobody", "nobodies", "somebody"] {
        signs_in(&mut house, name, "wrong").unwrap_err();
    }
    assert_eq!(entries(&house).len(), counted + 3);
    house.enters(0);
    let own = NewPassword { kind: CredentialKind::Permanent, ..typed(OTHER_GOOD_PASSWORD) };
    house.create_user(&new_user("nobody", &[Role::Agent]), Some(&own)).unwrap();
    house.enters(UID);
    signs_in(&mut house, "nobody", OTHER_GOOD_PASSWORD).unwrap();
}

/// R60, R66: no name that nobody has is kept, nor a hash that it could be found out from.
#[test]
fn of_a_name_that_nobody_has_sixteen_bits_are_kept() {
    let mut house = house();
    for number in 0..10 {
        let typed = format!("my-password-{number}");
        signs_in(&mut house, &typed, "wrong").unwrap_err();
        assert!(!house.store().dump().iter().any(|row| row.contains(&typed)));
    }
    let accounts = "SELECT min(user_id) FROM sign_in_failures";
    assert!((-65_536..0).contains(&house.store().number(accounts)));
}

/// R64: who is turned away changes nothing, whatever turns them away.
#[test]
fn who_is_turned_away_writes_nothing() {
    let mut house = house();
    for name in ["james", "nobody"] {
        for _ in 0..10 {
            signs_in(&mut house, name, "wrong").unwrap_err();
        }
        for password in ["wrong", GOOD_PASSWORD] {
            let error = house.refused(|house| signs_in(house, name, password));
            assert!(matches!(error, Error::AuthenticationFailed), "{error}");
            house.refused(|house| house.verify(&of(name), &secret(password)));
        }
    }
    // At all names, after twenty failures.
    let error = house.refused(|house| signs_in(house, "mary", GOOD_PASSWORD));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
    let mut house = self::house().rule(|policy| policy.sign_in.max_failures = 0);
    house.refused(|house| signs_in(house, "james", GOOD_PASSWORD));
}

/// R65: where the process ends between the charge and the entry, the next one writes that; nothing
/// is charged that is not in the log.
#[test]
fn what_is_charged_is_in_the_log() {
    let mut house = house();
    for name in ["james", "james", "nobody"] {
        house.charge(&of(name)).unwrap();
    }
    assert_eq!(failures(&house, FailureCounter::Caller(UID)), 3);
    assert_eq!(entries(&house), []);
    // A process that is still there may be about to write its own.
    house.clock.advance(Duration::from_seconds(59));
    signs_in(&mut house, "mary", "wrong").unwrap_err();
    assert_eq!(entries(&house).len(), 1);
    house.clock.advance(Duration::from_seconds(1));
    house.enters(0);
    let (_, log) = house.logged(|house| {
        let mut told = Vec::new();
        house.audit(&AuditFilter::default(), None, |entry| {
            told.push(entry.seq);
            true
        })?;
        Ok(told)
    });
    let unfinished = json!({"reason": "unfinished", "tried_at": "2026-11-21T09:00:00Z"});
    assert_eq!(log.len(), 3, "who reads the log reads all of it");
    for (entry, subject) in log.iter().zip([json!("james"), json!("james"), Value::Null]) {
        assert_eq!((&entry["outcome"], &entry["subject"]), (&json!("failed"), &subject));
        assert_eq!((&entry["after"], &entry["os_uid"]), (&unfinished, &json!(UID)));
        assert_eq!(entry["subject_id"].is_null(), subject.is_null());
    }
    house.untouched(|house| house.audit(&AuditFilter::default(), None, |_| true));
    assert_eq!(entries(&house).len(), 4);
    assert_eq!(failures(&house, FailureCounter::Caller(UID)), 4);
}

/// R65: of somebody who has gone meanwhile, and by whoever signs in next.
#[test]
fn the_next_who_signs_in_writes_what_is_missing() {
    let mut house = house();
    house.charge(&of("james")).unwrap();
    house.charge(&of("mary")).unwrap();
    house.enters(0);
    house.delete_users(&[of("james")]).unwrap();
    house.rename_user(&of("mary"), &of("maria")).unwrap();
    house.clock.advance(Duration::from_seconds(60));
    signs_in(&mut house, "maria", GOOD_PASSWORD).unwrap();
    let said: Vec<(Value, Value)> =
        entries(&house).into_iter().map(|(outcome, subject, _)| (outcome, subject)).collect();
    let failed = json!("failed");
    assert_eq!(
        said,
        [(failed.clone(), Value::Null), (failed, json!("maria")), (json!("done"), json!("maria"))]
    );
}

/// R65: a process that was stopped in between finds its entry written, and writes no second one but
/// for a success.
#[test]
fn a_try_that_took_too_long_fails_once() {
    let mut house = house();
    let Attempt { user, mark, .. } = house.charge(&of("james")).unwrap();
    house.clock.advance(Duration::from_seconds(60));
    house.complete_log_if_free().unwrap();
    assert_eq!(entries(&house).len(), 1);
    house.untouched(|house| house.record_failure(mark, user.as_ref(), "wrong password"));
    let mut verified = house.verify_for_sign_in(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
    house.clock.advance(Duration::from_seconds(60));
    house.complete_log_if_free().unwrap();
    house.authenticated(&mut verified, None).unwrap();
    let outcomes: Vec<Value> = entries(&house).into_iter().map(|(outcome, ..)| outcome).collect();
    assert_eq!(outcomes, ["failed", "failed", "done"]);
}

/// R65: the right password forgives nothing before all of the sign-in is committed, and whoever
/// stops there has paid for the try and is in the log.
#[test]
fn a_right_password_alone_forgives_nothing() {
    let mut house = house();
    for _ in 0..9 {
        signs_in(&mut house, "james", "wrong").unwrap_err();
    }
    drop(house.verify_for_sign_in(&of("james"), &secret(GOOD_PASSWORD)).unwrap());
    assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), UID)), 10);
    let error = signs_in(&mut house, "james", GOOD_PASSWORD).unwrap_err();
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
    house.clock.advance(Duration::from_seconds(15 * 60));
    signs_in(&mut house, "james", GOOD_PASSWORD).unwrap();
    assert_eq!(entries(&house).len(), 11, "nine, the one that was not finished, and the last");
    for counter in [FailureCounter::Pair(UserId(1), UID), FailureCounter::Account(UserId(1))] {
        assert_eq!(failures(&house, counter), 0);
    }
    assert_eq!(failures(&house, FailureCounter::Caller(UID)), 10, "that forgives no other account");
}

/// R65: a temporary password that opens nothing leaves its entry, once, and is charged to nobody.
#[test]
fn a_temporary_password_leaves_its_entry() {
    let mut house = house();
    house.enters(0);
    let set = house.set_passwords(&[of("james")], &generated()).unwrap().remove(0);
    let told = set.generated.unwrap();
    house.enters(UID);
    let mut verified = house.verify_for_sign_in(&of("james"), &told).unwrap();
    let error = house.authenticated(&mut verified, None).unwrap_err();
    assert!(matches!(error, Error::PasswordChangeRequired), "{error}");
    let mut verified = house.verify_for_sign_in(&of("james"), &told).unwrap();
    house.record_proof(&mut verified).unwrap();
    assert_eq!(failures(&house, FailureCounter::Caller(UID)), 0);
    let mut verified = house.change_own(&verified, &secret(OTHER_GOOD_PASSWORD)).unwrap().verified;
    house.authenticated(&mut verified, None).unwrap();
    let said: Vec<Value> = entries(&house).into_iter().map(|(_, _, after)| after).collect();
    let kinds = [
        json!({"reason": "temporary password"}),
        json!({"kind": "password change"}),
        json!({"kind": "check"}),
    ];
    assert_eq!(said, kinds);
    house.clock.advance(Duration::from_seconds(60));
    house.untouched(|house| house.complete_log_if_free());
}

/// R67: so many right passwords in a time, and the caller waits for its end; nothing is looked at
/// and nothing written meanwhile.
#[test]
fn a_caller_signs_in_so_often_and_no_more() {
    let mut house = house().rule(|policy| policy.sign_in.max_successes_per_caller = of("5/1m"));
    for turn in 0..5 {
        if turn % 2 == 0 {
            signs_in(&mut house, "james", GOOD_PASSWORD).unwrap();
        } else {
            house.verify(&of("mary"), &secret(GOOD_PASSWORD)).unwrap();
        }
        signs_in(&mut house, "james", "a failure counts for something else").unwrap_err();
        house.clock.advance(Duration::from_seconds(2));
    }
    for (name, password) in [("james", GOOD_PASSWORD), ("james", "wrong"), ("nobody", "wrong")] {
        let error = house.refused(|house| signs_in(house, name, password));
        assert!(
            matches!(error, Error::TooManySignIns { wait, .. } if wait == Duration::from_seconds(50)),
            "{error}"
        );
    }
    // Another caller, and those who sign in for many.
    for uid in [UID + 1, 0] {
        house.enters(uid);
        signs_in(&mut house, "james", GOOD_PASSWORD).unwrap();
    }
    let mut house = house.rule(|policy| policy.sign_in.trusted_callers = vec![UID + 2]);
    house.enters(UID + 2);
    for _ in 0..10 {
        signs_in(&mut house, "james", GOOD_PASSWORD).unwrap();
    }
    house.enters(UID);
    // A clock that is set back closes nothing for longer.
    let now = house.now();
    house.clock.set(now.minus(Duration::from_days(1)));
    signs_in(&mut house, "james", GOOD_PASSWORD).unwrap();
    house.clock.set(now.plus(Duration::from_seconds(50)));
    signs_in(&mut house, "james", GOOD_PASSWORD).unwrap();
    let mut house = house.rule(|policy| policy.sign_in.max_successes_per_caller = of("0/1h"));
    house.refused(|house| signs_in(house, "james", GOOD_PASSWORD));
}

/// A house whose caller has given so many wrong passwords that it is turned away everywhere, and in
/// which Sue is a supervisor and Boss an admin.
fn house_with_locked_caller() -> TestDirectory {
    let mut house = house();
    house.enters(0);
    let own = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    for (name, role) in [("sue", Role::Supervisor), ("boss", Role::Admin)] {
        house.create_user(&new_user(name, &[role]), Some(&own)).unwrap();
    }
    house.enters(UID);
    signs_in(&mut house, "mary", GOOD_PASSWORD).unwrap();
    for name in ["james", "nobody"] {
        for _ in 0..10 {
            signs_in(&mut house, name, "wrong").unwrap_err();
        }
    }
    house
}

/// R12: a caller that is turned away everywhere is named, and let in again with an entry; what is
/// counted at each user stays, and so do its successes.
#[test]
fn a_caller_is_unlocked() {
    let mut house = house_with_locked_caller();
    let until = house.now().plus(Duration::from_seconds(15 * 60));
    house.refused(|house| signs_in(house, "mary", GOOD_PASSWORD));
    assert_eq!(house.own_lock().unwrap(), Some(until));
    house.enters(0);
    assert_eq!(house.own_lock().unwrap(), None);
    assert_eq!(house.locked_callers().unwrap(), [LockedCaller { uid: UID, until }]);
    let (unlocked, log) = house.logged(|house| house.unlock_caller(UID));
    assert!(unlocked);
    let [entry] = &log[..] else { panic!("{log:?}") };
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("user.unlock"), &json!("done")));
    assert_eq!((&entry["subject"], &entry["subject_id"]), (&Value::Null, &Value::Null));
    let before = json!({"os_uid": UID, "locked_until": until.to_string()});
    assert_eq!((&entry["before"], &entry["after"]), (&before, &Value::Null));
    assert_eq!(house.locked_callers().unwrap(), []);
    assert!(!house.untouched(|house| house.unlock_caller(UID)));
    assert!(!house.untouched(|house| house.unlock_caller(UID + 1)), "it never called");
    assert_eq!(failures(&house, FailureCounter::Caller(UID)), 0);
    assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), UID)), 10);
    assert_eq!(house.store().read().unwrap().successes(UID).unwrap().count, 1);
    house.enters(UID);
    assert_eq!(house.own_lock().unwrap(), None);
    signs_in(&mut house, "mary", GOOD_PASSWORD).unwrap();
    house.refused(|house| signs_in(house, "james", GOOD_PASSWORD));
}

/// R12: who may unlock a user may unlock a caller, and the one that they call from nobody but the
/// owner of the store.
#[test]
fn nobody_unlocks_the_account_that_they_call_from() {
    for name in ["sue", "boss"] {
        let mut house = house_with_locked_caller();
        house.enters(UID + 1);
        house.acts_as(name);
        assert_eq!(house.locked_callers().unwrap().len(), 1);
        assert!(house.unlock_caller(UID).unwrap(), "{name}");
    }
    for name in ["sue", "boss"] {
        let mut house = house_with_locked_caller();
        house.clock.advance(Duration::from_seconds(15 * 60));
        house.acts_as(name);
        signs_in(&mut house, "james", "wrong").unwrap_err();
        assert!(house.own_lock().unwrap().is_some());
        let entries = house.store().log().len();
        let error = house.unlock_caller(UID).unwrap_err();
        assert!(matches!(error, Error::OwnCaller { uid: UID }), "{error}");
        assert!(house.own_lock().unwrap().is_some(), "{name}");
        let denied = house.store().log().split_off(entries);
        let [entry] = &denied[..] else { panic!("{denied:?}") };
        assert_eq!((&entry["action"], &entry["actor"]), (&json!("user.unlock"), &json!(name)));
        assert_eq!((&entry["outcome"], &entry["subject"]), (&json!("denied"), &Value::Null));
        // By sudo, say.
        house.acts_as_owner();
        assert!(house.unlock_caller(UID).unwrap());
    }
    let mut house = house_with_locked_caller();
    house.enters(UID + 1);
    house.acts_as("mary");
    assert!(matches!(house.locked_callers().unwrap_err(), Error::NotAllowed));
    let error = house.unlock_caller(UID).unwrap_err();
    assert!(matches!(error, Error::Forbidden { .. }), "{error}");
    assert_eq!(failures(&house, FailureCounter::Caller(UID)), 20);
}

/// R12: a lock that is over is none, nor is one of a caller that is trusted by now.
#[test]
fn only_callers_that_are_turned_away_are_named() {
    let mut house = house_with_locked_caller();
    house.enters(0);
    house.clock.advance(Duration::from_seconds(15 * 60 - 1));
    assert_eq!(house.locked_callers().unwrap().len(), 1);
    let mut house = house.rule(|policy| policy.sign_in.trusted_callers = vec![UID]);
    assert_eq!(house.locked_callers().unwrap(), []);
    house.enters(UID);
    assert_eq!(house.own_lock().unwrap(), None);
    let mut house = house.rule(|policy| policy.sign_in.trusted_callers = Vec::new());
    house.clock.advance(Duration::from_seconds(1));
    assert_eq!(house.own_lock().unwrap(), None);
    house.enters(0);
    assert_eq!(house.locked_callers().unwrap(), []);
    let (unlocked, log) = house.logged(|house| house.unlock_caller(UID));
    assert!(unlocked, "its failures are counted on, until they are forgiven");
    assert_eq!(log[0]["before"]["locked_until"], Value::Null);
}
