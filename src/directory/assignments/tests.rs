//! Assigning, unassigning and weighing.

use serde_json::{Value, json};

use super::AssignmentChange;
use crate::directory::fixture::{TEST_START, TestDirectory, all, new_user, of, policy, requests};
use crate::directory::{EntityKind, Error, Policy};
use crate::model::{NewUser, Role, Rule, State, User, Weight, WeightRange};

type Try<'t> = &'t dyn Fn(&mut TestDirectory) -> Result<AssignmentChange, Error>;

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["de", "en", "hu", "old"]);
    house.agent("james", &["hu:20", "old:5"]);
    house.set_project_state(&of("old"), State::Inactive).unwrap();
    house.clock.advance(of("1h"));
    house
}

fn weights(user: &User) -> Vec<(&str, u32)> {
    user.projects.iter().map(|one| (one.project.as_str(), one.weight.get())).collect()
}

fn assign(
    house: &mut TestDirectory,
    wanted: &[&str],
    replace: bool,
) -> Result<AssignmentChange, Error> {
    house.assign(&of("james"), &requests(wanted), replace)
}

fn weight(number: i64) -> Weight {
    Weight::new(number).unwrap()
}

/// R58.
#[test]
fn new_projects_get_their_weight_or_the_default() {
    let mut house = house();
    let (change, log) = house.logged(|house| assign(house, &["en:30", "de"], false));
    assert!(change.changed && change.impact.unattended.is_empty());
    assert_eq!(weights(&change.before), [("hu", 20), ("old", 5)]);
    assert_eq!(weights(&change.after), [("de", 10), ("en", 30), ("hu", 20), ("old", 5)]);
    assert_eq!(change.after, house.user("james"));
    assert_eq!(change.after.updated_at, TEST_START.plus(of("1h")));
    assert_eq!(house.revision("james"), 2);
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["action"], "project.assign");
    assert_eq!(log[0]["subject"], "james");
    let list = |items: &[(&str, u32)]| -> Value {
        let items: Vec<Value> = items
            .iter()
            .map(|(project, weight)| json!({"project": project, "weight": weight}))
            .collect();
        json!({"projects": items})
    };
    assert_eq!(log[0]["before"], list(&[("hu", 20), ("old", 5)]));
    assert_eq!(log[0]["after"], list(&[("de", 10), ("en", 30), ("hu", 20), ("old", 5)]));
}

#[test]
fn a_project_that_the_user_has_keeps_its_weight_where_none_is_given() {
    let mut house = house();
    let change = house.untouched(|house| assign(house, &["hu"], false));
    assert!(!change.changed);
    assert_eq!(change.after, house.user("james"));
    let change = house.untouched(|house| assign(house, &["hu:20"], false));
    assert!(!change.changed);
    assert!(assign(&mut house, &["hu:21", "en"], false).unwrap().changed);
    assert_eq!(weights(&house.user("james")), [("en", 10), ("hu", 21), ("old", 5)]);
}

#[test]
fn replacing_takes_him_out_of_all_others() {
    let mut house = house();
    house.agent("mary", &["hu"]);
    let change = assign(&mut house, &["en", "old"], true).unwrap();
    assert_eq!(weights(&change.after), [("en", 10), ("old", 5)]);
    assert!(change.impact.unattended.is_empty());
    assert_eq!(weights(&house.user("mary")), [("hu", 10)]);
    let change = house.untouched(|house| assign(house, &["old", "en"], true));
    assert!(!change.changed);
    let change = assign(&mut house, &["hu"], true).unwrap();
    // The inactive project has nobody to miss.
    assert_eq!(change.impact.unattended, all(&["en"]));
}

#[test]
fn the_weight_that_is_named_last_counts() {
    let mut house = house();
    assign(&mut house, &["en:30", "hu:7", "en:40", "hu:8"], false).unwrap();
    assert_eq!(weights(&house.user("james")), [("en", 40), ("hu", 8), ("old", 5)]);
}

/// Nobody new comes to an inactive project, but whoever is there can be weighed.
#[test]
fn an_inactive_project_takes_nobody_new() {
    let mut house = house();
    house.agent("mary", &[]);
    let error = house.refused(|house| house.assign(&of("mary"), &requests(&["old"]), false));
    assert!(matches!(&error, Error::ProjectInactive { project } if project.as_str() == "old"));
    assert!(!house.untouched(|house| assign(house, &["old"], false)).changed);
    assert!(assign(&mut house, &["old:50"], false).unwrap().changed);
    house.set_weight(&of("james"), &of("old"), weight(51)).unwrap();
    assert_eq!(weights(&house.user("james")), [("hu", 20), ("old", 51)]);
    assert!(house.unassign(&of("james"), &all(&["old"])).unwrap().changed);
    let error = house.refused(|house| assign(house, &["en", "old"], false));
    assert!(matches!(error, Error::ProjectInactive { .. }));
}

#[test]
fn only_those_who_take_calls_are_assigned() {
    let mut house = house();
    for role in [Role::Admin, Role::Supervisor, Role::Requester] {
        house.create_user(&new_user(role.as_str(), &[role]), None).unwrap();
        let name = of(role.as_str());
        let error = house.refused(|house| house.assign(&name, &requests(&["hu"]), false));
        assert!(matches!(&error, Error::NotAssignable { username } if *username == name));
    }
    house.create_user(&new_user("ext", &[Role::ExternalAgent]), None).unwrap();
    assert!(house.assign(&of("ext"), &requests(&["hu"]), false).unwrap().changed);
}

#[test]
fn what_is_not_there_is_named_with_the_nearest() {
    let mut house = house();
    house.projects_named(&["billing-hu"]);
    let user = (EntityKind::User, "jmes", Some("james"));
    let project = (EntityKind::Project, "biling-hu", Some("billing-hu"));
    let hu = || requests(&["hu:30"]);
    let tries: [(Try<'_>, _); 6] = [
        (&|house| house.assign(&of("jmes"), &hu(), false), user),
        (&|house| house.unassign(&of("jmes"), &[of("hu")]), user),
        (&|house| house.set_weight(&of("jmes"), &of("hu"), weight(1)), user),
        (&|house| assign(house, &["hu:30", "biling-hu"], false), project),
        (&|house| house.unassign(&of("james"), &all(&["hu", "biling-hu"])), project),
        (&|house| house.set_weight(&of("james"), &of("biling-hu"), weight(1)), project),
    ];
    for (attempt, (object, name, nearest)) in tries {
        let error = house.refused(|house| attempt(house));
        let Error::NotFound { object: found, name: wrong, nearest: near } = &error else {
            panic!("{error}")
        };
        assert_eq!((*found, wrong.as_str(), near.as_deref()), (object, name, nearest));
    }
}

#[test]
fn weights_stay_within_the_range_of_the_site() {
    let range = WeightRange { min: weight(5), max: weight(50), default: weight(7) };
    let mut house = TestDirectory::with(Policy { weights: range, ..policy() });
    house.projects_named(&["hu", "en"]);
    house.agent("james", &["hu:20"]);
    let refusals = [
        house.refused(|house| assign(house, &["en", "hu:51"], false)),
        house.refused(|house| assign(house, &["hu:4"], true)),
        house.refused(|house| house.set_weight(&of("james"), &of("hu"), weight(4))),
        house.refused(|house| house.set_weight(&of("james"), &of("hu"), weight(51))),
    ];
    for error in refusals {
        assert!(matches!(&error, Error::Invalid(invalid) if invalid.rule == Rule::Weight));
    }
    house.set_weight(&of("james"), &of("hu"), weight(50)).unwrap();
    assign(&mut house, &["en"], false).unwrap();
    assert_eq!(weights(&house.user("james")), [("en", 7), ("hu", 50)]);
    // A weight from before the range was narrowed is nobody's mistake.
    let mut house = house.rule(|policy| policy.weights.max = weight(9));
    assert!(!house.untouched(|house| assign(house, &["hu"], false)).changed);
}

#[test]
fn unassigning_leaves_the_others_and_tells_who_is_missed() {
    let mut house = house();
    assign(&mut house, &["en"], false).unwrap();
    house.agent("mary", &["en"]);
    let (change, log) =
        house.logged(|house| house.unassign(&of("james"), &all(&["hu", "en", "de", "hu"])));
    assert_eq!(weights(&change.after), [("old", 5)]);
    assert_eq!(change.after, house.user("james"));
    assert_eq!(change.impact.unattended, all(&["hu"]));
    assert_eq!((log.len(), &log[0]["action"]), (1, &json!("project.unassign")));
    assert_eq!(log[0]["after"], json!({"projects": [{"project": "old", "weight": 5}]}));
    // An inactive colleague is none.
    house.set_user_states(&[of("mary")], State::Inactive).unwrap();
    assign(&mut house, &["en"], false).unwrap();
    let change = house.unassign(&of("james"), &[of("en")]).unwrap();
    assert_eq!(change.impact.unattended, all(&["en"]));
}

#[test]
fn unassigning_who_is_not_assigned_is_already_so() {
    let mut house = house();
    let change = house.untouched(|house| house.unassign(&of("james"), &all(&["en", "de"])));
    assert!(!change.changed && change.impact.unattended.is_empty());
    let change = house.untouched(|house| house.unassign(&of("james"), &[]));
    assert!(!change.changed);
}

#[test]
fn a_weight_is_set_where_the_user_is_assigned() {
    let mut house = house();
    let (change, log) =
        house.logged(|house| house.set_weight(&of("james"), &of("hu"), weight(100)));
    assert!(change.changed);
    assert_eq!(weights(&change.after), [("hu", 100), ("old", 5)]);
    assert_eq!((log.len(), &log[0]["action"]), (1, &json!("weight.set")));
    let same = house.untouched(|house| house.set_weight(&of("james"), &of("hu"), weight(100)));
    assert!(!same.changed);
    let error = house.refused(|house| house.set_weight(&of("james"), &of("en"), weight(3)));
    assert!(
        matches!(&error, Error::NotAssigned { username, project }
            if username.as_str() == "james" && project.as_str() == "en"),
        "{error}"
    );
}

/// share = weight / sum of the weights in their active projects, from the user's side and from the
/// project's.
#[test]
fn shares_follow_weights_and_states() {
    let mut house = house();
    assign(&mut house, &["en:60", "de:20"], false).unwrap();
    let shares = |house: &TestDirectory| -> Vec<(String, f64)> {
        let james = house.user("james");
        james
            .projects
            .iter()
            .map(|one| (one.project.to_string(), james.share(one, TEST_START)))
            .collect()
    };
    let check = |house: &TestDirectory, expected: [(&str, f64); 4]| {
        for ((name, share), (project, wanted)) in shares(house).iter().zip(expected) {
            assert_eq!(name, project);
            assert!((share - wanted).abs() < 1e-9, "{name}: {share}");
            let mut seen = Vec::new();
            house
                .project_agents(&of(project), |agent| {
                    seen.push((agent.username.to_string(), agent.share));
                    true
                })
                .unwrap();
            assert_eq!(seen.len(), 1);
            assert!((seen[0].1 - wanted).abs() < 1e-9, "{seen:?}");
        }
    };
    check(&house, [("de", 0.2), ("en", 0.6), ("hu", 0.2), ("old", 0.0)]);
    house.set_project_state(&of("en"), State::Inactive).unwrap();
    check(&house, [("de", 0.5), ("en", 0.0), ("hu", 0.5), ("old", 0.0)]);
    house.set_project_state(&of("old"), State::Active).unwrap();
    house.set_weight(&of("james"), &of("old"), weight(60)).unwrap();
    check(&house, [("de", 0.2), ("en", 0.0), ("hu", 0.2), ("old", 0.6)]);
    let mary = NewUser { projects: requests(&["hu:1"]), ..new_user("mary", &[Role::Agent]) };
    house.create_user(&mary, None).unwrap();
    assert_eq!(shares(&house)[2].0, "hu");
    assert!((shares(&house)[2].1 - 0.2).abs() < 1e-9, "a colleague's weight is their own");
}
