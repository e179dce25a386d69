//! Whatever is done, in whatever order: a refusal changes nothing, somebody can still administer,
//! the log tells of everything, and what is done to the log is found.

use proptest::prelude::*;

use crate::directory::fixture::{
    TestDirectory, all, cases, generated, new_user, of, requests, roles, typed,
};
use crate::directory::{Error, Expiry, LabelKind, NewPassword, ProjectUpdate, UserUpdate};
use crate::model::{
    CredentialKind, Memberships, NewUser, ProjectDetails, Role, State, User, UserFilter, Weight,
};

/// One thing that somebody does: which, to whom, where, and how much.
#[derive(Debug, Clone, Copy)]
pub(in crate::directory) struct Deed {
    what: u8,
    who: usize,
    place: usize,
    number: i64,
}

const DEEDS: u8 = 28;
const WHO: [&str; 5] = ["boss", "eva", "Eva", "ann", "bob"];
const PLACES: [&str; 3] = ["hu", "en", "de"];

pub(in crate::directory) fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    let deed = (0..DEEDS, 0..WHO.len(), 0..PLACES.len(), 1..=5_i64)
        .prop_map(|(what, who, place, number)| Deed { what, who, place, number });
    prop::collection::vec(deed, 1..most)
}

/// A house with an admin in it.
fn house() -> TestDirectory {
    furnished(TestDirectory::new())
}

/// `house` with an admin in it.
pub(in crate::directory) fn furnished(mut house: TestDirectory) -> TestDirectory {
    house.projects_named(&PLACES[..2]).teams(&PLACES[..2]).skills(&PLACES[..2]);
    house.admin("boss");
    house
}

#[expect(clippy::too_many_lines, reason = "one line of a list for each deed")]
pub(in crate::directory) fn act(house: &mut TestDirectory, deed: Deed) -> Result<(), Error> {
    let Deed { what, who, place, number } = deed;
    let (user, place) = (WHO[who], PLACES[place]);
    let next = PLACES[usize::try_from(number).unwrap() % PLACES.len()];
    let name = of(user);
    let label = if number % 2 == 0 { LabelKind::Team } else { LabelKind::Skill };
    let update =
        |house: &mut TestDirectory, update: UserUpdate| house.update(user, &update).map(drop);
    match what {
        0 => {
            let new = NewUser {
                teams: all(&[place]),
                skills: all(&[&*format!("{place}:{number}")]),
                projects: requests(&[&*format!("{place}:{number}")]),
                ..new_user(user, &[Role::Agent])
            };
            house.create_user(&new, None).map(drop)
        }
        1 => {
            let password = NewPassword { kind: CredentialKind::Permanent, ..generated() };
            house.create_user(&new_user(user, &[Role::Admin]), Some(&password)).map(drop)
        }
        2 => house
            .create_user(&new_user(user, &[Role::Admin, Role::Agent]), Some(&generated()))
            .map(drop),
        3 => house.delete_users(&[name]).map(drop),
        4 => house.delete_users(&[name, of(WHO[(who + 1) % WHO.len()])]).map(drop),
        5 => house.set_user_states(&[name], State::Inactive).map(drop),
        6 => house
            .set_user_states(&[name, of(WHO[(who + 1) % WHO.len()])], State::Inactive)
            .map(drop),
        7 => house.set_user_states(&[name], State::Active).map(drop),
        8 => house.rename_user(&name, &of(WHO[(who + 1) % WHO.len()])).map(drop),
        9 => update(
            house,
            UserUpdate {
                remove_roles: roles(&[Role::Admin]),
                add_roles: roles(&[Role::Requester]),
                ..UserUpdate::default()
            },
        ),
        10 => update(
            house,
            UserUpdate {
                add_roles: roles(&[Role::Admin]),
                password: Some(generated()),
                ..UserUpdate::default()
            },
        ),
        11 => update(
            house,
            UserUpdate {
                add_roles: roles(&[Role::Agent]),
                full_name: Some(of(&format!("Éva {number}"))),
                language: Some((number > 2).then(|| of("hu"))),
                ..UserUpdate::default()
            },
        ),
        12 => update(
            house,
            UserUpdate {
                remove_roles: roles(&[Role::Agent]),
                add_roles: roles(&[Role::Requester]),
                unassign: number > 2,
                ..UserUpdate::default()
            },
        ),
        13 => update(
            house,
            UserUpdate {
                add_teams: all(&[place]),
                remove_teams: all(&[next]),
                add_skills: all(&[&*format!("{place}:{number}")]),
                ..UserUpdate::default()
            },
        ),
        14 => update(house, UserUpdate { remove_skills: all(&[place]), ..UserUpdate::default() }),
        15 => {
            house.assign(&name, &requests(&[&*format!("{place}:{number}")]), number > 3).map(drop)
        }
        16 => house.unassign(&name, &all(&[place])).map(drop),
        17 => house.set_weight(&name, &of(place), Weight::new(number).unwrap()).map(drop),
        18 => house.set_passwords(&[name], &generated()).map(drop),
        19 => {
            let password = NewPassword {
                kind: CredentialKind::Permanent,
                expiry: Expiry::After(of(&format!("{number}h"))),
                ..typed(&format!("verwunschene Teekanne {number}"))
            };
            house.set_passwords(&[name], &password).map(drop)
        }
        20 => house.expire_passwords(&[name]).map(drop),
        21 => house.create_project(&of(place), ProjectDetails::default()).map(drop),
        22 => house.rename_project(&of(place), &of(next)).map(drop),
        23 => house.delete_project(&of(place), number > 2).map(drop),
        24 => {
            let state = if number > 3 { State::Inactive } else { State::Active };
            house.set_project_state(&of(place), state)?;
            let update =
                ProjectUpdate { language: Some(Some(of("hu"))), ..ProjectUpdate::default() };
            house.update_project(&of(place), update).map(drop)
        }
        25 => house.create_label(label, place).map(drop),
        26 => house.rename_label(label, place, next).map(drop),
        _ => house.delete_label(label, place, number > 2).map(drop),
    }
}

fn everybody(house: &TestDirectory) -> Vec<User> {
    let mut users = Vec::new();
    house
        .list_users(&UserFilter::default(), Memberships::ALL, |user| {
            users.push(user);
            true
        })
        .unwrap();
    users
}

/// Whether an admin can act: they are active and have a password that works.
fn somebody_administers(house: &TestDirectory) -> bool {
    everybody(house).iter().any(|user| {
        user.roles.contains(Role::Admin)
            && user.state(house.now()).is_active()
            && user
                .credential
                .as_ref()
                .is_some_and(|credential| credential.expires_at.is_none_or(|end| end > house.now()))
    })
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn whatever_is_done_the_rules_hold(deeds in deeds(40)) {
        let mut house = house();
        for deed in deeds {
            let before = house.store().dump();
            let result = act(&mut house, deed);
            if let Err(error) = result
                // That one is two changes.
                && deed.what != 24
            {
                prop_assert_eq!(before, house.store().dump(), "{:?}: {}", deed, error);
            }
            prop_assert!(somebody_administers(&house), "{:?}", deed);
        }
        let report = house.verify_audit(None).unwrap();
        prop_assert_eq!(report.broken, None);
        let mut flaws = Vec::new();
        house.check(|flaw| flaws.push(flaw)).unwrap();
        prop_assert!(flaws.is_empty(), "{:?}", flaws);
        for user in everybody(&house) {
            let takes_calls = user.roles.takes_calls();
            prop_assert!(takes_calls || user.projects.is_empty(), "{:?}", user);
        }
    }

    /// Whoever changes, takes away, adds or swaps entries is found: by the chain, or where they take
    /// away the newest, by a hash that was kept elsewhere.
    #[test]
    fn whatever_is_done_to_the_log_is_found(
        deeds in deeds(12),
        at in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        how in 0..17_usize,
    ) {
        let mut house = house();
        for deed in deeds {
            let _ = act(&mut house, deed);
        }
        let honest = house.verify_audit(None).unwrap();
        let count = usize::try_from(honest.entries).unwrap();
        let (seq, second) = (1 + at.index(count), 1 + other.index(count));
        let store = house.store();
        for trigger in store.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
            store.sql(&format!("DROP TRIGGER {trigger}"));
        }
        let change = |columns: &str| {
            store.sql(&format!("UPDATE audit SET {columns} WHERE seq = {seq}"));
        };
        match how {
            0 => change("at = at + 1"),
            1 => change("actor = actor || ' '"),
            2 => change("actor_id = coalesce(actor_id, 0) + 1"),
            3 => change("os_uid = os_uid + 1"),
            4 => change("action = 'user.show'"),
            5 => change("subject = coalesce(subject, '') || 'x'"),
            6 => change("subject_id = coalesce(subject_id, 0) + 1"),
            7 => change("outcome = iif(outcome = 'done', 'denied', 'done')"),
            8 => change("before = iif(before IS NULL, 'null', NULL)"),
            9 => change("after = coalesce(after, '') || ' '"),
            10 => change("hash = zeroblob(32)"),
            // One byte of one text, wherever it stands.
            11 => {
                let length = store
                    .number(&format!("SELECT length(coalesce(after, actor)) FROM audit WHERE seq = {seq}"));
                let place = 1 + other.index(usize::try_from(length).unwrap());
                change(&format!(
                    "after = substr(coalesce(after, actor), 1, {place} - 1) \
                     || iif(substr(coalesce(after, actor), {place}, 1) = 'x', 'y', 'x') \
                     || substr(coalesce(after, actor), {place} + 1)"
                ));
            }
            12 => drop(store.sql(&format!("DELETE FROM audit WHERE seq = {seq}"))),
            13 => {
                store.sql(&format!("UPDATE audit SET seq = -1 - seq WHERE seq >= {seq}").replace("-1 - seq", "seq + 100000"));
                store.sql("UPDATE audit SET seq = seq - 99999 WHERE seq > 100000");
                store.sql(&format!(
                    "INSERT INTO audit SELECT {seq}, at, actor, actor_id, os_uid, action, subject, \
                     subject_id, outcome, before, after, hash, batch, undoes FROM audit \
                     WHERE seq = {seq} + 1"
                ));
            }
            14 => change("batch = coalesce(batch, 0) + 1"),
            15 => change("undoes = coalesce(undoes, 0) + 1"),
            _ => {
                prop_assume!(seq != second);
                store.sql(&format!("UPDATE audit SET seq = 100000 WHERE seq = {seq}"));
                store.sql(&format!("UPDATE audit SET seq = {seq} WHERE seq = {second}"));
                store.sql(&format!("UPDATE audit SET seq = {second} WHERE seq = 100000"));
            }
        }
        let found = house.verify_audit(Some(&honest.head)).unwrap();
        prop_assert!(found.broken.is_some() || !found.anchor_found, "{how} at {seq}: {found:?}");
        let was_cut_at_the_end = how == 12 && seq == count;
        prop_assert!(found.broken.is_some() || was_cut_at_the_end, "{how} at {seq}: {found:?}");
    }
}
