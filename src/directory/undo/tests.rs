//! Whatever was done is taken back from the newest on; what came later stands in the way.

use proptest::prelude::*;

use super::*;
use crate::directory::NewPassword;
use crate::directory::UserUpdate;
use crate::directory::audit::{project_fields, user_fields};
use crate::directory::fixture::{
    GOOD_PASSWORD, TestDirectory, all, cases, generated, new_user, of, requests, typed,
};
use crate::directory::tests::sequences::{act, deeds, furnished};
use crate::model::CredentialKind;
use crate::model::{
    Duration, Memberships, NewUser, ProjectDetails, Role, State, UserFilter, Weight,
};

/// Everything that undoing brings back, in order.
fn everything(house: &TestDirectory) -> Vec<String> {
    let mut all = Vec::new();
    let places = Memberships { teams: true, skills: true, projects: true };
    house
        .list_users(&UserFilter::default(), places, |user| {
            let created = user.created_at;
            all.push(format!("{} {created} {}", user.id.0, Value::from(user_fields(&user))));
            true
        })
        .unwrap();
    house
        .projects(|summary| {
            all.push(format!(
                "{} {}",
                summary.users,
                Value::from(project_fields(&summary.project))
            ));
            true
        })
        .unwrap();
    for kind in [LabelKind::Team, LabelKind::Skill] {
        house
            .labels(kind, |label| {
                all.push(format!("{kind:?} {} {}", label.name, label.users));
                true
            })
            .unwrap();
    }
    all
}

fn newest(house: &TestDirectory) -> i64 {
    house.verify_audit(None).unwrap().entries
}

fn undo(house: &mut TestDirectory, target: UndoTarget) -> Result<Vec<Undone>, Error> {
    let restored = house.restored_by(target)?;
    let issues = house.issue_to_restored(&restored, &generated())?;
    house.undo(target, issues)
}

fn undo_last(house: &mut TestDirectory) -> Result<Vec<Undone>, Error> {
    let seq = newest(house);
    undo(house, UndoTarget::Entry(seq))
}

proptest! {
    #![proptest_config(cases(48))]

    /// From the newest back every change can be taken back, and what was there before it is there
    /// again.
    #[test]
    fn whatever_was_done_is_undone(deeds in deeds(24)) {
        let mut house = furnished(TestDirectory::new());
        let mut states = Vec::new();
        for deed in deeds {
            let (before, from) = (everything(&house), newest(&house));
            let _ = act(&mut house, deed);
            states.push((before, from..newest(&house), deed));
        }
        for (before, entries, deed) in states.into_iter().rev() {
            for seq in entries.map(|seq| seq + 1).rev() {
                let Some(record) = house.audit_entry(seq).unwrap() else { continue };
                if inverse(&record.action).is_none() || record.outcome != "done" {
                    continue;
                }
                match undo(&mut house, UndoTarget::Entry(seq)) {
                    // Those stay, and with them what they stand for.
                    Err(Error::NotUndoable { reason, .. }) if reason.contains("roles with power") => {
                        return Ok(());
                    }
                    Err(Error::LastAdmin { .. }) => return Ok(()),
                    other => prop_assert!(other.is_ok(), "{:?} {}: {:?}", deed, seq, other.err()),
                }
            }
            prop_assert_eq!(everything(&house), before, "{:?}", deed);
        }
        prop_assert_eq!(house.verify_audit(None).unwrap().broken, None);
        let mut flaws = Vec::new();
        house.check(|flaw| flaws.push(flaw)).unwrap();
        prop_assert!(flaws.is_empty(), "{:?}", flaws);
    }
}

fn staffed() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["en", "hu"]).teams(&["day"]).skills(&["billing"]);
    house.admin("boss");
    house.agent("eva", &["hu:20"]);
    house.agent("james", &["en", "hu"]);
    house
}

#[test]
fn what_came_later_stands_in_the_way_and_is_named() {
    let mut house = staffed();
    let phone = |phone: &str| UserUpdate { phone: Some(Some(of(phone))), ..UserUpdate::default() };
    house.update("eva", &phone("+36201234567")).unwrap();
    let first = newest(&house);
    let name = UserUpdate { full_name: Some(of("Eva K")), ..UserUpdate::default() };
    house.update("eva", &name).unwrap();
    house.update("eva", &phone("+36201234568")).unwrap();
    let later = newest(&house);
    let error = house.refused(|house| undo(house, UndoTarget::Entry(first)));
    assert_eq!(
        error.to_string(),
        format!(
            "entry {first} cannot be undone: `phone` of `eva` was changed again by entry {later}"
        )
    );
    undo(&mut house, UndoTarget::Entry(later)).unwrap();
    let undone = undo(&mut house, UndoTarget::Entry(first)).unwrap().remove(0);
    assert_eq!((undone.seq, undone.entry.undoes), (first, Some(first)));
    assert_eq!(house.user("eva").phone, None);
    assert_eq!(house.user("eva").full_name, of("Eva K"));
    // Once is enough; and an undoing is undone as any other change.
    let again = house.refused(|house| undo(house, UndoTarget::Entry(first)));
    assert!(matches!(again, Error::UndoStale { later: Some(_), .. }), "{again}");
    undo_last(&mut house).unwrap();
    assert_eq!(house.user("eva").phone, Some(of("+36201234567")));
}

/// Of a list only that counts which the change touched.
#[test]
fn other_items_of_a_list_stay_as_they_are() {
    let mut house = staffed();
    house.set_weight(&of("james"), &of("hu"), Weight::new(70).unwrap()).unwrap();
    let seq = newest(&house);
    house.unassign(&of("james"), &[of("en")]).unwrap();
    let undone = undo(&mut house, UndoTarget::Entry(seq)).unwrap().remove(0);
    assert_eq!(undone.entry.action, AuditAction::WeightSet);
    let projects = house.user("james").projects;
    assert_eq!(projects.len(), 1);
    assert_eq!(projects[0].weight, Weight::new(10).unwrap());
}

#[test]
fn a_deleted_user_comes_back_with_a_fresh_password() {
    let mut house = staffed();
    let new = NewUser {
        teams: all(&["day"]),
        skills: all(&["billing:3"]),
        projects: requests(&["hu:30"]),
        ..new_user("zoe", &[Role::Agent])
    };
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&new, Some(&password)).unwrap();
    let before = house.user("zoe");
    house.clock.advance(Duration::from_days(3));
    house.delete_users(&[of("zoe")]).unwrap();
    let seq = newest(&house);
    house.agent("later", &[]);
    let restored = house.restored_by(UndoTarget::Entry(seq)).unwrap();
    assert_eq!(restored[0].username, of("zoe"));
    let undone = undo(&mut house, UndoTarget::Entry(seq)).unwrap().remove(0);
    assert!(undone.generated.is_some());
    let after = house.user("zoe");
    assert_eq!(after.id, before.id);
    assert_eq!((after.created_at, &after.projects), (before.created_at, &before.projects));
    assert_eq!((&after.teams, &after.skills), (&before.teams, &before.skills));
    assert_eq!(after.credential.unwrap().kind, CredentialKind::Temporary);
    let mut history = Vec::new();
    house
        .user_history(&of("zoe"), |record| {
            history.push(record.action);
            true
        })
        .unwrap();
    assert_eq!(history, ["user.create", "user.delete", "user.create"]);
    // Somebody else may have the name by now.
    house.delete_users(&[of("zoe")]).unwrap();
    let seq = newest(&house);
    house.agent("zoe", &[]);
    let error = house.refused(|house| undo(house, UndoTarget::Entry(seq)));
    assert!(matches!(error, Error::Exists { .. }), "{error}");
}

#[test]
fn a_batch_is_undone_as_a_whole_or_not_at_all() {
    let mut house = staffed();
    let before = everything(&house);
    house.set_user_states(&all(&["eva", "james"]), State::Inactive).unwrap();
    let batch = newest(&house) - 1;
    let record = house.audit_entry(batch + 1).unwrap().unwrap();
    assert_eq!(record.batch, Some(batch));
    house.set_user_states(&all(&["eva"]), State::Active).unwrap();
    let error = house.refused(|house| undo(house, UndoTarget::Batch(batch)));
    assert!(matches!(error, Error::UndoStale { .. }), "{error}");
    undo_last(&mut house).unwrap();
    undo(&mut house, UndoTarget::Batch(batch)).unwrap();
    assert_eq!(everything(&house), before);
    // The undoing is a batch itself.
    let back = newest(&house) - 1;
    assert_eq!(house.audit_entry(back + 1).unwrap().unwrap().batch, Some(back));
    let error = house.refused(|house| undo(house, UndoTarget::Batch(back + 1)));
    assert!(matches!(error, Error::NoEntry { .. }), "{error}");
}

/// What is deleted in use goes from its users in the same batch, and comes back to them.
#[test]
fn a_project_comes_back_with_its_users() {
    let mut house = staffed();
    let before = everything(&house);
    house.delete_project(&of("hu"), true).unwrap();
    let batch = house.audit_entry(newest(&house)).unwrap().unwrap().batch.unwrap();
    undo(&mut house, UndoTarget::Batch(batch)).unwrap();
    assert_eq!(everything(&house), before);
}

/// The names in an entry are those of then.
#[test]
fn a_renamed_project_is_found() {
    let mut house = staffed();
    house.unassign(&of("eva"), &[of("hu")]).unwrap();
    let seq = newest(&house);
    house.rename_project(&of("hu"), &of("hungarian")).unwrap();
    undo(&mut house, UndoTarget::Entry(seq)).unwrap();
    assert_eq!(house.user("eva").projects[0].project, of("hungarian"));
}

#[test]
fn passwords_and_power_are_not_undone() {
    let mut house = staffed();
    house.set_passwords(&[of("eva")], &generated()).unwrap();
    let error = house.refused(undo_last);
    assert!(error.to_string().contains("(`password.reset`) cannot be undone"), "{error}");
    let grant = UserUpdate {
        add_roles: [Role::Supervisor].into_iter().collect(),
        password: Some(generated()),
        ..UserUpdate::default()
    };
    house.update("eva", &grant).unwrap();
    let seq = newest(&house) - 1;
    let error = house.refused(|house| undo(house, UndoTarget::Entry(seq)));
    assert!(matches!(error, Error::NotUndoable { .. }), "{error}");
    let error = house.refused(|house| undo(house, UndoTarget::Entry(100_000)));
    assert_eq!(error.to_string(), "the audit log has no entry 100000");
}

/// The right is that of the opposite, and the rules are those of every change.
#[test]
fn an_undoing_takes_the_right_of_the_opposite() {
    let mut house = staffed();
    let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
    house.create_user(&new_user("sue", &[Role::Supervisor]), Some(&password)).unwrap();
    house.create_user(&new_user("max", &[Role::Supervisor]), None).unwrap();
    house.set_user_states(&[of("max")], State::Inactive).unwrap();
    let of_max = newest(&house);
    house.set_user_states(&[of("eva")], State::Inactive).unwrap();
    let of_eva = newest(&house);
    house.create_project(&of("de"), ProjectDetails::default()).unwrap();
    let of_de = newest(&house);
    house.acts_as("sue");
    for seq in [of_max, of_de, 1] {
        let error = undo(&mut house, UndoTarget::Entry(seq)).unwrap_err();
        assert!(matches!(error, Error::Forbidden { .. }), "{seq}: {error}");
    }
    undo(&mut house, UndoTarget::Entry(of_eva)).unwrap();
    assert_eq!(house.user("eva").set_state, State::Active);
    house.acts_as_owner();
    let denied: Vec<_> =
        house.store().log().into_iter().filter(|one| one["outcome"] == "denied").collect();
    assert_eq!(denied.len(), 3, "{denied:?}");
}
