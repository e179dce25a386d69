//! From when until when users and assignments count: on both sides of an edge, everywhere that a
//! state is asked for, and without anything being written when the moment comes.

use crate::directory::fixture::{
    GOOD_PASSWORD, TEST_START, TestDirectory, generated, new_user, of, requests, secret, typed,
};
use crate::directory::{CompletionKind, Error, NewPassword, UserUpdate};
use crate::model::{
    AssignmentRequest, CredentialKind, Duration, Memberships, NewUser, Role, State, Timestamp,
    UserFilter, Window, WindowEdit,
};

const HOUR: Duration = Duration::from_seconds(3_600);
const SECOND: Duration = Duration::from_seconds(1);

fn later(hours: i64) -> Timestamp {
    TEST_START.plus(Duration::from_seconds(hours * 3_600))
}

fn until(moment: Timestamp) -> WindowEdit {
    WindowEdit { until: Some(Some(moment)), ..WindowEdit::KEEP }
}

fn with_window(window: WindowEdit) -> UserUpdate {
    UserUpdate { window, ..UserUpdate::default() }
}

/// James with en and hu, who can sign in.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["en", "hu"]);
    let james =
        NewUser { projects: requests(&["en:10", "hu:30"]), ..new_user("james", &[Role::Agent]) };
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&james, Some(&password)).unwrap();
    house
}

fn listed(house: &TestDirectory, filter: &UserFilter) -> Vec<String> {
    let mut names = Vec::new();
    house
        .list_users(filter, Memberships::NONE, |user| {
            names.push(user.username.to_string());
            true
        })
        .unwrap();
    assert_eq!(house.count_users(filter).unwrap(), names.len() as u64);
    names
}

/// What everything says of James: whether they take part, and their share of `en`.
#[track_caller]
fn is_there(house: &mut TestDirectory, there: bool) {
    let james = house.user("james");
    let state = if there { State::Active } else { State::Inactive };
    assert_eq!(james.state(house.now()), state);
    let share = if there { 0.25 } else { 0.0 };
    assert!((james.share(&james.projects[0], house.now()) - share).abs() < 1e-9);
    for (asked, found) in [(State::Active, there), (State::Inactive, !there)] {
        let filter = UserFilter { state: Some(asked), ..UserFilter::default() };
        assert_eq!(listed(house, &filter).len(), usize::from(found), "{asked}");
        let names = CompletionKind::Users(Some(asked));
        assert_eq!(house.complete_names(&names, "j").unwrap().len(), usize::from(found));
    }
    let mut shares = Vec::new();
    house
        .project_agents(&of("en"), |agent| {
            shares.push((agent.state, agent.share));
            true
        })
        .unwrap();
    assert_eq!(shares, [(state, share)]);
    let chances = house.user_chances(&of("james")).unwrap();
    assert!((chances.projects[0].share - share).abs() < 1e-9);
    let uncovered = house.coverage(house.now(), 1).unwrap();
    assert_eq!(uncovered.iter().any(|gap| gap.agents == 0), !there);
    assert_eq!(house.switch_plan(&[]).unwrap().queues[0].members.len(), usize::from(there));
    match house.verify(&of("james"), &secret(GOOD_PASSWORD)) {
        Ok(_) => assert!(there),
        Err(error) => {
            assert!(matches!(error, Error::AuthenticationFailed), "{error}");
            assert!(!there);
        }
    }
}

#[test]
fn nobody_takes_part_before_they_begin_or_after_they_end() {
    let mut house = house();
    let window = Window { from: Some(later(1)), until: Some(later(2)) };
    house.update("james", &with_window(WindowEdit::to(window))).unwrap();
    for (moment, there) in [
        (later(1).minus(SECOND), false),
        (later(1), true),
        (later(2).minus(SECOND), true),
        (later(2), false),
        // A clock that is set back says what it said then.
        (later(1), true),
        (later(0), false),
    ] {
        house.clock.set(moment);
        is_there(&mut house, there);
    }
    house.clock.set(later(3));
    house.update("james", &with_window(WindowEdit::to(Window::ALWAYS))).unwrap();
    is_there(&mut house, true);
}

#[test]
fn nothing_is_written_when_the_moment_comes() {
    let mut house = house();
    house.update("james", &with_window(until(later(1)))).unwrap();
    let before = house.store().dump();
    house.clock.set(later(1));
    assert_eq!(house.user("james").state(house.now()), State::Inactive);
    assert_eq!(house.user("james").set_state, State::Active);
    assert_eq!(house.store().dump(), before);
}

#[test]
fn a_session_ends_with_its_user() {
    let mut house = TestDirectory::new();
    house.admin("chief");
    let boss = new_user("boss", &[Role::Admin]);
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&boss, Some(&password)).unwrap();
    house.update("boss", &with_window(until(TEST_START.plus(HOUR)))).unwrap();
    house.acts_as("boss");
    house.clock.advance(Duration::from_seconds(3_599));
    house.create_user(&new_user("first", &[Role::Agent]), None).unwrap();
    house.clock.advance(SECOND);
    let error = house.create_user(&new_user("second", &[Role::Agent]), None).unwrap_err();
    assert!(matches!(error, Error::SessionEnded), "{error}");
}

/// One who is put outside by an update has no session to come back to.
#[test]
fn an_update_that_ends_somebody_ends_their_sessions() {
    let mut house = house();
    house.acts_as("james");
    house.acts_as_owner();
    let sessions = |house: &TestDirectory| house.store().number("SELECT count(*) FROM sessions");
    house.update("james", &with_window(until(later(1)))).unwrap();
    assert_eq!(sessions(&house), 1);
    house.update("james", &with_window(until(TEST_START))).unwrap();
    assert_eq!(sessions(&house), 0);
}

/// A session that the clock has ended does not come back with its user.
#[test]
fn an_update_that_brings_somebody_back_brings_back_no_session() {
    let mut house = house();
    house.acts_as("james");
    house.acts_as_owner();
    let sessions = |house: &TestDirectory| house.store().number("SELECT count(*) FROM sessions");
    house.update("james", &with_window(until(later(1)))).unwrap();
    house.clock.set(later(1));
    assert_eq!(house.user_record(&of("james"), 0).unwrap().sessions, 0);
    house.update("james", &with_window(until(later(2)))).unwrap();
    assert_eq!(sessions(&house), 0);
}

#[test]
fn an_admin_with_an_end_counts_until_then() {
    let mut house = TestDirectory::new();
    house.admin("boss");
    let chief = house.admin("chief");
    house.update("chief", &with_window(until(later(1)))).unwrap();
    // Both can administer now, and one afterwards.
    house.clock.set(later(1).minus(SECOND));
    house.set_user_states(&[of("boss")], State::Inactive).unwrap();
    house.set_user_states(&[of("boss")], State::Active).unwrap();
    house.clock.set(later(1));
    let error = house.refused(|house| house.set_user_states(&[of("boss")], State::Inactive));
    assert!(matches!(error, Error::LastAdmin { .. }), "{error}");
    // The last one cannot be ended, today or by a beginning that is still to come.
    for window in [until(later(1)), WindowEdit { from: Some(Some(later(2))), ..WindowEdit::KEEP }] {
        let error = house.refused(|house| house.update("boss", &with_window(window)));
        assert!(matches!(error, Error::LastAdmin { .. }), "{error}");
    }
    house.update("boss", &with_window(until(later(9)))).unwrap();
    assert_eq!(house.user("chief").id, chief.id);
}

#[test]
fn an_assignment_counts_within_its_dates_alone() {
    let mut house = house();
    let window = Window { from: Some(later(1)), until: Some(later(2)) };
    let request = AssignmentRequest { window: WindowEdit::to(window), ..of("hu") };
    let change = house.assign(&of("james"), &[request], false).unwrap();
    // Of its weight nothing is said: it stays.
    assert_eq!(change.after.projects[1].weight.get(), 30);
    assert_eq!(change.impact.unattended, [of("hu")]);
    for (moment, there) in [(later(0), false), (later(1), true), (later(2), false)] {
        house.clock.set(moment);
        let james = house.user("james");
        let shares: Vec<f64> =
            james.projects.iter().map(|one| james.share(one, house.now())).collect();
        assert_eq!(shares, if there { [0.25, 0.75] } else { [1.0, 0.0] });
        let in_hu = UserFilter { projects: vec![of("hu")], ..UserFilter::default() };
        assert_eq!(listed(&house, &in_hu).len(), usize::from(there));
        let gaps = house.coverage(house.now(), 1).unwrap();
        assert_eq!(gaps.iter().any(|gap| gap.project == of("hu") && gap.agents == 0), !there);
        // A look ahead tells what will be.
        assert!(house.coverage(later(1), 1).unwrap().iter().all(|gap| gap.agents > 0));
    }
    // A weight moves without its dates.
    house.set_weight(&of("james"), &of("hu"), of("40")).unwrap();
    assert_eq!(house.user("james").projects[1].window, window);
}

#[test]
fn nobody_ends_before_they_begin() {
    let mut house = house();
    let window = Window { from: Some(later(2)), until: Some(later(2)) };
    let new = NewUser { window, ..new_user("eva", &[Role::Agent]) };
    assert!(matches!(
        house.refused(|house| house.create_user(&new, Some(&generated()))),
        Error::Invalid(_)
    ));
    let edit = WindowEdit::to(window);
    house.refused(|house| house.update("james", &with_window(edit)));
    let request = AssignmentRequest { window: edit, ..of("hu") };
    house.refused(|house| house.assign(&of("james"), &[request], false));
}

#[test]
fn whose_time_runs_out_soon_is_found() {
    let mut house = house();
    house.agent("eva", &[]);
    house.update("james", &with_window(until(later(5)))).unwrap();
    let ends_before = |moment| UserFilter { ends_before: Some(moment), ..UserFilter::default() };
    assert_eq!(listed(&house, &ends_before(later(5))), [""; 0]);
    assert_eq!(listed(&house, &ends_before(later(5).plus(SECOND))), ["james"]);
}

/// The log keeps the edges; what looks at the store against the log finds nothing wrong.
#[test]
fn the_log_tells_the_edges() {
    let mut house = house();
    let (_, log) = house.logged(|house| house.update("james", &with_window(until(later(1)))));
    assert_eq!(log[0]["before"]["until"], serde_json::Value::Null);
    assert_eq!(log[0]["after"]["until"], later(1).to_string());
    let request = AssignmentRequest { window: until(later(2)), ..of("en") };
    let (_, log) = house.logged(|house| house.assign(&of("james"), &[request], false));
    assert_eq!(log[0]["after"]["projects"][0]["until"], later(2).to_string());
    house.update("james", &with_window(WindowEdit::to(Window::ALWAYS))).unwrap();
    house.check(|finding| panic!("{finding:?}")).unwrap();
}

/// Like somebody means for as long as they; what is over for them does not begin again.
#[test]
fn a_template_has_the_dates_of_its_projects() {
    let mut house = house();
    let dated = |name, window| AssignmentRequest { window, ..of(name) };
    let requests = [dated("en", until(later(0))), dated("hu", until(later(4)))];
    house.assign(&of("james"), &requests, false).unwrap();
    let template = house.user_template(&of("james"), crate::model::RoleSet::empty()).unwrap();
    assert_eq!(template.left_out, [of("en")]);
    assert_eq!(template.projects.len(), 1);
    let copy = NewUser { projects: template.projects, ..new_user("eva", &[Role::Agent]) };
    let eva = house.create_user(&copy, None).unwrap().user;
    assert_eq!(eva.projects[0].window.until, Some(later(4)));
}
