//! Signing in with a code.

use std::io;

use super::*;
use crate::directory::fixture::{
    GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TestDirectory, generated, new_user, of, policy, roles,
    secret, typed,
};
use crate::directory::{NewPassword, Policy, UserUpdate};
use crate::model::{CredentialKind, Role, State, UserId};
use crate::store::{FailureCounter, Store};

/// A house that wants codes, entered by the account `uid`, with James and their own password.
fn house_of(uid: u32) -> TestDirectory {
    let policy = Policy { two_factor: true, ..policy() };
    let store = Store::in_memory(crate::directory::fixture::TEST_START).unwrap();
    let mut house = TestDirectory::over(store, policy, 0);
    let james = crate::model::NewUser {
        phone: Some(of("+36201234567")),
        ..new_user("james", &[Role::Agent])
    };
    let own = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&james, Some(&own)).unwrap();
    house.enters(uid);
    house
}

fn house() -> TestDirectory {
    house_of(0)
}

fn proof(house: &mut TestDirectory) -> Result<Verified, Error> {
    house.verify_for_sign_in(&of("james"), &secret(GOOD_PASSWORD))
}

/// Gives the right password and is sent a code.
fn asks(house: &mut TestDirectory) -> Option<NewCode> {
    let mut proof = proof(house).unwrap();
    house.create_code(&mut proof).unwrap()
}

fn code(house: &mut TestDirectory) -> Secret {
    asks(house).unwrap().code
}

/// Calls with password and code.
fn signs_in(house: &mut TestDirectory, code: &Secret) -> Result<(), Error> {
    let mut proof = proof(house)?;
    house.authenticated(&mut proof, Some(code))
}

/// A code of the right form that is not `code`.
fn other_than(code: &Secret) -> Secret {
    secret(if code.expose() == "000000" { "111111" } else { "000000" })
}

fn failures(house: &TestDirectory, counter: FailureCounter) -> u32 {
    house.store().read().unwrap().failures(counter).unwrap().count
}

#[test]
fn a_sign_in_takes_the_password_and_the_code() {
    let mut house = house();
    let new = asks(&mut house).unwrap();
    assert_eq!(new.phone.as_str(), "+36201234567");
    assert_eq!(new.expires_at, house.now().plus(Duration::from_seconds(300)));
    assert!(new.code.expose().len() == 6 && new.code.expose().bytes().all(|b| b.is_ascii_digit()));
    // Only a hash is kept, and nothing at all in the log.
    assert!(!house.store().dump().iter().any(|row| row.contains(new.code.expose())));
    let mut james = proof(&mut house).unwrap();
    assert!(matches!(house.open_session(&mut james, None), Err(Error::CodeRequired { .. })));
    let token = house.open_session(&mut james, Some(&new.code)).unwrap();
    assert!(token.expose().starts_with("ccadmin_"));
    let kinds: Vec<String> =
        house.store().log().iter().rev().take(2).map(|entry| entry["after"].to_string()).collect();
    assert_eq!(kinds, [r#"{"kind":"session"}"#, r#"{"kind":"code"}"#]);
}

#[test]
fn a_code_works_once() {
    let mut house = house();
    let code = code(&mut house);
    signs_in(&mut house, &code).unwrap();
    assert!(matches!(signs_in(&mut house, &code), Err(Error::WrongCode)));
    // After one was used, the next does not wait for half a minute.
    assert!(asks(&mut house).is_some());
}

/// As it is read from a phone.
#[test]
fn a_code_may_be_typed_in_groups() {
    let mut house = house();
    let code = code(&mut house);
    let (one, two) = code.expose().split_at(3);
    signs_in(&mut house, &secret(&format!(" {one} {two} "))).unwrap();
}

#[test]
fn a_code_runs_out() {
    let mut house = house();
    let first = code(&mut house);
    house.clock.advance(Duration::from_seconds(300));
    assert!(matches!(signs_in(&mut house, &first), Err(Error::WrongCode)));
    let second = code(&mut house);
    // A clock that is set back revives nothing.
    house.clock.set(house.now().minus(Duration::from_seconds(1)));
    assert!(matches!(signs_in(&mut house, &second), Err(Error::WrongCode)));
}

#[test]
fn asking_again_soon_sends_nothing_new() {
    let mut house = house();
    let first = code(&mut house);
    house.clock.advance(Duration::from_seconds(29));
    assert!(asks(&mut house).is_none());
    house.clock.advance(Duration::from_seconds(1));
    let second = code(&mut house);
    assert_ne!(first.expose(), second.expose());
    assert!(matches!(signs_in(&mut house, &first), Err(Error::WrongCode)));
    signs_in(&mut house, &second).unwrap();
}

#[test]
fn a_code_that_was_not_sent_does_not_stand_in_the_way() {
    let mut house = house();
    let mut james = proof(&mut house).unwrap();
    let lost = house.create_code(&mut james).unwrap().unwrap();
    house.withdraw_code(&mut james, &lost).unwrap();
    assert!(matches!(signs_in(&mut house, &lost.code), Err(Error::WrongCode)));
    house.clock.advance(Duration::from_seconds(30));
    assert!(asks(&mut house).is_some());
}

/// One sending in half a minute, whatever came of it, and a right password is never held against
/// its user because nothing could be sent.
#[test]
fn a_way_that_is_broken_neither_floods_nor_locks() {
    let mut house = house();
    house.verify(&of("james"), &secret("wrong")).unwrap_err();
    let mut sendings = 0;
    for _ in 0..240 {
        let mut james = proof(&mut house).unwrap();
        match house.create_code(&mut james) {
            Ok(new) => {
                sendings += 1;
                house.withdraw_code(&mut james, &new.unwrap()).unwrap();
            }
            Err(Error::CodeNotSent { wait, .. }) => {
                assert!((1..30).contains(&wait.seconds()), "{wait}");
            }
            Err(error) => panic!("{error}"),
        }
        assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 0)), 1);
        assert_eq!(failures(&house, FailureCounter::Account(UserId(1))), 1);
        house.clock.advance(Duration::from_seconds(1));
    }
    assert_eq!(sendings, 8);
}

/// A sending may take longer than the pause; what was sent in between is not taken back with it.
#[test]
fn only_the_code_that_was_not_sent_is_withdrawn() {
    let mut house = house();
    let mut slow = proof(&mut house).unwrap();
    let lost = house.create_code(&mut slow).unwrap().unwrap();
    house.clock.advance(Duration::from_seconds(30));
    let code = code(&mut house);
    house.withdraw_code(&mut slow, &lost).unwrap();
    signs_in(&mut house, &code).unwrap();
}

/// R13: a wrong code is a failure, and the right password alone forgives none.
#[test]
fn wrong_codes_close_the_account() {
    let mut house = house();
    let right = code(&mut house);
    for tries in 1..=9 {
        assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 0)), tries);
        // Knowing the password for certain helps nothing.
        house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
        let wrong = other_than(&right);
        let error = house.failed_sign_in(|house| signs_in(house, &wrong));
        assert!(matches!(error, Error::WrongCode), "{error}");
        assert_eq!(house.store().log().last().unwrap()["after"]["reason"], "wrong code");
    }
    assert!(matches!(signs_in(&mut house, &right), Err(Error::AuthenticationFailed)));
    assert!(matches!(proof(&mut house), Err(Error::AuthenticationFailed)));
    house.clock.advance(Duration::from_seconds(15 * 60));
    let right = code(&mut house);
    signs_in(&mut house, &right).unwrap();
    assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 0)), 0);
    assert_eq!(failures(&house, FailureCounter::Account(UserId(1))), 0);
}

/// Whoever gives up at the code has paid for the try all the same.
#[test]
fn asking_for_codes_again_and_again_closes_the_account_too() {
    let mut house = house();
    for _ in 0..10 {
        asks(&mut house).unwrap();
        house.clock.advance(Duration::from_seconds(30));
    }
    assert!(matches!(proof(&mut house), Err(Error::AuthenticationFailed)));
}

/// The last try before the account closes asks for a code, which must not be in vain.
#[test]
fn the_code_comes_with_the_next_try_even_at_the_limit() {
    for limit in [1, 2, 10] {
        let mut house = house().rule(|policy| policy.sign_in.max_failures = limit);
        for _ in 1..limit {
            house.verify(&of("james"), &secret("wrong")).unwrap_err();
        }
        let code = code(&mut house);
        signs_in(&mut house, &code).unwrap();
        assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 0)), 0, "{limit}");
    }
}

/// A client server signs in many people from one account: none of them is held against it.
#[test]
fn two_calls_leave_nothing_on_the_caller() {
    let mut house =
        house_of(1_000).rule(|policy| policy.sign_in.max_successes_per_caller = of("1000/1m"));
    let caller = FailureCounter::Caller(1_000);
    for _ in 0..30 {
        let code = code(&mut house);
        assert_eq!(failures(&house, caller), 0);
        signs_in(&mut house, &code).unwrap();
        assert_eq!(failures(&house, caller), 0);
    }
    // In one go, as at a prompt.
    let mut james = proof(&mut house).unwrap();
    let code = house.create_code(&mut james).unwrap().unwrap().code;
    house.open_session(&mut james, Some(&code)).unwrap();
    assert_eq!(failures(&house, caller), 0);
    let mut james = proof(&mut house).unwrap();
    let code = house.create_code(&mut james).unwrap().unwrap().code;
    let wrong = other_than(&code);
    assert!(matches!(house.open_session(&mut james, Some(&wrong)), Err(Error::WrongCode)));
    assert_eq!(failures(&house, caller), 1, "a wrong code is one");
    assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 1_000)), 1);
}

/// The same answer as for everybody who cannot sign in.
#[test]
fn without_a_phone_there_is_no_sign_in() {
    let mut house = house();
    house.store().sql("UPDATE users SET phone = NULL");
    let mut james = proof(&mut house).unwrap();
    let error = house.failed_sign_in(|house| house.create_code(&mut james));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
    assert_eq!(house.store().log().last().unwrap()["after"]["reason"], "no phone");
    // Their password they change all the same: that opens nothing.
    let james = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
    house.change_own(&james, &secret(OTHER_GOOD_PASSWORD)).unwrap();
}

/// It opens nothing but the way to a new password, and that takes no code.
#[test]
fn a_temporary_password_takes_no_code() {
    let mut house = house();
    let told =
        house.set_passwords(&[of("james")], &generated()).unwrap().remove(0).generated.unwrap();
    let mut james = house.verify_for_sign_in(&of("james"), &told).unwrap();
    let error = house.create_code(&mut james).unwrap_err();
    assert!(matches!(error, Error::PasswordChangeRequired), "{error}");
    assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 0)), 0);
    let mut james = house.verify_for_sign_in(&of("james"), &told).unwrap();
    let error = house.open_session(&mut james, Some(&secret("123456"))).unwrap_err();
    assert!(matches!(error, Error::PasswordChangeRequired), "{error}");
    // The first sign-in leads through the change of the password to the code.
    let james = house.verify_for_sign_in(&of("james"), &told).unwrap();
    let mut james = house.change_own(&james, &secret(OTHER_GOOD_PASSWORD)).unwrap().verified;
    let code = house.create_code(&mut james).unwrap().unwrap().code;
    house.open_session(&mut james, Some(&code)).unwrap();
    assert_eq!(failures(&house, FailureCounter::Pair(UserId(1), 0)), 0);
}

/// A code ends with what it was sent for.
#[test]
fn codes_end_as_sessions_do() {
    type Act<'a> = &'a dyn Fn(&mut TestDirectory);
    let boss = UserUpdate { add_roles: roles(&[Role::Requester]), ..UserUpdate::default() };
    let moved = UserUpdate { phone: Some(Some(of("+36209999999"))), ..UserUpdate::default() };
    let named = UserUpdate { full_name: Some(of("Jim")), ..UserUpdate::default() };
    let acts: [(Act<'_>, bool); 7] = [
        (&|house| drop(house.set_passwords(&[of("james")], &generated()).unwrap()), false),
        (
            &|house| {
                let james = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
                house.change_own(&james, &secret(OTHER_GOOD_PASSWORD)).unwrap();
            },
            false,
        ),
        (&|house| drop(house.set_user_states(&[of("james")], State::Inactive).unwrap()), false),
        (&|house| assert!(house.update("james", &boss).unwrap()), false),
        (&|house| assert!(house.update("james", &moved).unwrap()), false),
        (&|house| assert!(house.update("james", &named).unwrap()), true),
        (&|house| drop(house.delete_users(&[of("james")]).unwrap()), false),
    ];
    for (at, (act, stays)) in acts.into_iter().enumerate() {
        let mut house = house();
        code(&mut house);
        assert_eq!(house.store().number("SELECT count(*) FROM codes"), 1);
        act(&mut house);
        assert_eq!(house.store().number("SELECT count(*) FROM codes"), i64::from(stays), "{at}");
    }
}

/// R22: what was proved has to be so still when the code comes.
#[test]
fn a_sign_in_that_waits_for_its_code_is_checked_again() {
    let mut house = house();
    let mut james = proof(&mut house).unwrap();
    let code = house.create_code(&mut james).unwrap().unwrap().code;
    house.set_passwords(&[of("james")], &generated()).unwrap();
    let error = house.refused(|house| house.open_session(&mut james, Some(&code)));
    assert!(matches!(error, Error::PasswordChangedMeanwhile), "{error}");
    let mut house = self::house();
    let mut james = proof(&mut house).unwrap();
    let code = house.create_code(&mut james).unwrap().unwrap().code;
    house.set_user_states(&[of("james")], State::Inactive).unwrap();
    let error = house.refused(|house| house.open_session(&mut james, Some(&code)));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");
    // Nor is a code made for somebody who was just deactivated.
    let mut house = self::house();
    let mut james = proof(&mut house).unwrap();
    house.set_user_states(&[of("james")], State::Inactive).unwrap();
    house.refused(|house| house.create_code(&mut james));
}

/// The code of one is not that of another, even on the same phone.
#[test]
fn users_who_share_a_phone_have_codes_of_their_own() {
    let mut house = house();
    let eva = crate::model::NewUser {
        phone: Some(of("+36201234567")),
        ..new_user("eva", &[Role::Agent])
    };
    let own = NewPassword { kind: CredentialKind::Permanent, ..typed(OTHER_GOOD_PASSWORD) };
    house.create_user(&eva, Some(&own)).unwrap();
    let first = code(&mut house);
    let mut eva = house.verify_for_sign_in(&of("eva"), &secret(OTHER_GOOD_PASSWORD)).unwrap();
    let second = house.create_code(&mut eva).unwrap().unwrap().code;
    assert_ne!(first.expose(), second.expose());
    assert!(matches!(house.authenticated(&mut eva, Some(&first)), Err(Error::WrongCode)));
    house.authenticated(&mut eva, Some(&second)).unwrap();
    signs_in(&mut house, &first).unwrap();
}

/// Phones are mandatory, and an admin without one is nobody who can act.
#[test]
fn everybody_has_a_phone() {
    let mut house = house();
    let error =
        house.create_user(&new_user("eva", &[Role::Agent]), Some(&generated())).unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error}");
    let cleared = UserUpdate { phone: Some(None), ..UserUpdate::default() };
    let error = house.refused(|house| house.update("james", &cleared));
    assert!(matches!(error, Error::Missing { .. }), "{error}");
    let with_phone = |name: &str| crate::model::NewUser {
        phone: Some(of("+36201234567")),
        ..new_user(name, &[Role::Admin])
    };
    for name in ["boss", "chief"] {
        house.create_user(&with_phone(name), Some(&generated())).unwrap();
    }
    house.store().sql("UPDATE users SET phone = NULL WHERE username = 'chief'");
    let error = house.refused(|house| house.set_user_states(&[of("boss")], State::Inactive));
    assert!(matches!(error, Error::LastAdmin { .. }), "{error}");
    house.set_user_states(&[of("chief")], State::Inactive).unwrap();
}

#[test]
fn every_code_is_equally_likely() {
    struct Bytes(Vec<[u8; 4]>);
    impl Entropy for Bytes {
        fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
            buffer.copy_from_slice(&self.0.remove(0));
            Ok(())
        }
    }
    let drawn = |numbers: &[u32]| {
        let bytes = numbers.iter().map(|number| number.to_be_bytes()).collect();
        six_digits(&mut Bytes(bytes)).unwrap().expose().to_owned()
    };
    assert_eq!(drawn(&[7]), "000007");
    assert_eq!(drawn(&[4_293_999_999]), "999999");
    assert_eq!(drawn(&[1_123_456]), "123456");
    // These would make small ones likelier.
    assert_eq!(drawn(&[4_294_000_000, u32::MAX, 5]), "000005");
}
