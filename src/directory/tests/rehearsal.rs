//! A rehearsal finds out what a change would do, and does nothing.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::sequences::{act, deeds, furnished};
use crate::directory::fixture::{TestDirectory, all, cases, of};
use crate::directory::{LabelKind, Rehearsed};
use crate::model::{AuditFilter, AuditRecord, State};

fn change(record: &AuditRecord) -> Value {
    let json = |text: &Option<String>| {
        text.as_ref().map(|text| serde_json::from_str::<Value>(text).unwrap())
    };
    let (before, after) = (json(&record.before), json(&record.after));
    json!([record.action, record.subject, record.subject_id, before, after])
}

fn told(rehearsed: &Rehearsed) -> Vec<Value> {
    rehearsed.borrow().iter().map(change).collect()
}

proptest! {
    #![proptest_config(cases(12))]

    /// Whatever is tried: the store stays as it is, the same is refused that would be, and the
    /// entries are those that the log gets when it is done.
    #[test]
    fn a_rehearsal_tells_the_truth_and_changes_nothing(deeds in deeds(14)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut house = furnished(TestDirectory::on(&path));
        for deed in deeds {
            let before = house.store().dump();
            let mut stage = TestDirectory::on(&path);
            stage.clock.set(house.now());
            let rehearsed = stage.rehearse();
            let tried = act(&mut stage, deed).map_err(|error| error.to_string());
            drop(stage);
            prop_assert_eq!(house.store().dump(), before, "{:?}", deed);
            let newest = house.verify_audit(None).unwrap().entries;
            let done = act(&mut house, deed).map_err(|error| error.to_string());
            prop_assert_eq!(tried, done, "{:?}", deed);
            let mut written = Vec::new();
            house.audit(&AuditFilter::default(), None, |record| {
                let is_new = record.seq > newest;
                if is_new {
                    written.insert(0, change(&record));
                }
                is_new
            }).unwrap();
            prop_assert_eq!(told(&rehearsed), written, "{:?}", deed);
        }
    }
}

/// What is tried later sees what was tried before, and what was refused leaves no trace.
#[test]
fn one_step_sees_the_one_before() {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu"]).agent("eva", &["hu"]);
    house.admin("boss");
    house.admin("ada");
    let before = house.store().dump();
    let rehearsed = house.rehearse();
    house.rename_label(LabelKind::Team, "old", "new").unwrap_err();
    house.create_label(LabelKind::Team, "old").unwrap();
    house.rename_label(LabelKind::Team, "old", "new").unwrap();
    house.find_label(LabelKind::Team, "new").unwrap();
    house.set_user_states(&[of("boss")], State::Inactive).unwrap();
    // The last admin is the last one here too.
    house.set_user_states(&[of("ada")], State::Inactive).unwrap_err();
    let gone = house.set_user_states(&all(&["eva"]), State::Inactive).unwrap().remove(0);
    assert_eq!(gone.impact.unattended, all(&["hu"]));
    let actions: Vec<String> =
        rehearsed.borrow().iter().map(|record| record.action.clone()).collect();
    assert_eq!(actions, ["team.create", "team.rename", "user.deactivate", "user.deactivate"]);
    assert_ne!(house.store().dump(), before);
}
