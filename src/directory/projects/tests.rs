//! Projects.

use serde_json::json;

use crate::directory::fixture::{TEST_START, TestDirectory, new_user, of, requests};
use crate::directory::{EntityKind, Error, ProjectSummary, ProjectUpdate};
use crate::model::{NewUser, Priority, ProjectDetails, ProjectName, Role, State};

type Try<'t> = &'t dyn Fn(&mut TestDirectory) -> Result<(), Error>;

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu", "en"]);
    house.agent("james", &["hu:20", "en"]);
    house.agent("mary", &["hu"]);
    house.agent("away", &[]);
    house.clock.advance(of("1h"));
    house
}

fn details() -> ProjectDetails {
    ProjectDetails {
        language: Some(of("HU-hu")),
        description: Some(of("Calls; from 'Hungary' -- \"all\"")),
        priority: Priority::new(7).unwrap(),
    }
}

/// R51 and R58.
#[test]
fn a_project_is_stored_as_it_was_given() {
    let mut house = TestDirectory::new();
    let (made, log) = house.logged(|house| house.create_project(&of("hu-support"), details()));
    assert_eq!(made, house.find_project(&of("hu-support")).unwrap());
    assert_eq!(made.users, 0);
    assert_eq!(made.project.state, State::Active);
    assert_eq!(made.project.details, details());
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["subject"], "hu-support");
    assert_eq!((&log[0]["action"], &log[0]["before"]), (&json!("project.create"), &json!(null)));
    assert_eq!(
        log[0]["after"],
        json!({
            "name": "hu-support", "language": "hu-HU", "state": "active", "priority": 7,
            "description": "Calls; from 'Hungary' -- \"all\"",
        })
    );
    let error = house.refused(|house| house.create_project(&of("hu-support"), details()));
    assert!(
        matches!(&error, Error::Exists { object: EntityKind::Project, name } if name == "hu-support"),
        "{error}"
    );
}

#[test]
fn projects_are_listed_by_name_with_the_number_of_their_users() {
    let mut house = house();
    house.projects_named(&["de", "a-1", "a.1"]);
    house.set_user_states(&[of("mary")], State::Inactive).unwrap();
    let mut found = Vec::new();
    house
        .projects(|new_user| {
            found.push((new_user.project.name.to_string(), new_user.users));
            true
        })
        .unwrap();
    let expected = [("a-1", 0), ("a.1", 0), ("de", 0), ("en", 1), ("hu", 2)];
    assert_eq!(found, expected.map(|(name, users)| (name.to_owned(), users)));
    assert_eq!(house.count_projects().unwrap(), 5);
    let mut seen = 0;
    house
        .projects(|_| {
            seen += 1;
            seen < 2
        })
        .unwrap();
    assert_eq!(seen, 2);
}

#[test]
fn a_projects_users_are_listed_by_name_with_their_weights() {
    let mut house = house();
    house.set_user_states(&[of("mary")], State::Inactive).unwrap();
    let zed = NewUser { projects: requests(&["hu:5"]), ..new_user("Zed", &[Role::Agent]) };
    house.create_user(&zed, None).unwrap();
    let mut found = Vec::new();
    house
        .project_agents(&of("hu"), |agent| {
            found.push((agent.username.to_string(), agent.state, agent.weight.get(), agent.share));
            true
        })
        .unwrap();
    let names: Vec<_> = found.iter().map(|one| (one.0.as_str(), one.1, one.2)).collect();
    assert_eq!(
        names,
        [("Zed", State::Active, 5), ("james", State::Active, 20), ("mary", State::Inactive, 10)]
    );
    for (one, share) in found.iter().zip([1.0, 2.0 / 3.0, 0.0]) {
        assert!((one.3 - share).abs() < 1e-9, "{one:?}");
    }
}

#[test]
fn fields_change_alone_and_can_be_emptied() {
    let mut house = TestDirectory::new();
    house.create_project(&of("hu"), details()).unwrap();
    let none = ProjectUpdate::default;
    let update = ProjectUpdate { language: Some(Some(of("de"))), ..none() };
    let (change, log) = house.logged(|house| house.update_project(&of("hu"), update));
    assert!(change.changed);
    assert_eq!(change.now, house.find_project(&of("hu")).unwrap());
    assert_eq!((log.len(), &log[0]["action"]), (1, &json!("project.update")));
    assert_eq!(log[0]["before"], json!({"language": "hu-HU"}));
    assert_eq!(log[0]["after"], json!({"language": "de"}));
    let update = ProjectUpdate { description: Some(None), ..none() };
    let (_, log) = house.logged(|house| house.update_project(&of("hu"), update));
    assert_eq!(log[0]["after"], json!({"description": null}));
    let update = ProjectUpdate { language: Some(None), description: Some(Some(of("x"))), ..none() };
    house.update_project(&of("hu"), update).unwrap();
    let found = house.find_project(&of("hu")).unwrap().project.details;
    assert_eq!(found, ProjectDetails { language: None, description: Some(of("x")), ..details() });
    for update in
        [none(), ProjectUpdate { language: Some(None), description: Some(Some(of("x"))), ..none() }]
    {
        assert!(!house.untouched(|house| house.update_project(&of("hu"), update)).changed);
    }
}

/// Its users keep it under the new name, and the name that it had is free.
#[test]
fn a_new_name_keeps_the_users() {
    let mut house = house();
    let (change, log) = house.logged(|house| house.rename_project(&of("hu"), &of("magyar")));
    assert!(change.changed);
    assert_eq!(change.now, house.find_project(&of("magyar")).unwrap());
    assert_eq!(change.now.users, 2);
    assert_eq!(house.user("mary").projects[0].project.as_str(), "magyar");
    let entry = &log[0];
    assert_eq!((log.len(), &entry["action"]), (1, &json!("project.rename")));
    assert_eq!(
        (&entry["before"], &entry["after"]),
        (&json!({"name": "hu"}), &json!({"name": "magyar"}))
    );
    assert_eq!(entry["subject_id"], change.now.project.id);
    let error = house.find_project(&of("hu")).unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }));
    house.projects_named(&["hu"]);

    let error = house.refused(|house| house.rename_project(&of("magyar"), &of("en")));
    assert!(matches!(&error, Error::Exists { object: EntityKind::Project, name } if name == "en"));
    let same = house.untouched(|house| house.rename_project(&of("en"), &of("en")));
    assert!(!same.changed);
    house.refused(|house| house.rename_project(&of("nowhere"), &of("nowhere")));
}

#[test]
fn resting_keeps_the_assignments() {
    let mut house = house();
    let before = house.user("james");
    let (change, log) = house.logged(|house| house.set_project_state(&of("hu"), State::Inactive));
    assert!(change.changed);
    assert_eq!((change.now.project.state, change.now.users), (State::Inactive, 2));
    assert_eq!((log.len(), &log[0]["action"]), (1, &json!("project.deactivate")));
    assert_eq!(log[0]["after"], json!({"state": "inactive"}));
    let rested = house.user("james");
    assert_eq!(rested.projects[1].project_state, State::Inactive);
    assert_eq!((rested.updated_at, rested.projects.len()), (TEST_START, 2));
    let same = house.untouched(|house| house.set_project_state(&of("hu"), State::Inactive));
    assert!(!same.changed);
    let (_, log) = house.logged(|house| house.set_project_state(&of("hu"), State::Active));
    assert_eq!(log[0]["action"], "project.activate");
    assert_eq!(house.user("james"), before);
}

/// A project in use goes only where its users are to lose it, and their sheets count as changed.
#[test]
fn a_project_in_use_is_deleted_on_demand_only() {
    let mut house = house();
    let error = house.refused(|house| house.delete_project(&of("hu"), false));
    let Error::InUse { object, name, count } = &error else { panic!("{error}") };
    assert_eq!((*object, name.as_str(), *count), (EntityKind::Project, "hu", 2));
    let (gone, log) = house.logged(|house| house.delete_project(&of("hu"), true));
    assert_eq!(gone.users, 2);
    // What each of its users had is told of each of them.
    let lost = (&log[0]["action"], &log[0]["subject"], &log[1]["subject"]);
    assert_eq!(lost, (&json!("project.unassign"), &json!("james"), &json!("mary")));
    assert_eq!(
        (log.len(), &log[2]["action"], &log[2]["after"]),
        (3, &json!("project.delete"), &json!(null))
    );
    assert_eq!(
        log[2]["before"],
        json!({"name": "hu", "language": null, "description": null, "state": "active",
            "priority": 0, "users": 2})
    );
    let later = TEST_START.plus(of("1h"));
    assert_eq!((house.user("james").updated_at, house.revision("james")), (later, 2));
    assert_eq!((house.user("mary").updated_at, house.revision("mary")), (later, 2));
    assert_eq!((house.user("away").updated_at, house.revision("away")), (TEST_START, 1));
    assert_eq!(house.user("james").projects.len(), 1);
    assert!(house.user("mary").projects.is_empty());
    assert_eq!(house.count_projects().unwrap(), 1);
}

#[test]
fn a_project_without_users_is_deleted_without_a_word() {
    let mut house = house();
    house.projects_named(&["de"]);
    let (gone, log) = house.logged(|house| house.delete_project(&of("de"), false));
    assert_eq!((gone.users, log[0]["before"]["users"].as_i64()), (0, Some(0)));
}

#[test]
fn what_is_not_there_is_named_with_the_nearest() {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu-support"]);
    let wrong = || of::<ProjectName>("hu-suport");
    let tries: [Try<'_>; 6] = [
        &|house| house.find_project(&wrong()).map(drop::<ProjectSummary>),
        &|house| house.project_agents(&wrong(), |_| true),
        &|house| house.update_project(&wrong(), ProjectUpdate::default()).map(drop),
        &|house| house.set_project_state(&wrong(), State::Active).map(drop),
        &|house| house.rename_project(&wrong(), &of("x")).map(drop),
        &|house| house.delete_project(&wrong(), true).map(drop),
    ];
    for attempt in tries {
        let error = house.refused(|house| attempt(house));
        let Error::NotFound { object: EntityKind::Project, name, nearest } = &error else {
            panic!("{error}")
        };
        assert_eq!((name.as_str(), nearest.as_deref()), ("hu-suport", Some("hu-support")));
    }
}
