//! Creating users.

use serde_json::json;

use crate::directory::fixture::{
    GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_START, TestDirectory, generated, new_user, of, policy,
    requests, roles, secret, typed,
};
use crate::directory::{EntityKind, Error, Expiry, NewPassword, PasswordSource, Policy};
use crate::model::{
    CredentialKind, CredentialState, NewUser, PasswordOrigin, ProfileField, Role, Rule, State,
    TeamName, Username, Weight, WeightRange,
};

fn furnished() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu-support", "en-support", "old"]);
    house.teams(&["voice", "chat"]).skills(&["billing", "dutch"]);
    house
}

/// Everything that a sheet can hold, its lists out of order.
fn whole() -> NewUser {
    NewUser {
        full_name: of("  Kova\u{301}cs Éva; DROP TABLE users;-- 'x' "),
        email: Some(of("eva@example.com")),
        phone: Some(of("+36 20 123 4567")),
        teams: vec![of("voice"), of("chat")],
        skills: vec![of("dutch:5"), of("billing")],
        language: Some(of("en-gb")),
        project_selection: false,
        projects: requests(&["hu-support:20", "en-support"]),
        ..new_user("Eva.K", &[Role::ExternalAgent, Role::Admin])
    }
}

/// R51: what was given is what is stored, quotes and semicolons too.
#[test]
fn a_whole_sheet_is_stored_and_given_back_as_it_is_found() {
    let mut house = furnished();
    let (created, log) =
        house.logged(|house| house.create_user(&whole(), Some(&typed(GOOD_PASSWORD))));
    let user = created.user;
    assert_eq!(user, house.user("Eva.K"));
    assert_eq!(user.id.0, 1);
    assert_eq!(user.full_name.as_str(), "Kovács Éva; DROP TABLE users;-- 'x'");
    assert_eq!(user.email.unwrap().as_str(), "eva@example.com");
    assert_eq!(user.phone.unwrap().as_str(), "+36201234567");
    assert_eq!(user.set_state, State::Active);
    assert_eq!(user.roles, roles(&[Role::Admin, Role::ExternalAgent]));
    let teams: Vec<&str> = user.teams.iter().map(TeamName::as_str).collect();
    assert_eq!(teams, ["chat", "voice"]);
    let skills: Vec<_> =
        user.skills.iter().map(|grant| (grant.skill.as_str(), grant.level.get())).collect();
    assert_eq!(skills, [("billing", 1), ("dutch", 5)]);
    assert_eq!(user.language.unwrap().as_str(), "en-GB");
    assert!(!user.project_selection);
    let projects: Vec<_> =
        user.projects.iter().map(|one| (one.project.as_str(), one.weight.get())).collect();
    assert_eq!(projects, [("en-support", 10), ("hu-support", 20)]);
    assert_eq!(
        (user.created_at, user.updated_at, user.last_sign_in_at),
        (TEST_START, TEST_START, None)
    );
    assert!(created.generated.is_none() && created.twin.is_none());

    assert_eq!(log.len(), 1);
    assert_eq!(
        log[0],
        json!({
            "seq": 8, "at": TEST_START.seconds(), "actor": "os:root", "actor_id": null, "os_uid": 0,
            "action": "user.create", "subject": "Eva.K", "subject_id": 1, "outcome": "done",
            "before": null,
            "after": {
                "username": "Eva.K", "full_name": "Kovács Éva; DROP TABLE users;-- 'x'",
                "email": "eva@example.com", "phone": "+36201234567", "state": "active",
                "from": null, "until": null, "roles": ["admin", "external-agent"], "teams": ["chat", "voice"],
                "skills": [{"skill": "billing", "level": 1}, {"skill": "dutch", "level": 5}],
                "language": "en-GB", "project_selection": false,
                "projects": [
                    {"project": "en-support", "weight": 10},
                    {"project": "hu-support", "weight": 20},
                ],
                "password": {
                    "kind": "temporary", "origin": "typed", "set_by": "os:root",
                    "expires_at": "2026-11-28T09:00:00Z",
                },
            },
        })
    );
}

#[test]
fn the_least_sheet_leaves_the_rest_empty() {
    let mut house = TestDirectory::new();
    let (created, log) =
        house.logged(|house| house.create_user(&new_user("james", &[Role::Requester]), None));
    let user = created.user;
    assert_eq!(user, house.user("james"));
    assert_eq!((&user.email, &user.phone, &user.language), (&None, &None, &None));
    assert!(user.teams.is_empty() && user.skills.is_empty() && user.projects.is_empty());
    assert_eq!(user.credential, None);
    assert_eq!(user.password_state(TEST_START), CredentialState::None);
    assert_eq!(log[0]["after"]["password"], json!(null));
    assert_eq!(house.revision("james"), 1);
}

#[test]
fn an_inactive_one_is_created_inactive() {
    let mut house = TestDirectory::new();
    let new = NewUser { state: State::Inactive, ..new_user("james", &[Role::Agent]) };
    assert_eq!(house.create_user(&new, None).unwrap().user.set_state, State::Inactive);
    assert_eq!(house.user("james").set_state, State::Inactive);
}

/// What is named twice is there once, as it was named last.
#[test]
fn repeated_teams_skills_and_projects_count_once() {
    let mut house = furnished();
    let new = NewUser {
        teams: vec![of("voice"), of("voice")],
        skills: vec![of("billing:4"), of("dutch"), of("billing:2")],
        projects: requests(&["hu-support:40", "en-support", "hu-support:20"]),
        ..new_user("james", &[Role::Agent])
    };
    let (created, log) = house.logged(|house| house.create_user(&new, None));
    assert_eq!(created.user, house.user("james"));
    assert_eq!(
        log[0]["after"]["projects"],
        json!([{"project": "en-support", "weight": 10}, {"project": "hu-support", "weight": 20}])
    );
    assert_eq!(
        log[0]["after"]["skills"],
        json!([{"skill": "billing", "level": 2}, {"skill": "dutch", "level": 1}])
    );
    assert_eq!(log[0]["after"]["teams"], json!(["voice"]));
}

/// R53: `James` and `james` are two users, and whoever makes the second is told.
#[test]
fn a_case_twin_is_created_and_named() {
    let mut house = TestDirectory::new();
    house.agent("James", &[]);
    house.agent("jamesx", &[]);
    house.agent("jame", &[]);
    for (name, twin) in [("james", Some("James")), ("JAMES", Some("James")), ("jamie", None)] {
        let created = house.create_user(&new_user(name, &[Role::Agent]), None).unwrap();
        assert_eq!(created.twin.as_ref().map(Username::as_str), twin, "{name}");
    }
    assert_ne!(house.user("James").id, house.user("james").id);
}

/// R45: the database decides who was first.
#[test]
fn a_name_that_is_taken_is_refused() {
    let mut house = TestDirectory::new();
    house.agent("james", &[]);
    for password in [None, Some(generated()), Some(typed(GOOD_PASSWORD))] {
        let error = house.refused(|house| {
            house.create_user(&new_user("james", &[Role::Admin]), password.as_ref())
        });
        assert!(
            matches!(&error, Error::Exists { object: EntityKind::User, name } if name == "james"),
            "{error}"
        );
    }
}

/// R45: another process was quicker, between the look and the leap.
#[test]
fn a_name_that_is_taken_meanwhile_is_refused() {
    for password in [generated(), typed(GOOD_PASSWORD)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ccadmin.db");
        let mut house = TestDirectory::on(&path);
        let other = path.clone();
        house.meanwhile(move || {
            TestDirectory::on(&other).agent("james", &[]);
        });
        let new = new_user("james", &[Role::Admin]);
        let error = house.create_user(&new, Some(&password)).unwrap_err();
        assert!(matches!(error, Error::Exists { .. }), "{error}");
        assert_eq!(house.user("james").roles, roles(&[Role::Agent]));
        assert_eq!(house.user("james").credential, None);
        assert_eq!(house.store().log().len(), 1);
    }
}

#[test]
fn what_is_not_there_cannot_be_given() {
    let mut house = furnished();
    let base = || new_user("james", &[Role::Agent]);
    for (new, object, name, nearest) in [
        (NewUser { teams: vec![of("voise")], ..base() }, EntityKind::Team, "voise", Some("voice")),
        (
            NewUser { skills: vec![of("bilingl:2")], ..base() },
            EntityKind::Skill,
            "bilingl",
            Some("billing"),
        ),
        (
            NewUser { projects: requests(&["hu-suport:2"]), ..base() },
            EntityKind::Project,
            "hu-suport",
            Some("hu-support"),
        ),
        (NewUser { projects: requests(&["sales"]), ..base() }, EntityKind::Project, "sales", None),
        (
            NewUser { teams: vec![of("voice"), of("none")], ..base() },
            EntityKind::Team,
            "none",
            None,
        ),
    ] {
        let error = house.refused(|house| house.create_user(&new, Some(&generated())));
        let Error::NotFound { object: found, name: wrong, nearest: near } = &error else {
            panic!("{error}");
        };
        assert_eq!((*found, wrong.as_str(), near.as_deref()), (object, name, nearest));
    }
}

#[test]
fn only_those_who_take_calls_are_given_projects() {
    let mut house = furnished();
    for given in [Role::Admin, Role::Supervisor, Role::Requester] {
        let new = NewUser { projects: requests(&["hu-support"]), ..new_user("james", &[given]) };
        let error = house.refused(|house| house.create_user(&new, None));
        assert!(matches!(error, Error::NotAssignable { .. }), "{given}: {error}");
    }
    for given in [Role::Agent, Role::ExternalAgent] {
        let name = given.as_str();
        let new = NewUser { projects: requests(&["hu-support"]), ..new_user(name, &[given]) };
        assert_eq!(house.create_user(&new, None).unwrap().user.projects.len(), 1);
    }
}

#[test]
fn nobody_is_given_an_inactive_project() {
    let mut house = furnished();
    house.set_project_state(&of("old"), State::Inactive).unwrap();
    let new =
        NewUser { projects: requests(&["hu-support", "old"]), ..new_user("james", &[Role::Agent]) };
    let error = house.refused(|house| house.create_user(&new, None));
    assert!(matches!(&error, Error::ProjectInactive { project } if project.as_str() == "old"));
}

#[test]
fn weights_stay_within_the_range_of_the_site() {
    let weight = |number| Weight::new(number).unwrap();
    let weights = WeightRange { min: weight(5), max: weight(50), default: weight(7) };
    let mut house = TestDirectory::with(Policy { weights, ..policy() });
    house.projects_named(&["hu-support"]);
    let mut create = |name: &str, request: &str| {
        let new = NewUser { projects: requests(&[request]), ..new_user(name, &[Role::Agent]) };
        match house.create_user(&new, None) {
            Ok(created) => Ok(created.user.projects[0].weight.get()),
            Err(Error::Invalid(invalid)) => Err(invalid.rule),
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(create("a", "hu-support"), Ok(7));
    assert_eq!(create("b", "hu-support:5"), Ok(5));
    assert_eq!(create("c", "hu-support:50"), Ok(50));
    assert_eq!(create("d", "hu-support:4"), Err(Rule::Weight));
    assert_eq!(create("d", "hu-support:51"), Err(Rule::Weight));
    assert!(!house.user_exists(&of("d")).unwrap());
}

#[test]
fn nobody_is_created_without_a_role() {
    let mut house = TestDirectory::new();
    let error = house.refused(|house| house.create_user(&new_user("james", &[]), None));
    assert!(
        matches!(&error, Error::LastRole { username } if username.as_str() == "james"),
        "{error}"
    );
}

#[test]
fn what_the_site_requires_is_named_all_at_once() {
    let mut house = furnished().rule(|policy| policy.required = ProfileField::ALL.to_vec());
    let missing = |house: &mut TestDirectory, new: &NewUser| match house
        .refused(|house| house.create_user(new, Some(&generated())))
    {
        Error::Missing { fields } => fields,
        other => panic!("{other}"),
    };
    assert_eq!(missing(&mut house, &new_user("james", &[Role::Agent])), ProfileField::ALL);
    // Skills and projects are asked only of those who take calls.
    assert_eq!(
        missing(&mut house, &new_user("james", &[Role::Supervisor])),
        [ProfileField::Email, ProfileField::Phone, ProfileField::Team, ProfileField::Language]
    );
    let some = NewUser { email: None, skills: Vec::new(), ..whole() };
    assert_eq!(missing(&mut house, &some), [ProfileField::Email, ProfileField::Skill]);
    house.create_user(&whole(), None).unwrap();
}

/// Ids are never used again: not those between, nor the highest one, which the counter of the
/// store remembers.
#[test]
fn an_id_is_never_used_again() {
    let mut house = TestDirectory::new();
    for (name, id) in [("a", 1), ("b", 2), ("c", 3)] {
        assert_eq!(house.agent(name, &[]).id.0, id);
    }
    house.store().sql("DELETE FROM users WHERE username = 'b'");
    assert_eq!(house.agent("d", &[]).id.0, 4);
    house.store().sql("DELETE FROM users WHERE username = 'd'");
    house.store().sql("UPDATE store SET next_user_id = 5");
    assert_eq!(house.agent("d", &[]).id.0, 5);
    assert_eq!(house.agent("e", &[]).id.0, 6);
    // A name that was refused takes no id with it.
    house.create_user(&new_user("e", &[Role::Agent]), None).unwrap_err();
    assert_eq!(house.agent("f", &[]).id.0, 7);
}

/// R07, R08 and R09: a generated one is told once and kept as a salted SHA-256.
#[test]
fn a_generated_password_is_given_back_and_only_its_hash_is_stored() {
    let mut house = TestDirectory::new();
    let created = house.create_user(&new_user("a", &[Role::Agent]), Some(&generated())).unwrap();
    let told = created.generated.unwrap();
    let record = created.user.credential.unwrap();
    assert_eq!(record, house.user("a").credential.unwrap());
    assert_eq!(
        (record.origin, record.kind),
        (PasswordOrigin::Generated, CredentialKind::Temporary)
    );
    assert_eq!((record.set_by.as_str(), record.changed_at), ("os:root", TEST_START));
    assert_eq!(record.expires_at, Some(TEST_START.plus("7d".parse().unwrap())));
    assert!(house.hash("a").starts_with("$ccadmin-g1$"));
    assert!(!house.store().dump().iter().any(|row| row.contains(told.expose())));
    assert!(house.verify(&of("a"), &told).is_ok());
    let other = house.create_user(&new_user("b", &[Role::Agent]), Some(&generated())).unwrap();
    assert_ne!(other.generated.unwrap().expose(), told.expose());
}

/// R06 and R08: where a password comes from decides how it is kept, not how it looks.
#[test]
fn a_typed_password_is_kept_as_argon2id_whatever_it_looks_like() {
    let mut house = TestDirectory::new();
    let created = house.create_user(&new_user("a", &[Role::Agent]), Some(&generated())).unwrap();
    let told = created.generated.unwrap();
    let created =
        house.create_user(&new_user("b", &[Role::Agent]), Some(&typed(told.expose()))).unwrap();
    assert!(created.generated.is_none());
    assert_eq!(created.user.credential.unwrap().origin, PasswordOrigin::Typed);
    assert!(house.hash("b").starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", house.hash("b"));
    assert!(house.verify(&of("b"), &told).is_ok());
}

/// R04 and R10: the rules for passwords hold for temporary ones too.
#[test]
fn a_weak_password_creates_nobody() {
    let mut house = TestDirectory::new();
    for weak in ["", "short", "jamesjamesjames", "somebody somebody", "passwordpassword"] {
        let error = house.refused(|house| {
            house.create_user(&new_user("james", &[Role::Agent]), Some(&typed(weak)))
        });
        let Error::Invalid(invalid) = &error else { panic!("{error}") };
        assert_eq!(invalid.rule, Rule::Password);
        assert!(weak.is_empty() || !format!("{invalid:?}").contains(weak));
    }
}

#[test]
fn a_password_cannot_expire_before_it_is_set() {
    let mut house = TestDirectory::new();
    for expiry in [
        Expiry::At(TEST_START),
        Expiry::At(TEST_START.minus("1s".parse().unwrap())),
        Expiry::After("0s".parse().unwrap()),
    ] {
        let password = NewPassword { expiry, ..generated() };
        let error = house.refused(|house| {
            house.create_user(&new_user("james", &[Role::Agent]), Some(&password))
        });
        assert!(matches!(&error, Error::Invalid(invalid) if invalid.rule == Rule::Time), "{error}");
    }
}

#[test]
fn a_permanent_password_has_no_end() {
    let mut house = TestDirectory::new();
    let password = NewPassword {
        source: PasswordSource::Typed(secret(OTHER_GOOD_PASSWORD)),
        kind: CredentialKind::Permanent,
        expiry: Expiry::Default,
    };
    let user = house.create_user(&new_user("a", &[Role::Admin]), Some(&password)).unwrap().user;
    assert_eq!(user.credential.as_ref().unwrap().expires_at, None);
    assert_eq!(
        user.password_state(TEST_START.plus("9999d".parse().unwrap())),
        CredentialState::Permanent
    );
}
