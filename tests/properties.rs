//! What holds for whatever is put in: a roster that goes out, in and out again is the same.

use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::common::TestEnv;

/// A user as an import takes them, with a name that is as hard on CSV and spreadsheets as may be.
fn user() -> impl Strategy<Value = Value> {
    let name = "['=+@\",;:#a-zÉő佐😀-]['=+@\",;:# a-zÉő佐😀-]{0,30}['\"a-z=]";
    let email = prop::option::of("[a-z=+'-]{0,3}[a-z]@example\\.com");
    let phone = prop::option::of("\\+36[1-9][0-9]{7}");
    let roles = subsequence(vec!["agent", "external-agent", "requester", "supervisor"], 0..4);
    let teams = subsequence(vec!["voice", "chat", "night-shift"], 0..=3);
    let skills = subsequence(vec!["billing", "c--", "0", "returns"], 0..=4);
    let projects = subsequence(vec!["hu-support", "en-support", "de_1.x"], 0..=3);
    let language = prop::option::of(prop::sample::select(vec!["hu", "en-GB", "zh-Hant-TW"]));
    let numbers = (1..=5_u32, 1..=100_u32);
    let switches = (any::<bool>(), any::<bool>());
    ((name, email, phone), (roles, teams, skills, projects), language, numbers, switches).prop_map(
        |(
            (name, email, phone),
            (mut roles, teams, skills, projects),
            language,
            numbers,
            switches,
        )| {
            if roles.is_empty() || !projects.is_empty() {
                roles.push("agent");
            }
            roles.dedup();
            let (level, weight) = numbers;
            let skills: Vec<Value> =
                skills.iter().map(|skill| json!({"skill": skill, "level": level})).collect();
            let projects: Vec<Value> =
                projects.iter().map(|one| json!({"project": one, "weight": weight})).collect();
            json!({
                "full_name": name, "email": email.filter(|email| !email.starts_with('-')),
                "phone": phone, "state": if switches.0 { "active" } else { "inactive" },
                "roles": roles, "teams": teams, "skills": skills, "language": language,
                "project_selection": switches.1, "projects": projects,
            })
        },
    )
}

#[test]
fn a_roster_goes_out_in_and_out_again_unchanged() {
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(10) });
    let rosters = prop::collection::vec(user(), 1..12);
    runner
        .run(&rosters, |mut users| {
            let mut lines = String::new();
            for (number, user) in users.iter_mut().enumerate() {
                user["username"] = format!("u{number}").into();
                lines.push_str(&user.to_string());
                lines.push('\n');
            }
            let goes_in = |format: &str, text: &str| {
                let env = TestEnv::new();
                env.run("store init").success();
                let call =
                    format!("user import - --format {format} --no-password --create-missing -q");
                let output = env.call(&*call).stdin(text).output();
                prop_assert_eq!(output.status, Some(0), "{}\n{}", output, text);
                // Its own export, in each form, changes nothing of it.
                for file in
                    ["all.csv", "all.jsonl", "all.xlsx"].iter().filter(|_| format == "jsonl")
                {
                    env.run(&*format!("user export {file}")).success();
                    let again = env.run(&*format!("user import {file} --on-conflict update"));
                    prop_assert!(
                        again.stderr.contains("0 users created, 0 changed"),
                        "{}: {}\n{}",
                        file,
                        again,
                        text
                    );
                }
                let out = |form: &str| env.run(&*format!("user export -o {form}")).stdout;
                Ok((out("csv"), out("jsonl")))
            };
            let (csv, jsonl) = goes_in("jsonl", &lines)?;
            for row in csv::Reader::from_reader(csv.as_bytes()).records() {
                for (column, cell) in row.unwrap().iter().enumerate() {
                    let runs = cell.starts_with(['=', '+', '@', '-']);
                    // Phone numbers keep their plus.
                    prop_assert!(!runs || column == 3, "a formula: {}", csv);
                }
            }
            let from_csv = goes_in("csv", &csv)?;
            let from_jsonl = goes_in("jsonl", &jsonl)?;
            prop_assert_eq!(&from_csv, &from_jsonl);
            prop_assert_eq!(&from_csv.0, &csv);
            prop_assert_eq!(&from_csv.1, &jsonl);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
