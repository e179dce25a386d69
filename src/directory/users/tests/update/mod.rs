//! Changing users' sheets.

mod roles;

use serde_json::{Value, json};

use crate::directory::fixture::{
    GOOD_PASSWORD, TEST_START, TestDirectory, all, generated, new_user, of, requests, roles, typed,
};
use crate::directory::{EntityKind, Error, Impact, NewPassword, UserUpdate};
use crate::model::{CredentialKind, NewUser, ProfileField, Role, Rule, State};

/// `james`: an agent with something in every field.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu-support", "en-support"]);
    house.teams(&["voice", "chat", "night"]).skills(&["billing", "dutch", "french"]);
    let james = NewUser {
        full_name: of("James Carter"),
        email: Some(of("james@example.com")),
        phone: Some(of("+36201234567")),
        teams: all(&["voice"]),
        skills: all(&["billing:3"]),
        language: Some(of("en")),
        projects: requests(&["hu-support:20"]),
        ..new_user("james", &[Role::Agent])
    };
    house.create_user(&james, Some(&generated())).unwrap();
    house.clock.advance("1h".parse().unwrap());
    house
}

fn granting(role: Role) -> UserUpdate {
    UserUpdate { add_roles: roles(&[role]), ..UserUpdate::default() }
}

/// R58: one entry for each field, with what changed and nothing else.
#[test]
fn every_field_changes_alone_and_leaves_one_entry() {
    let none = UserUpdate::default;
    let cases: Vec<(UserUpdate, Value, Value)> = vec![
        (
            UserUpdate { full_name: Some(of("Jim \"J\" O'Carter")), ..none() },
            json!({"full_name": "James Carter"}),
            json!({"full_name": "Jim \"J\" O'Carter"}),
        ),
        (
            UserUpdate { email: Some(Some(of("jim@example.com"))), ..none() },
            json!({"email": "james@example.com"}),
            json!({"email": "jim@example.com"}),
        ),
        (
            UserUpdate { email: Some(None), ..none() },
            json!({"email": "james@example.com"}),
            json!({"email": null}),
        ),
        (
            UserUpdate { phone: Some(Some(of("+12125550100"))), ..none() },
            json!({"phone": "+36201234567"}),
            json!({"phone": "+12125550100"}),
        ),
        (
            UserUpdate { phone: Some(None), ..none() },
            json!({"phone": "+36201234567"}),
            json!({"phone": null}),
        ),
        (
            UserUpdate { language: Some(Some(of("hu"))), ..none() },
            json!({"language": "en"}),
            json!({"language": "hu"}),
        ),
        (
            UserUpdate { language: Some(None), ..none() },
            json!({"language": "en"}),
            json!({"language": null}),
        ),
        (
            UserUpdate { project_selection: Some(false), ..none() },
            json!({"project_selection": true}),
            json!({"project_selection": false}),
        ),
        (
            UserUpdate { add_roles: roles(&[Role::Requester]), ..none() },
            json!({"roles": ["agent"]}),
            json!({"roles": ["agent", "requester"]}),
        ),
        (
            UserUpdate {
                add_roles: roles(&[Role::ExternalAgent]),
                remove_roles: roles(&[Role::Agent]),
                ..none()
            },
            json!({"roles": ["agent"]}),
            json!({"roles": ["external-agent"]}),
        ),
        (
            UserUpdate { add_teams: all(&["night", "chat"]), ..none() },
            json!({"teams": ["voice"]}),
            json!({"teams": ["chat", "night", "voice"]}),
        ),
        (
            UserUpdate { remove_teams: all(&["voice", "chat"]), ..none() },
            json!({"teams": ["voice"]}),
            json!({"teams": []}),
        ),
        (
            UserUpdate { add_skills: all(&["french", "billing:5"]), ..none() },
            json!({"skills": [{"skill": "billing", "level": 3}]}),
            json!({"skills": [{"skill": "billing", "level": 5}, {"skill": "french", "level": 1}]}),
        ),
        (
            UserUpdate { remove_skills: all(&["billing", "dutch"]), ..none() },
            json!({"skills": [{"skill": "billing", "level": 3}]}),
            json!({"skills": []}),
        ),
    ];
    for (update, before, after) in cases {
        let mut house = house();
        let (change, log) = house.logged(|house| house.update_user(&of("james"), &update));
        assert!(change.changed && change.impact == Impact::default() && change.generated.is_none());
        let found = house.user("james");
        assert_eq!(change.user, found);
        assert_eq!(found.updated_at, TEST_START.plus("1h".parse().unwrap()));
        assert_eq!(found.created_at, TEST_START);
        assert_eq!(house.revision("james"), 2, "{after}");
        assert_eq!(log.len(), 1);
        assert_eq!((&log[0]["action"], &log[0]["subject_id"]), (&json!("user.update"), &json!(1)));
        assert_eq!((&log[0]["before"], &log[0]["after"]), (&before, &after));
    }
}

/// The search follows the sheet.
#[test]
fn a_search_finds_the_new_values_and_not_the_old() {
    let mut house = house();
    let update = UserUpdate {
        full_name: Some(of("Kovács Éva")),
        email: Some(Some(of("eva@example.org"))),
        phone: Some(None),
        ..UserUpdate::default()
    };
    house.update("james", &update).unwrap();
    let count = |text: &str| {
        let filter =
            crate::model::UserFilter { searches: vec![text.to_owned()], ..Default::default() };
        house.count_users(&filter).unwrap()
    };
    for text in ["kovacs", "EVA@example.org", "james"] {
        assert_eq!(count(text), 1, "{text}");
    }
    for text in ["carter", "james@", "+3620"] {
        assert_eq!(count(text), 0, "{text}");
    }
}

/// What is already so changes nothing at all: no entry, no time, no revision.
#[test]
fn what_is_already_so_changes_nothing() {
    let mut house = house();
    for update in [
        UserUpdate::default(),
        UserUpdate {
            full_name: Some(of("James Carter")),
            email: Some(Some(of("james@example.com"))),
            phone: Some(Some(of("+36 20 1234567"))),
            language: Some(Some(of("EN"))),
            project_selection: Some(true),
            add_roles: roles(&[Role::Agent]),
            remove_roles: roles(&[Role::Requester, Role::Admin]),
            add_teams: all(&["voice"]),
            remove_teams: all(&["chat"]),
            add_skills: all(&["billing:3"]),
            remove_skills: all(&["dutch"]),
            unassign: true,
            keep_password: true,
            ..UserUpdate::default()
        },
    ] {
        let change = house.untouched(|house| house.update_user(&of("james"), &update));
        assert!(!change.changed);
        assert_eq!(change.user, house.user("james"));
        assert_eq!(change.user.updated_at, TEST_START);
    }
}

/// Whoever is added and removed at once is added: the command line refuses it before.
#[test]
fn what_is_both_added_and_removed_is_added() {
    let mut house = house();
    let update = UserUpdate {
        add_roles: roles(&[Role::Agent, Role::Requester]),
        remove_roles: roles(&[Role::Agent, Role::Requester]),
        add_teams: all(&["chat"]),
        remove_teams: all(&["chat"]),
        add_skills: all(&["billing:1"]),
        remove_skills: all(&["billing"]),
        ..UserUpdate::default()
    };
    house.update("james", &update).unwrap();
    let james = house.user("james");
    assert_eq!(james.roles, roles(&[Role::Agent, Role::Requester]));
    assert_eq!(james.teams, all(&["chat", "voice"]));
    assert_eq!(james.skills, all(&["billing:1"]));
    assert_eq!(james.projects.len(), 1);
}

#[test]
fn what_is_not_there_is_named_with_the_nearest() {
    let mut house = house();
    let none = UserUpdate::default;
    for (username, update, object, nearest) in [
        ("jmaes", granting(Role::Requester), EntityKind::User, "james"),
        (
            "James",
            UserUpdate { password: Some(typed(GOOD_PASSWORD)), ..none() },
            EntityKind::User,
            "james",
        ),
        ("james", UserUpdate { add_teams: all(&["voic"]), ..none() }, EntityKind::Team, "voice"),
        ("james", UserUpdate { remove_teams: all(&["hcat"]), ..none() }, EntityKind::Team, "chat"),
        ("james", UserUpdate { add_skills: all(&["ducth"]), ..none() }, EntityKind::Skill, "dutch"),
        (
            "james",
            UserUpdate { remove_skills: all(&["bling"]), ..none() },
            EntityKind::Skill,
            "billing",
        ),
    ] {
        let error = house.refused(|house| house.update(username, &update));
        let Error::NotFound { object: found, nearest: near, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!((*found, near.as_deref()), (object, Some(nearest)), "{error}");
    }
}

/// A list is applied as a whole or not at all.
#[test]
fn one_wrong_name_keeps_the_rest_from_being_written() {
    let mut house = house();
    let update = UserUpdate {
        full_name: Some(of("Jim")),
        add_teams: all(&["chat", "nowhere"]),
        ..UserUpdate::default()
    };
    house.refused(|house| house.update("james", &update));
}

/// R58: the sheet and the password are two changes, and two entries.
#[test]
fn a_password_beside_the_sheet_is_a_second_entry() {
    let mut house = house();
    let update = UserUpdate {
        full_name: Some(of("Jim Carter")),
        password: Some(generated()),
        ..UserUpdate::default()
    };
    let (change, log) = house.logged(|house| house.update_user(&of("james"), &update));
    let told = change.generated.unwrap();
    assert_eq!(change.user, house.user("james"));
    let actions: Vec<&Value> = log.iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["user.update", "password.reset"]);
    assert_eq!(log[0]["after"], json!({"full_name": "Jim Carter"}));
    let password = |expires: &str| {
        json!({"password": {
            "kind": "temporary", "origin": "generated", "set_by": "os:root", "expires_at": expires,
        }})
    };
    assert_eq!(log[1]["before"], password("2026-11-28T09:00:00Z"));
    assert_eq!(log[1]["after"], password("2026-11-28T10:00:00Z"));
    assert!(house.verify(&of("james"), &told).is_ok());
}

#[test]
fn a_password_alone_is_a_change() {
    let mut house = house();
    let update = UserUpdate { password: Some(generated()), ..UserUpdate::default() };
    let (change, log) = house.logged(|house| house.update_user(&of("james"), &update));
    assert!(change.changed);
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["action"], "password.reset");
    assert_eq!(change.user.updated_at, TEST_START.plus("1h".parse().unwrap()));
}

/// The new name counts for the new password, and a weak one changes nothing.
#[test]
fn a_password_is_judged_by_the_name_to_be() {
    let mut house = house();
    let update = || UserUpdate {
        full_name: Some(of("Zorblimax")),
        password: Some(typed("zorblimax zorblimax 1")),
        ..UserUpdate::default()
    };
    let error = house.refused(|house| house.update("james", &update()));
    assert!(matches!(&error, Error::Invalid(invalid) if invalid.rule == Rule::Password), "{error}");
    let old = UserUpdate { full_name: None, ..update() };
    assert!(house.update("james", &old).unwrap());
}

#[test]
fn a_required_field_cannot_go() {
    let mut house = house().rule(|policy| {
        policy.required = vec![ProfileField::Phone, ProfileField::Team, ProfileField::Skill];
    });
    let none = UserUpdate::default;
    for (update, field) in [
        (UserUpdate { phone: Some(None), ..none() }, ProfileField::Phone),
        (UserUpdate { remove_teams: all(&["voice"]), ..none() }, ProfileField::Team),
        (UserUpdate { remove_skills: all(&["billing"]), ..none() }, ProfileField::Skill),
    ] {
        let error = house.refused(|house| house.update("james", &update));
        assert!(matches!(&error, Error::Missing { fields } if *fields == [field]), "{error}");
    }
    // Another value in its place, or a field that nobody asks for, is as good as ever.
    for update in [
        UserUpdate { email: Some(None), language: Some(None), ..none() },
        UserUpdate { phone: Some(Some(of("+12125550100"))), ..none() },
        UserUpdate { remove_teams: all(&["voice"]), add_teams: all(&["chat"]), ..none() },
        UserUpdate { remove_skills: all(&["billing"]), add_skills: all(&["dutch"]), ..none() },
    ] {
        assert!(house.update("james", &update).unwrap());
    }
}

#[test]
fn a_field_that_is_missing_already_blocks_nothing_else() {
    let mut house = house();
    let bare = new_user("bare", &[Role::Agent]);
    house.create_user(&bare, None).unwrap();
    let mut house = house.rule(|policy| policy.required = ProfileField::ALL.to_vec());
    let rename = UserUpdate { full_name: Some(of("Bare")), ..UserUpdate::default() };
    assert!(house.update("bare", &rename).unwrap());
    let some = UserUpdate { email: Some(Some(of("b@example.com"))), ..UserUpdate::default() };
    assert!(house.update("bare", &some).unwrap());
    // What is there by now cannot go again, and that alone is what the refusal is about.
    let gone = UserUpdate { email: Some(None), ..UserUpdate::default() };
    let error = house.refused(|house| house.update("bare", &gone));
    assert!(
        matches!(&error, Error::Missing { fields } if *fields == [ProfileField::Email]),
        "{error}"
    );
}

/// Whoever comes to take calls has to have the skills that the site wants of those; projects can
/// only be given to them afterwards.
#[test]
fn who_begins_to_take_calls_needs_skills_and_gets_projects_later() {
    let mut house = house();
    house.create_user(&new_user("rita", &[Role::Requester]), None).unwrap();
    let mut house = house.rule(|policy| {
        policy.required = vec![ProfileField::Skill, ProfileField::Project, ProfileField::Email];
    });
    let error = house.refused(|house| house.update("rita", &granting(Role::Agent)));
    assert!(
        matches!(&error, Error::Missing { fields } if *fields == [ProfileField::Skill]),
        "{error}"
    );
    let skilled = UserUpdate { add_skills: all(&["dutch"]), ..granting(Role::Agent) };
    assert!(house.update("rita", &skilled).unwrap());
    assert!(house.assign(&of("rita"), &requests(&["hu-support"]), false).unwrap().changed);
}
