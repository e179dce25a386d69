//! `ccadmin help`: of a command, of a topic, and as data for programs.

use insta::assert_snapshot;
use serde_json::Value;

use crate::common::TestEnv;
use crate::reference::commands;

/// The names of all commands in a tree, as `commands` gives them.
fn names(command: &Value, above: &[String], found: &mut Vec<Vec<String>>) {
    for one in command["commands"].as_array().unwrap() {
        let words = [above, &[one["name"].as_str().unwrap().to_owned()]].concat();
        found.push(words.clone());
        names(one, &words, found);
    }
}

#[test]
fn a_program_gets_every_command_with_its_arguments() {
    let env = TestEnv::new();
    let tree: Value = serde_json::from_str(&env.run("help -o json").stdout).unwrap();
    let mut found = vec![Vec::new()];
    names(&tree, &[], &mut found);
    let mut expected = commands(&env);
    expected.sort();
    found.sort();
    assert_eq!(found, expected);

    let one: Value = serde_json::from_str(&env.run("help set-weight -o json").stdout).unwrap();
    assert_eq!(one["usage"], "ccadmin set-weight [OPTIONS] <USERNAME|-> <PROJECT> <WEIGHT>");
    let create: Value = serde_json::from_str(&env.run("help user create -o json").stdout).unwrap();
    let argument = |name: &str| {
        let all = create["arguments"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {all:?}"))
    };
    assert_eq!(argument("USERNAME")["required"], false);
    assert_eq!(argument("--role")["repeatable"], true);
    assert_eq!(argument("--role")["value"], "ROLE");
    assert_eq!(argument("--inactive")["value"], Value::Null);
    assert_eq!(argument("--output")["short"], "-o");
    assert!(argument("--output")["global"].as_bool().unwrap());
    assert!(create["notes"].as_str().unwrap().starts_with("Examples:"));
}

#[test]
fn the_help_of_a_command_is_asked_for_in_each_usual_way() {
    let env = TestEnv::new();
    let expected = env.run("user create --help").stdout;
    assert_eq!(env.run("help user create").stdout, expected);
    assert_eq!(env.run("user help create").stdout, expected);
    assert_snapshot!(env.run("help user nonsense"), @"
    --- stderr ---
    error: unrecognized subcommand 'nonsense'
    hint: `ccadmin user --help` shows the commands
    [exit status: 2]
    ");
    assert_snapshot!(env.run("help -o json user nonsense"), @r#"
    --- stderr ---
    {"error":{"code":"usage","message":"this is not the name of a command","hint":"`ccadmin help` lists the commands and the topics"}}
    [exit status: 2]
    "#);
    assert_snapshot!(env.run("help nonsense"), @"
    --- stderr ---
    error: `nonsense` is neither a command nor a topic
    hint: `ccadmin help` lists the commands and the topics
    [exit status: 2]
    ");
    for (word, meant) in [("sharedhost", "shared-host"), ("weigths", "weights"), ("usr", "user")] {
        let refused = env.run(&["help", word]);
        assert_eq!(refused.status, Some(2));
        assert!(
            refused.stderr.contains(&format!("did you mean `ccadmin help {meant}`?")),
            "{refused}"
        );
    }
}
