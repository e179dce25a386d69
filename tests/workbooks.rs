//! Workbooks of spreadsheets: what is exported comes back, and what people made is read or refused.

use std::io::{Cursor, Write as _};

use insta::assert_snapshot;
use rust_xlsxwriter::{Formula, Workbook, Worksheet};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common::TestEnv;

/// A workbook whose sheets `fill` makes.
fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

fn rows(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (number, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*row) {
            sheet.write_string(number, column, *cell).unwrap();
        }
    }
}

/// Exported as a workbook, read back: nothing changes, and nothing is lost.
#[test]
fn a_workbook_that_was_exported_comes_back() {
    let env = TestEnv::with_users();
    env.run("user create odd --name '=1+1' --role requester --inactive --generate-password")
        .success();
    env.run(
        &["user", "create", "quote", "--name", "'=x", "--role", "agent", "--generate-password"][..],
    )
    .success();
    assert_snapshot!(env.run("user export people.xlsx"), @"
    --- stderr ---
    exported 4 users to people.xlsx
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user import people.xlsx --on-conflict update"), @"
    --- stderr ---
    0 users created, 0 changed, 4 left unchanged
    [exit status: 0]
    ");
    let other = TestEnv::with_places();
    std::fs::copy(env.path("people.xlsx"), other.path("people.xlsx")).unwrap();
    other.run("user import people.xlsx --no-password -q").success();
    assert_eq!(other.run("user export").stdout, env.run("user export").stdout);
    // Through a pipe, and row by row.
    let file = std::fs::read(env.path("people.xlsx")).unwrap();
    env.call("user import - --on-conflict update").stdin(&file).output().success();
    env.call("user import - --on-conflict update --each").stdin(&file).output().success();
}

#[test]
fn the_ending_says_what_an_export_is() {
    let env = TestEnv::with_users();
    assert_snapshot!(env.run("user export people.xslx"), @"
    --- stderr ---
    error: `.xslx` says nothing about what the file is to hold
    hint: call it .xlsx, .csv, .json or .jsonl, or say it with -o
    [exit status: 2]
    ");
    assert!(!env.path("people.xslx").exists());
    assert_snapshot!(env.run("user export people.xlsx -o csv"), @"
    --- stderr ---
    error: -o says one form, and the name of the file another
    hint: leave -o out: FILE.xlsx is a workbook
    [exit status: 2]
    ");
    env.run("user export people.data -o csv").success();
    env.run("user export PEOPLE.XLSX").success();
    assert!(std::fs::read(env.path("PEOPLE.XLSX")).unwrap().starts_with(b"PK"));
}

/// Numbers with all their digits, truth values, dates and the values of formulas.
#[test]
fn cells_have_types() {
    let env = TestEnv::with_users();
    let file = workbook(|book| {
        let sheet = book.add_worksheet();
        let header = ["User Name", "Name", "Phone", "Role", "Project Selection", "Since", "Queues"];
        rows(sheet, &[&header]);
        sheet.write_number(1, 0, 492_000_000_000.0).unwrap();
        sheet.write_string(1, 1, "Kiss Anna").unwrap();
        sheet.write_number(1, 2, 36_201_234_567.0).unwrap();
        sheet.write_string(1, 3, "agent").unwrap();
        sheet.write_boolean(1, 4, false).unwrap();
        sheet.write_number(1, 5, 46_000.5).unwrap();
        sheet.write_formula(1, 6, Formula::new("=A9").set_result("hu-support")).unwrap();
    });
    env.write("typed.xlsx", file);
    assert_snapshot!(env.run("user import typed.xlsx --no-password --map Since=-"), @"
    --- stderr ---
    error: typed.xlsx, cell C2: `36201234567` has no `+`: a spreadsheet has removed it
    error: 1 row was refused
    hint: write the `+`, in a column that is formatted as text; `--assume-plus` takes such digits for international numbers
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import typed.xlsx --no-password --map Since=- --assume-plus
    [exit status: 11]
    ");
    env.run("user import typed.xlsx --no-password --map Since=- --assume-plus").success();
    let columns = "user list --search kiss --columns username,full_name,phone,projects -o csv";
    assert_snapshot!(env.run(columns).stdout, @"
    username,full_name,phone,projects
    492000000000,Kiss Anna,+36201234567,hu-support:10
    ");
}

#[test]
fn faults_are_named_by_their_cell() {
    let env = TestEnv::with_users();
    let file = workbook(|book| {
        let sheet = book.add_worksheet();
        rows(
            sheet,
            &[&["username", "full_name", "roles"], &["a", "A", "agent"], &["b", "B", "chef"]],
        );
        sheet.write_formula(4, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        rows(sheet, &[]);
        sheet.write_string(4, 0, "c").unwrap();
        sheet.write_string(4, 1, "C").unwrap();
        sheet.write_string(5, 0, "james").unwrap();
        sheet.write_string(5, 5, "a note").unwrap();
    });
    env.write("faults.xlsx", file);
    assert_snapshot!(env.run("user import faults.xlsx --no-password"), @"
    --- stderr ---
    error: faults.xlsx, cell C3: `chef` is not a role
    error: faults.xlsx, cell C5: `#DIV/0!` is an error of the spreadsheet that wrote the file
    error: line 6: the row has a cell too many: `a note` is in the sixth column, and the header has 3
    error: faults.xlsx, cell A6: the user `james` already exists
    error: 3 rows were refused
    hint: it has to be one of admin, agent, external-agent, requester, supervisor; `--map-role NAME=ROLE` translates others
    hint: fix the cell there, or write the value in its place
    hint: is a cell with a separator not quoted?
    hint: `--on-conflict skip` leaves them as they are, `--on-conflict update` changes them
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import faults.xlsx --no-password --map-role chef=agent --on-conflict update
    [exit status: 11]
    ");
}

#[test]
fn a_sheet_is_chosen() {
    let env = TestEnv::with_users();
    let file = workbook(|book| {
        book.add_worksheet().set_name("Cover").unwrap();
        let staff: [&[&str]; 2] = [&["username", "full_name", "roles"], &["a", "A", "agent"]];
        rows(book.add_worksheet().set_name("Staff").unwrap(), &staff);
        let left: [&[&str]; 3] =
            [&["Who has left"], &["username", "state"], &["james", "inactive"]];
        rows(book.add_worksheet().set_name("Left").unwrap(), &left);
    });
    env.write("book.xlsx", file);
    assert_snapshot!(env.run("user import book.xlsx --no-password"), @"
    --- stderr ---
    warning: the sheet `Staff` is read; there is something in `Left` too: `--sheet NAME` reads another
    1 user created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user import book.xlsx --on-conflict update --sheet left"), @"
    --- stderr ---
    error: line 1: this is no header, line 2 looks like one
    error: the file was refused
    hint: `--header-line 2` reads it from there
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import book.xlsx --on-conflict update --sheet left --header-line 2
    [exit status: 11]
    ");
    env.run("user import book.xlsx --on-conflict update --sheet left --header-line 2").success();
    assert_eq!(env.run("user show james -o json").json()["state"], "inactive");
    assert_snapshot!(env.run("user import book.xlsx --sheet Nobody"), @"
    --- stderr ---
    error: there is no sheet `Nobody`
    error: the file was refused
    hint: the sheets are: `Cover`, `Staff`, `Left`
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_snapshot!(env.run("user import book.xlsx --sheet Cover"), @"
    --- stderr ---
    error: the sheet `Cover` is empty
    error: the file was refused
    hint: name another with `--sheet`
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    env.write("text.csv", "username\njames\n");
    assert_snapshot!(env.run("user import text.csv --sheet Staff"), @"
    --- stderr ---
    error: the file has no sheets: it is no workbook
    error: the file was refused
    hint: leave `--sheet` out
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_snapshot!(env.run("user import text.csv --format xlsx"), @"
    --- stderr ---
    error: the file is no workbook
    error: the file was refused
    hint: leave `--format` out: the file says itself what it is
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

/// A part of an archive with `name` that holds `content`.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// R57: what is no workbook, or is one that would fill the memory, is refused at once.
#[test]
fn hostile_workbooks_are_refused() {
    let env = TestEnv::with_users();
    let people = workbook(|book| rows(book.add_worksheet(), &[&["username"], &["james"]]));
    let wide = workbook(|book| {
        rows(book.add_worksheet(), &[&["username"], &["james"]]);
        book.worksheet_from_index(0).unwrap().write_string(1, 16_000, "x").unwrap();
    });
    let bomb = vec![b'<'; 97 << 20];
    let ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("archive", archive(&[("a.txt", b"x")]), "an archive, and no workbook"),
        ("cut", people[..people.len() / 2].to_vec(), "damaged"),
        ("start", b"PK\x03\x04".to_vec(), "damaged"),
        ("ole", [ole, &[0; 600][..]].concat(), "damaged"),
        ("encrypted", [&ole[..], &encrypted].concat(), "encrypted"),
        ("bomb", archive(&[("xl/styles.xml", &bomb)]), "too large"),
        (
            "texts",
            archive(&[("xl/sharedStrings.xml", b"<sst uniqueCount = '99999999999999'>")]),
            "announces more texts",
        ),
        ("cell", archive(&[("xl/sharedStrings.xml", &vec![b'x'; 2 << 20])]), "more than 1 MiB"),
        ("wide", wide, "more than 1000 columns"),
    ];
    let before = env.contents();
    for (name, file, why) in cases {
        env.write("hostile.xlsx", file);
        let line = "ulimit -v 400000; $ccadmin user import hostile.xlsx --on-conflict update";
        let output = env.sh(line).output();
        assert_eq!(output.status, Some(11), "{name}: {output}");
        assert!(output.stderr.contains(why), "{name}: {output}");
    }
    assert_eq!(env.contents(), before);
}

/// Whatever becomes of a workbook on its way, it is read or refused.
#[test]
fn fuzz_workbooks() {
    use std::rc::Rc;

    use crate::fuzz::{Onlooker, directory};
    use ccadmin::directory::{ImportOptions, OnConflict};

    let people = workbook(|book| {
        let sheet = book.add_worksheet();
        rows(sheet, &[&["username", "full_name"], &["eva", "Éva"]]);
        sheet.write_number(1, 3, 1.5).unwrap();
    });
    let people = Rc::new(people);
    bolero::check!().with_max_len(12).with_iterations(300).for_each(|bytes: &[u8]| {
        let mut file = people.as_ref().clone();
        for pair in bytes.chunks_exact(3) {
            let place = usize::from(pair[0]) << 8 | usize::from(pair[1]);
            let length = file.len();
            file[place % length] = pair[2];
        }
        let options = ImportOptions { on_conflict: OnConflict::Update, ..ImportOptions::default() };
        let _ = directory().import(
            Cursor::new(file),
            &options,
            &mut Onlooker { lines: u64::MAX, ..Onlooker::default() },
        );
    });
}
