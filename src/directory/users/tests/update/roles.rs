//! Roles that come and go: the last one, the last admin, power over others.

use super::*;

fn taking(role: Role) -> UserUpdate {
    UserUpdate { remove_roles: roles(&[role]), ..UserUpdate::default() }
}

#[test]
fn the_last_role_stays() {
    let mut house = house();
    house.unassign(&of("james"), &[of("hu-support")]).unwrap();
    let error = house.refused(|house| house.update("james", &taking(Role::Agent)));
    assert!(matches!(error, Error::LastRole { .. }), "{error}");
    house.update("james", &granting(Role::Requester)).unwrap();
    assert!(house.update("james", &taking(Role::Agent)).unwrap());
}

/// R23.
#[test]
fn the_last_admin_keeps_the_role() {
    let mut house = house();
    house.admin("boss");
    house.update("boss", &granting(Role::Requester)).unwrap();
    let error = house.refused(|house| house.update("boss", &taking(Role::Admin)));
    assert!(matches!(&error, Error::LastAdmin { username } if username.as_str() == "boss"));
    house.admin("chief");
    assert!(house.update("boss", &taking(Role::Admin)).unwrap());
    house.update("chief", &granting(Role::Requester)).unwrap();
    house.refused(|house| house.update("chief", &taking(Role::Admin)));
}

/// R23: an admin who could do nothing is none.
#[test]
fn who_cannot_act_does_not_count_as_another_admin() {
    let mut house = TestDirectory::new();
    house.admin("boss");
    house.update("boss", &granting(Role::Requester)).unwrap();
    house.create_user(&new_user("nopass", &[Role::Admin]), None).unwrap();
    house.create_user(&new_user("temp", &[Role::Admin]), Some(&generated())).unwrap();
    let inactive = NewUser { state: State::Inactive, ..new_user("away", &[Role::Admin]) };
    let permanent = NewPassword { kind: CredentialKind::Permanent, ..generated() };
    house.create_user(&inactive, Some(&permanent)).unwrap();
    let ordinary = new_user("super", &[Role::Supervisor, Role::Agent]);
    house.create_user(&ordinary, Some(&permanent)).unwrap();

    // At the very second at which it expires, a temporary password counts no more.
    house.clock.advance("7d".parse().unwrap());
    let error = house.refused(|house| house.update("boss", &taking(Role::Admin)));
    assert!(matches!(error, Error::LastAdmin { .. }), "{error}");
    // One second earlier it would have.
    house.clock.set(TEST_START.plus("7d".parse().unwrap()).minus("1s".parse().unwrap()));
    assert!(house.update("boss", &taking(Role::Admin)).unwrap());
}

/// R23: whoever cannot act anyway may go; nobody is lost by it.
#[test]
fn an_admin_who_cannot_act_can_lose_the_role() {
    let mut house = TestDirectory::new();
    house.create_user(&new_user("nopass", &[Role::Admin, Role::Agent]), None).unwrap();
    assert!(house.update("nopass", &taking(Role::Admin)).unwrap());
}

#[test]
fn projects_keep_the_last_role_that_takes_calls() {
    let mut house = house();
    house.assign(&of("james"), &requests(&["en-support"]), false).unwrap();
    let leave = || UserUpdate { add_roles: roles(&[Role::Requester]), ..taking(Role::Agent) };
    let error = house.refused(|house| house.update("james", &leave()));
    let Error::StillAssigned { username, projects } = &error else { panic!("{error}") };
    assert_eq!(username.as_str(), "james");
    assert_eq!(*projects, all(&["en-support", "hu-support"]));

    // One role that takes calls for another is no leaving.
    let swap = UserUpdate { add_roles: roles(&[Role::ExternalAgent]), ..taking(Role::Agent) };
    assert!(house.update("james", &swap).unwrap());
    assert_eq!(house.user("james").projects.len(), 2);
}

#[test]
fn unassign_takes_the_projects_together_with_the_role() {
    let mut house = house();
    house.agent("mary", &["en-support"]);
    house.assign(&of("james"), &requests(&["en-support"]), false).unwrap();
    let update =
        UserUpdate { add_roles: roles(&[Role::Requester]), unassign: true, ..taking(Role::Agent) };
    let (change, log) = house.logged(|house| house.update_user(&of("james"), &update));
    assert!(change.user.projects.is_empty() && house.user("james").projects.is_empty());
    assert_eq!(change.impact.unattended, all(&["hu-support"]));
    assert_eq!(log.len(), 1);
    assert_eq!(
        (&log[0]["before"], &log[0]["after"]),
        (
            &json!({
                "roles": ["agent"],
                "projects": [
                    {"project": "en-support", "weight": 10},
                    {"project": "hu-support", "weight": 20},
                ],
            }),
            &json!({"roles": ["requester"], "projects": []}),
        )
    );
    assert_eq!(house.find_project(&of("en-support")).unwrap().users, 1);
}

/// Granting power over others takes a fresh password or a word about it.
#[test]
fn power_over_others_takes_a_word_about_the_password() {
    for role in [Role::Admin, Role::Supervisor] {
        let mut house = house();
        house.admin("chief");
        let error = house.refused(|house| house.update("james", &granting(role)));
        assert!(matches!(&error, Error::PasswordForRole { role: named, .. } if *named == role));

        let old = house.hash("james");
        let keep = UserUpdate { keep_password: true, ..granting(role) };
        let (_, log) = house.logged(|house| house.update("james", &keep));
        assert_eq!((log.len(), house.hash("james")), (1, old.clone()));

        // Who has it already is granted nothing.
        assert!(!house.update("james", &granting(role)).unwrap());
        house.update("james", &taking(role)).unwrap();
        let fresh = UserUpdate { password: Some(typed(GOOD_PASSWORD)), ..granting(role) };
        assert!(house.update("james", &fresh).unwrap());
        assert_ne!(house.hash("james"), old);
    }
    let mut house = house();
    for role in [Role::Requester, Role::ExternalAgent] {
        assert!(house.update("james", &granting(role)).unwrap());
    }
    // From one power to more of it is a grant as well.
    house.admin("boss");
    house.refused(|house| house.update("boss", &granting(Role::Supervisor)));
}
