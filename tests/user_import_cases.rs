//! `ccadmin user import` of files in the shapes that people have: each file of `cases/`, with what
//! becomes of it.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::common::pty::Home;
use crate::common::{Output, TestEnv};

/// A store with the project and the team that the files name.
fn house() -> TestEnv {
    let env = TestEnv::new();
    env.run("project create hu-support").success();
    env.run("team create voice").success();
    env
}

fn case(env: &TestEnv, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    env.write(name, fs::read(path).unwrap());
}

/// Imports a file of `cases/`, with more `options`.
fn import(env: &TestEnv, name: &str, options: &str) -> Output {
    case(env, name);
    env.run(&*format!("user import {name} --no-password {options}"))
}

/// What users are there, in short.
fn users(env: &TestEnv) -> String {
    env.run("user list --columns username,full_name,phone,roles,projects -o csv").stdout
}

fn name_of(env: &TestEnv, username: &str) -> String {
    env.run(&["user", "show", username, "-o", "json"][..]).json()["full_name"]
        .as_str()
        .unwrap()
        .into()
}

/// The file is refused with status 11, and nobody is there.
#[track_caller]
fn refused(env: &TestEnv, name: &str, options: &str) -> Output {
    let output = import(env, name, options);
    assert_eq!(output.status, Some(11), "{output}");
    assert_eq!(env.run("user list --count").stdout, "0\n");
    output
}

#[test]
fn an_old_encoding_is_named_with_what_it_reads() {
    let env = house();
    assert_snapshot!(refused(&env, "03e-cp1250-header.csv", ""), @"
    --- stderr ---
    error: line 1: it is not UTF-8: as windows-1250 it reads `Teljes név`
    error: the file was refused
    hint: `--encoding windows-1250` reads the file so; or save it as CSV in UTF-8
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import 03e-cp1250-header.csv --no-password --encoding windows-1250
    [exit status: 11]
    ");
    let options = "--encoding windows-1250 --map 'Teljes név=full_name'";
    import(&env, "03e-cp1250-header.csv", options).success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    a.b,Á B,,agent,
    ");
    // In a cell too, and what nobody knows is no encoding.
    env.write("cell.csv", b"username,full_name,roles\nk,Kov\xe1cs \xc9va,agent\n");
    assert_snapshot!(env.run("user import cell.csv --no-password"), @"
    --- stderr ---
    error: line 2, column `full_name`: it is not UTF-8: as windows-1250 it reads `Kovács Éva`
    error: 1 row was refused
    hint: `--encoding windows-1250` reads the file so; or save it as CSV in UTF-8
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import cell.csv --no-password --encoding windows-1250
    [exit status: 11]
    ");
    assert_snapshot!(env.run("user import cell.csv --encoding martian"), @"
    --- stderr ---
    error: invalid value 'martian' for '--encoding <NAME>': it is utf-8, utf-16le, windows-1250, windows-1252, iso-8859-2, shift_jis or another name of the WHATWG's Encoding Standard
    hint: add `--help` to the command to see how it is used
    [exit status: 2]
    ");
    env.run("user import cell.csv --no-password --encoding CP1250").success();
    assert_eq!(name_of(&env, "k"), "Kovács Éva");
}

#[test]
fn utf_16_is_read() {
    let env = house();
    let text = "\u{feff}username\tfull_name\troles\r\nk\tKovács Éva\tagent\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    env.write("little.txt", &little);
    env.run("user import little.txt --no-password").success();
    assert_eq!(name_of(&env, "k"), "Kovács Éva");
    env.write("big.txt", &big);
    env.run("user import big.txt --on-conflict update").success();
    env.write("bare.txt", &little[2..]);
    assert_snapshot!(env.run("user import bare.txt --on-conflict update"), @"
    --- stderr ---
    error: line 1: it is not UTF-8: as utf-16le it reads `username`
    error: the file was refused
    hint: `--encoding utf-16le` reads the file so; or save it as CSV in UTF-8
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import bare.txt --on-conflict update --encoding utf-16le
    [exit status: 11]
    ");
    env.run("user import bare.txt --on-conflict update --encoding utf-16le").success();
    env.write("bare.txt", &big[2..]);
    let refused = env.run("user import bare.txt").stderr;
    assert!(
        refused.ends_with("hint: ccadmin user import bare.txt --encoding utf-16be\n"),
        "{refused}"
    );
    // One NUL in text is damage.
    env.write("nul.csv", "username,full_name,roles\nk,Ko\0vacs,agent\n");
    assert_snapshot!(env.run("user import nul.csv --no-password"), @"
    --- stderr ---
    error: line 2: the row contains a NUL byte
    error: the file was refused
    hint: save the file as CSV in UTF-8; `--encoding utf-16le` reads UTF-16
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

/// What the one who made the file or the call has to settle is worded as options, and never asked.
#[test]
fn files_that_no_single_option_lets_in() {
    let env = house();
    let hint = |name: &str, text: &str, options: &str| {
        env.write(name, text);
        let refused =
            env.run(format!("user import {name} --no-password {options} -o json").as_str());
        assert_eq!(refused.status, Some(11), "{refused}");
        let report: serde_json::Value =
            serde_json::from_str(refused.stderr.lines().next().unwrap()).unwrap();
        report["error"]["hint"].as_str().unwrap().to_owned()
    };
    assert_snapshot!(
        [
            hint("a.json", "[{\"username\": \"k\"}]", ""),
            hint("a.jsonl", "[1]\n", "--format jsonl"),
            hint("a.csv", "name,roles\nK,agent\n", ""),
            hint("b.csv", "username,roles\nk,agent\n", "--map Login=username"),
            hint("c.csv", "username,roles\nk,agent\n", "--sheet People"),
        ]
        .join("\n"),
        @"
    write one object a line, as `ccadmin user export -o jsonl` does
    write one object a line, as `ccadmin user export -o jsonl` does
    the first line names the columns; `--map COLUMN=username` names another
    `--map` names it: is it spelt as in the header?
    leave `--sheet` out
    "
    );
}

#[test]
fn separators_and_empty_first_lines() {
    let env = house();
    import(&env, "04d-sep-tab.csv", "").success();
    import(&env, "05h-blank-first-line-semicolon.csv", "").success();
    env.write("bar.csv", "\n;;\n\"SEP=|\"\nusername|full_name|roles\np|P, Q; R|agent\n");
    env.run("user import bar.csv --no-password").success();
    env.write("named.csv", "\"SEP=|\"\r\nusername|full_name|roles\r\nq|Q|agent\r\n");
    env.run("user import named.csv --no-password").success();
    // More commas than semicolons, but only one of them makes sense.
    env.write("mixed.csv", "username;full_name;roles;a, b, c, d, e\nr;R;agent;\n");
    env.run("user import mixed.csv --no-password --map 'a, b, c, d, e=-'").success();
    assert_snapshot!(users(&env), @r#"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,,agent,
    p,"P, Q; R",,agent,
    q,Q,,agent,
    r,R,,agent,
    s1,S One,,agent,
    "#);
}

#[test]
fn a_title_above_the_header() {
    let env = house();
    let text = "Staff of 2026;;\r\n\r\nUser Name;Full Name;Role\r\nkiss.anna;Kiss Anna;Agent\r\n";
    env.write("title.csv", text);
    assert_snapshot!(env.run("user import title.csv --no-password"), @"
    --- stderr ---
    error: line 1: this is no header, line 3 looks like one
    error: the file was refused
    hint: `--header-line 3` reads it from there
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import title.csv --no-password --header-line 3
    [exit status: 11]
    ");
    env.run("user import title.csv --no-password --header-line 3").success();
    assert_snapshot!(env.run("user import title.csv --no-password --header-line 9"), @"
    --- stderr ---
    error: line 9: there is no header
    error: the file was refused
    hint: the first line names the columns, `username` among them
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    // Row numbers stay those of the file.
    assert_snapshot!(env.run("user import title.csv --no-password --header-line 3"), @"
    --- stderr ---
    error: line 4, column `User Name`: the user `kiss.anna` already exists
    error: 1 row was refused
    hint: `--on-conflict skip` leaves them as they are, `--on-conflict update` changes them
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import title.csv --no-password --header-line 3 --on-conflict update
    [exit status: 11]
    ");
}

#[test]
fn a_column_without_a_name_that_holds_something() {
    let env = house();
    assert_snapshot!(refused(&env, "05b-merged-header.csv", ""), @"
    --- stderr ---
    error: line 2: the third column has no name, and line 2 has `Anna` there
    error: 1 row was refused
    hint: give it one in the header, or take it out
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_snapshot!(refused(&env, "06b-trailing-note.csv", ""), @"
    --- stderr ---
    error: line 2: the seventh column has no name, and line 2 has `call first` there
    error: 1 row was refused
    hint: give it one in the header, or take it out
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

#[test]
fn rows_that_end_early_or_late() {
    let env = house();
    assert_snapshot!(import(&env, "07-short-rows.csv", ""), @"
    --- stderr ---
    warning: 1 row ends early, first in line 3: what is missing is taken as empty
    2 users created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,+36201234567,agent,hu-support:20
    nagy.bela,Nagy Béla,,agent,
    ");
    env.write("long.csv", "username,full_name,roles\na,A,agent,,\nb,B,agent,voice,chat\n");
    assert_snapshot!(env.run("user import long.csv --no-password"), @"
    --- stderr ---
    error: line 3: the row has a cell too many: `voice` is in the fourth column, and the header has 3
    error: 1 row was refused
    hint: is a cell with a separator not quoted?
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

/// Behind a separator that is not quoted every cell stands one column too far: what is wrong there is
/// not told, and no call that translates a name as a role.
#[test]
fn a_row_that_is_too_long_is_one_fault() {
    let env = house();
    env.write("long.csv", "username,full_name,roles\nkiss,Kiss, Anna,agent\n");
    assert_snapshot!(env.run("user import long.csv --no-password"), @"
    --- stderr ---
    error: line 2: the row has a cell too many: `agent` is in the fourth column, and the header has 3
    error: 1 row was refused
    hint: is a cell with a separator not quoted?
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

#[test]
fn no_break_blanks_and_invisible_marks() {
    let env = house();
    import(&env, "08-nbsp.csv", "").success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,+36201234567,agent,hu-support:20
    ");
    let env = house();
    import(&env, "08d-narrow-nbsp-phone.csv", "").success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,+36201234567,agent,
    nagy.bela,Nagy Béla,+36301234567,agent,
    szabo.d,Szabó D,+36201234567,agent,
    toth.c,Tóth C,+36201234567,agent,
    ");
}

#[test]
fn a_blank_before_a_quote() {
    let env = house();
    import(&env, "11h-space-before-quote.csv", "").success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,,agent,
    ");
}

#[test]
fn headers_as_people_write_them() {
    let env = house();
    import(&env, "13-headers-human.csv", "").success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,+36201234567,agent,hu-support:10
    ");
    let names = "--map 'First Name=full_name' --map 'Last Name=full_name'";
    let env = house();
    assert_snapshot!(refused(&env, "13c-first-last.csv", ""), @"
    --- stderr ---
    error: line 1, column `First Name`: unknown column `First Name`
    error: line 1, column `Last Name`: unknown column `Last Name`
    error: the file was refused
    hint: did you mean `full_name`? `--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves it out
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import 13c-first-last.csv --no-password --map 'First Name=full_name' --map 'Last Name=full_name'
    [exit status: 11]
    ");
    import(&env, "13c-first-last.csv", names).success();
    assert_eq!(name_of(&env, "kiss.anna"), "Anna Kiss");
    let other = "--map 'Last Name=full_name' --map 'First Name=full_name' --on-conflict update";
    import(&env, "13c-first-last.csv", other).success();
    assert_eq!(name_of(&env, "kiss.anna"), "Kiss Anna");
    // Two columns that mean the same are a question, not an answer.
    env.write("two.csv", "login;phone;mobile\nkiss.anna;+36201234567;+36301234567\n");
    assert_snapshot!(env.run("user import two.csv --on-conflict update"), @"
    --- stderr ---
    error: line 1, column `mobile`: `phone` and `mobile` are both read as `phone`
    error: the file was refused
    hint: `--map COLUMN=-` leaves one of them out
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import two.csv --on-conflict update --map mobile=-
    [exit status: 11]
    ");
}

#[test]
fn the_words_of_the_site() {
    let env = house();
    env.config("[import.columns]\n\"Név\" = \"full_name\"\n\"Beosztás\" = \"roles\"\n\"Megjegyzés\" = \"-\"\n");
    env.write("site.csv", "username;NÉV;beosztás;megjegyzés\nkiss.anna;Kiss Anna;agent;x\n");
    env.run("user import site.csv --no-password").success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,,agent,
    ");
}

#[test]
fn lists_that_are_joined_by_something_else() {
    let env = house();
    assert_snapshot!(refused(&env, "14-comma-lists.csv", ""), @"
    --- stderr ---
    error: line 2, column `roles`: lists are joined by `;`, and `agent,requester` by `,`
    error: line 2, column `skills`: lists are joined by `;`, and `billing:3,voice:2` by `,`
    error: line 2, column `projects`: lists are joined by `;`, and `hu-support:20,en-support:10` by `,`
    error: 1 row was refused
    hint: write `agent;requester`
    hint: write `billing:3;voice:2`
    hint: write `hu-support:20;en-support:10`
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    env.write(
        "lines.csv",
        "username,full_name,roles,teams\na,A,\"agent\nrequester\",voice | chat\n",
    );
    assert_snapshot!(env.run("user import lines.csv --no-password"), @r#"
    --- stderr ---
    error: line 2, column `roles`: lists are joined by `;`, and `agent\nrequester` by a line break
    error: line 2, column `teams`: lists are joined by `;`, and `voice | chat` by `|`
    error: 1 row was refused
    hint: write `agent;requester`
    hint: write `voice;chat`
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    "#);
}

#[test]
fn words_of_other_systems() {
    let env = house();
    env.run("skill create billing").success();
    env.write(
        "words.csv",
        "username,full_name,roles,teams,skills,projects\na,A,ügynök,Hang,Számla:4,Magyar:30\n",
    );
    assert_snapshot!(env.run("user import words.csv --no-password"), @"
    --- stderr ---
    error: line 2, column `roles`: `ügynök` is not a role
    error: line 2, column `teams`: `Hang` is not a team name: `H` at position 1 is not allowed
    error: line 2, column `skills`: `Számla` is not a skill name: `S` at position 1 is not allowed
    error: line 2, column `projects`: `Magyar` is not a project name: `M` at position 1 is not allowed
    error: 1 row was refused
    hint: it has to be one of admin, agent, external-agent, requester, supervisor; `--map-role NAME=ROLE` translates others
    hint: write it in lower case: `hang`
    hint: use ASCII lower-case letters, digits and `-` `_` `.`
    hint: write it in lower case: `magyar`
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import words.csv --no-password --map-role 'ügynök=agent' --map-team Hang=hang --map-skill 'Számla=szamla' --map-project Magyar=magyar
    [exit status: 11]
    ");
    env.run(
        "user import words.csv --no-password --map-role ügynök=agent --map-team hang=voice \
         --map-skill Számla=billing --map-project Magyar=hu-support",
    )
    .success();
    let columns = "user list --columns username,roles,teams,skills,projects -o csv";
    assert_snapshot!(env.run(columns).stdout, @"
    username,roles,teams,skills,projects
    a,agent,voice,billing:4,hu-support:30
    ");
    assert_snapshot!(env.run("user import words.csv --map-team Hang=Voice"), @"
    --- stderr ---
    error: --map-team: `Voice` is not a team name: `V` at position 1 is not allowed
    hint: write it in lower case: `voice`
    [exit status: 8]
    ");
}

#[test]
fn numbers_and_errors_that_spreadsheets_left() {
    let env = house();
    assert_snapshot!(refused(&env, "18i-damaged-usernames.csv", ""), @"
    --- stderr ---
    error: line 2, column `username`: `4.92E+11` is what a spreadsheet made of a long number
    error: 1 row was refused
    hint: format the column as text and enter the number again, digit by digit
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_snapshot!(refused(&env, "18j-localized-errors.csv", ""), @"
    --- stderr ---
    error: line 2, column `full_name`: `#HIÁNYZIK` is an error of the spreadsheet that wrote the file
    error: line 3, column `full_name`: `#ÉRTÉK!` is an error of the spreadsheet that wrote the file
    error: line 4, column `full_name`: `#WERT!` is an error of the spreadsheet that wrote the file
    error: line 5, column `full_name`: `#NV` is an error of the spreadsheet that wrote the file
    error: line 6, column `full_name`: `#SPILL!` is an error of the spreadsheet that wrote the file
    error: 5 rows were refused
    hint: fix the cell there, or write the value in its place
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_snapshot!(refused(&env, "18j-localized-errors.csv", "--all-errors"), @"
    --- stderr ---
    error: line 2, column `full_name`: `#HIÁNYZIK` is an error of the spreadsheet that wrote the file
    error: line 3, column `full_name`: `#ÉRTÉK!` is an error of the spreadsheet that wrote the file
    error: line 4, column `full_name`: `#WERT!` is an error of the spreadsheet that wrote the file
    error: line 5, column `full_name`: `#NV` is an error of the spreadsheet that wrote the file
    error: line 6, column `full_name`: `#SPILL!` is an error of the spreadsheet that wrote the file
    error: 5 rows were refused
    hint: fix the cell there, or write the value in its place
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
}

#[test]
fn two_files_put_together() {
    let env = house();
    assert_snapshot!(import(&env, "18k-concatenated.csv", "--default roles=agent"), @"
    --- stderr ---
    warning: line 3 is the header again: it is left out
    2 users created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,,agent,
    nagy.bela,Nagy Bela,,agent,
    ");
}

#[test]
fn an_export_that_a_spreadsheet_saved() {
    let env = house();
    env.run("project create en-support").success();
    env.run("skill create billing").success();
    import(&env, "26b-roundtrip-hu-bool.csv", "").success();
    assert_eq!(env.run("user list --count").stdout, "2\n");
    let before = env.contents();
    assert_snapshot!(import(&env, "26c-roundtrip-mojibake.csv", "--on-conflict update"), @"
    --- stderr ---
    error: line 2, column `full_name`: `KovÃ¡cs Ã‰va` is text that was decoded twice: `Kovács Éva`?
    error: line 3, column `full_name`: `TÅ‘th, Å�szkÃ¡r` has U+FFFD where letters were lost
    error: 2 rows were refused
    hint: open the original file as UTF-8 (65001) and save it again, or write the name again
    hint: write the name again; whatever wrote the file read it in a wrong encoding
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    assert_eq!(env.contents(), before);
    // What stands there already is no damage.
    env.run(&["user", "update", "kovacs.eva", "--name", "KovÃ¡cs Ã‰va"][..]).success();
    env.write("same.csv", "username,full_name\nkovacs.eva,KovÃ¡cs Ã‰va\n");
    env.run("user import same.csv --on-conflict update").success();
}

#[test]
fn letters_that_were_lost() {
    let env = house();
    assert_snapshot!(refused(&env, "29-lost-accents.csv", ""), @"
    --- stderr ---
    warning: line 2: are there letters missing in `T?th ?szk?r`?
    error: line 3, column `full_name`: `T�th Oszk�r` has U+FFFD where letters were lost
    error: 1 row was refused
    hint: write the name again; whatever wrote the file read it in a wrong encoding
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    env.write("marks.csv", "username,full_name,roles\nu1,T?th ?szk?r,agent\n");
    assert_snapshot!(env.run("user import marks.csv --no-password"), @"
    --- stderr ---
    warning: line 2: are there letters missing in `T?th ?szk?r`?
    1 user created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
    env.run(&["user", "update", "u1", "--name", "Tóth Őszkár"][..]).success();
    assert_snapshot!(env.run("user import marks.csv --on-conflict update"), @"
    --- stderr ---
    error: line 2, column `full_name`: `T?th ?szk?r` is `Tóth Őszkár` with letters lost
    error: 1 row was refused
    hint: whatever wrote the file could not write them: save it as UTF-8
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    env.write("other.csv", "username,full_name\nu1,Who?\n");
    env.run("user import other.csv --on-conflict update").success();
}

#[test]
fn the_sheet_of_an_hr_system() {
    let env = house();
    let output = refused(&env, "30-hr-export.csv", "");
    assert_snapshot!(output, @"
    --- stderr ---
    error: line 1, column `Emp ID`: unknown column `Emp ID`
    error: line 1, column `Cost Centre`: unknown column `Cost Centre`
    error: line 1, column `Manager`: unknown column `Manager`
    error: line 1, column `Start date`: unknown column `Start date`
    error: the file was refused
    hint: the fields are: username, full_name, email, phone, state, roles, teams, skills, language, project_selection, projects, from, until, temporary_password; `--map COLUMN=FIELD` gives it a meaning, `--map COLUMN=-` leaves it out
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import 30-hr-export.csv --no-password --map 'Emp ID=-' --map 'Cost Centre=-' --map Manager=- --map 'Start date=-'
    [exit status: 11]
    ");
    let call = output.stderr.lines().last().unwrap().strip_prefix("hint: ").unwrap();
    env.run(call.strip_prefix("ccadmin ").unwrap()).success();
    assert_snapshot!(users(&env), @"
    username,full_name,phone,roles,projects
    kiss.anna,Kiss Anna,+36201234567,agent,
    ");
}

#[test]
fn phone_numbers_as_people_write_them() {
    let env = house();
    assert_snapshot!(refused(&env, "31-trunk-zero.csv", ""), @"
    --- stderr ---
    error: line 2, column `phone`: `+44 (0)20 7946 0958` has a prefix of calls within the country in brackets: `+442079460958`?
    error: line 3, column `phone`: `+49 (0) 176 12345678` has a prefix of calls within the country in brackets: `+4917612345678`?
    error: line 4, column `phone`: `+36 (06) 20 123 4567` has a prefix of calls within the country in brackets: `+36201234567`?
    error: line 5, column `phone`: `+3606201234567` has a prefix of calls within the country: `+36201234567`?
    error: line 6, column `phone`: `+12` is not a phone number: it has 2 digits, but at least 7 are needed
    error: line 7, column `phone`: `+1 555` is not a phone number: it has 4 digits, but at least 7 are needed
    error: 6 rows were refused
    hint: write it like +36201234567
    hint: nothing was changed; fix the file and try again
    [exit status: 11]
    ");
    env.write("plus.csv", "username,full_name,phone,roles\na,A,36 20 123 4567,agent\n");
    assert_snapshot!(env.run("user import plus.csv --no-password"), @"
    --- stderr ---
    error: line 2, column `phone`: `36 20 123 4567` has no `+`: a spreadsheet has removed it
    error: 1 row was refused
    hint: write the `+`, in a column that is formatted as text; `--assume-plus` takes such digits for international numbers
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import plus.csv --no-password --assume-plus
    [exit status: 11]
    ");
    env.run("user import plus.csv --no-password --assume-plus").success();
    // The number that is stored, without its plus, is no change.
    assert_snapshot!(env.run("user import plus.csv --on-conflict update"), @"
    --- stderr ---
    0 users created, 0 changed, 1 left unchanged
    [exit status: 0]
    ");
    env.write("other.csv", "username,full_name,phone\na,B,36201234567\n");
    env.run("user import other.csv --on-conflict update").success();
    env.write("other.csv", "username,full_name,phone\na,B,36201234568\n");
    assert_snapshot!(env.run("user import other.csv --on-conflict update"), @"
    --- stderr ---
    error: line 2, column `phone`: `36201234568` has no `+`: a spreadsheet has removed it
    error: 1 row was refused
    hint: write the `+`, in a column that is formatted as text; `--assume-plus` takes such digits for international numbers
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import other.csv --on-conflict update --assume-plus
    [exit status: 11]
    ");
}

/// Names from a file of Notepad, and those who have left already.
#[test]
fn usernames_of_other_editors_and_leavers() {
    let env = TestEnv::with_users();
    case(&env, "32-names-notepad-bom.txt");
    let file = fs::read(env.path("32-names-notepad-bom.txt")).unwrap();
    assert_snapshot!(env.call("user deactivate -").stdin(&file).output(), @"
    --- stderr ---
    deactivated eva
    [exit status: 0]
    ");
    let names = "\u{feff}eva\r\ngone\r\njames\r\n";
    assert_snapshot!(env.call("user activate -").stdin(names).output(), @"
--- stderr ---
error: there is no user `gone`
hint: `ccadmin user list` shows those that exist
[exit status: 3]
");
    for command in ["user activate", "user deactivate", "user unlock", "passwd --expire"] {
        let output = env.call(&*format!("{command} - --ignore-missing")).stdin(names).output();
        assert_eq!(output.status, Some(0), "{command}: {output}");
        assert!(output.stderr.contains("not there: gone"), "{command}: {output}");
    }
    let passwords = "passwd eva gone james --generate-password --ignore-missing";
    let output = env.run(passwords);
    assert_eq!((output.status, output.stdout.lines().count()), (Some(0), 2), "{output}");
    assert_snapshot!(env.run("user delete gone eva other --yes --ignore-missing"), @"
        --- stderr ---
        not there: gone
        not there: other
        deleted eva
        [exit status: 0]
        ");
    assert_snapshot!(env.run("user delete gone --yes --ignore-missing -o json"), @r#"
    --- stderr ---
    {"warning":{"code":"user-not-found","message":"not there: gone","hint":null}}
    [exit status: 0]
    "#);
    let agent =
        env.call("user deactivate gone --ignore-missing").env("CCADMIN_SESSION", "").output();
    assert_eq!(agent.status, Some(6), "{agent}");
}

/// The same address or number twice may be right.
#[test]
fn contacts_that_two_have() {
    let env = house();
    let rows = (0..8).map(|n| format!("u{n},U,agent,+36201234567\n")).collect::<Vec<_>>().concat();
    env.write("shared.csv", format!("username,full_name,roles,phone\n{rows}"));
    assert_snapshot!(env.run("user import shared.csv --no-password"), @"
    --- stderr ---
    warning: line 3: `+36201234567` is the phone of line 2 too
    warning: line 4: `+36201234567` is the phone of line 2 too
    warning: line 5: `+36201234567` is the phone of line 2 too
    warning: line 6: `+36201234567` is the phone of line 2 too
    warning: line 7: `+36201234567` is the phone of line 2 too
    8 users created, 0 changed, 0 left unchanged
    2 more warnings like that (shared-contact)
    [exit status: 0]
    ");
    env.write("case.csv", "username,full_name,roles,email\na,A,agent,a@b.hu\nb,B,agent,A@b.hu\n");
    assert_snapshot!(env.run("user import case.csv --no-password"), @"
    --- stderr ---
    warning: line 3: `A@b.hu` is the email of line 2 too
    2 users created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
}

#[test]
fn faults_are_grouped_and_at_most_a_screenful() {
    let env = house();
    let row = |n: usize| {
        let role = if n.is_multiple_of(2) { "ügynök" } else { "agent" };
        format!("u{n},U,{role},u{n}example.com\n")
    };
    let rows = (2..42).map(row).collect::<Vec<_>>().concat();
    env.write("many.csv", format!("username,full_name,roles,email\n{rows}"));
    assert_snapshot!(env.run("user import many.csv --no-password"), @"
    --- stderr ---
    error: column `roles`: `ügynök` is not a role: 20 rows, first in line 2
    error: line 2, column `email`: `u2example.com` is not an e-mail address: there is no `@`; 39 more rows are wrong in the same way
    error: 40 rows were refused
    hint: it has to be one of admin, agent, external-agent, requester, supervisor; `--map-role NAME=ROLE` translates others
    hint: write it like james@example.com
    hint: `--all-errors` names every row
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import many.csv --no-password --map-role 'ügynök=agent'
    [exit status: 11]
    ");
    let all = env.run("user import many.csv --no-password --all-errors");
    assert_eq!(all.stderr.lines().filter(|line| line.starts_with("error: line ")).count(), 60);
    let json = env.run("user import many.csv --no-password -o json");
    assert_eq!(json.stderr.lines().count(), 61);
    assert!(json.stderr.lines().last().unwrap().contains("--map-role 'ügynök=agent'"), "{json}");
}

#[test]
fn a_second_run_says_that_everybody_is_there() {
    let env = house();
    env.write("two.csv", "username,full_name,roles\na,A,agent\nb,B,agent\n");
    env.run("user import two.csv --no-password").success();
    assert_snapshot!(env.run("user import two.csv --no-password"), @"
    --- stderr ---
    error: everybody in the file is there: 2 users exist already, first `a` in line 2
    error: 2 rows were refused
    hint: `--on-conflict skip` leaves them as they are, `--on-conflict update` changes them
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import two.csv --no-password --on-conflict update
    [exit status: 11]
    ");
    env.write("three.csv", "username,full_name,roles\na,A,agent\nb,B,agent\nc,C,agent\n");
    assert_snapshot!(env.run("user import three.csv --no-password --on-conflict fail"), @"
    --- stderr ---
    error: 2 users exist already, first `a` in line 2
    error: 2 rows were refused
    hint: `--on-conflict skip` leaves them as they are, `--on-conflict update` changes them
    hint: nothing was changed; fix the file and try again
    hint: ccadmin user import three.csv --no-password --on-conflict update
    [exit status: 11]
    ");
}

/// What a file leaves open is asked for once on a terminal; the answers are told as options.
#[test]
fn what_is_unknown_is_asked_for() {
    let home = Home::new();
    home.does("ccadmin project create hu-support; ccadmin team create voice");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/30-hr-export.csv");
    fs::copy(path, home.path().join("hr.csv")).unwrap();
    let mut desk = home.sits_at("ccadmin user import hr.csv --no-password");
    for column in ["`Emp ID` (1)", "`Cost Centre` (100)", "`Manager` (Boss)", "`Start date`"] {
        desk.sees(&format!("What is the column {column}"));
        desk.types("\r");
    }
    desk.sees("1 user created");
    desk.sees(
        "the same without being asked: ccadmin user import hr.csv --no-password --map 'Emp ID=-'",
    );
    desk.leaves().exited(0);
    let rows = "username,full_name,roles,teams,phone\n\
                a,A,\u{fc}gyn\u{f6}k,Hang,36201234567\nb,B,\u{fc}gyn\u{f6}k,Hang,36301234567\n";
    let latin: Vec<u8> =
        rows.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    fs::write(home.path().join("words.csv"), latin).unwrap();
    let mut desk = home.sits_at("ccadmin user import words.csv --no-password");
    desk.sees("Read it as windows-1252?");
    desk.types("y\r");
    desk.sees("What is `ügynök` in roles?");
    desk.types("external\r");
    desk.sees("What is `Hang` in teams?");
    desk.types("voice\r");
    desk.sees("Are they international numbers that lost it?");
    desk.types("y\r");
    desk.sees("2 users created");
    let call = "--map-role 'ügynök=external-agent' --map-team Hang=voice --assume-plus";
    desk.sees(call);
    desk.leaves().exited(0);
    assert_eq!(home.user("b")["phone"], "+36301234567");
    // Who says no is told what is wrong.
    fs::write(
        home.path().join("no.csv"),
        "username,full_name,roles,phone\nc,C,agent,36201234567\n",
    )
    .unwrap();
    let mut desk = home.sits_at("ccadmin user import no.csv --no-password");
    desk.sees("Are they international numbers that lost it?");
    desk.types("n\r");
    desk.sees("1 row was refused");
    desk.leaves().exited(11);
}

/// Each of two files that were put together begins with a byte order mark.
#[test]
fn a_mark_in_the_middle_is_that_of_a_second_header() {
    let env = house();
    let part = |name: &str| format!("\u{feff}username,full_name,roles\r\n{name},A B,agent\r\n");
    env.write("both.csv", part("one") + &part("two"));
    assert_snapshot!(env.run("user import both.csv --no-password"), @"
    --- stderr ---
    warning: line 3 is the header again: it is left out
    2 users created, 0 changed, 0 left unchanged
    [exit status: 0]
    ");
}

/// In another language no column is called as usernames are: the first that can hold them is taken
/// for theirs, so that the last line is a call to go on with.
#[test]
fn a_header_in_another_language_is_a_call_away() {
    let env = house();
    let text = "Ad Soyad;Kullanıcı Adı;Rol\nAyşe Yılmaz;ayse.y;agent\nCan Demir;can.d;agent\n";
    env.write("turkish.csv", text);
    let refused = env.run("user import turkish.csv --no-password");
    let call = refused.stderr.lines().rfind(|line| line.starts_with("hint: ccadmin")).unwrap();
    assert_eq!(
        call,
        "hint: ccadmin user import turkish.csv --no-password --map 'Ad Soyad=-' \
         --map 'Kullanıcı Adı=username' --map Rol=roles"
    );
    // The lines of a Mac of old end with CR alone.
    env.write("mac.csv", text.replace('\n', "\r"));
    let refused = env.run("user import mac.csv --no-password");
    assert!(
        refused.stderr.ends_with(&format!("{}\n", call.replace("turkish", "mac"))),
        "{refused}"
    );
}
