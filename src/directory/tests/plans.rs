//! How SQLite goes about what must be quick with a million users: what it finds by an index, in whose
//! order it reads, and the few things for which it looks at everybody.

use crate::directory::fixture::{TEST_START, TestDirectory, all, of, roles};
use crate::directory::{CompletionKind, LabelKind};
use crate::model::{
    AuditFilter, CredentialState, Memberships, ProfileField, Role, SkillLevel, SortKey, State,
    UserFilter,
};

/// Users in the order of an index, or by one.
const BY_USERNAME: &str = "SCAN users USING INDEX sqlite_autoindex_users_1";
const BY_NAME: &str = "SCAN users USING INDEX users_by_name";
const BY_SIGN_IN: &str = "SEARCH users USING INDEX users_by_last_sign_in (last_sign_in_at>?)";
const BY_ID: &str = "SEARCH users USING INTEGER PRIMARY KEY (rowid=?)";

/// Users as they lie, in the order of their ids.
const AS_THEY_LIE: &str = "SCAN users";

const SORTED: &str = "USE TEMP B-TREE FOR ORDER BY";

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu"]).teams(&["voice"]).skills(&["billing"]);
    house.agent("eva", &["hu"]);
    house
}

/// The steps of all statements that `act` runs, without those that are the same everywhere: the
/// names of the few projects, teams and skills, and what of a user lies under their own key.
fn steps(house: &TestDirectory, act: impl FnOnce(&TestDirectory)) -> Vec<String> {
    let plans = house.store().plans(|| act(house));
    assert!(!plans.is_empty());
    let few = ["projects", "teams", "skills"];
    let own = ["user_teams", "user_skills", "assignments", "sign_in_failures"];
    plans
        .into_iter()
        .flat_map(|(_, plan)| plan)
        .filter(|step| {
            let words: Vec<&str> = step.split(' ').collect();
            let reads_few = few.contains(&words[1]);
            let reads_own = own.iter().any(|table| {
                step.starts_with(&format!("SEARCH {table} USING PRIMARY KEY (user_id"))
            });
            let is_heading = step.contains("SUBQUERY");
            let photo = step == "SEARCH photos USING INTEGER PRIMARY KEY (rowid=?)";
            let wishes = step.ends_with("VALUES CLAUSE") || step == "SCAN wished";
            let probes = step == "CREATE BLOOM FILTER";
            !(reads_few || reads_own || is_heading || photo || wishes || probes)
        })
        .collect()
}

fn listed(house: &TestDirectory, filter: &UserFilter) -> Vec<String> {
    steps(house, |house| house.list_users(filter, Memberships::ALL, |_| true).unwrap())
}

fn counted(house: &TestDirectory, filter: &UserFilter) -> Vec<String> {
    steps(house, |house| _ = house.count_users(filter).unwrap())
}

/// R42: no order sorts, however many users there are. The index of the last sign-in is partial, and
/// those who never did are read as they lie.
#[test]
fn every_order_follows_an_index() {
    let house = house();
    let active = UserFilter { state: Some(State::Active), ..UserFilter::default() };
    for filter in [UserFilter::default(), active] {
        for (sort, mut expected) in [
            (SortKey::Username, vec![BY_USERNAME]),
            (SortKey::Name, vec![BY_NAME]),
            (SortKey::Created, vec![AS_THEY_LIE]),
            (SortKey::LastSignIn, vec![BY_SIGN_IN, AS_THEY_LIE]),
        ] {
            for reverse in [false, true] {
                let filter = UserFilter { sort, reverse, ..filter.clone() };
                assert_eq!(listed(&house, &filter), expected, "{filter:?}");
                expected.reverse();
            }
        }
        let rows = steps(&house, |house| {
            house.list_rows(&filter, &(), |(), _| (), |()| true).unwrap();
        });
        // The highest id is at the end of the table.
        assert_eq!(rows, ["SEARCH users", AS_THEY_LIE]);
    }
}

/// Who has a place, and who is locked, is found by an index; those few are sorted.
#[test]
fn places_and_locks_are_found_by_an_index() {
    let house = house();
    let level = SkillLevel::new(2).unwrap();
    let none = UserFilter::default;
    for (filter, by) in [
        (
            UserFilter { projects: all(&["hu"]), ..none() },
            "SEARCH assignments USING COVERING INDEX assignments_by_project (project_id=?)",
        ),
        (
            UserFilter { teams: all(&["voice"]), ..none() },
            "SEARCH user_teams USING COVERING INDEX user_teams_by_team (team_id=?)",
        ),
        (
            UserFilter {
                skills: vec![(of("billing"), level), (of("billing"), level)],
                searches: vec!["eva".into()],
                ..none()
            },
            "SEARCH user_skills USING COVERING INDEX user_skills_by_skill (skill_id=?)",
        ),
        // Nobody but who has failed lately is in there.
        (UserFilter { locked: true, ..none() }, "SCAN sign_in_failures"),
    ] {
        assert_eq!(listed(&house, &filter), [BY_ID, by, SORTED], "{filter:?}");
        assert_eq!(counted(&house, &filter), [BY_ID, by], "{filter:?}");
    }
}

/// These look at everybody, once and as they lie: an index for each would be paid for by whoever
/// creates a user. Where another index gives the order, no more than the ids of those who are not
/// meant is looked at there.
#[test]
fn what_stands_in_the_sheet_is_looked_for_as_users_lie() {
    let house = house();
    let none = UserFilter::default;
    let filters = [
        UserFilter { state: Some(State::Inactive), ..none() },
        UserFilter { roles: roles(&[Role::Admin]), ..none() },
        UserFilter { languages: vec!["hu".into()], ..none() },
        UserFilter { searches: vec!["eva".into()], ..none() },
        UserFilter { missing: ProfileField::ALL.to_vec(), ..none() },
        UserFilter { passwords: vec![CredentialState::None], ..none() },
        UserFilter { passwords: vec![CredentialState::Temporary], ..none() },
        UserFilter { passwords: vec![CredentialState::Permanent], ..none() },
        UserFilter { passwords: vec![CredentialState::Expired], ..none() },
        UserFilter { passwords_set_by: vec!["os:root".into()], ..none() },
        UserFilter { never_signed_in: true, ..none() },
        UserFilter { created_since: Some(TEST_START), ..none() },
        UserFilter { created_before: Some(TEST_START), ..none() },
    ];
    for filter in filters {
        for (sort, by) in [(SortKey::Username, BY_USERNAME), (SortKey::Name, BY_NAME)] {
            let filter = UserFilter { sort, ..filter.clone() };
            assert_eq!(listed(&house, &filter), [by, AS_THEY_LIE], "{filter:?}");
        }
        let filter = UserFilter { sort: SortKey::LastSignIn, ..filter };
        let by_sign_in = [BY_SIGN_IN, AS_THEY_LIE, AS_THEY_LIE];
        assert_eq!(listed(&house, &filter), by_sign_in, "{filter:?}");
        let filter = UserFilter { sort: SortKey::Created, ..filter };
        assert_eq!(listed(&house, &filter), [AS_THEY_LIE], "{filter:?}");
        assert_eq!(counted(&house, &filter), [AS_THEY_LIE], "{filter:?}");
    }
    // The number of all is that of the smallest index's entries.
    assert_eq!(counted(&house, &none()), ["SCAN users USING COVERING INDEX users_by_folded_name"]);
}

#[test]
fn one_of_a_million_is_looked_up() {
    let house = house();
    let by_username = "SEARCH users USING INDEX sqlite_autoindex_users_1 (username=?)";
    let found = steps(&house, |house| drop(house.find_user(&of("eva")).unwrap()));
    assert_eq!(found, [by_username, SORTED, SORTED, SORTED]);
    let shown = steps(&house, |house| drop(house.user_record(&of("eva"), 5).unwrap()));
    let expected = [
        by_username,
        SORTED,
        SORTED,
        SORTED,
        "SEARCH sessions USING INDEX sessions_by_user (user_id=?)",
        "SEARCH audit USING INDEX audit_by_subject (subject_id=?)",
    ];
    assert_eq!(shown, expected);
    let twin = steps(&house, |house| drop(house.case_twin(&of("Eva")).unwrap()));
    let by_folded_name = "SEARCH users USING INDEX users_by_folded_name (<expr>=?)";
    assert_eq!(twin, [by_folded_name]);
    let begins = |choice| steps(&house, |house| drop(house.complete_names(&choice, "e").unwrap()));
    let range = "sqlite_autoindex_users_1 (username>? AND username<?)";
    let covered = format!("SEARCH users USING COVERING INDEX {range}");
    assert_eq!(begins(CompletionKind::Users(None)), [covered]);
    let active = format!("SEARCH users USING INDEX {range}");
    assert_eq!(begins(CompletionKind::Users(Some(State::Active))), [active]);
}

#[test]
fn members_are_found_by_an_index() {
    let house = house();
    let members = "SEARCH assignments USING COVERING INDEX assignments_by_project (project_id=?)";
    let shown = steps(&house, |house| drop(house.find_project(&of("hu")).unwrap()));
    assert_eq!(shown, [members]);
    let agents = steps(&house, |house| house.project_agents(&of("hu"), |_| true).unwrap());
    let expected = [
        "SEARCH a USING COVERING INDEX assignments_by_project (project_id=?)",
        "SEARCH u USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH o USING PRIMARY KEY (user_id=?)",
        "SEARCH p USING INTEGER PRIMARY KEY (rowid=?)",
        SORTED,
    ];
    assert_eq!(agents, expected);
    assert_eq!(steps(&house, |house| house.projects(|_| true).unwrap()), [members]);
    for (kind, by) in [
        (LabelKind::Team, "SEARCH user_teams USING COVERING INDEX user_teams_by_team (team_id=?)"),
        (
            LabelKind::Skill,
            "SEARCH user_skills USING COVERING INDEX user_skills_by_skill (skill_id=?)",
        ),
    ] {
        assert_eq!(steps(&house, |house| house.labels(kind, |_| true).unwrap()), [by]);
    }
}

/// The newest entries come first without being sorted. What is about somebody is found by an index;
/// for an actor, an action or a time, and for whoever may have had a name, the log is gone through.
/// The tries whose entry is missing are looked at first: hardly ever is there one.
#[test]
fn the_log_is_read_from_its_end() {
    let house = house();
    let read = |filter: AuditFilter, user| {
        steps(&house, |house| house.audit(&filter, user, |_| true).unwrap())
    };
    let none = AuditFilter::default;
    for filter in [
        none(),
        AuditFilter { actor: Some("boss".into()), ..none() },
        AuditFilter { since: Some(TEST_START), until: Some(TEST_START), ..none() },
    ] {
        assert_eq!(read(filter, None), ["SCAN sign_in_attempts", "SCAN audit"]);
    }
    let of_eva = read(none(), Some("eva"));
    assert_eq!(of_eva.get(1).map(String::as_str), Some("SCAN audit"));
    let by_subject = "SEARCH audit USING INDEX audit_by_subject (subject_id=?)";
    assert_eq!(of_eva.last().map(String::as_str), Some(by_subject));
    let verified = steps(&house, |house| _ = house.verify_audit(None).unwrap());
    assert_eq!(verified, ["SCAN audit"]);
}
