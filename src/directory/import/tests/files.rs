//! What a file may look like: headers, lines of JSON, quotes, bytes of any kind.

use proptest::prelude::*;

use super::*;

#[test]
fn other_names_for_columns_and_roles() {
    let mut house = house();
    let mapping = ImportMapping {
        phone_region: Some("HU".to_owned()),
        columns: vec![
            ("Login".to_owned(), Some(ImportField::Username)),
            ("Full Name of person".to_owned(), Some(ImportField::FullName)),
            ("Cost centre".to_owned(), None),
        ],
        roles: vec![("Team Lead".to_owned(), Role::Supervisor)],
        ..ImportMapping::default()
    };
    let options = ImportOptions { mapping, ..without_passwords() };
    let file = "LOGIN;full name of Person;Roles;Cost Centre;Phone;reason\r\n\
                eva;\"Kovács; Éva\";TEAM LEAD;9;06 20 123 4567;\r\n;;;;;\r\nbob;Bob;Operator;;;x\r\n";
    imported(&mut house, file, &options);
    let eva = house.user("eva");
    assert_eq!(eva.full_name.as_str(), "Kovács; Éva");
    assert_eq!(eva.roles, roles(&[Role::Supervisor]));
    assert_eq!(eva.phone, Some(of("+36201234567")));
    assert_eq!(house.user("bob").roles, roles(&[Role::Agent]));
}

#[test]
fn headers_that_are_none() {
    let mut house = house();
    let cases = [
        ("", "1: the file is empty"),
        ("\n\n", "1: there is no header"),
        ("full_name,roles\na,agent\n", "1: there is no column `username`"),
        ("username,fone\na,1\n", "1 fone: unknown column `fone`"),
        ("username,email,Email\n", "1 Email: the column `Email` appears twice"),
        ("\u{0}\u{0}", "1: the row contains a NUL byte"),
        (
            "PK\u{3}\u{4}rest",
            "0: the workbook is damaged: invalid Zip archive: Could not find EOCD",
        ),
        ("username\n\"a\nb,c", "2: a quote is opened in this row and never closed"),
        ("username,full_name\na,\"b\n", "2: a quote is opened in this row and never closed"),
    ];
    for (file, expected) in cases {
        let found = row_errors(&mut house, file, &without_passwords());
        assert_eq!(found.first().map(String::as_str), Some(expected), "{file:?}: {found:?}");
    }
    let wide = ",".repeat(1_000_000);
    let long = "x".repeat(3 << 20);
    for file in [wide.as_str(), &long, &format!("username\n\"{long}\n{long}")] {
        let found = row_errors(&mut house, file, &without_passwords());
        assert_eq!(found.len(), 1, "{found:?}");
    }
    let mut notes = Notes::default();
    let wrong: &[u8] = b"\xff\xfeu\0s\0";
    let refused = house.import(Cursor::new(wrong), &without_passwords(), &mut notes);
    assert!(matches!(refused, Err(Error::RowsRefused { .. })));
    assert_eq!(notes.row_errors.len(), 2, "{:?}", notes.row_errors);
    let wrong: &[u8] = b"username,full_name,roles\na,\xe9va,agent\n";
    let refused = house.import(Cursor::new(wrong), &without_passwords(), &mut notes);
    assert!(matches!(refused, Err(Error::RowsRefused { .. })));
    let expected = "2 full_name: it is not UTF-8: as windows-1252 it reads `éva`";
    assert_eq!(notes.row_errors[2], expected);
}

/// An empty file is a header without rows; that is no fault.
#[test]
fn a_header_alone_is_a_roster_of_nobody() {
    let mut house = house();
    house.untouched(|house| import(house, "username", &without_passwords()).0);
    house.untouched(|house| import(house, "sep=;\r\nusername;roles\r\n", &without_passwords()).0);
}

#[test]
fn lines_of_json() {
    let mut house = house();
    let file = r#"
{"username": "eva", "full_name": "Kovács Éva", "email": null, "roles": ["agent"], "teams": ["voice"],
"#
    .trim()
    .to_owned()
        + r#" "skills": [{"skill": "billing", "level": 3}, "sales:2"], "projects": [{"project": "hu-support", "weight": 20, "share": 1.0}], "password": {"state": "none"}, "photo": false, "project_selection": false}

{"username": "bob", "full_name": "Bob", "roles": ["agent"]}
"#;
    imported(&mut house, &file, &without_passwords());
    let eva = house.user("eva");
    assert_eq!(eva.skills, all(&["billing:3", "sales:2"]));
    assert_eq!(eva.projects[0].weight.get(), 20);
    assert!(!eva.project_selection);
    let changes = r#"{"username": "eva", "teams": {"add": ["chat"], "remove": ["voice"]}, "language": "hu", "skills": {}}
{"username": "bob", "email": "bob@example.com"}"#;
    let notes = imported(&mut house, changes, &updating());
    insta::assert_snapshot!(notes.plan.join("\n"), @r#"
    update eva language null "hu", teams ["voice"] ["chat"]
    update bob email null "bob@example.com"
    "#);
    let wrong = r#"{"username": "x", "full_name": 7, "roles": ["agent"]}
{"username": "y", "fone": "1", "full_name": "Y", "roles": "agent"}
[1, 2]
{"username": "z", "username": "z"}
{"full_name": "Nobody"}
{"username": "q", "full_name": null}
{"username": "
"#;
    let options =
        ImportOptions { form: in_format(Some(ImportFormat::Jsonl)), ..without_passwords() };
    insta::assert_snapshot!(row_errors(&mut house, wrong, &options).join("\n"), @"
    1 full_name: `full_name` has to be a string
    2 fone: unknown field `fone`
    2 roles: `roles` has to be a list
    3: the line is not a JSON object: invalid type: sequence, expected an object (byte 0)
    4: the line is not a JSON object: `username` appears twice (byte 34)
    5 username: there is no username
    6 full_name: `full_name` cannot be empty
    7: the line is not a JSON object: EOF while parsing a string (byte 14)
    ");
}

/// Lines are counted as an editor counts them, whatever they end with.
#[test]
fn lines_are_counted_as_an_editor_does() {
    let mut house = house();
    let file = "username,full_name,roles\na,A,x\nb,B,x\n\n\nc,\"C\nC\",x\nd,D,x\n";
    let expected = ["2 ", "3 ", "6 ", "8 "];
    for end in ["\n", "\r\n", "\r"] {
        let found = row_errors(&mut house, &file.replace('\n', end), &without_passwords());
        let roles: Vec<&String> =
            found.iter().filter(|row_error| row_error.contains("roles: ")).collect();
        assert_eq!(roles.len(), 4, "{end:?}: {found:?}");
        for (row_error, line) in roles.iter().zip(expected) {
            assert!(row_error.starts_with(line), "{end:?}: {found:?}");
        }
    }
    let found = row_errors(&mut house, "sep=;\r\nusername;roles\r\na;x\r\n", &without_passwords());
    assert!(found[0].starts_with("3 roles"), "{found:?}");
}

/// No row is swallowed by another, in a column without a meaning neither.
#[test]
fn a_quote_that_is_open_swallows_nobody() {
    let mut house = house();
    let options = ImportOptions {
        mapping: ImportMapping {
            columns: vec![("notes".to_owned(), None)],
            ..ImportMapping::default()
        },
        ..without_passwords()
    };
    let file = "username,full_name,roles,notes\na,A,agent,\"tall\nb,B,agent,\"short\"\n";
    let found = row_errors(&mut house, file, &options);
    assert_eq!(found, ["3: a cell goes on after its closing quote"]);
    let found = row_errors(&mut house, "username,full_name\na,\"Ann\"Lee\n", &without_passwords());
    assert_eq!(found, ["2: a cell goes on after its closing quote"]);
    let file = "username,full_name,roles\na,A \"the\" A,agent\n\0end of the roster\nb,B,agent\n";
    assert_eq!(
        row_errors(&mut house, file, &without_passwords()),
        ["3: the row contains a NUL byte"]
    );
    imported(&mut house, &file.replace("\0end of the roster\n", ""), &without_passwords());
    assert_eq!(house.user("a").full_name.as_str(), "A \"the\" A");
}

/// What a spreadsheet made of a number is never taken for a national one.
#[test]
fn damaged_numbers_are_no_national_ones() {
    let mapping = ImportMapping { phone_region: Some("DE".to_owned()), ..ImportMapping::default() };
    let read = |text: &str| {
        let mut edits = RowEdits::default();
        let value = mapping::cell(text).unwrap();
        mapping.apply(&mut edits, ImportField::Phone, &value).map_err(|flaw| flaw.invalid)?;
        match edits.unsettled(None).pop() {
            Some(_) => Err(Invalid::new(Rule::Phone, "it is in doubt")),
            None => Ok(edits.phone),
        }
    };
    for text in ["36301234567", "491701234567.0", "1701234567.0", "4.92E+11", "4,92e11"] {
        assert!(read(text).is_err(), "{text}");
    }
    for text in ["0170 1234567", "1701234567", "030/123456", "+36301234567", "'+36301234567"] {
        assert!(read(text).is_ok(), "{text}: {:?}", read(text));
    }
}

proptest! {
    /// Whatever a file holds, it is read to its end or refused.
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for format in [None, Some(ImportFormat::Csv), Some(ImportFormat::Jsonl)] {
            let mut house = TestDirectory::new();
            let options = ImportOptions { form: in_format(format), ..without_passwords() };
            let _ = house.import(Cursor::new(bytes.clone()), &options, &mut Notes::default());
        }
    }

    /// So is anything that looks like a row.
    #[test]
    fn any_row_is_survived(row in "[a-z\",;+:'-]{0,40}", json in "[{}\\[\\]\",:a-z0-9]{0,40}") {
        let mut house = TestDirectory::new();
        let file = format!("username,full_name,roles,teams,projects\n{row}\n");
        let _ = import(&mut house, &file, &updating());
        let file = format!("{{\"username\": \"a\", \"teams\": {json}\n");
        let _ = import(&mut house, &file, &updating());
    }
}
