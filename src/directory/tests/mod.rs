//! What holds for every use case: the audit log, and who is let in.

mod filters;
mod plans;
mod rehearsal;
pub(super) mod sequences;
mod windows;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fixture::{
    GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_START, TestDirectory, all, generated, new_user, of,
    png, policy, requests, roles, secret, typed,
};
use super::{Error, LabelKind, ProjectUpdate, UserUpdate};
use crate::model::{Memberships, NewUser, Photo, ProjectDetails, Role, State, UserFilter, Weight};
use crate::store::{Store, StoreError, hex};

/// A use case.
type Act = fn(&mut TestDirectory) -> Result<(), Error>;

/// A use case that changes something, and the actions that it leaves in the log.
struct Step {
    act: Act,
    actions: &'static [&'static str],
}

fn step(act: Act, actions: &'static [&'static str]) -> Step {
    Step { act, actions }
}

/// The least that is a picture.
fn photo() -> Photo {
    Photo::parse(png(b".")).unwrap()
}

fn weight(number: i64) -> Weight {
    Weight::new(number).unwrap()
}

/// Every use case that writes, each leading to the next.
#[expect(clippy::too_many_lines, reason = "a list, in which each leads to the next")]
fn life() -> Vec<Step> {
    vec![
        step(
            |h| h.create_project(&of("hu"), ProjectDetails::default()).map(drop),
            &["project.create"],
        ),
        step(
            |h| h.create_project(&of("en"), ProjectDetails::default()).map(drop),
            &["project.create"],
        ),
        step(|h| h.create_label(LabelKind::Team, "voice").map(drop), &["team.create"]),
        step(|h| h.create_label(LabelKind::Skill, "dutch").map(drop), &["skill.create"]),
        step(
            |h| {
                let james = NewUser {
                    teams: all(&["voice"]),
                    skills: all(&["dutch:2"]),
                    projects: requests(&["hu"]),
                    ..new_user("james", &[Role::Agent])
                };
                h.create_user(&james, Some(&typed(GOOD_PASSWORD))).map(drop)
            },
            &["user.create"],
        ),
        step(
            |h| h.create_user(&new_user("boss", &[Role::Admin]), Some(&generated())).map(drop),
            &["user.create"],
        ),
        step(
            |h| {
                let update = UserUpdate { full_name: Some(of("Jim")), ..UserUpdate::default() };
                h.update("james", &update).map(drop)
            },
            &["user.update"],
        ),
        step(
            |h| {
                let update = UserUpdate {
                    add_roles: roles(&[Role::Supervisor]),
                    password: Some(typed(GOOD_PASSWORD)),
                    ..UserUpdate::default()
                };
                h.update("james", &update).map(drop)
            },
            &["user.update", "password.reset"],
        ),
        step(|h| h.assign(&of("james"), &requests(&["en"]), false).map(drop), &["project.assign"]),
        step(|h| h.set_weight(&of("james"), &of("en"), weight(3)).map(drop), &["weight.set"]),
        step(|h| h.unassign(&of("james"), &[of("en")]).map(drop), &["project.unassign"]),
        step(
            |h| {
                let proof = h.verify(&of("james"), &secret(GOOD_PASSWORD))?;
                h.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)).map(drop)
            },
            &["sign-in", "password.change"],
        ),
        step(|h| h.expire_passwords(&[of("james")]).map(drop), &["password.expire"]),
        step(|h| h.set_passwords(&[of("james")], &generated()).map(drop), &["password.reset"]),
        step(
            |h| h.set_user_states(&[of("james")], State::Inactive).map(drop),
            &["user.deactivate"],
        ),
        step(|h| h.set_user_states(&[of("james")], State::Active).map(drop), &["user.activate"]),
        step(|h| h.set_photo(&of("james"), &photo()).map(drop), &["photo.set"]),
        step(|h| h.remove_photo(&of("james")).map(drop), &["photo.remove"]),
        step(
            |h| {
                h.create_user(&new_user("ann", &[Role::Agent]), None)?;
                h.rename_user(&of("ann"), &of("anna"))?;
                h.delete_users(&[of("anna")]).map(drop)
            },
            &["user.create", "user.rename", "user.delete"],
        ),
        step(
            |h| {
                let update =
                    ProjectUpdate { language: Some(Some(of("hu"))), ..ProjectUpdate::default() };
                h.update_project(&of("hu"), update).map(drop)
            },
            &["project.update"],
        ),
        step(
            |h| h.set_project_state(&of("hu"), State::Inactive).map(drop),
            &["project.deactivate"],
        ),
        step(|h| h.set_project_state(&of("hu"), State::Active).map(drop), &["project.activate"]),
        step(|h| h.rename_project(&of("hu"), &of("magyar")).map(drop), &["project.rename"]),
        step(|h| h.rename_label(LabelKind::Team, "voice", "calls").map(drop), &["team.rename"]),
        step(|h| h.rename_label(LabelKind::Skill, "dutch", "flemish").map(drop), &["skill.rename"]),
        step(
            |h| h.delete_project(&of("magyar"), true).map(drop),
            &["project.unassign", "project.delete"],
        ),
        step(
            |h| h.delete_label(LabelKind::Team, "calls", true).map(drop),
            &["user.update", "team.delete"],
        ),
        step(
            |h| h.delete_label(LabelKind::Skill, "flemish", true).map(drop),
            &["user.update", "skill.delete"],
        ),
    ]
}

fn live(house: &mut TestDirectory) {
    for step in life() {
        (step.act)(house).unwrap();
    }
}

/// R58: every change leaves its entries, no more and no less, and they say who, when and on whose
/// account.
#[test]
fn every_change_leaves_exactly_its_entries() {
    let mut house = TestDirectory::new();
    for (number, step) in life().iter().enumerate() {
        house.clock.advance(of("1m"));
        let before = house.store().dump();
        let ((), log) = house.logged(step.act);
        let actions: Vec<&str> =
            log.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, step.actions, "{number}");
        assert_ne!(house.store().dump(), before);
        for entry in &log {
            assert_eq!(entry["at"], house.now().seconds());
            assert_eq!((&entry["outcome"], &entry["os_uid"]), (&json!("done"), &json!(0)));
            let own = entry["action"] == "password.change" || entry["action"] == "sign-in";
            assert_eq!(entry["actor"], if own { "james" } else { "os:root" });
            assert!(entry["subject"].is_string() && entry["subject_id"].is_i64(), "{entry}");
            if entry["action"] != "sign-in" {
                only_what_changed(entry);
            }
        }
    }
}

/// `before` and `after` hold the same fields, and each of them differs.
fn only_what_changed(entry: &Value) {
    let (Some(before), Some(after)) = (entry["before"].as_object(), entry["after"].as_object())
    else {
        let action = entry["action"].as_str().unwrap();
        assert!(action.ends_with(".create") || action.ends_with(".delete"), "{entry}");
        assert_ne!(entry["before"].is_null(), entry["after"].is_null(), "{entry}");
        return;
    };
    assert!(before.keys().eq(after.keys()), "{entry}");
    assert!(!before.is_empty());
    for (field, value) in before {
        assert_ne!(*value, after[field], "{entry}");
    }
}

/// R58: the second time, everything is already so or refused, and nothing is written.
#[test]
fn what_is_refused_or_already_so_leaves_no_entry() {
    let mut house = TestDirectory::new();
    live(&mut house);
    let again: [Act; 9] = [
        |h| {
            h.create_user(&new_user("james", &[Role::Agent]), Some(&typed(GOOD_PASSWORD))).map(drop)
        },
        |h| h.create_project(&of("en"), ProjectDetails::default()).map(drop),
        |h| h.set_user_states(&all(&["james", "boss"]), State::Inactive).map(drop),
        |h| {
            h.update(
                "boss",
                &UserUpdate { remove_roles: roles(&[Role::Admin]), ..UserUpdate::default() },
            )
            .map(drop)
        },
        |h| h.assign(&of("boss"), &requests(&["en"]), false).map(drop),
        |h| h.set_weight(&of("james"), &of("en"), weight(5)).map(drop),
        |h| h.set_passwords(&[of("james")], &typed("short")).map(drop),
        |h| h.rename_user(&of("james"), &of("boss")).map(drop),
        |h| h.delete_users(&all(&["james", "boss"])).map(drop),
    ];
    for act in again {
        house.refused(act);
    }
    let same: [Act; 7] = [
        |h| h.set_user_states(&[of("james")], State::Active).map(drop),
        |h| {
            h.update("james", &UserUpdate { full_name: Some(of("Jim")), ..UserUpdate::default() })
                .map(drop)
        },
        |h| h.unassign(&of("james"), &[of("en")]).map(drop),
        |h| h.set_project_state(&of("en"), State::Active).map(drop),
        |h| h.expire_passwords(&[of("james")]).map(drop),
        |h| h.rename_user(&of("james"), &of("james")).map(drop),
        |h| h.remove_photo(&of("james")).map(drop),
    ];
    for act in same {
        house.untouched(act);
    }
}

/// R59: the chain as it is documented, computed anew from what is stored.
#[test]
fn the_chain_can_be_computed_anew() {
    let mut house = TestDirectory::new();
    live(&mut house);
    let rows = house.store().texts(
        "SELECT json_object('hash', lower(hex(hash)), 'entry', json_array(seq, at, actor, \
         actor_id, os_uid, action, subject, subject_id, outcome, before, after), \
         'more', json_array(batch, undoes)) FROM audit ORDER BY seq",
    );
    let mut previous = [0_u8; 32];
    for (row, seq) in rows.iter().zip(1_i64..) {
        let mut row: Value = serde_json::from_str(row).unwrap();
        assert_eq!(row["entry"][0], seq);
        if row["more"] != json!([null, null]) {
            let more = row["more"].as_array().unwrap().clone();
            row["entry"].as_array_mut().unwrap().extend(more);
        }
        let text = serde_json::to_string(&row["entry"]).unwrap();
        let hash = Sha256::new().chain_update(previous).chain_update(text).finalize();
        assert_eq!(row["hash"], hex(&hash), "{seq}");
        previous = hash.into();
    }
    let written: usize = life().iter().map(|step| step.actions.len()).sum();
    assert_eq!(rows.len(), written);
}

/// R59: entries are neither changed nor deleted, by whatever statement.
#[test]
fn the_log_refuses_to_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    let mut house = TestDirectory::on(&path);
    live(&mut house);
    let before = house.store().log();
    for statement in [
        "UPDATE audit SET actor = 'x' WHERE seq = 1",
        "UPDATE audit SET hash = zeroblob(32)",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
    ] {
        let refused = house.store().try_sql(statement).unwrap_err();
        assert!(matches!(&refused, StoreError::Engine(why) if why.contains("audit")), "{refused}");
    }
    assert_eq!(house.store().log(), before);
}

/// R60: no password and no hash is in the log, and no password anywhere in the store.
#[test]
fn no_secret_is_in_the_log() {
    let mut house = TestDirectory::new();
    let mut hashes = Vec::new();
    let mut told =
        vec![GOOD_PASSWORD.to_owned(), OTHER_GOOD_PASSWORD.to_owned(), "short".to_owned()];
    for step in life() {
        (step.act)(&mut house).unwrap();
        hashes.extend(
            house.store().texts("SELECT password_hash FROM users WHERE password_hash IS NOT NULL"),
        );
    }
    let set = house.set_passwords(&[of("boss")], &generated()).unwrap().remove(0);
    told.push(set.generated.unwrap().expose().to_owned());
    hashes.push(house.hash("boss"));
    let _ = house.set_passwords(&[of("boss")], &typed("short")).unwrap_err();
    hashes.sort_unstable();
    hashes.dedup();
    assert!(hashes.len() >= 5, "{hashes:?}");
    for entry in house.store().log() {
        let entry = entry.to_string();
        for hash in &hashes {
            let tag = hash.rsplit('$').next().unwrap();
            assert!(!entry.contains(hash.as_str()) && !entry.contains(tag), "{entry}");
        }
        assert!(!entry.contains("$argon2id") && !entry.contains("$ccadmin-g1"), "{entry}");
        assert!(!entry.contains("\"hash\""), "{entry}");
    }
    for row in house.store().dump() {
        for secret in &told {
            assert!(!row.contains(secret.as_str()), "{row}");
        }
    }
}

/// R58: a change that is not committed leaves nothing, not even its entry.
#[test]
fn a_transaction_that_is_dropped_leaves_nothing() {
    let mut house = TestDirectory::new();
    house.agent("james", &[]);
    house.untouched(|house| {
        let james = house.user("james");
        let transaction = house.store().write()?;
        transaction.set_user_state(james.id, State::Inactive, TEST_START)?;
        let entry = house.entry(crate::model::AuditAction::UserDeactivate, "james", 1, None, None);
        let recorded = transaction.record(&entry)?;
        assert!(!transaction.find_user(&of("james"))?.unwrap().set_state.is_active());
        drop(transaction);
        drop(recorded);
        Ok(())
    });
    // The store is free for the next one.
    house.set_user_states(&[of("james")], State::Inactive).unwrap();
}

fn stranger(path: &Path) -> TestDirectory {
    let store = Store::open(path, Duration::from_secs(30)).unwrap();
    TestDirectory::over(store, policy(), 54_321)
}

/// R23 and R25: whoever neither owns the store nor is root does nothing but prove who they are.
#[test]
fn a_stranger_is_refused_everything_before_anything_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ccadmin.db");
    TestDirectory::on(&path)
        .create_user(&new_user("james", &[Role::Agent]), Some(&typed(GOOD_PASSWORD)))
        .unwrap();
    let mut house = stranger(&path);
    let acts: [Act; 39] = [
        |h| h.info().map(drop),
        |h| h.create_user(&new_user("x", &[Role::Agent]), None).map(drop),
        |h| {
            h.create_user(&new_user("james", &[Role::Agent]), Some(&typed(GOOD_PASSWORD))).map(drop)
        },
        |h| h.find_user(&of("james")).map(drop),
        |h| h.find_user(&of("nobody")).map(drop),
        |h| h.user_record(&of("james"), 5).map(drop),
        |h| h.user_exists(&of("james")).map(drop),
        |h| h.list_users(&UserFilter::default(), Memberships::ALL, |_| panic!("listed")),
        |h| h.count_users(&UserFilter::default()).map(drop),
        |h| h.update("james", &UserUpdate::default()).map(drop),
        |h| h.set_user_states(&[of("james")], State::Inactive).map(drop),
        |h| h.set_user_states(&[of("nobody")], State::Active).map(drop),
        |h| h.assign(&of("nobody"), &requests(&["hu"]), false).map(drop),
        |h| h.unassign(&of("james"), &[of("hu")]).map(drop),
        |h| h.set_weight(&of("james"), &of("hu"), weight(1)).map(drop),
        |h| h.set_passwords(&[of("james")], &generated()).map(drop),
        |h| h.expire_passwords(&[of("james")]).map(drop),
        |h| h.rename_user(&of("james"), &of("jim")).map(drop),
        |h| h.may_delete_users(&[of("james")]),
        |h| h.delete_users(&[of("james")]).map(drop),
        |h| h.user_template(&of("james"), roles(&[])).map(drop),
        |h| h.photo(&of("james")).map(drop),
        |h| h.set_photo(&of("james"), &photo()).map(drop),
        |h| h.remove_photo(&of("james")).map(drop),
        |h| h.create_project(&of("hu"), ProjectDetails::default()).map(drop),
        |h| h.projects(|_| panic!("listed")),
        |h| h.count_projects().map(drop),
        |h| h.find_project(&of("hu")).map(drop),
        |h| h.project_agents(&of("hu"), |_| panic!("listed")),
        |h| h.update_project(&of("hu"), ProjectUpdate::default()).map(drop),
        |h| h.set_project_state(&of("hu"), State::Inactive).map(drop),
        |h| h.rename_project(&of("hu"), &of("x")).map(drop),
        |h| h.delete_project(&of("hu"), true).map(drop),
        |h| h.create_label(LabelKind::Team, "x").map(drop),
        |h| h.labels(LabelKind::Team, |_| panic!("listed")),
        |h| h.count_labels(LabelKind::Team).map(drop),
        |h| h.find_label(LabelKind::Skill, "x").map(drop),
        |h| h.rename_label(LabelKind::Team, "x", "y").map(drop),
        |h| h.delete_label(LabelKind::Team, "x", true).map(drop),
    ];
    for act in acts {
        let error = house.refused(act);
        assert!(matches!(error, Error::SignInRequired), "{error}");
    }
    // Their own password is their own affair: who proves it acts as themselves.
    let proof = house.verify(&of("james"), &secret(GOOD_PASSWORD)).unwrap();
    let (_, log) = house.logged(|house| house.change_own(&proof, &secret(OTHER_GOOD_PASSWORD)));
    assert_eq!((&log[0]["actor"], &log[0]["os_uid"]), (&json!("james"), &json!(54_321)));
}
