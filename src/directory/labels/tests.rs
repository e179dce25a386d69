//! Teams and skills.

use serde_json::json;

use crate::directory::fixture::{TEST_START, TestDirectory, all, new_user, of};
use crate::directory::{Error, Label, LabelKind};
use crate::model::{NewUser, Role};

const KINDS: [LabelKind; 2] = [LabelKind::Team, LabelKind::Skill];

type Try<'t> = &'t dyn Fn(&mut TestDirectory, LabelKind) -> Result<(), Error>;

/// Two users with `one`, one of them with `two`, and one with neither.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    // In another order each, so that a team and a skill of one name have different ids.
    house.teams(&["two", "one", "three"]).skills(&["three", "two", "one"]);
    for (name, labels) in [("a", &["one", "two"][..]), ("b", &["one"]), ("c", &[])] {
        let new =
            NewUser { teams: all(labels), skills: all(labels), ..new_user(name, &[Role::Agent]) };
        house.create_user(&new, None).unwrap();
    }
    house.clock.advance(of("1h"));
    house
}

fn label(name: &str, users: i64) -> Label {
    Label { name: name.to_owned(), users }
}

fn action(kind: LabelKind, verb: &str) -> String {
    format!("{}.{verb}", kind.entity().as_str())
}

/// R58.
#[test]
fn a_label_is_made_once() {
    let mut house = house();
    for kind in KINDS {
        let (made, log) = house.logged(|house| house.create_label(kind, "four"));
        assert_eq!(made, label("four", 0));
        assert_eq!(house.find_label(kind, "four").unwrap(), made);
        assert_eq!((log.len(), &log[0]["action"]), (1, &json!(action(kind, "create"))));
        assert_eq!((&log[0]["before"], &log[0]["after"]), (&json!(null), &json!({"name": "four"})));
        let error = house.refused(|house| house.create_label(kind, "four"));
        assert!(
            matches!(&error, Error::Exists { object, name } if *object == kind.entity() && name == "four"),
            "{error}"
        );
    }
}

#[test]
fn labels_are_listed_by_name_with_the_number_of_their_users() {
    let house = house();
    for kind in KINDS {
        let mut found = Vec::new();
        house
            .labels(kind, |label| {
                found.push(label);
                true
            })
            .unwrap();
        assert_eq!(found, [label("one", 2), label("three", 0), label("two", 1)]);
        assert_eq!(house.count_labels(kind).unwrap(), 3);
        assert_eq!(house.find_label(kind, "one").unwrap(), label("one", 2));
    }
}

/// Users keep the label under its new name.
#[test]
fn a_new_name_keeps_the_users() {
    let mut house = house();
    for kind in KINDS {
        let (changed, log) = house.logged(|house| house.rename_label(kind, "one", "uno"));
        assert!(changed);
        assert_eq!((log.len(), &log[0]["action"]), (1, &json!(action(kind, "rename"))));
        assert_eq!(log[0]["subject"], "uno");
        assert_eq!(
            (&log[0]["before"], &log[0]["after"]),
            (&json!({"name": "one"}), &json!({"name": "uno"}))
        );
        assert_eq!(house.find_label(kind, "uno").unwrap(), label("uno", 2));
        house.find_label(kind, "one").unwrap_err();

        assert!(!house.untouched(|house| house.rename_label(kind, "two", "two")));
        let error = house.refused(|house| house.rename_label(kind, "two", "uno"));
        assert!(
            matches!(&error, Error::Exists { object, .. } if *object == kind.entity()),
            "{error}"
        );
        house.refused(|house| house.rename_label(kind, "nowhere", "nowhere"));
    }
    let a = house.user("a");
    assert_eq!(a.teams, all(&["two", "uno"]));
    assert_eq!(a.skills, all(&["two", "uno"]));
}

/// A label in use goes only where its users are to lose it, and their sheets count as changed.
#[test]
fn a_label_in_use_is_deleted_on_demand_only() {
    for kind in KINDS {
        let mut house = house();
        let error = house.refused(|house| house.delete_label(kind, "one", false));
        let Error::InUse { object, name, count } = &error else { panic!("{error}") };
        assert_eq!((*object, name.as_str(), *count), (kind.entity(), "one", 2));
        let (count, log) = house.logged(|house| house.delete_label(kind, "one", true));
        assert_eq!(count, 2);
        // What each of them had is told of each of them.
        let told: Vec<(&str, &str)> = log
            .iter()
            .map(|entry| (entry["action"].as_str().unwrap(), entry["subject"].as_str().unwrap()))
            .collect();
        let deletion = action(kind, "delete");
        assert_eq!(told, [("user.update", "a"), ("user.update", "b"), (&*deletion, "one")]);
        assert_eq!(
            (&log[2]["before"], &log[2]["after"]),
            (&json!({"name": "one", "users": 2}), &json!(null))
        );
        let later = TEST_START.plus(of("1h"));
        for (name, updated, revision) in [("a", later, 2), ("b", later, 2), ("c", TEST_START, 1)] {
            assert_eq!(house.user(name).updated_at, updated, "{name}");
            assert_eq!(house.revision(name), revision, "{name}");
        }
        let (teams, skills) = (house.user("a").teams.len(), house.user("a").skills.len());
        assert_eq!((teams, skills), if kind == LabelKind::Team { (1, 2) } else { (2, 1) });
        assert_eq!(house.count_labels(kind).unwrap(), 2);
    }
}

#[test]
fn a_label_without_users_is_deleted_without_a_word() {
    let mut house = house();
    for kind in KINDS {
        assert_eq!(house.delete_label(kind, "three", false).unwrap(), 0);
        house.find_label(kind, "three").unwrap_err();
    }
}

#[test]
fn what_is_not_there_is_named_with_the_nearest_of_its_kind() {
    let mut house = TestDirectory::new();
    house.teams(&["voice"]).skills(&["vouce"]);
    let tries: [Try<'_>; 3] = [
        &|house, kind| house.find_label(kind, "vvice").map(drop),
        &|house, kind| house.rename_label(kind, "vvice", "x").map(drop),
        &|house, kind| house.delete_label(kind, "vvice", true).map(drop),
    ];
    for (kind, near) in KINDS.into_iter().zip(["voice", "vouce"]) {
        for attempt in tries {
            let error = house.refused(|house| attempt(house, kind));
            let Error::NotFound { object, name, nearest } = &error else { panic!("{error}") };
            assert_eq!((*object, name.as_str()), (kind.entity(), "vvice"));
            assert_eq!(nearest.as_deref(), Some(near));
        }
    }
}
