//! Workbooks of spreadsheets: what is exported comes back, and what people made is read or refused.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use rust_xlsxwriter::{Formula, Workbook, Worksheet};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::common::pty::Home;
use crate::common::{TestEnv, skipped};
use crate::fuzz::{Onlooker, directory};
use ccadmin::directory::{ImportOptions, OnConflict};

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

/// `-o xlsx` is a form of exports, where a workbook can go.
#[test]
fn a_workbook_is_written_where_one_can_be() {
    let env = TestEnv::with_users();
    let line = "$ccadmin user export -o xlsx > people.xlsx";
    env.sh(line).output().success();
    assert!(fs::read(env.path("people.xlsx")).unwrap().starts_with(b"PK"));
    let again = env.run("user import people.xlsx --on-conflict update --dry-run");
    assert!(again.stderr.contains("0 users created, 0 changed"), "{again}");
    for file in ["people", "people.data"] {
        env.run(&*format!("user export {file} -o xlsx")).success();
        assert!(fs::read(env.path(file)).unwrap().starts_with(b"PK"), "{file}");
    }
    env.run("user export people.xlsx -o xlsx --force").success();
    assert_snapshot!(env.run("user export people.csv -o xlsx"), @"
    --- stderr ---
    error: -o says one form, and the name of the file another
    hint: call it FILE.xlsx
    [exit status: 2]
    ");
    assert_snapshot!(env.run("user list -o xlsx"), @"
    --- stderr ---
    error: `-o xlsx` is a form of `user export` alone
    hint: the others are table, json, jsonl, csv
    [exit status: 2]
    ");
    let home = Home::new();
    home.does("ccadmin store init");
    let end = home.sits_at("ccadmin user export -o xlsx").leaves();
    end.exited(2).shows("a terminal cannot show a workbook");
}

/// What makes a workbook one to work with: a header that stays, a filter, choices.
#[test]
fn an_exported_sheet_has_choices() {
    let env = TestEnv::with_users();
    env.run("user export people.xlsx").success();
    let sheet = part(&env, "people.xlsx", "xl/worksheets/sheet1.xml");
    for mark in [
        "state=\"frozen\"",
        "<autoFilter ref=\"A1:M3\"/>",
        "admin,agent,external-agent,requester,supervisor",
        "\"active,inactive\"",
        "\"true,false\"",
    ] {
        assert!(sheet.contains(mark), "{mark}: {sheet}");
    }
    // Wide enough for what is in it: the longest e-mail address of the two.
    assert!(sheet.contains("<col min=\"3\" max=\"3\" width=\"18."), "{sheet}");
}

/// A part of a workbook in the home, as text.
fn part(env: &TestEnv, file: &str, name: &str) -> String {
    let mut archive = ZipArchive::new(fs::File::open(env.path(file)).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_template_is_filled_in_and_imported() {
    let env = TestEnv::with_places();
    assert_snapshot!(env.run("user import --template people.xlsx"), @"
    --- stderr ---
    wrote people.xlsx: fill it in below the example, then `ccadmin user import people.xlsx --generate-passwords --credentials passwords.csv`
    [exit status: 0]
    ");
    assert_eq!(env.run("user import people.xlsx --no-password").status, Some(0));
    assert_eq!(env.run("user list --count").stdout, "0\n", "the example is nobody");
    let sheet = part(&env, "people.xlsx", "xl/worksheets/sheet1.xml");
    for choice in ["choices!$A$1:$A$2", "choices!$B$1:$B$2", "choices!$C$1:$C$2", "frozen"] {
        assert!(sheet.contains(choice), "{choice}: {sheet}");
    }
    assert!(part(&env, "people.xlsx", "xl/workbook.xml").contains("state=\"hidden\""));
    // Filled in below the example, as a spreadsheet would.
    let cell = |place: &str, text: &str| {
        format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let filled = |row: u32, cells: &[(&str, &str)]| {
        let cells: String =
            cells.iter().map(|(column, text)| cell(&format!("{column}{row}"), text)).collect();
        let row = format!("<row r=\"{row}\">{cells}</row></sheetData>");
        let mut archive =
            ZipArchive::new(fs::File::open(env.path("people.xlsx")).unwrap()).unwrap();
        let parts: Vec<(String, Vec<u8>)> = (0..archive.len())
            .map(|index| {
                let mut part = archive.by_index(index).unwrap();
                let name = part.name().unwrap().to_string();
                let mut content = Vec::new();
                part.read_to_end(&mut content).unwrap();
                if name == "xl/worksheets/sheet1.xml" {
                    let text = String::from_utf8(content).unwrap();
                    content = text.replace("</sheetData>", &row).into_bytes();
                }
                (name, content)
            })
            .collect();
        archive_of(&parts)
    };
    let nina = [("A", "nina"), ("B", "Nina"), ("F", "agent"), ("G", "voice"), ("K", "hu-support")];
    env.write("filled.xlsx", filled(3, &nina));
    env.run("user import filled.xlsx --generate-passwords --credentials passwords.csv").success();
    let columns = "user list --columns username,full_name,roles,teams,projects -o csv";
    assert_snapshot!(env.run(columns).stdout, @"
    username,full_name,roles,teams,projects
    nina,Nina,agent,voice,hu-support:10
    ");
    // Where somebody writes over a part of the example it is no example.
    env.write(
        "half.csv",
        "username,full_name,roles\n(example),Nina,agent\n(example),Anna Example,agent;supervisor\n",
    );
    assert_snapshot!(env.run("user import half.csv --no-password"), @"
    --- stderr ---
    error: line 2, column `username`: `(example)` is not a username: `(` at position 1 is not allowed
    error: 1 row was refused
    hint: use ASCII letters, digits and `.` `_` `-` `@` `+`
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

#[test]
fn a_template_replaces_no_file() {
    let env = TestEnv::with_places();
    env.run("user import --template people.xlsx").success();
    assert_snapshot!(env.run("user import --template people.xlsx"), @"
    --- stderr ---
    error: people.xlsx already exists
    hint: `--force` replaces it
    [exit status: 4]
    ");
    env.run("user import --template people.xlsx --force").success();
    assert_snapshot!(env.run("user import --template people.csv"), @"
    --- stderr ---
    error: people.csv would not be a workbook
    hint: call it FILE.xlsx
    [exit status: 2]
    ");
    for line in [
        "user import people.xlsx --template other.xlsx",
        "user import --template other.xlsx --dry-run",
        "user import --template other.xlsx --on-conflict update",
        "user import people.xlsx --force",
        "user import --no-input",
    ] {
        assert_eq!(env.run(line).status, Some(2), "{line}");
    }
    assert!(!env.path("other.xlsx").exists());
}

/// What `soffice` opens and saves, in each of its formats, comes back as it was.
#[test]
fn libre_office_changes_nothing() {
    if Command::new("soffice").arg("--version").output().is_err() {
        return skipped("what LibreOffice saves is read by a test that needs soffice");
    }
    let env = TestEnv::with_users();
    for (username, name) in [
        ("007", "Ő, \"Zoli\"; 'Tóth"),
        ("492000000000", "=1+1"),
        ("1e5", "'=x"),
        ("2026-11-28", "-5"),
        ("true", "TRUE"),
        ("plus", "@home  +36"),
    ] {
        let name = format!("--name={name}");
        let line = [
            "user",
            "create",
            username,
            &name,
            "--role",
            "agent",
            "--role",
            "requester",
            "--team",
            "voice",
            "--team",
            "chat",
            "--skill",
            "billing:3",
            "--phone",
            "+36201234568",
            "--project",
            "hu-support:20",
            "--project",
            "en-support",
            "--generate-password",
        ];
        env.run(&line[..]).success();
    }
    env.run("user export people.xlsx").success();
    for (filter, ending, options) in [
        ("xlsx", "xlsx", ""),
        ("ods", "ods", ""),
        ("xls", "xls", ""),
        ("csv:Text - txt - csv (StarCalc):44,34,76", "csv", ""),
        ("csv:Text - txt - csv (StarCalc):59,34,33", "csv", "--encoding windows-1250"),
        ("csv:Text - txt - csv (StarCalc):9,34,65535", "csv", ""),
    ] {
        let folder = env.path("saved");
        let profile = format!("-env:UserInstallation=file://{}", env.path("profile").display());
        let saved = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", filter, "--outdir"])
            .args([&folder, &env.path("people.xlsx")])
            .output()
            .unwrap();
        let file = format!("saved/people.{ending}");
        assert!(env.path(&file).exists(), "{saved:?}");
        let line = format!("user import {file} --on-conflict update --dry-run {options}");
        let again = env.run(&*line);
        assert!(again.stderr.contains("0 users created, 0 changed, 8 left"), "{filter}: {again}");
        fs::remove_file(env.path(&file)).unwrap();
    }
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

/// The same sheet as `LibreOffice` writes it in each of its formats: numbers, truth values, dates, a
/// formula and one that failed, a comment, a merged cell, a hidden sheet.
#[test]
fn every_kind_of_workbook_says_the_same() {
    let options = "--no-password --map Extension=- --map Since=-";
    let mut readings = Vec::new();
    for ending in ["xlsx", "ods", "xls"] {
        let env = TestEnv::with_places();
        let file = format!("staff.{ending}");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks");
        env.write(&file, fs::read(folder.join(&file)).unwrap());
        let refused = env.run(&*format!("user import {file} {options}"));
        assert_eq!(refused.status, Some(11), "{refused}");
        insta::allow_duplicates! { assert_snapshot!(refused.stderr.replace(&file, "FILE"), @"
        warning: the sheet `Staff` is read; there is something in `Left` too: `--sheet NAME` reads another
        error: FILE, cell C2: `36201234567` has no `+`: a spreadsheet has removed it
        error: FILE, cell G5: `#DIV/0!` is an error of the spreadsheet that wrote the file
        error: line 7: `merged` is new and has no full_name
        error: 3 rows were refused
        hint: write the `+`, in a column that is formatted as text; `--assume-plus` takes such digits for international numbers
        hint: fix the cell there, or write the value in its place
        hint: give it in the row, or give `--default FIELD=VALUE` or `--like USERNAME`
        hint: nothing was changed; fix the file and try again
        hint: ccadmin user import FILE --no-password --map Extension=- --map Since=- --assume-plus
        "); }
        // The date and the number, as the refusals say them.
        let read_as = format!(
            "user import {file} --no-password --map Extension=phone --map Since=language --map Phone=-"
        );
        let refused = env.run(&*read_as).stderr.replace(&file, "FILE");
        readings.push(refused);
        // Without the rows that are at fault.
        let rows =
            format!("user import {file} {options} --assume-plus --each --rejects rejected.csv");
        assert_eq!(env.run(&*rows).status, Some(11));
        insta::allow_duplicates! { assert_snapshot!(env.run("user export").stdout, @r"
        username,full_name,email,phone,state,roles,teams,skills,language,project_selection,projects,from,until
        kiss.anna,Kiss  Anna,,+36201234567,active,agent,,,,false,hu-support:10,,
        toth.o,Tóth Őszkár & <Fiai>,,+36207654321,active,agent,,,,true,hu-support:10,,
        "); }
    }
    assert!(readings[0].contains("`2026-11-21`") && readings[0].contains("`2026-11-21T09:30:00`"));
    assert!(readings[0].contains("`492000000000`"), "{}", readings[0]);
    assert!(readings.iter().all(|one| *one == readings[0]), "{readings:?}");
}

/// A hidden sheet is no one's roster, unless it is named.
#[test]
fn hidden_sheets_are_passed_over() {
    let env = TestEnv::with_users();
    let file = workbook(|book| {
        rows(book.add_worksheet().set_name("Lists").unwrap().set_hidden(true), &[&["agent"]]);
        let staff: [&[&str]; 2] = [&["username", "state"], &["eva", "inactive"]];
        rows(book.add_worksheet().set_name("Staff").unwrap().set_active(true), &staff);
    });
    env.write("book.xlsx", file);
    assert_snapshot!(env.run("user import book.xlsx --on-conflict update"), @"
    --- stderr ---
    0 users created, 1 changed, 0 left unchanged
    [exit status: 0]
    ");
    let refused = env.run("user import book.xlsx --sheet lists");
    assert!(refused.stderr.contains("there is no column `username`"), "{refused}");
}

/// A program that is no spreadsheet writes formulas without their values.
#[test]
fn a_formula_that_was_never_computed_is_refused() {
    let env = TestEnv::with_users();
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>username</t></is></c>
        <c r="B1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2" t="inlineStr">
        <is><t>james</t></is></c><c r="B2"><f>A9</f><v></v></c></row></sheetData></worksheet>"#;
    env.write("program.xlsx", xlsx(sheet));
    assert_snapshot!(env.run("user import program.xlsx --on-conflict update"), @"
    --- stderr ---
    error: program.xlsx, cell B2: the formula of the cell was never computed
    error: 1 row was refused
    hint: open the file in a spreadsheet and save it: that computes it
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
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
    error: faults.xlsx, cell F6: `a note` is in a column without a name
    error: faults.xlsx, cell A6: the user `james` already exists
    error: 3 rows were refused
    hint: it has to be one of admin, agent, external-agent, requester, supervisor; `--map-role NAME=ROLE` translates others
    hint: fix the cell there, or write the value in its place
    hint: give it one in the header, or take it out
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

fn archive_of(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    archive(&parts)
}

/// An archive of parts, each with its name and content.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default();
        // What is damaged often is packed often.
        let method = if content.len() < 1 << 20 {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        archive.start_file(*name, options.compression_method(method)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An XLSX file with one sheet.
fn xlsx(sheet: &str) -> Vec<u8> {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = format!(
        r#"<workbook xmlns:r="{relations}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let relation = format!(
        r#"<Relationships><Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
    );
    let root = relation.replace("worksheets/sheet1.xml", "xl/workbook.xml");
    let root = root.replace("/worksheet\"", "/officeDocument\"");
    archive(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relation.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// An ODS file whose sheet holds `rows`.
fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    archive(&[("mimetype", ODS), ("content.xml", content.as_bytes())])
}

const ODS: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// What is repeated is as often there as it says, and what is not shown is not there.
#[test]
fn a_sheet_of_open_document_is_read_as_it_is_seen() {
    let env = TestEnv::with_users();
    let text = |text: &str| {
        format!("<table:table-cell office:value-type='string'>{text}</table:table-cell>")
    };
    let file = ods(&format!(
        "<table:table-row table:number-rows-repeated='3'><table:table-cell/></table:table-row>
         <table:table-row><table:table-cell table:number-columns-repeated='2'/>{}{}{}{}</table:table-row>
         <table:table-row><table:table-cell table:number-columns-repeated='2'/>{}{}
         <table:covered-table-cell office:value-type='string'><text:p>hidden</text:p></table:covered-table-cell>
         <table:table-cell table:number-columns-repeated='1' office:value-type='string' office:string-value='requester'/>
         </table:table-row><table:table-row table:number-rows-repeated='1048000'><table:table-cell
         table:number-columns-repeated='16384'/></table:table-row>",
        text("<text:p>username</text:p>"),
        text("<text:p>name</text:p>"),
        text("<text:p>email</text:p>"),
        text("<text:p>role</text:p>"),
        text("<office:annotation><text:p>a comment</text:p></office:annotation><text:p>ada</text:p>"),
        text("<text:p>Ada <text:span>&#x26;</text:span>\n  &lt;Co&gt;<text:s text:c='2'/>x</text:p>"),
    ));
    env.write("book.ods", file);
    env.run("user import book.ods --format ods --no-password").success();
    assert_snapshot!(env.run("user list --search ada --columns username,full_name,email,roles -o csv").stdout, @"
    username,full_name,email,roles
    ada,Ada & <Co>  x,,requester
    ");
    // The row that is named is the one that is seen.
    let faulty = ods(&format!(
        "<table:table-row table:number-rows-repeated='2'/><table:table-row>{}</table:table-row>
         <table:table-row table:number-rows-repeated='2'>{}</table:table-row>",
        text("<text:p>username</text:p>"),
        text("<text:p>j j</text:p>"),
    ));
    env.write("faulty.ods", faulty);
    let refused = env.run("user import faulty.ods --all-errors");
    for cell in ["cell A4", "cell A5"] {
        assert!(refused.stderr.contains(cell), "{refused}");
    }
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
    let row = |content: &str| ods(&format!("<table:table-row>{content}</table:table-row>"));
    let repeated = "<table:table-row table:number-rows-repeated='1048576'><table:table-cell \
                    table:number-columns-repeated='900' office:value-type='string'>\
                    <text:p>x</text:p></table:table-cell></table:table-row>";
    let manifest = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
    let cases: [(&str, Vec<u8>, &str); 17] = [
        ("archive", archive(&[("a.txt", b"x")]), "an archive, and no workbook"),
        ("cut", people[..people.len() / 2].to_vec(), "damaged"),
        ("start", b"PK\x03\x04".to_vec(), "damaged"),
        ("ole", [ole, &[0; 600][..]].concat(), "damaged"),
        ("bomb", archive(&[("xl/styles.xml", &bomb)]), "too large"),
        (
            "texts",
            archive(&[("xl/sharedStrings.xml", b"<sst uniqueCount = '99999999999999'>")]),
            "announces more texts",
        ),
        ("cell", archive(&[("xl/sharedStrings.xml", &vec![b'x'; 2 << 20])]), "more than 1 MiB"),
        ("wide", wide, "more than 1000 columns"),
        ("rows of ods", ods(repeated), "more than a roster"),
        (
            "columns of ods",
            row("<table:table-cell table:number-columns-repeated='4000000000' \
                 office:value-type='float' office:value='1'/>"),
            "more than 1000 columns",
        ),
        (
            "blanks of ods",
            row(
                "<table:table-cell><text:p>a<text:s text:c='4000000000'/></text:p></table:table-cell>",
            ),
            "more than 1 MiB",
        ),
        (
            "number of ods",
            ods("<table:table-row table:number-rows-repeated='99999999999999999999'/>"),
            "damaged",
        ),
        ("depth of ods", row(&"<text:a>".repeat(200)), "nested too deep"),
        (
            "entity of ods",
            row("<table:table-cell><text:p>&lol;</text:p></table:table-cell>"),
            "damaged",
        ),
        (
            "cut ods",
            archive(&[
                ("mimetype", ODS),
                ("content.xml", b"<table:table table:name='a'><table:table-row>"),
            ]),
            "cut off",
        ),
        ("empty ods", archive(&[("mimetype", ODS)]), "damaged"),
        (
            "encrypted ods",
            archive(&[
                ("mimetype", ODS),
                ("META-INF/manifest.xml", manifest),
                ("content.xml", b"x"),
            ]),
            "encrypted",
        ),
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

/// The parts of a committed workbook, unpacked.
fn parts(name: &str) -> Vec<(String, Vec<u8>)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks").join(name);
    let mut archive = ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            (part.name().unwrap().to_string(), content)
        })
        .collect()
}

/// Changes `content` in the places that `bytes` name: what stands there is another byte, is left
/// out, or stands there again.
pub(crate) fn damage(content: &mut Vec<u8>, bytes: &[u8]) {
    for change in bytes.chunks_exact(4) {
        let place = usize::from(change[0]) << 8 | usize::from(change[1]);
        let begin = place * 7 % content.len().max(1);
        let end = (begin + usize::from(change[3])).min(content.len());
        match change[2] % 4 {
            0 => drop(content.drain(begin..end)),
            1 => content.extend_from_within(begin..end),
            2 => content.truncate(begin),
            _ if begin < content.len() => content[begin] = change[3],
            _ => {}
        }
    }
}

/// Imports a file into a directory: it is let in or refused, and soon.
pub(crate) fn import(file: Vec<u8>) {
    let options = ImportOptions { on_conflict: OnConflict::Update, ..ImportOptions::default() };
    let begun = Instant::now();
    let mut onlooker = Onlooker { lines: u64::MAX, ..Onlooker::default() };
    let _ = directory().import(Cursor::new(file), &options, &mut onlooker);
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// Damages one part of a workbook, which is packed again so that its sums are right.
fn fuzz_archive(name: &str) {
    let parts = parts(name);
    bolero::check!().with_max_len(17).with_iterations(80).for_each(|bytes: &[u8]| {
        let Some((chosen, changes)) = bytes.split_first() else { return };
        let mut parts = parts.clone();
        let chosen = usize::from(*chosen) % parts.len();
        damage(&mut parts[chosen].1, changes);
        import(archive_of(&parts));
    });
}

#[test]
fn fuzz_xlsx() {
    fuzz_archive("staff.xlsx");
}

#[test]
fn fuzz_ods() {
    fuzz_archive("staff.ods");
}

/// Damages the archive itself.
#[test]
fn fuzz_archives() {
    let file = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks/staff.xlsx"));
    let file = file.unwrap();
    bolero::check!().with_max_len(16).with_iterations(80).for_each(|bytes: &[u8]| {
        let mut file = file.clone();
        damage(&mut file, bytes);
        import(file);
    });
}
