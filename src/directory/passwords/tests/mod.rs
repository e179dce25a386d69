//! Setting, changing and expiring passwords.

mod change_own;

use serde_json::json;

use crate::directory::fixture::{
    GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_START, TestDirectory, all, generated, new_user, of,
    secret, typed,
};
use crate::directory::{EntityKind, Error, Expiry, HashParams, NewPassword, PasswordSource};
use crate::model::{
    CredentialKind, CredentialState, Duration, PasswordOrigin, Role, Rule, Secret, State,
    Timestamp, UserId,
};

/// `james` with the temporary password [`GOOD_PASSWORD`], and `mary` without any.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.create_user(&new_user("james", &[Role::Agent]), Some(&typed(GOOD_PASSWORD))).unwrap();
    house.agent("mary", &[]);
    house
}

fn after(text: &str) -> Timestamp {
    TEST_START.plus(of(text))
}

fn state(house: &TestDirectory, username: &str) -> CredentialState {
    house.user(username).password_state(house.now())
}

fn verify(house: &mut TestDirectory, username: &str, password: &str) -> Result<UserId, Error> {
    house.verify(&of(username), &secret(password)).map(|verified| verified.user.id)
}

fn change(house: &mut TestDirectory, current: &str, new: &str) -> Result<(), Error> {
    let verified = house.verify(&of("james"), &secret(current))?;
    house.change_own(&verified, &secret(new)).map(drop)
}

/// R09.
#[test]
fn a_temporary_password_works_until_it_expires() {
    let mut house = house();
    assert_eq!(state(&house, "james"), CredentialState::Temporary);
    house.clock.set(after("7d").minus(of("1s")));
    assert_eq!(state(&house, "james"), CredentialState::Temporary);
    verify(&mut house, "james", GOOD_PASSWORD).unwrap();
    house.clock.set(after("7d"));
    assert_eq!(state(&house, "james"), CredentialState::Expired);
    let error = house.failed_sign_in(|house| verify(house, "james", GOOD_PASSWORD));
    assert!(matches!(error, Error::PasswordExpired), "{error}");
    // Only the right password learns that it is expired.
    let error = house.failed_sign_in(|house| verify(house, "james", OTHER_GOOD_PASSWORD));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
}

#[test]
fn a_password_expires_when_it_is_said_to() {
    for (expiry, end) in [
        (Expiry::Default, after("2d")),
        (Expiry::After(of("1s")), after("1s")),
        (Expiry::After(of("14d")), after("14d")),
        (Expiry::At(after("3h")), after("3h")),
    ] {
        let mut house = house().rule(|policy| policy.temporary_ttl = of("2d"));
        let password = NewPassword { expiry, ..generated() };
        let sets = house.set_passwords(&[of("mary")], &password).unwrap();
        assert_eq!(sets[0].user.credential.as_ref().unwrap().expires_at, Some(end));
        let told = sets[0].generated.clone().unwrap();
        house.clock.set(end.minus(of("1s")));
        house.verify(&of("mary"), &told).unwrap();
        house.clock.set(end);
        assert!(matches!(house.verify(&of("mary"), &told), Err(Error::PasswordExpired)));
    }
    let mut house = house();
    house.clock.set(after("1d"));
    for expiry in
        [Expiry::After(Duration::from_seconds(0)), Expiry::At(after("1d")), Expiry::At(TEST_START)]
    {
        for source in [generated().source, typed(OTHER_GOOD_PASSWORD).source] {
            let password = NewPassword { source, expiry, ..generated() };
            let error = house.refused(|house| house.set_passwords(&[of("mary")], &password));
            assert!(matches!(&error, Error::Invalid(invalid) if invalid.rule == Rule::Time));
        }
    }
}

/// R58.
#[test]
fn who_set_it_when_and_how_is_kept() {
    let mut house = house();
    house.clock.set(after("1d"));
    let kinds = [
        (typed(OTHER_GOOD_PASSWORD), PasswordOrigin::Typed, "typed", "$argon2id$v=19$m=8,t=1,p=1$"),
        (generated(), PasswordOrigin::Generated, "generated", "$ccadmin-g1$"),
    ];
    for (password, origin, word, form) in kinds {
        let (sets, log) = house.logged(|house| house.set_passwords(&[of("james")], &password));
        let [set] = sets.as_slice() else { panic!("{sets:?}") };
        assert!(set.changed);
        assert_eq!(set.user, house.user("james"));
        assert_eq!(set.user.updated_at, after("1d"));
        let record = set.user.credential.as_ref().unwrap();
        assert_eq!((record.origin, record.kind), (origin, CredentialKind::Temporary));
        assert_eq!((record.set_by.as_str(), record.changed_at), ("os:root", after("1d")));
        assert!(house.hash("james").starts_with(form), "{}", house.hash("james"));
        assert_eq!(set.generated.is_some(), origin == PasswordOrigin::Generated);
        assert_eq!((log.len(), &log[0]["action"]), (1, &json!("password.reset")));
        assert_eq!((&log[0]["actor"], &log[0]["subject"]), (&json!("os:root"), &json!("james")));
        assert_eq!(
            log[0]["after"],
            json!({"password": {
                "kind": "temporary", "origin": word, "set_by": "os:root",
                "expires_at": "2026-11-29T09:00:00Z",
            }})
        );
    }
    // The old one is dead.
    verify(&mut house, "james", OTHER_GOOD_PASSWORD).unwrap_err();
    let (_, log) = house.logged(|house| house.set_passwords(&[of("mary")], &generated()));
    assert_eq!(log[0]["before"], json!({"password": null}));
}

#[test]
fn a_permanent_password_never_expires() {
    let mut house = house();
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(OTHER_GOOD_PASSWORD) };
    house.set_passwords(&[of("james")], &password).unwrap();
    house.clock.set(after("36500d"));
    assert_eq!(state(&house, "james"), CredentialState::Permanent);
    verify(&mut house, "james", OTHER_GOOD_PASSWORD).unwrap();
}

/// All of a list or none, each with a password of their own.
#[test]
fn a_list_gets_a_password_for_each() {
    let mut house = house();
    let list = all(&["mary", "james"]);
    let (sets, log) = house.logged(|house| house.set_passwords(&list, &generated()));
    assert_eq!(log.len(), 2);
    let told: Vec<&Secret> = sets.iter().map(|set| set.generated.as_ref().unwrap()).collect();
    assert_ne!(told[0].expose(), told[1].expose());
    for (set, name) in sets.iter().zip(&list) {
        assert_eq!(set.user.username, *name);
        house.verify(name, set.generated.as_ref().unwrap()).unwrap();
    }
    let error = house.refused(|house| house.set_passwords(&all(&["mary", "jmaes"]), &generated()));
    assert!(
        matches!(&error, Error::NotFound { object: EntityKind::User, nearest: Some(near), .. } if near == "james")
    );
    assert!(house.untouched(|house| house.set_passwords(&[], &generated())).is_empty());
}

/// Every password that is told is one that works.
#[test]
fn who_is_listed_twice_gets_one_password() {
    let mut house = house();
    let list = all(&["mary", "james", "mary"]);
    let (sets, log) = house.logged(|house| house.set_passwords(&list, &generated()));
    let names: Vec<&str> = sets.iter().map(|set| set.user.username.as_str()).collect();
    assert_eq!((names.as_slice(), log.len()), (&["mary", "james"][..], 2));
    for set in &sets {
        house.verify(&set.user.username, set.generated.as_ref().unwrap()).unwrap();
    }
}

/// R01, R04: the rules are those of the site, the username and the name.
#[test]
fn a_weak_password_is_refused_with_the_reason_and_without_the_password() {
    let mut house = house();
    for weak in ["fourteen chars", "mary mary mary 1", "somebody.somebody", "aaaaaaaaaaaaaaaa"] {
        let error = house.refused(|house| house.set_passwords(&[of("mary")], &typed(weak)));
        let Error::Invalid(invalid) = &error else { panic!("{error}") };
        assert_eq!(invalid.rule, Rule::Password);
        assert!(!format!("{error} {error:?}").contains(weak), "{error:?}");
        let typed = secret(weak);
        house.policy().check_password(&typed, "mary", "Somebody").unwrap_err();
    }
    let mut house = house.rule(|policy| policy.password_min_length = Some(8));
    house.set_passwords(&[of("mary")], &typed("w4ltz vex")).unwrap();
    house.policy().check_password(&secret("w4ltz vex"), "mary", "Somebody").unwrap();
}

/// R65: whoever finds a password out without changing it leaves a trace, and gets no failure forgiven.
#[test]
fn a_right_guess_leaves_an_entry_and_forgives_nothing() {
    let mut house = house();
    for _ in 0..9 {
        verify(&mut house, "james", "a wrong guess, a long one").unwrap_err();
    }
    let ((), log) = house.logged(|house| {
        let verified = house.verify(&of("james"), &secret(GOOD_PASSWORD))?;
        house.change_own(&verified, &secret("short")).unwrap_err();
        Ok(())
    });
    assert_eq!(log.len(), 1);
    assert_eq!((&log[0]["action"], &log[0]["subject"]), (&json!("sign-in"), &json!("james")));
    assert_eq!((&log[0]["outcome"], &log[0]["os_uid"]), (&json!("done"), &json!(0)));
    // The tenth failure closes the account, as if nobody had known it meanwhile.
    verify(&mut house, "james", "a wrong guess, a long one").unwrap_err();
    verify(&mut house, "james", GOOD_PASSWORD).unwrap_err();
    house.clock.set(after("1h"));
    change(&mut house, GOOD_PASSWORD, OTHER_GOOD_PASSWORD).unwrap();
    // The change that was committed does forgive.
    for _ in 0..9 {
        verify(&mut house, "james", "a wrong guess, a long one").unwrap_err();
    }
    verify(&mut house, "james", OTHER_GOOD_PASSWORD).unwrap();
}

/// To expire keeps the password and asks for another, without an end in time.
#[test]
fn expiring_keeps_the_password_and_asks_for_another() {
    let mut house = house();
    change(&mut house, GOOD_PASSWORD, OTHER_GOOD_PASSWORD).unwrap();
    let (hash, revision) = (house.hash("james"), house.revision("james"));
    house.clock.set(after("1d"));
    let (sets, log) = house.logged(|house| house.expire_passwords(&[of("james")]));
    assert!(sets[0].changed && sets[0].generated.is_none());
    assert_eq!(sets[0].user, house.user("james"));
    let record = sets[0].user.credential.as_ref().unwrap();
    assert_eq!((record.kind, record.expires_at), (CredentialKind::Temporary, None));
    assert_eq!((record.origin, record.set_by.as_str()), (PasswordOrigin::Typed, "james"));
    assert_eq!(record.changed_at, TEST_START);
    assert_eq!((house.hash("james"), house.revision("james")), (hash, revision + 1));
    assert_eq!(sets[0].user.updated_at, after("1d"));
    assert_eq!((log.len(), &log[0]["action"]), (1, &json!("password.expire")));
    assert_eq!(log[0]["before"]["password"]["kind"], "permanent");
    assert_eq!(log[0]["after"]["password"]["kind"], "temporary");
    house.clock.set(after("3650d"));
    assert_eq!(state(&house, "james"), CredentialState::Temporary);
    assert!(!house.untouched(|house| house.expire_passwords(&[of("james")]))[0].changed);
    change(&mut house, OTHER_GOOD_PASSWORD, GOOD_PASSWORD).unwrap();
    assert_eq!(state(&house, "james"), CredentialState::Permanent);
}

#[test]
fn there_has_to_be_a_password_to_expire() {
    let mut house = house();
    change(&mut house, GOOD_PASSWORD, OTHER_GOOD_PASSWORD).unwrap();
    let error = house.refused(|house| house.expire_passwords(&all(&["james", "mary"])));
    assert!(matches!(&error, Error::NoPassword { username } if username.as_str() == "mary"));
    let error = house.refused(|house| house.expire_passwords(&all(&["james", "marj"])));
    assert!(matches!(&error, Error::NotFound { nearest: Some(near), .. } if near == "mary"));
    // Twice in a list is once.
    let (sets, log) = house.logged(|house| house.expire_passwords(&all(&["james", "james"])));
    assert_eq!((sets.len(), sets[0].changed, log.len()), (1, true, 1));
    assert!(house.untouched(|house| house.expire_passwords(&[])).is_empty());
}

/// R06: a row with absurd parameters matches nothing and costs nothing.
#[test]
fn a_hash_beyond_measure_matches_nothing() {
    let mut house = house();
    let absurd = house.hash("james").replace("m=8,", "m=4194304,");
    house.store().sql(&format!("UPDATE users SET password_hash = '{absurd}' WHERE id = 1"));
    let error = house.failed_sign_in(|house| verify(house, "james", GOOD_PASSWORD));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
}

/// Parameters that no hash can be made with are the site's fault, whoever asks.
#[test]
fn settings_that_cannot_be_are_no_wrong_password() {
    let impossible = HashParams { memory_kib: 1, iterations: 0, parallelism: 1 };
    let mut house = house().rule(|policy| policy.hash = impossible);
    let new =
        NewPassword { source: PasswordSource::Typed(secret(OTHER_GOOD_PASSWORD)), ..generated() };
    let error = house.refused(|house| house.set_passwords(&[of("mary")], &new));
    assert!(matches!(error, Error::Hash(_)), "{error}");
    // Nothing was verified: the charge stands, and no entry says that anything failed.
    let error = verify(&mut house, "nobody", GOOD_PASSWORD).unwrap_err();
    assert!(matches!(error, Error::Hash(_)), "{error}");
}
