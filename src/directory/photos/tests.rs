//! Photos of users.

use serde_json::json;

use crate::directory::fixture::{self, TEST_START, TestDirectory, of};
use crate::directory::{Error, PhotoChange};
use crate::model::{AuditFilter, Memberships, Photo, PhotoKind, User, UserFilter};

/// A picture of one point in this many shades.
fn png(shade: u8) -> Photo {
    Photo::parse(fixture::png(&[shade])).unwrap()
}

fn set(house: &mut TestDirectory, photo: &Photo) -> Result<PhotoChange, Error> {
    house.set_photo(&of("james"), photo)
}

fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.agent("james", &[]);
    house.agent("mary", &[]);
    house.clock.advance(of("1h"));
    house
}

fn has_photo(house: &TestDirectory) -> Vec<bool> {
    let mut found = Vec::new();
    house
        .list_users(&UserFilter::default(), Memberships::NONE, |user| {
            found.push(user.photo);
            true
        })
        .unwrap();
    found
}

#[test]
fn it_is_kept_byte_by_byte_and_shows() {
    let mut house = house();
    assert_eq!(has_photo(&house), [false, false]);
    let (change, log) = house.logged(|house| set(house, &png(1)));
    assert!(change.changed && change.user.photo);
    assert_eq!(change.user, house.user("james"));
    assert_eq!(has_photo(&house), [true, false]);
    assert_eq!(house.photo(&of("james")).unwrap(), png(1));
    assert_eq!(house.photo(&of("james")).unwrap().kind(), PhotoKind::Png);
    let User { updated_at, created_at, .. } = change.user;
    assert_eq!((created_at, updated_at), (TEST_START, TEST_START.plus(of("1h"))));
    assert_eq!(house.revision("james"), 2);
    assert_eq!(log.len(), 1);
    assert_eq!((&log[0]["action"], &log[0]["subject_id"]), (&json!("photo.set"), &json!(1)));
    assert_eq!(log[0]["before"], json!({"photo": null}));
    let after = &log[0]["after"]["photo"];
    assert_eq!((&after["kind"], &after["bytes"]), (&json!("png"), &json!(58)));
    assert_eq!(after["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn another_one_takes_its_place_and_the_same_one_is_already_so() {
    let mut house = house();
    set(&mut house, &png(1)).unwrap();
    assert!(!house.untouched(|house| set(house, &png(1))).changed);
    let (_, log) = house.logged(|house| set(house, &png(2)));
    assert_ne!(log[0]["before"], log[0]["after"]);
    assert_eq!(house.photo(&of("james")).unwrap(), png(2));
    assert_eq!(house.store().number("SELECT count(*) FROM photos"), 1);
}

#[test]
fn it_is_taken_away_once() {
    let mut house = house();
    set(&mut house, &png(1)).unwrap();
    let (change, log) = house.logged(|house| house.remove_photo(&of("james")));
    assert!(change.changed && !change.user.photo);
    assert_eq!(log[0]["action"], "photo.remove");
    assert_eq!(log[0]["after"], json!({"photo": null}));
    let error = house.photo(&of("james")).unwrap_err();
    assert!(matches!(&error, Error::NoPhoto { username } if *username == of("james")), "{error}");
    assert!(!house.untouched(|house| house.remove_photo(&of("james"))).changed);
}

#[test]
fn its_user_has_to_be_there_and_takes_it_along() {
    let mut house = house();
    let missing = |error: Error| matches!(&error, Error::NotFound { nearest: Some(near), .. } if near == "james");
    assert!(missing(house.refused(|house| house.set_photo(&of("jame"), &png(1)))));
    assert!(missing(house.refused(|house| house.remove_photo(&of("jame")))));
    assert!(missing(house.photo(&of("jame")).unwrap_err()));
    set(&mut house, &png(1)).unwrap();
    house.rename_user(&of("james"), &of("jim")).unwrap();
    assert_eq!(house.photo(&of("jim")).unwrap(), png(1));
    house.delete_users(&[of("jim")]).unwrap();
    assert_eq!(house.store().number("SELECT count(*) FROM photos"), 0);
}

#[test]
fn the_log_of_a_person_tells_of_his_photos() {
    let mut house = house();
    set(&mut house, &png(1)).unwrap();
    house.remove_photo(&of("james")).unwrap();
    let mut actions = Vec::new();
    house
        .audit(&AuditFilter::default(), Some("james"), |record| {
            actions.push(record.action);
            true
        })
        .unwrap();
    assert_eq!(actions, ["photo.remove", "photo.set", "user.create"]);
}
