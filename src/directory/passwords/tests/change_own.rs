//! A password changed by the one who knows it.

use super::*;

/// R09 and R10: one's own password, from a temporary one to a permanent one.
#[test]
fn whoever_knows_the_password_changes_it() {
    let mut house = house();
    house.clock.set(after("1d"));
    let old = house.hash("james");
    let ((), log) = house.logged(|house| change(house, GOOD_PASSWORD, OTHER_GOOD_PASSWORD));
    let james = house.user("james");
    let record = james.credential.as_ref().unwrap();
    assert_eq!((record.origin, record.kind), (PasswordOrigin::Typed, CredentialKind::Permanent));
    assert_eq!((record.set_by.as_str(), record.changed_at), ("james", after("1d")));
    assert_eq!(record.expires_at, None);
    assert_eq!((james.updated_at, house.revision("james")), (after("1d"), 2));
    assert!(house.hash("james").starts_with("$argon2id$") && house.hash("james") != old);
    assert_eq!(log.len(), 2);
    let known = &log[0];
    assert_eq!((&known["action"], &known["actor"]), (&json!("sign-in"), &json!("james")));
    assert_eq!(known["after"], json!({"kind": "password change"}));
    let entry = &log[1];
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("password.change"), &json!("done")));
    assert_eq!((&entry["actor"], &entry["actor_id"]), (&json!("james"), &json!(1)));
    assert_eq!((&entry["subject"], &entry["subject_id"]), (&json!("james"), &json!(1)));
    assert_eq!(entry["os_uid"], 0);
    let password = |kind: &str, set_by: &str, expires: Option<&str>| {
        json!({"password": {
            "kind": kind, "origin": "typed", "set_by": set_by, "expires_at": expires,
        }})
    };
    assert_eq!(entry["before"], password("temporary", "os:root", Some("2026-11-28T09:00:00Z")));
    assert_eq!(entry["after"], password("permanent", "james", None));
    // R09: the temporary one is dead, the new one lasts.
    verify(&mut house, "james", GOOD_PASSWORD).unwrap_err();
    house.clock.set(after("3650d"));
    verify(&mut house, "james", OTHER_GOOD_PASSWORD).unwrap();
}

/// R14: which of the reasons it is, is not told; a password has the same answer whatever it is.
#[test]
fn whoever_proves_nothing_is_told_nothing() {
    let mut house = house();
    house.agent("away", &[]);
    house.set_passwords(&[of("away")], &typed(GOOD_PASSWORD)).unwrap();
    house.set_user_states(&[of("away")], State::Inactive).unwrap();
    house.create_user(&new_user("late", &[Role::Agent]), Some(&generated())).unwrap();
    house.clock.set(after("8d"));
    house.set_passwords(&[of("james")], &typed(GOOD_PASSWORD)).unwrap();
    let mut texts = Vec::new();
    for (name, password) in [
        ("nobody", GOOD_PASSWORD),
        ("James", GOOD_PASSWORD),
        ("james", OTHER_GOOD_PASSWORD),
        ("james", "purple otters drink cold te"),
        ("james", ""),
        ("james", "\u{0}"),
        ("james", &"x".repeat(2_000)),
        ("mary", GOOD_PASSWORD),
        ("mary", ""),
        ("away", GOOD_PASSWORD),
        ("away", OTHER_GOOD_PASSWORD),
        ("late", GOOD_PASSWORD),
    ] {
        let error = house.failed_sign_in(|house| verify(house, name, password));
        assert!(matches!(error, Error::AuthenticationFailed), "{name}: {error}");
        texts.push(format!("{error} {error:?}"));
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    verify(&mut house, "james", GOOD_PASSWORD).unwrap();
}

/// R05.
#[test]
fn a_password_is_the_same_from_every_keyboard() {
    let mut house = house();
    change(
        &mut house,
        "purple\u{a0}otters drink cold tea",
        "e\u{301}te\u{301} indien \u{e0} Gyo\u{30b}r",
    )
    .unwrap();
    verify(&mut house, "james", "\u{e9}t\u{e9} indien a\u{300} Gy\u{151}r").unwrap();
}

#[test]
fn a_new_password_is_another_and_a_good_one() {
    let mut house = house();
    for new in [GOOD_PASSWORD, "purple otters\u{2003}drink cold tea"] {
        let proof = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
        let error = house.refused(|house| house.change_own(&proof, &secret(new)));
        let Error::Invalid(invalid) = &error else { panic!("{error}") };
        assert_eq!(invalid.reason, "the new password is the one it replaces");
        let verified = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
        assert_eq!(verified.check_different(&secret(new)).unwrap_err(), *invalid);
        assert_eq!(verified.full_name(), "Somebody");
        verified.check_different(&secret(OTHER_GOOD_PASSWORD)).unwrap();
    }
    for weak in
        ["", "too short", "james james james", "somebody somebody", "\u{7}bell bell bell bell"]
    {
        let proof = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
        let error = house.refused(|house| house.change_own(&proof, &secret(weak)));
        assert!(matches!(&error, Error::Invalid(invalid) if invalid.rule == Rule::Password));
    }
    verify(&mut house, "james", GOOD_PASSWORD).unwrap();
}

/// R22: what was verified is what is changed, or nothing is.
#[test]
fn what_happens_between_proof_and_change_counts() {
    let verified =
        |house: &mut TestDirectory| house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();

    // Somebody set another password, be it the same text.
    for reset in [generated(), typed(OTHER_GOOD_PASSWORD), typed(GOOD_PASSWORD)] {
        let mut house = house();
        let proof = verified(&mut house);
        house.set_passwords(&[of("james")], &reset).unwrap();
        let error =
            house.refused(|house| house.change_own(&proof, &secret("nine wet umbrellas wait")));
        assert!(matches!(error, Error::PasswordChangedMeanwhile), "{error}");
    }

    // They themselves were quicker elsewhere.
    let mut elsewhere = house();
    let proof = verified(&mut elsewhere);
    change(&mut elsewhere, GOOD_PASSWORD, OTHER_GOOD_PASSWORD).unwrap();
    let error =
        elsewhere.refused(|house| house.change_own(&proof, &secret("nine wet umbrellas wait")));
    assert!(matches!(error, Error::PasswordChangedMeanwhile), "{error}");

    // They were deactivated.
    let mut away = house();
    let proof = verified(&mut away);
    away.set_user_states(&[of("james")], State::Inactive).unwrap();
    let error = away.refused(|house| house.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)));
    assert!(matches!(error, Error::AuthenticationFailed), "{error}");

    // The time ran out while they were typing.
    let mut late = house();
    let proof = verified(&mut late);
    late.clock.set(after("7d"));
    let error = late.refused(|house| house.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)));
    assert!(matches!(error, Error::PasswordExpired), "{error}");

    // Their row is gone, and another has their name.
    let mut gone = house();
    let proof = verified(&mut gone);
    gone.store().sql("DELETE FROM users WHERE username = 'james'");
    gone.create_user(&new_user("james", &[Role::Admin]), Some(&typed(GOOD_PASSWORD))).unwrap();
    let error = gone.refused(|house| house.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)));
    assert!(matches!(error, Error::PasswordChangedMeanwhile), "{error}");
}

/// The same between two processes, while the new password is being hashed.
#[test]
fn a_reset_by_another_process_counts_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.create_user(&new_user("james", &[Role::Agent]), Some(&typed(GOOD_PASSWORD))).unwrap();
    let proof = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
    house.meanwhile(move || {
        TestDirectory::on(&path).set_passwords(&[of("james")], &generated()).unwrap();
    });
    let error = house.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)).unwrap_err();
    assert!(matches!(error, Error::PasswordChangedMeanwhile), "{error}");
    assert!(house.hash("james").starts_with("$ccadmin-g1$"));
}

/// R08: a generated password is checked as what it is.
#[test]
fn a_generated_password_is_changed_into_a_typed_one() {
    let mut house = house();
    let told = house.set_passwords(&[of("james")], &generated()).unwrap().remove(0).generated;
    change(&mut house, told.unwrap().expose(), OTHER_GOOD_PASSWORD).unwrap();
    assert_eq!(house.user("james").credential.unwrap().origin, PasswordOrigin::Typed);
    assert!(house.hash("james").starts_with("$argon2id$"));
}
