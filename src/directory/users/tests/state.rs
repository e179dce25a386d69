//! Activating and deactivating users.

use std::sync::{Arc, Barrier};
use std::thread;

use serde_json::json;

use crate::directory::fixture::{
    GOOD_PASSWORD, TEST_START, TestDirectory, all, generated, new_user, of, requests, typed,
};
use crate::directory::{EntityKind, Error, Impact, NewPassword};
use crate::model::{CredentialKind, Role, State, Username};

const GO: State = State::Inactive;
const COME: State = State::Active;

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu-support", "en-support"]);
    house
}

/// R58.
#[test]
fn a_list_is_one_transaction_with_an_entry_for_each_who_changed() {
    let mut house = house();
    for name in ["a", "b", "c"] {
        house.agent(name, &[]);
    }
    house.set_user_states(&[of("b")], GO).unwrap();
    house.clock.advance("1h".parse().unwrap());
    let list = all(&["c", "b", "a"]);
    let (changes, log) = house.logged(|house| house.set_user_states(&list, GO));
    let told: Vec<_> =
        changes.iter().map(|change| (change.user.username.as_str(), change.changed)).collect();
    assert_eq!(told, [("c", true), ("b", false), ("a", true)]);
    for change in &changes {
        assert_eq!(change.user, house.user(change.user.username.as_str()));
        assert_eq!(change.user.set_state, GO);
    }
    assert_eq!(changes[1].user.updated_at, TEST_START);
    assert_eq!(changes[0].user.updated_at, TEST_START.plus("1h".parse().unwrap()));
    assert_eq!((house.revision("b"), house.revision("c")), (2, 2));
    let entries: Vec<_> = log
        .iter()
        .map(|entry| (&entry["action"], &entry["subject"], &entry["before"], &entry["after"]))
        .collect();
    let (was, is) = (json!({"state": "active"}), json!({"state": "inactive"}));
    let action = json!("user.deactivate");
    assert_eq!(entries, [(&action, &json!("c"), &was, &is), (&action, &json!("a"), &was, &is)]);
    let (_, log) = house.logged(|house| house.set_user_states(&[of("a")], COME));
    assert_eq!(log[0]["action"], "user.activate");
    assert_eq!((&log[0]["before"], &log[0]["after"]), (&is, &was));
}

#[test]
fn what_is_already_so_changes_nothing() {
    let mut house = house();
    house.agent("a", &["hu-support"]);
    let changes = house.untouched(|house| house.set_user_states(&all(&["a", "a"]), COME));
    assert!(changes.iter().all(|change| !change.changed));
    house.set_user_states(&[of("a")], GO).unwrap();
    let changes = house.untouched(|house| house.set_user_states(&[of("a")], GO));
    assert!(!changes[0].changed && changes[0].impact == Impact::default());
    assert!(house.untouched(|house| house.set_user_states(&[], GO)).is_empty());
}

/// All or none, whoever comes before the one that cannot be.
#[test]
fn one_who_is_not_there_keeps_all_others() {
    let mut house = house();
    house.agent("anna", &[]);
    let list = all(&["anna", "ana"]);
    let error = house.refused(|house| house.set_user_states(&list, GO));
    let Error::NotFound { object: EntityKind::User, name, nearest } = &error else {
        panic!("{error}")
    };
    assert_eq!((name.as_str(), nearest.as_deref()), ("ana", Some("anna")));
}

#[test]
fn who_is_listed_twice_changes_once() {
    let mut house = house();
    house.agent("a", &[]);
    let (changes, log) = house.logged(|house| house.set_user_states(&all(&["a", "a"]), GO));
    let told: Vec<bool> = changes.iter().map(|change| change.changed).collect();
    assert_eq!((told.as_slice(), log.len()), (&[true][..], 1));
}

/// R23.
#[test]
fn the_last_admin_stays_active() {
    let mut house = house();
    house.admin("boss");
    house.agent("a", &[]);
    let error = house.refused(|house| house.set_user_states(&all(&["a", "boss"]), GO));
    assert!(matches!(&error, Error::LastAdmin { username } if username.as_str() == "boss"));

    // Two at once are the last one, too.
    house.admin("chief");
    let error = house.refused(|house| house.set_user_states(&all(&["chief", "boss"]), GO));
    assert!(matches!(&error, Error::LastAdmin { username } if username.as_str() == "boss"));
    house.set_user_states(&[of("boss")], GO).unwrap();
    house.refused(|house| house.set_user_states(&[of("chief")], GO));
}

/// R23: an admin whose password ran out is no other admin, and may go themselves.
#[test]
fn an_admin_with_an_expired_password_does_not_count() {
    let mut house = house();
    house.admin("boss");
    house.create_user(&new_user("temp", &[Role::Admin]), Some(&generated())).unwrap();
    house.clock.advance("7d".parse().unwrap());
    let error = house.refused(|house| house.set_user_states(&[of("boss")], GO));
    assert!(matches!(error, Error::LastAdmin { .. }), "{error}");
    house.set_user_states(&[of("temp")], GO).unwrap();
}

/// R23: of two processes that deactivate the last two admins at once, one is refused.
#[test]
fn two_processes_cannot_take_the_last_two_admins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    house.admin("boss");
    house.admin("chief");
    let start = Arc::new(Barrier::new(2));
    let workers = ["boss", "chief"].map(|name| {
        let (path, start) = (path.clone(), Arc::clone(&start));
        thread::spawn(move || {
            let mut house = TestDirectory::on(&path);
            start.wait();
            match house.set_user_states(&[of(name)], GO) {
                Ok(_) => true,
                Err(Error::LastAdmin { .. }) => false,
                Err(other) => panic!("{other}"),
            }
        })
    });
    let done = workers.map(|worker| worker.join().unwrap());
    assert_ne!(done[0], done[1]);
    assert_eq!(house.user("boss").set_state.is_active(), !done[0]);
    assert_eq!(house.user("chief").set_state.is_active(), !done[1]);
}

#[test]
fn projects_that_nobody_is_left_for_are_named() {
    let mut house = house();
    house.agent("a", &["hu-support", "en-support"]);
    house.agent("b", &["en-support"]);
    house.agent("c", &["en-support"]);
    let unattended = |house: &mut TestDirectory, list: &[Username], state| -> Vec<Vec<String>> {
        let changes = house.set_user_states(list, state).unwrap();
        changes
            .iter()
            .map(|change| change.impact.unattended.iter().map(ToString::to_string).collect())
            .collect()
    };
    assert_eq!(unattended(&mut house, &all(&["a"]), GO), [["hu-support"]]);
    // The last of a list is the one who leaves it empty.
    assert_eq!(
        unattended(&mut house, &all(&["b", "c"]), GO),
        [Vec::<String>::new(), vec!["en-support".into()]]
    );
    assert_eq!(unattended(&mut house, &all(&["a"]), COME), [Vec::<String>::new()]);
    // An inactive project has nobody to miss.
    house.set_project_state(&of("hu-support"), GO).unwrap();
    assert_eq!(unattended(&mut house, &all(&["a"]), GO), [vec!["en-support".to_owned()]]);
}

/// Everything stays for the return.
#[test]
fn projects_weights_and_password_survive_the_absence() {
    let mut house = house();
    let new = crate::model::NewUser {
        projects: requests(&["hu-support:33"]),
        ..new_user("a", &[Role::Agent])
    };
    house.create_user(&new, Some(&generated())).unwrap();
    let (before, hash) = (house.user("a"), house.hash("a"));
    house.set_user_states(&[of("a")], GO).unwrap();
    house.set_project_state(&of("hu-support"), GO).unwrap();
    let away = house.user("a");
    assert_eq!(away.projects[0].weight, before.projects[0].weight);
    assert_eq!(away.projects[0].project_state, GO);
    house.set_project_state(&of("hu-support"), COME).unwrap();
    house.set_user_states(&[of("a")], COME).unwrap();
    assert_eq!(house.user("a"), before);
    assert_eq!(house.hash("a"), hash);
}

type Attempt<'a> = &'a dyn Fn(&mut TestDirectory) -> Error;

/// R58: who may do nothing to anybody leaves an entry with each of the names, and not one that
/// nobody has.
#[test]
fn a_denial_names_everybody_that_it_was_about() {
    let mut house = house();
    for name in ["a", "b"] {
        house.agent(name, &[]);
    }
    let mallory = new_user("mallory", &[Role::Agent]);
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&mallory, Some(&password)).unwrap();
    house.acts_as("mallory");
    let names = all(&["a", "nobody", "b"]);
    let denials: [(&str, Attempt<'_>); 5] = [
        ("user.deactivate", &|house| house.set_user_states(&names, GO).unwrap_err()),
        ("user.delete", &|house| house.delete_users(&names).unwrap_err()),
        ("user.unlock", &|house| house.unlock(&names).unwrap_err()),
        ("password.expire", &|house| house.expire_passwords(&names).unwrap_err()),
        ("password.reset", &|house| house.may_set_passwords(&names).unwrap_err()),
    ];
    for (action, act) in denials {
        let before = house.store().log().len();
        assert!(matches!(act(&mut house), Error::Forbidden { .. }), "{action}");
        let log = house.store().log().split_off(before);
        let told: Vec<_> = log
            .iter()
            .map(|entry| (&entry["action"], &entry["subject"], &entry["outcome"]))
            .collect();
        let entry = |subject| (json!(action), subject, json!("denied"));
        let wanted = [entry(json!("a")), entry(json!(null)), entry(json!("b"))];
        let wanted: Vec<_> = wanted.iter().map(|(one, two, three)| (one, two, three)).collect();
        assert_eq!(told, wanted);
    }
}
