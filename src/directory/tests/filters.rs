//! Lists against the plainest way of making them: look at everybody, one by one.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::directory::fixture::{TEST_START, TestDirectory, all, cases, generated, new_user, of};
use crate::directory::{Expiry, NewPassword};
use crate::model::{
    AssignmentRequest, CredentialKind, CredentialState, Duration, Email, Memberships, NewUser,
    Phone, ProfileField, Role, SkillGrant, SkillLevel, SortKey, State, Timestamp, User, UserFilter,
    Window, WindowEdit, fold,
};

const PROJECTS: [&str; 3] = ["hu", "en", "old"];
const TEAMS: [&str; 3] = ["voice", "chat", "night"];
const SKILLS: [&str; 3] = ["billing", "dutch", "sales"];
const LANGUAGES: [&str; 6] = ["en", "en-GB", "eng", "en-Latn-GB", "hu", "de"];
const SETTERS: [&str; 2] = ["os:root", "chief"];

/// Somebody, and what happened to them since.
#[derive(Debug, Clone)]
struct Person {
    new: NewUser,
    password: Option<NewPassword>,
    set_by: &'static str,
    /// Hours that pass before the next one is made.
    then: i64,
    signed_in: Option<i64>,
    /// Until when they are locked, in hours from the start.
    locked: Option<i64>,
}

fn some<T: Clone + std::fmt::Debug + 'static, const N: usize>(
    of: &[T; N],
) -> impl Strategy<Value = Vec<T>> {
    subsequence(of.to_vec(), 0..=N)
}

fn password() -> impl Strategy<Value = Option<NewPassword>> {
    let kinds = select(vec![CredentialKind::Temporary, CredentialKind::Permanent]);
    let ends = prop::option::of(1..60_i64);
    prop::option::of((kinds, ends)).prop_map(|given| {
        given.map(|(kind, end)| NewPassword {
            kind,
            expiry: end.map_or(Expiry::Default, |hours| Expiry::After(hour(hours))),
            ..generated()
        })
    })
}

fn hour(hours: i64) -> Duration {
    Duration::from_seconds(hours * 3_600)
}

/// Edges some hours from the start, or none.
fn windows() -> impl Strategy<Value = Window> {
    let edge = || prop::option::weighted(0.3, 0..40_i64);
    let at = |hours| TEST_START.plus(hour(hours));
    (edge(), edge()).prop_map(move |(from, until)| {
        let until = until.map(|hours| hours + from.unwrap_or_default() + 1);
        Window { from: from.map(at), until: until.map(at) }
    })
}

fn sheets() -> impl Strategy<Value = NewUser> {
    let stem = select(vec!["a", "B", "b-", "Zo", "x@y", "0"]);
    let name = select(vec!["Kovács Éva", "KOVACS eva", "Søren", "Straße", "Adam", "佐藤", "50 %_"]);
    let email = prop::option::of(select(vec!["Eva@Example.com", "b_b@example.com", "s@x.hu"]));
    let phone = prop::option::of(select(vec!["+36201234567", "+12125550100"]));
    let language = prop::option::of(select(LANGUAGES.to_vec()));
    let places = (some(&TEAMS), some(&SKILLS), some(&PROJECTS), 1..=5_i64, 1..=100_i64);
    let state = (any::<bool>(), windows(), windows());
    let roles = some(&Role::ALL);
    ((stem, name), (email, phone, language), roles, state, places).prop_map(
        |((stem, name), (email, phone, language), mut roles, (active, window, placed), places)| {
            let (teams, skills, projects, level, weight) = places;
            if roles.is_empty() || !projects.is_empty() {
                roles.push(Role::Agent);
            }
            NewUser {
                full_name: of(name),
                email: email.map(of),
                phone: phone.map(of),
                language: language.map(of),
                state: if active { State::Active } else { State::Inactive },
                teams: all(&teams),
                skills: skills.iter().map(|skill| of(&format!("{skill}:{level}"))).collect(),
                window,
                projects: projects
                    .iter()
                    .map(|one| AssignmentRequest {
                        window: WindowEdit::to(placed),
                        ..of(&format!("{one}:{weight}"))
                    })
                    .collect(),
                ..new_user(stem, &roles)
            }
        },
    )
}

fn person() -> impl Strategy<Value = Person> {
    let since = (0..3_i64, prop::option::of(0..5_i64), prop::option::of(-5..90_i64));
    (sheets(), password(), select(SETTERS.to_vec()), since).prop_map(
        |(new, password, set_by, (then, signed_in, locked))| Person {
            new,
            password,
            set_by,
            then,
            signed_in,
            locked,
        },
    )
}

/// The house of these people, whose usernames are their stems with a number.
fn house(people: &[Person]) -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&PROJECTS).teams(&TEAMS).skills(&SKILLS);
    for (number, person) in people.iter().enumerate() {
        let username = format!("{}{number}", person.new.username);
        let new = NewUser { username: of(&username), ..person.new.clone() };
        let user = house.create_user(&new, person.password.as_ref()).unwrap().user;
        if let Some(seconds) = person.signed_in {
            house.store().sql(&format!(
                "UPDATE users SET last_sign_in_at = {seconds} WHERE id = {}",
                user.id.0
            ));
        }
        if person.password.is_some() {
            house.store().sql(&format!(
                "UPDATE users SET password_set_by = '{}' WHERE id = {}",
                person.set_by, user.id.0
            ));
        }
        if let Some(hours) = person.locked {
            let end = TEST_START.plus(hour(hours)).seconds();
            house.store().sql(&format!(
                "INSERT INTO sign_in_failures (user_id, os_uid, failures, not_before) \
                 VALUES ({id}, 0, 10, {end}), ({id}, 1, 3, 0)",
                id = user.id.0
            ));
        }
        house.clock.advance(hour(person.then));
    }
    house.set_project_state(&of("old"), State::Inactive).unwrap();
    house
}

/// Wishes that few or many fulfil, seldom more than three at once.
fn filters() -> impl Strategy<Value = UserFilter> {
    fn often<S: Strategy>(wish: S) -> impl Strategy<Value = Option<S::Value>> {
        prop::option::weighted(0.15, wish)
    }
    let states = select(vec![CredentialState::None, CredentialState::Temporary]);
    let worth =
        prop_oneof![states, Just(CredentialState::Permanent), Just(CredentialState::Expired),];
    let words = select(vec![
        "",
        "kovacs",
        "KOVÁCS É",
        "eva",
        "ss",
        "STRASSE",
        "soren",
        "%",
        "_",
        "@",
        "+36",
        "example",
        "A",
        "佐",
        "0",
        "nobody",
        "a0\nk",
        "\0",
    ]);
    let language = select(vec!["en", "en-GB", "en-Latn", "e", "hu", "de", "fr"]);
    let several = |texts| often(prop::collection::vec(texts, 1..3));
    let new_user =
        (often(any::<bool>()), often(some(&Role::ALL)), several(language), several(words));
    let level = 1..=5_i64;
    let places = (often(some(&PROJECTS)), often(some(&TEAMS)), often((some(&SKILLS), level)));
    let missing = often(some(&ProfileField::ALL));
    let password = (often(prop::collection::vec(worth, 1..3)), often(some(&SETTERS)));
    let flags = (prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    let times = (often(-1..40_i64), often(-1..40_i64), often(-1..90_i64));
    let sort =
        select(vec![SortKey::Username, SortKey::Name, SortKey::Created, SortKey::LastSignIn]);
    let order = (sort, any::<bool>(), often(1..10_u64));
    (new_user, places, missing, password, flags, times, order).prop_map(
        |(new_user, places, missing, password, flags, times, order)| UserFilter {
            state: new_user.0.map(|active| if active { State::Active } else { State::Inactive }),
            roles: new_user.1.unwrap_or_default().into_iter().collect(),
            languages: owned(new_user.2.unwrap_or_default()),
            searches: owned(new_user.3.unwrap_or_default()),
            projects: all(&places.0.unwrap_or_default()),
            teams: all(&places.1.unwrap_or_default()),
            skills: places.2.map_or_else(Vec::new, |(skills, level)| {
                let level = SkillLevel::new(level).unwrap();
                skills.iter().map(|skill| (of(skill), level)).collect()
            }),
            missing: missing.unwrap_or_default(),
            passwords: password.0.unwrap_or_default(),
            passwords_set_by: owned(password.1.unwrap_or_default()),
            locked: flags.0,
            never_signed_in: flags.1,
            created_since: times.0.map(|hours| TEST_START.plus(hour(hours))),
            created_before: times.1.map(|hours| TEST_START.plus(hour(hours))),
            ends_before: times.2.map(|hours| TEST_START.plus(hour(hours))),
            sort: order.0,
            reverse: order.1,
            limit: order.2,
        },
    )
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// Whether one of `values` does, or there are none to choose from.
fn any_of<T>(values: &[T], does: impl Fn(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(does)
}

/// Whether somebody is one of those whom the filter means.
fn is_meant(filter: &UserFilter, user: &User, now: Timestamp) -> bool {
    let texts = [
        Some(user.username.as_str()),
        Some(user.full_name.as_str()),
        user.email.as_ref().map(Email::as_str),
        user.phone.as_ref().map(Phone::as_str),
    ];
    let lacks = |field: &ProfileField| match field {
        ProfileField::Email => user.email.is_none(),
        ProfileField::Phone => user.phone.is_none(),
        ProfileField::Language => user.language.is_none(),
        ProfileField::Team => user.teams.is_empty(),
        ProfileField::Skill => user.skills.is_empty(),
        ProfileField::Project => !user.projects.iter().any(|one| one.window.contains(now)),
    };
    let has_skill = |(skill, level): &(crate::model::SkillName, SkillLevel)| {
        user.skills.iter().any(|grant: &SkillGrant| grant.skill == *skill && grant.level >= *level)
    };
    let works_in = |project: &crate::model::ProjectName| {
        user.projects.iter().any(|one| one.project == *project && one.window.contains(now))
    };
    filter.state.is_none_or(|state| user.state(now) == state)
        && (filter.roles.is_empty() || user.roles.intersects(filter.roles))
        && (filter.projects.is_empty() || filter.projects.iter().any(works_in))
        && (filter.teams.is_empty() || filter.teams.iter().any(|team| user.teams.contains(team)))
        && (filter.skills.is_empty() || filter.skills.iter().any(has_skill))
        && any_of(&filter.languages, |wanted| {
            user.language.as_ref().is_some_and(|tag| {
                let rest = tag.as_str().strip_prefix(wanted.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            })
        })
        && any_of(&filter.searches, |text| {
            texts.iter().flatten().any(|field| fold(field).contains(&fold(text)))
        })
        && (filter.missing.is_empty() || filter.missing.iter().any(lacks))
        && any_of(&filter.passwords, |worth| user.password_state(now) == *worth)
        && any_of(&filter.passwords_set_by, |by| {
            user.credential.as_ref().is_some_and(|own| own.set_by == *by)
        })
        && (!filter.locked || user.locked_until(now).is_some())
        && (!filter.never_signed_in || user.last_sign_in_at.is_none())
        && filter.created_since.is_none_or(|since| user.created_at >= since)
        && filter.created_before.is_none_or(|before| user.created_at < before)
        && filter
            .ends_before
            .is_none_or(|before| user.window.until.is_some_and(|until| until < before))
}

fn sort(filter: &UserFilter, users: &mut [User]) {
    users.sort_by_key(|user| user.id);
    match filter.sort {
        SortKey::Username => users.sort_by(|one, other| one.username.cmp(&other.username)),
        SortKey::Name => users.sort_by(|one, other| one.full_name.cmp(&other.full_name)),
        SortKey::Created => {}
        SortKey::LastSignIn => users.sort_by_key(|user| {
            (user.last_sign_in_at.is_none(), user.last_sign_in_at.map(Timestamp::seconds))
        }),
    }
    if filter.reverse {
        users.reverse();
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_list_holds_whom_its_filter_means_in_its_order(
        people in prop::collection::vec(person(), 0..24),
        filters in prop::collection::vec(filters(), 24),
    ) {
        let house = house(&people);
        let everybody: Vec<User> = people
            .iter()
            .enumerate()
            .map(|(number, person)| house.user(&format!("{}{number}", person.new.username)))
            .collect();
        for filter in filters {
            let mut meant: Vec<User> = everybody
                .iter()
                .filter(|user| is_meant(&filter, user, house.now()))
                .cloned()
                .collect();
            prop_assert_eq!(house.count_users(&filter).unwrap(), meant.len() as u64, "{:?}", filter);
            let mut rows = Vec::new();
            house
                .list_rows(
                    &filter,
                    &Vec::new(),
                    |names, row| names.push(row.username.to_owned()),
                    |names| {
                        rows.extend(names);
                        true
                    },
                )
                .unwrap();
            let names: Vec<&str> = meant.iter().map(|user| user.username.as_str()).collect();
            prop_assert_eq!(&rows, &names, "rows of {:?}", filter);
            sort(&filter, &mut meant);
            meant.truncate(filter.limit.map_or(usize::MAX, |limit| limit.try_into().unwrap()));
            let mut listed = Vec::new();
            house
                .list_users(&filter, Memberships::ALL, |user| {
                    listed.push(user);
                    true
                })
                .unwrap();
            prop_assert_eq!(&listed, &meant, "{:?}", filter);
        }
    }
}

proptest! {
    #![proptest_config(cases(64))]

    /// Shares are of somebody's attention: they come to all of it, or they have none to give.
    #[test]
    fn shares_are_the_whole_or_nothing(
        weights in prop::collection::vec((1..=100_i64, any::<bool>()), 0..8),
    ) {
        let mut house = TestDirectory::new();
        let mut requests: Vec<AssignmentRequest> = Vec::new();
        for (number, (weight, _)) in weights.iter().enumerate() {
            house.projects_named(&[&format!("p{number}")]);
            requests.push(of(&format!("p{number}:{weight}")));
        }
        let new = NewUser { projects: requests, ..new_user("eva", &[Role::Agent]) };
        house.create_user(&new, None).unwrap();
        for (number, (_, active)) in weights.iter().enumerate() {
            if !active {
                house.set_project_state(&of(&format!("p{number}")), State::Inactive).unwrap();
            }
        }
        let eva = house.user("eva");
        let total: i64 = weights.iter().filter(|(_, active)| *active).map(|(weight, _)| weight).sum();
        let mut sum = 0.0;
        for (one, (weight, active)) in eva.projects.iter().zip(&weights) {
            let share = eva.share(one, house.now());
            #[expect(clippy::cast_precision_loss, reason = "both are small")]
            let wanted = if *active { *weight as f64 / total as f64 } else { 0.0 };
            prop_assert!((share - wanted).abs() < 1e-12, "{share} {wanted}");
            sum += share;
        }
        let whole = if total > 0 { 1.0 } else { 0.0 };
        prop_assert!((sum - whole).abs() < 1e-9, "{sum}");
    }
}
