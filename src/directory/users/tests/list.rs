//! Finding, listing and counting users.

use std::collections::BTreeSet;

use crate::directory::fixture::{
    TEST_START, TestDirectory, all, generated, new_user, of, requests, roles, typed,
};
use crate::directory::{EntityKind, Error, Expiry, NewPassword};
use crate::model::{
    CredentialKind, CredentialState, Memberships, NewUser, ProfileField, Role, SkillLevel, SortKey,
    State, UserFilter,
};

/// Seven users who differ in everything that a list can be narrowed by, made an hour apart.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu", "en", "old"]).teams(&["voice", "chat"]);
    house.skills(&["billing", "dutch"]);
    let agent = |name| new_user(name, &[Role::Agent]);
    let users = [
        NewUser {
            full_name: of("Kovács Éva"),
            email: Some(of("Eva@Example.com")),
            phone: Some(of("+36201234567")),
            teams: all(&["voice"]),
            skills: all(&["billing:5", "dutch:1"]),
            language: Some(of("en-GB")),
            projects: requests(&["hu:30", "en"]),
            ..agent("eva")
        },
        NewUser {
            full_name: of("Bob % Brown"),
            email: Some(of("bob@example.com")),
            teams: all(&["chat"]),
            skills: all(&["billing:2"]),
            language: Some(of("en")),
            projects: requests(&["hu"]),
            ..agent("Bob")
        },
        NewUser {
            full_name: of("Zoë Adams"),
            phone: Some(of("+12125550100")),
            language: Some(of("hu")),
            state: State::Inactive,
            projects: requests(&["en"]),
            ..agent("zoe")
        },
        NewUser { full_name: of("Boss"), ..new_user("boss", &[Role::Admin, Role::Supervisor]) },
        NewUser {
            full_name: of("Adam"),
            teams: all(&["voice", "chat"]),
            language: Some(of("eng")),
            ..new_user("ext", &[Role::ExternalAgent, Role::Requester])
        },
        NewUser { full_name: of("Adam"), ..new_user("req", &[Role::Requester]) },
        NewUser {
            full_name: of("Søren"),
            language: Some(of("en-Latn-GB")),
            ..new_user("soren", &[Role::Supervisor])
        },
    ];
    let permanent = NewPassword { kind: CredentialKind::Permanent, ..generated() };
    let short = NewPassword { expiry: Expiry::After(of("2h")), ..generated() };
    let passwords = [
        Some(generated()),
        Some(short),
        None,
        Some(permanent),
        Some(generated()),
        Some(typed("grumpy lamps of marble")),
        None,
    ];
    for (user, password) in users.iter().zip(&passwords) {
        house.create_user(user, password.as_ref()).unwrap();
        house.clock.advance(of("1h"));
    }
    for (name, seconds) in [("boss", 50), ("eva", 70), ("ext", 70)] {
        house.store().sql(&format!(
            "UPDATE users SET last_sign_in_at = {seconds} WHERE username = '{name}'"
        ));
    }
    house.store().sql("UPDATE users SET password_set_by = 'chief' WHERE username = 'ext'");
    house
}

fn none() -> UserFilter {
    UserFilter::default()
}

#[track_caller]
fn list(house: &TestDirectory, filter: &UserFilter) -> Vec<String> {
    let mut found = Vec::new();
    house
        .list_users(filter, Memberships::NONE, |user| {
            found.push(user.username.to_string());
            true
        })
        .unwrap();
    let unlimited = UserFilter { limit: None, ..filter.clone() };
    let count = house.count_users(&unlimited).unwrap();
    assert!(filter.limit.is_some() || count == found.len() as u64);
    found
}

fn missing(fields: &[ProfileField]) -> UserFilter {
    UserFilter { missing: fields.to_vec(), ..none() }
}

fn skill(name: &str, level: i64) -> (crate::model::SkillName, SkillLevel) {
    (of(name), SkillLevel::new(level).unwrap())
}

fn at(hours: i64) -> crate::model::Timestamp {
    TEST_START.plus(crate::model::Duration::from_seconds(hours * 3_600))
}

/// Every filter, with whom it finds. What is sorted by username is sorted by bytes.
fn filters() -> Vec<(&'static str, UserFilter, &'static [&'static str])> {
    let text = |text: &str| UserFilter { searches: vec![text.to_owned()], ..none() };
    let language = |tag: &str| UserFilter { languages: vec![tag.to_owned()], ..none() };
    let password = |worth| UserFilter { passwords: vec![worth], ..none() };
    let set_by = |name: &str| UserFilter { passwords_set_by: vec![name.to_owned()], ..none() };
    let everybody: &[&str] = &["Bob", "boss", "eva", "ext", "req", "soren", "zoe"];
    vec![
        ("nothing", none(), everybody),
        (
            "active",
            UserFilter { state: Some(State::Active), ..none() },
            &["Bob", "boss", "eva", "ext", "req", "soren"],
        ),
        ("inactive", UserFilter { state: Some(State::Inactive), ..none() }, &["zoe"]),
        ("agent", UserFilter { roles: roles(&[Role::Agent]), ..none() }, &["Bob", "eva", "zoe"]),
        (
            "admin or requester",
            UserFilter { roles: roles(&[Role::Admin, Role::Requester]), ..none() },
            &["boss", "ext", "req"],
        ),
        ("hu", UserFilter { projects: all(&["hu"]), ..none() }, &["Bob", "eva"]),
        ("hu or en", UserFilter { projects: all(&["hu", "en"]), ..none() }, &["Bob", "eva", "zoe"]),
        ("old", UserFilter { projects: all(&["old"]), ..none() }, &[]),
        ("voice", UserFilter { teams: all(&["voice"]), ..none() }, &["eva", "ext"]),
        (
            "voice or chat",
            UserFilter { teams: all(&["voice", "chat"]), ..none() },
            &["Bob", "eva", "ext"],
        ),
        ("billing", UserFilter { skills: vec![skill("billing", 1)], ..none() }, &["Bob", "eva"]),
        ("billing:2", UserFilter { skills: vec![skill("billing", 2)], ..none() }, &["Bob", "eva"]),
        ("billing:3", UserFilter { skills: vec![skill("billing", 3)], ..none() }, &["eva"]),
        (
            "billing:3 or dutch:2",
            UserFilter { skills: vec![skill("billing", 3), skill("dutch", 2)], ..none() },
            &["eva"],
        ),
        ("en and what begins with en-", language("en"), &["Bob", "eva", "soren"]),
        ("en-GB", language("en-GB"), &["eva"]),
        ("en-Latn", language("en-Latn"), &["soren"]),
        ("e is no prefix by words", language("e"), &[]),
        ("eng", language("eng"), &["ext"]),
        ("de", language("de"), &[]),
        ("without accents", text("kovacs eva"), &["eva"]),
        ("with accents and case", text("KOVA\u{301}CS"), &["eva"]),
        ("a stroke", text("sören"), &["soren"]),
        ("in an address, any case", text("EXAMPLE.COM"), &["Bob", "eva"]),
        ("in a number", text("+3620"), &["eva"]),
        ("in a username", text("xt"), &["ext"]),
        ("a percent sign is one", text("%"), &["Bob"]),
        ("an underscore is one", text("_"), &[]),
        ("never across two fields", text("evakovacs"), &[]),
        ("never across two fields", text("eva kovacs"), &[]),
        ("never across two fields", text("eva\nkovacs"), &[]),
        ("nobody", text("nobody at all"), &[]),
        ("no e-mail", missing(&[ProfileField::Email]), &["boss", "ext", "req", "soren", "zoe"]),
        ("no phone", missing(&[ProfileField::Phone]), &["Bob", "boss", "ext", "req", "soren"]),
        ("no team", missing(&[ProfileField::Team]), &["boss", "req", "soren", "zoe"]),
        ("no language", missing(&[ProfileField::Language]), &["boss", "req"]),
        ("no skill", missing(&[ProfileField::Skill]), &["boss", "ext", "req", "soren", "zoe"]),
        ("no project", missing(&[ProfileField::Project]), &["boss", "ext", "req", "soren"]),
        (
            "no e-mail or no phone",
            missing(&[ProfileField::Email, ProfileField::Phone]),
            &["Bob", "boss", "ext", "req", "soren", "zoe"],
        ),
        (
            "no team or no language",
            missing(&[ProfileField::Team, ProfileField::Language]),
            &["boss", "req", "soren", "zoe"],
        ),
        ("temporary", password(CredentialState::Temporary), &["eva", "ext", "req"]),
        ("permanent", password(CredentialState::Permanent), &["boss"]),
        ("expired", password(CredentialState::Expired), &["Bob"]),
        ("none", password(CredentialState::None), &["soren", "zoe"]),
        ("set by the owner", set_by("os:root"), &["Bob", "boss", "eva", "req"]),
        ("set by chief", set_by("chief"), &["ext"]),
        ("set by nobody", set_by("root"), &[]),
        (
            "never signed in",
            UserFilter { never_signed_in: true, ..none() },
            &["Bob", "req", "soren", "zoe"],
        ),
        (
            "since the fifth hour",
            UserFilter { created_since: Some(at(4)), ..none() },
            &["ext", "req", "soren"],
        ),
        (
            "before the fifth hour",
            UserFilter { created_before: Some(at(4)), ..none() },
            &["Bob", "boss", "eva", "zoe"],
        ),
    ]
}

#[test]
fn every_filter_finds_whom_it_should() {
    let house = house();
    for (what, filter, whom) in filters() {
        assert_eq!(list(&house, &filter), whom, "{what}: {filter:?}");
    }
}

/// Different filters: all of them. Any two find those whom both find alone.
#[test]
fn two_filters_find_whom_both_find() {
    let house = house();
    let cases = filters();
    let mut pairs = 0;
    for (one_name, one, one_found) in &cases {
        for (other_name, other, other_found) in &cases {
            let Some(both) = together(one, other) else { continue };
            let expected: BTreeSet<&str> =
                one_found.iter().copied().filter(|name| other_found.contains(name)).collect();
            let found = list(&house, &both);
            let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
            assert_eq!(found, expected, "{one_name} and {other_name}");
            pairs += 1;
        }
    }
    assert!(pairs > 1_000, "{pairs}");
}

/// Both filters in one, where no field is set in both.
fn together(one: &UserFilter, other: &UserFilter) -> Option<UserFilter> {
    let mut both = one.clone();
    macro_rules! take {
        ($($field:ident: $is_set:expr;)*) => {$(
            let is_set: fn(&UserFilter) -> bool = $is_set;
            if is_set(other) {
                if is_set(one) {
                    return None;
                }
                both.$field = other.$field.clone();
            }
        )*};
    }
    take! {
        state: |filter| filter.state.is_some();
        roles: |filter| !filter.roles.is_empty();
        projects: |filter| !filter.projects.is_empty();
        teams: |filter| !filter.teams.is_empty();
        skills: |filter| !filter.skills.is_empty();
        languages: |filter| !filter.languages.is_empty();
        searches: |filter| !filter.searches.is_empty();
        missing: |filter| !filter.missing.is_empty();
        passwords: |filter| !filter.passwords.is_empty();
        passwords_set_by: |filter| !filter.passwords_set_by.is_empty();
        never_signed_in: |filter| filter.never_signed_in;
        created_since: |filter| filter.created_since.is_some();
        created_before: |filter| filter.created_before.is_some();
    }
    Some(both)
}

/// Whether a password counts as expired is decided by the clock of the moment.
#[test]
fn the_clock_decides_which_passwords_are_expired() {
    let house = house();
    let expired = UserFilter { passwords: vec![CredentialState::Expired], ..none() };
    let temporary = UserFilter { passwords: vec![CredentialState::Temporary], ..none() };
    for (moment, out, works) in [
        (at(3).minus(of("1s")), &[][..], &["Bob", "eva", "ext", "req"][..]),
        (at(3), &["Bob"], &["eva", "ext", "req"]),
        (at(7 * 24), &["Bob", "eva"], &["ext", "req"]),
        (at(8 * 24), &["Bob", "eva", "ext", "req"], &[]),
    ] {
        house.clock.set(moment);
        assert_eq!(list(&house, &expired), out, "{moment}");
        assert_eq!(list(&house, &temporary), works, "{moment}");
        for name in ["Bob", "eva", "ext", "req"] {
            let state = house.user(name).password_state(moment);
            assert_eq!(state == CredentialState::Expired, out.contains(&name), "{name} {moment}");
        }
    }
}

#[test]
fn the_orders_and_their_reverses() {
    let house = house();
    for (sort, reverse, order) in [
        (SortKey::Username, false, ["Bob", "boss", "eva", "ext", "req", "soren", "zoe"]),
        (SortKey::Username, true, ["zoe", "soren", "req", "ext", "eva", "boss", "Bob"]),
        // Two named Adam: in order of creation.
        (SortKey::Name, false, ["ext", "req", "Bob", "boss", "eva", "soren", "zoe"]),
        (SortKey::Name, true, ["zoe", "soren", "eva", "boss", "Bob", "req", "ext"]),
        (SortKey::Created, false, ["eva", "Bob", "zoe", "boss", "ext", "req", "soren"]),
        (SortKey::Created, true, ["soren", "req", "ext", "boss", "zoe", "Bob", "eva"]),
        // Those who never signed in come last, or first.
        (SortKey::LastSignIn, false, ["boss", "eva", "ext", "Bob", "zoe", "req", "soren"]),
        (SortKey::LastSignIn, true, ["soren", "req", "zoe", "Bob", "ext", "eva", "boss"]),
    ] {
        let filter = UserFilter { sort, reverse, ..none() };
        assert_eq!(list(&house, &filter), order, "{sort:?} {reverse}");
        // Narrowed or cut, the order stays.
        for limit in 0..=8 {
            let cut = UserFilter { limit: Some(limit), ..filter.clone() };
            let most = usize::try_from(limit).unwrap().min(7);
            assert_eq!(list(&house, &cut), order[..most], "{sort:?} {reverse} {limit}");
        }
        let agents = UserFilter { roles: roles(&[Role::Agent]), ..filter };
        let expected: Vec<&str> =
            order.into_iter().filter(|name| ["Bob", "eva", "zoe"].contains(name)).collect();
        assert_eq!(list(&house, &agents), expected, "{sort:?} {reverse}");
    }
}

#[test]
fn the_count_is_of_all_whatever_the_limit() {
    let house = house();
    let filter = UserFilter { limit: Some(2), state: Some(State::Active), ..none() };
    assert_eq!(house.count_users(&filter).unwrap(), 6);
    assert_eq!(list(&house, &filter).len(), 2);
}

#[test]
fn a_list_stops_when_it_is_told_to() {
    let house = house();
    for sort in [SortKey::Username, SortKey::LastSignIn] {
        for stop in 1..=7 {
            let mut seen = 0;
            let filter = UserFilter { sort, ..none() };
            house
                .list_users(&filter, Memberships::ALL, |_| {
                    seen += 1;
                    seen < stop
                })
                .unwrap();
            assert_eq!(seen, stop, "{sort:?}");
        }
    }
}

#[test]
fn places_are_read_where_they_are_asked_for() {
    let house = house();
    for bits in 0..8 {
        let places =
            Memberships { teams: bits & 1 > 0, skills: bits & 2 > 0, projects: bits & 4 > 0 };
        let mut listed = Vec::new();
        house
            .list_users(&none(), places, |user| {
                listed.push(user);
                true
            })
            .unwrap();
        assert!(!listed.is_empty());
        for user in listed {
            let mut expected = house.user(user.username.as_str());
            if !places.teams {
                expected.teams.clear();
            }
            if !places.skills {
                expected.skills.clear();
            }
            if !places.projects {
                expected.projects.clear();
            }
            assert_eq!(user, expected, "{places:?}");
        }
    }
}

/// What does not exist is an error, not an empty list.
#[test]
fn a_filter_by_what_is_not_there_is_refused() {
    let house = house();
    for (filter, object, nearest) in [
        (UserFilter { projects: all(&["hu", "uh"]), ..none() }, EntityKind::Project, Some("hu")),
        (UserFilter { teams: all(&["voise"]), ..none() }, EntityKind::Team, Some("voice")),
        (UserFilter { skills: vec![skill("nursing", 1)], ..none() }, EntityKind::Skill, None),
    ] {
        let listed =
            house.list_users(&filter, Memberships::ALL, |_| panic!("nobody is to be listed"));
        for error in [listed.unwrap_err(), house.count_users(&filter).unwrap_err()] {
            let Error::NotFound { object: found, nearest: near, .. } = &error else {
                panic!("{error}")
            };
            assert_eq!((*found, near.as_deref()), (object, nearest));
        }
    }
}

#[test]
fn who_is_not_there_is_not_found_in_any_other_case() {
    let house = house();
    let error = house.find_user(&of("BOB")).unwrap_err();
    assert!(
        matches!(&error, Error::NotFound { nearest: Some(near), .. } if near == "Bob"),
        "{error}"
    );
    assert!(!house.user_exists(&of("bob")).unwrap());
    assert!(house.user_exists(&of("Bob")).unwrap());
}
