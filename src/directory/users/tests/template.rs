//! What a new user takes over from one who is there.

use crate::directory::fixture::{TestDirectory, all, generated, new_user, of, requests, roles};
use crate::directory::{EntityKind, Error, UserTemplate};
use crate::model::{NewUser, Role, RoleSet, State, Weight};

/// A house with somebody who has everything that a sheet can hold.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu-support", "en-support", "old"]);
    house.teams(&["voice", "chat"]).skills(&["billing", "dutch"]);
    let eva = NewUser {
        full_name: of("Kovács Éva"),
        email: Some(of("eva@example.com")),
        phone: Some(of("+36201234567")),
        state: State::Inactive,
        teams: all(&["chat", "voice"]),
        skills: all(&["billing:4", "dutch"]),
        language: Some(of("hu")),
        project_selection: false,
        projects: requests(&["en-support:30", "hu-support:20", "old:7"]),
        ..new_user("eva", &[Role::Agent, Role::Requester])
    };
    house.create_user(&eva, Some(&generated())).unwrap();
    house.set_project_state(&of("old"), State::Inactive).unwrap();
    house
}

fn user_template(house: &TestDirectory, given: &[Role]) -> UserTemplate {
    house.user_template(&of("eva"), roles(given)).unwrap()
}

#[test]
fn places_are_taken_over_and_an_inactive_project_is_left_out() {
    let house = house();
    assert_eq!(
        user_template(&house, &[]),
        UserTemplate {
            roles: roles(&[Role::Agent, Role::Requester]),
            teams: all(&["chat", "voice"]),
            skills: all(&["billing:4", "dutch:1"]),
            language: Some(of("hu")),
            project_selection: false,
            projects: requests(&["en-support:30", "hu-support:20"]),
            left_out: all(&["old"]),
        }
    );
}

/// The roles that are given decide: whoever takes no calls has no projects.
#[test]
fn roles_of_his_own_replace_those_of_the_model() {
    let house = house();
    let agent = user_template(&house, &[Role::ExternalAgent]);
    assert_eq!(agent.roles, roles(&[Role::ExternalAgent]));
    assert_eq!(agent.projects, requests(&["en-support:30", "hu-support:20"]));
    let requester = user_template(&house, &[Role::Requester]);
    assert_eq!(requester.roles, roles(&[Role::Requester]));
    assert_eq!(requester.projects, []);
    assert_eq!(requester.left_out, all(&["en-support", "hu-support", "old"]));
    assert_eq!(requester.teams, all(&["chat", "voice"]));
}

/// All that is taken over can be given to somebody new.
#[test]
fn what_is_taken_over_makes_a_user() {
    let mut house = house();
    let UserTemplate { roles, teams, skills, language, project_selection, projects, .. } =
        user_template(&house, &[]);
    let new = NewUser {
        roles,
        teams,
        skills,
        language,
        project_selection,
        projects,
        ..new_user("james", &[])
    };
    let james = house.create_user(&new, None).unwrap().user;
    let eva = house.user("eva");
    assert_eq!((james.roles, &james.teams, &james.skills), (eva.roles, &eva.teams, &eva.skills));
    assert_eq!((james.language, james.project_selection), (eva.language, eva.project_selection));
    assert_eq!(james.projects, eva.projects[..2]);
    assert_eq!((james.email, james.phone, james.credential), (None, None, None));
    assert_eq!(james.set_state, State::Active);
}

/// A weight that the site has forbidden since then is not smuggled in.
#[test]
fn weights_are_checked_anew() {
    let mut house = house().rule(|policy| policy.weights.max = Weight::new(20).unwrap());
    let UserTemplate { roles, projects, .. } = user_template(&house, &[]);
    let new = NewUser { roles, projects, ..new_user("james", &[]) };
    let error = house.refused(|house| house.create_user(&new, None));
    assert!(matches!(error, Error::Invalid(_)), "{error}");
}

#[test]
fn a_model_has_to_be_there() {
    let house = house();
    let error = house.user_template(&of("Eva"), RoleSet::empty()).unwrap_err();
    assert!(
        matches!(&error, Error::NotFound { object: EntityKind::User, nearest: Some(near), .. } if near == "eva"),
        "{error}"
    );
}
