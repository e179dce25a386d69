//! The rules of users, held by the rows of a file as by any other change.

use super::*;

#[test]
fn who_is_missing_is_deactivated_within_bounds() {
    let mut house = house();
    house.admin("boss");
    for name in ["a", "b", "c", "d"] {
        house.agent(name, &["hu-support"]);
    }
    let file = "username\na\nb\nc\n";
    let missing = |most| ImportOptions {
        deactivate_missing: Some(DeactivateMissing { most, ..DeactivateMissing::default() }),
        ..updating()
    };
    let refused =
        house.refused(|house| import(house, file, &missing(DeactivationLimit::Percent(10))).0);
    let expected = "1 of 4 active users are not in the file, but at most 0 may be deactivated";
    assert_eq!(refused.to_string(), expected);
    let notes = imported(&mut house, file, &missing(DeactivationLimit::Percent(25)));
    assert_eq!(notes.plan.last().unwrap(), r#"deactivate d state "active" "inactive""#);
    assert_eq!(house.user("d").state, State::Inactive);
    assert_eq!(house.user("boss").state, State::Active, "admins are not in the scope");
    let notes = imported(&mut house, "username\n", &missing(DeactivationLimit::Users(3)));
    assert_eq!(notes.plan.len(), 3);
    assert_eq!(notes.remarks, [r#"Unattended(ProjectName("hu-support"))"#]);
    let admins = ImportOptions {
        deactivate_missing: Some(DeactivateMissing {
            within: roles(&[Role::Admin]),
            most: DeactivationLimit::Users(9),
        }),
        ..updating()
    };
    let found = row_errors(&mut house, "username\n", &admins);
    assert_eq!(found, ["0: `boss` is the last admin who can act"]);
}

#[test]
fn the_last_admin_stays_unless_the_file_brings_another() {
    let mut house = house();
    house.admin("boss");
    let alone = "username,state\nboss,inactive\n";
    let found = row_errors(&mut house, alone, &updating());
    assert_eq!(found, ["2: `boss` is the last admin who can act"]);
    let both = "username,state,full_name,roles\nboss,inactive,,\nnext,,Next,admin\n";
    let found = row_errors(&mut house, both, &updating());
    assert_eq!(found, ["2: `boss` is the last admin who can act"], "`boss` has no password");
    let options = ImportOptions { passwords: ImportPasswords::Generate, ..updating() };
    imported(&mut house, both, &options);
    assert_eq!(house.user("boss").state, State::Inactive);
}

#[test]
fn roles_that_lead_further_are_not_granted_in_passing() {
    let mut house = house();
    house.agent("a", &["hu-support"]);
    let found = row_errors(&mut house, "username,roles\na,agent;admin\n", &updating());
    assert_eq!(found, ["2 roles: granting `admin` to `a` requires a new temporary password"]);
    let found = row_errors(&mut house, "username,roles\na,requester\n", &updating());
    assert_eq!(found, ["2 projects: `a` is still assigned to `hu-support`"]);
    imported(&mut house, "username,roles,projects\na,requester,-\n", &updating());
    let found = row_errors(&mut house, "username,roles\na,-requester\n", &updating());
    assert_eq!(found, ["2 roles: `a` would be left without a role"]);
    let found = row_errors(&mut house, "username,roles,full_name\na,-,-\n", &updating());
    assert_eq!(
        found,
        ["2 roles: `roles` cannot be empty", "2 full_name: `full_name` cannot be empty"]
            .iter()
            .rev()
            .copied()
            .rev()
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_the_site_wants_is_wanted_of_rows_too() {
    let mut house =
        house().rule(|policy| policy.required = vec![ProfileField::Email, ProfileField::Project]);
    let file =
        "username,full_name,roles,email,projects\na,A,agent,a@example.com,\nb,B,requester,,\n";
    let found = row_errors(&mut house, file, &without_passwords());
    assert_eq!(found, ["2: missing: project", "3: missing: email"]);
}

#[test]
fn case_twins_are_told() {
    let mut house = house();
    house.agent("james", &[]);
    let file = "username,full_name,roles\nJames,J,agent\nEva,E,agent\neva,E,agent\n";
    let notes = imported(&mut house, file, &without_passwords());
    assert_eq!(notes.remarks.len(), 2, "{:?}", notes.remarks);
    let many = (0..400).map(|number| format!("u{number},N,agent\n")).collect::<Vec<_>>().concat();
    let file = format!("username,full_name,roles\n{many}JAMES,J,agent\n");
    let notes = imported(&mut house, &file, &without_passwords());
    assert_eq!(notes.remarks.len(), 1, "{:?}", notes.remarks);
}

#[test]
fn slips_are_no_changes() {
    let mut house = house();
    imported(&mut house, WHOLE, &without_passwords());
    let file = "username,projects,teams,skills\neva,-hu-suport,;,-biling\n";
    let found = row_errors(&mut house, file, &updating());
    insta::assert_snapshot!(found.join("\n"), @r"
    2 teams: the list is empty
    2 skills: there is no skill `biling`
    2 projects: there is no project `hu-suport`
    ");
    let mapping =
        ImportMapping { columns: vec![("Phone1".to_owned(), None)], ..ImportMapping::default() };
    let options = ImportOptions { mapping, ..updating() };
    assert_eq!(row_errors(&mut house, WHOLE, &options), ["1 Phone1: there is no column `Phone1`"]);
    let array = "[{\"username\": \"a\"}]";
    assert_eq!(row_errors(&mut house, array, &updating()), ["1: the file is a JSON array"]);
    let many = (0..2_000).map(|number| format!("t{number}")).collect::<Vec<_>>().join(";");
    let file = format!("username,teams\neva,{many}\n");
    let found = row_errors(&mut house, &file, &updating());
    assert_eq!(found, ["2 teams: the list has more than 1000 items"]);
}
