//! The one binary of all tests that run the real program; a file a command.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "a test that cannot go on fails, and helpers are a part of it; whole outputs are long"
)]

mod common;

mod asking;
mod assignments;
mod asterisk;
mod audit;
mod audit_follow;
mod bad_input;
mod circles;
mod completions;
mod concurrency;
mod config;
mod config_command;
mod damage;
mod dates;
mod doctor;
mod documents;
mod doors;
mod dry_run;
mod examples;
mod exit_status;
mod faults;
mod fuzz;
mod hand_out;
mod help;
mod help_examples;
mod labels;
mod layering;
mod man;
mod many_users;
mod memory;
mod output;
mod pager;
mod passwd;
mod permissions;
mod project;
mod project_switch;
mod prompts;
mod properties;
mod reference;
mod report;
mod requirements;
mod roster;
mod safe_loops;
mod schemas;
mod screen;
mod secrets;
mod shared_host;
mod sign_in;
mod sign_in_traces;
mod store;
mod store_check;
mod store_keeping;
mod store_retire;
mod storms;
mod two_factor;
mod undo;
mod user_create;
mod user_delete;
mod user_export;
mod user_import;
mod user_import_cases;
mod user_list;
mod user_photo;
mod user_rename;
mod user_show;
mod user_state;
mod user_update;
mod weight;
mod whoami;
mod wording;
mod workbooks;
mod xls;

use std::fs;
use std::path::Path;

#[test]
fn no_test_file_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let runner = fs::read_to_string(folder.join("runner.rs")).unwrap();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|extension| extension == "rs") && name != "runner" {
            let line = format!("mod {name};");
            assert!(runner.lines().any(|one| one == line), "runner.rs does not name {name}.rs");
        }
    }
}
