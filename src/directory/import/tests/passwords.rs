//! Passwords that an import gives: told, checked and hashed before they count.

use super::*;

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
