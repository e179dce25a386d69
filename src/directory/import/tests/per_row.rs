//! Each row as a change of its own.

use super::*;

#[test]
fn each_row_is_a_change_of_its_own() {
    let mut house = house();
    house.agent("bob", &[]);
    let file = "username,full_name,roles,projects\n\
                a,A,agent,hu-support\nb,,agent,\nbob,Bob,agent,\nc,C,agent,nowhere\nd,D,agent,\n";
    let options =
        ImportOptions { passwords: ImportPasswords::Generate, ..ImportOptions::default() };
    let mut notes = Notes::default();
    let mut answers = Vec::new();
    let result = house.import_each(Cursor::new(file), &options, &mut notes, |watch, answer| {
        assert!(!watch.should_stop());
        answers.push(match answer {
            RowOutcome::Done { item, user, password } => {
                format!("{} {} {}", item.action.as_str(), user.username, password.is_some())
            }
            RowOutcome::Refused { row_errors, raw } => {
                let cell = String::from_utf8_lossy(&raw.cells[0]).into_owned();
                format!("{cell}: {}", row_errors[0].error)
            }
        });
        Ok(())
    });
    assert!(matches!(result, Err(Error::RowsRefused { count: 3 })), "{result:?}");
    insta::assert_snapshot!(answers.join("\n"), @r"
    create a true
    b: `b` is new and has no full_name
    bob: the user `bob` already exists
    c: there is no project `nowhere`
    create d true
    ");
    assert_eq!((notes.issued.len(), notes.settled), (2, 2));
    assert!(house.verify_audit(None).unwrap().broken.is_none());
}

/// What stands before a row that ends the file is done, and that row is answered too.
#[test]
fn the_last_row_is_answered_too() {
    let mut house = house();
    let file = "username,full_name,roles\na,A,agent\nb,B,agent\nc,\"C,agent\n";
    let mut answers = 0;
    let result = house.import_each(
        Cursor::new(file),
        &without_passwords(),
        &mut Notes::default(),
        |_, answer| {
            answers += 1;
            assert_eq!(matches!(answer, RowOutcome::Refused { .. }), answers == 3);
            Ok(())
        },
    );
    assert!(matches!(result, Err(Error::RowsRefused { count: 1 })), "{result:?}");
    assert_eq!(answers, 3);
    house.user("b");
}
