//! The schemas of `ccadmin schema`: what every command prints with `-o json` fits its own, and they
//! keep what the last release has promised.
//!
//! `INSTA_UPDATE=always cargo test schemas` writes `schemas.snap` anew; a release copies what
//! `ccadmin schema` prints to `schemas/VERSION.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use insta::{assert_snapshot, with_settings};
use serde_json::{Map, Value, json};

use crate::common::{PASSWORD, TestEnv};
use crate::reference::leaves;
use crate::user_photo::PNG;

/// What the last release printed.
const LAST_RELEASE: &str = "tests/schemas/0.2.0.json";

/// A call of every command that prints JSON, in an order in which each does something, and the schema
/// of what it prints.
const CALLS: &[(&str, &str)] = &[
    ("store init --database other.db", "store"),
    ("store info", "store"),
    ("store upgrade", "store"),
    ("store check", "finding"),
    ("store check --config strict.toml", "finding"),
    ("store unlock", "lock-holder"),
    ("store backup copy.db", "backup"),
    ("project create sales --language en --description Sales", "project"),
    ("project create sales --if-not-exists", "project"),
    ("project list", "project"),
    ("project show hu-support", "project"),
    ("project update sales --clear description", "project"),
    ("project rename sales deals", "project"),
    ("project deactivate deals hu-support", "project"),
    ("project activate hu-support", "project"),
    ("project coverage --min 3", "coverage-gap"),
    ("project export --for json -", "switch"),
    ("project delete deals --yes", "deleted"),
    ("team create night", "team"),
    ("team create night --if-not-exists", "team"),
    ("team list", "team"),
    ("team show voice", "team"),
    ("team rename night late", "team"),
    ("team delete late", "deleted"),
    ("skill create tax", "skill"),
    ("skill list", "skill"),
    ("skill show billing", "skill"),
    ("skill rename tax taxes", "skill"),
    ("skill delete taxes", "deleted"),
    ("user create nina --name Nina --role agent --generate-password", "user"),
    ("user create nina --name Nina --role agent --if-not-exists --generate-password", "user"),
    ("user list", "user"),
    ("user show james", "user"),
    ("user update james --clear email,phone,language", "user"),
    ("user rename nina nora", "user"),
    ("user photo set james face.png", "user"),
    ("user photo remove james", "user"),
    ("user deactivate james nora --dry-run", "planned-change"),
    ("user deactivate james nora", "user"),
    ("user history james", "audit"),
    ("user activate james", "user"),
    ("user unlock james", "user"),
    ("user unlock --caller nobody", "caller"),
    ("user export -", "user"),
    ("user import rows.csv --no-password --dry-run", "import-plan"),
    ("user import rows.csv --generate-passwords --each", "import-row"),
    ("user import rows.csv --on-conflict update --no-password --dry-run", "import-plan"),
    ("roster diff rows.csv", "roster-change"),
    ("user delete zoe --yes", "deleted-user"),
    ("user delete zack nobody --yes", "deleted-user"),
    ("roster apply rows.csv --yes", "roster-change"),
    ("assign-project james en-support:30", "user"),
    ("unassign-project james en-support", "user"),
    ("assign-project james en-support", "user"),
    ("set-weight james en-support 20", "user"),
    ("weight show james", "user-weights"),
    ("weight show james --traffic hu-support=5/h,en-support=9/h --talk 3m", "user-weights"),
    ("weight show en-support", "project-weights"),
    ("weight show en-support --traffic en-support=9/h --talk 3m", "project-weights"),
    ("weight solve james hu-support 40%", "solved-weights"),
    ("weight matrix", "matrix-row"),
    ("passwd james --password-stdin --permanent-password", "user"),
    ("passwd eva nora --generate-password", "user"),
    ("passwd eva --expire", "user"),
    ("login james --password-stdin --print", "session"),
    ("login james --password-stdin", "session"),
    ("whoami", "whoami"),
    ("authenticate james --password-stdin", "client-user"),
    ("logout --all", ""),
    ("whoami", "whoami"),
    ("audit list", "audit"),
    ("audit show 1", "audit"),
    ("audit verify", "verified-log"),
    ("config path", "settings-file"),
    ("config list", "setting"),
    ("doctor", "doctor"),
    ("help", "command"),
    ("help user create", "command"),
    ("store restore copy.db --yes", "restore"),
    ("undo 4", "undone-change"),
    ("store retire --to sqlite:other.db", "store"),
    ("store retire --undo", "store"),
];

/// Commands that print no thing of ours as JSON.
const WITHOUT_SCHEMA: &[&str] = &[
    // The value of a setting, and that all is well.
    "config get",
    "config check",
    // Nothing.
    "config set",
    "config edit",
    "logout",
    "user exists",
    // Files.
    "completions",
    "man",
    "report",
    "user photo get",
    "roster export",
    // Schemas.
    "schema",
];

fn all_schemas(env: &TestEnv) -> Map<String, Value> {
    let output = env.run("schema");
    assert_eq!((output.status, output.stderr.as_str()), (Some(0), ""));
    serde_json::from_str(&output.stdout).unwrap()
}

/// What of `value` does not fit `schema`; a keyword that is not known here is a fault as well.
fn faults(schema: &Value, value: &Value, root: &Value, place: &str, found: &mut Vec<String>) {
    let Value::Object(keywords) = schema else {
        if schema != true {
            found.push(format!("{place}: nothing fits"));
        }
        return;
    };
    let mut wrong = |what: String| found.push(format!("{place}: {what}"));
    let allowed = |kinds: &Value, kind: &str| {
        kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    for (keyword, rule) in keywords {
        match keyword.as_str() {
            "type" if allowed(rule, kind) || kind == "integer" && allowed(rule, "number") => {}
            "type" => wrong(format!("{value} is not of type {rule}")),
            "enum" if !rule.as_array().unwrap().contains(value) => {
                wrong(format!("{value} is none of {rule}"));
            }
            "const" if rule != value => wrong(format!("{value} is not {rule}")),
            "minimum" if value.as_f64().is_some_and(|one| one < rule.as_f64().unwrap()) => {
                wrong(format!("{value} is below {rule}"));
            }
            "maximum" if value.as_f64().is_some_and(|one| one > rule.as_f64().unwrap()) => {
                wrong(format!("{value} is above {rule}"));
            }
            "required" => {
                for name in rule.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if value.as_object().is_some_and(|object| !object.contains_key(name)) {
                        wrong(format!("`{name}` is missing"));
                    }
                }
            }
            "enum"
            | "const"
            | "minimum"
            | "maximum"
            | "title"
            | "description"
            | "format"
            | "$schema"
            | "$defs"
            | "properties"
            | "additionalProperties"
            | "items"
            | "anyOf"
            | "oneOf"
            | "$ref" => {}
            keyword => wrong(format!("the keyword `{keyword}` is not checked")),
        }
    }
    if let Some(reference) = schema.get("$ref") {
        let target = root.pointer(reference.as_str().unwrap().trim_start_matches('#')).unwrap();
        faults(target, value, root, place, found);
    }
    for item in value.as_array().into_iter().flatten() {
        faults(&schema["items"], item, root, &format!("{place}[]"), found);
    }
    if let (Some(object), None) = (value.as_object(), schema.get("$ref")) {
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (name, inner) in object {
            let place = format!("{place}.{name}");
            match known.and_then(|known| known.get(name)).or(others) {
                Some(schema) => faults(schema, inner, root, &place, found),
                None if schema.get("anyOf").or(schema.get("oneOf")).is_some() => {}
                None => found.push(format!("{place}: the schema does not have it")),
            }
        }
    }
    if let Some(choices) = schema.get("anyOf").or(schema.get("oneOf")) {
        let fits = |choice: &&Value| {
            let mut inner = Vec::new();
            faults(choice, value, root, place, &mut inner);
            inner.is_empty()
        };
        if !choices.as_array().unwrap().iter().any(|choice| fits(&choice)) {
            found.push(format!("{place}: {value} fits none of {choices}"));
        }
    }
}

#[track_caller]
fn fits(schemas: &Map<String, Value>, name: &str, value: &Value, call: &str) {
    let schema = schemas.get(name).unwrap_or_else(|| panic!("there is no schema `{name}`"));
    let mut found = Vec::new();
    faults(schema, value, schema, name, &mut found);
    assert!(found.is_empty(), "`{call}` does not fit: {found:#?}\n{value:#}");
}

#[test]
fn the_output_of_every_command_fits_its_schema() {
    let env = TestEnv::with_users();
    let schemas = all_schemas(&env);
    env.write("face.png", PNG);
    env.write(
        "rows.csv",
        "username,full_name,roles,projects\nzoe,Zoe,agent,en-support\nzack,Zack,agent,\n",
    );
    env.write("strict.toml", "[two_factor]\nrequired = true\n");
    let mut printed_names = BTreeSet::new();
    for (line, name) in CALLS {
        let stdin = if line.contains("--password-stdin") { PASSWORD } else { "" };
        let output = env.call(format!("{line} -o json").as_str()).stdin(stdin).output();
        for line_of_it in output.stderr.lines() {
            let told = serde_json::from_str(line_of_it)
                .unwrap_or_else(|_| panic!("`{line}` says {line_of_it}"));
            fits(&schemas, "error", &told, line);
        }
        if name.is_empty() {
            assert_eq!((output.status, output.stdout.as_str()), (Some(0), ""), "{line}: {output}");
            continue;
        }
        let printed: Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("`{line}`: {error}\n{output}"));
        match printed {
            Value::Array(things) => {
                for thing in &things {
                    fits(&schemas, name, thing, line);
                    printed_names.insert(*name);
                }
            }
            thing => {
                fits(&schemas, name, &thing, line);
                printed_names.insert(*name);
            }
        }
    }
    let never: Vec<&String> =
        schemas.keys().filter(|name| !printed_names.contains(name.as_str())).collect();
    // Somebody would have to hold the store for five seconds.
    assert_eq!(never, ["error", "lock-holder"], "no command of CALLS prints one of these");
    for words in leaves(&env) {
        let command = words.join(" ");
        let is_called = CALLS.iter().any(|(line, _)| {
            line.strip_prefix(&*command)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        assert!(
            is_called != WITHOUT_SCHEMA.contains(&command.as_str()) || command == "logout",
            "name `{command}` in CALLS, or in WITHOUT_SCHEMA"
        );
    }
}

#[test]
fn what_goes_wrong_fits_its_schema() {
    let env = TestEnv::with_users();
    let schemas = all_schemas(&env);
    env.write("bad.csv", "username,full_name,roles\nx y,,agent\n");
    for line in [
        "user show jmaes",
        "user create x",
        "user list --nonsense",
        "set-weight eva hu-support 5",
        "user import bad.csv --no-password",
        "--config nowhere.toml user list",
        "user deactivate james",
    ] {
        let output = env.run(format!("-o json {line}").as_str());
        assert!(!output.stderr.is_empty(), "{line}");
        for told in output.stderr.lines() {
            fits(&schemas, "error", &serde_json::from_str(told).unwrap(), line);
        }
    }
}

#[test]
fn one_schema_is_the_one_of_all() {
    let env = TestEnv::new();
    let all = all_schemas(&env);
    let one: Value = serde_json::from_str(&env.run("schema user").stdout).unwrap();
    assert_eq!(one, all["user"]);
    assert_eq!(one["title"], "ccadmin user");
    assert_eq!(env.run("schema user -o jsonl").stdout.lines().count(), 1);
    assert_eq!(env.run("schema usr").status, Some(2));
    assert!(!env.store().exists());
}

#[test]
fn the_schemas() {
    let env = TestEnv::new();
    let schemas = env.run("schema").stdout;
    with_settings!({
        snapshot_path => ".",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!("schemas", schemas);
    });
}

/// What a reader of `old` could rely on and `new` no longer says.
fn broken(old: &Value, new: &Value, place: &str, found: &mut Vec<String>) {
    let kinds = |schema: &Value| match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(ToString::to_string).collect(),
        Some(kind) => BTreeSet::from([kind.to_string()]),
        None => BTreeSet::new(),
    };
    if kinds(old) != kinds(new) {
        found.push(format!("{place}: the type {} became {}", old["type"], new["type"]));
    }
    let required = |schema: &Value, name: &str| {
        schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name))
    };
    for (name, old_field) in old["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        match new["properties"].get(name) {
            None => found.push(format!("{place} is gone")),
            Some(_) if required(old, name) && !required(new, name) => {
                found.push(format!("{place} may be absent now"));
            }
            Some(new_field) => broken(old_field, new_field, &place, found),
        }
    }
    if old.get("items").is_some() {
        broken(&old["items"], &new["items"], &format!("{place}[]"), found);
    }
    for choices in ["anyOf", "oneOf"] {
        for (at, choice) in old[choices].as_array().into_iter().flatten().enumerate() {
            broken(choice, &new[choices][at], &format!("{place}|{at}"), found);
        }
    }
    if let Some(definitions) = old["$defs"].as_object() {
        for (name, definition) in definitions {
            broken(definition, &new["$defs"][name], &format!("{place}${name}"), found);
        }
    }
}

#[test]
fn what_the_last_release_printed_is_still_there() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LAST_RELEASE);
    let old: Map<String, Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(old.len() > 20);
    let new = all_schemas(&TestEnv::new());
    let mut found = Vec::new();
    for (name, schema) in &old {
        broken(schema, new.get(name).unwrap_or(&Value::Null), name, &mut found);
    }
    assert!(found.is_empty(), "scripts rely on what is gone: {found:#?}");
}

#[test]
fn a_field_may_be_added_and_nothing_else() {
    let field = |kind: Value| json!({"properties": {"a": {"type": kind}}, "required": ["a"]});
    let old = field(json!("string"));
    let count = |new: Value| {
        let mut found = Vec::new();
        broken(&old, &new, "thing", &mut found);
        found.len()
    };
    let mut more = old.clone();
    more["properties"]["b"] = json!({"type": "integer"});
    assert_eq!(count(more), 0);
    assert_eq!(count(field(json!("integer"))), 1);
    assert_eq!(count(field(json!(["string", "null"]))), 1);
    assert_eq!(count(json!({"properties": {"b": {"type": "string"}}, "required": ["b"]})), 1);
    assert_eq!(count(json!({"properties": {"a": {"type": "string"}}})), 1);
    assert_eq!(count(Value::Null), 1);
}

#[test]
fn the_check_finds_what_does_not_fit() {
    let schema = json!({
        "type": "object",
        "properties": {
            "n": {"type": ["integer", "null"], "minimum": 0},
            "s": {"type": "string", "enum": ["a"]},
            "l": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["n"],
    });
    let count = |schema: &Value, value: Value| {
        let mut found = Vec::new();
        faults(schema, &value, schema, "thing", &mut found);
        found.len()
    };
    for good in [json!({"n": 1}), json!({"n": null, "s": "a", "l": ["x"]})] {
        assert_eq!(count(&schema, good), 0);
    }
    for bad in [
        json!({}),
        json!([]),
        json!({"n": -1}),
        json!({"n": 1.5}),
        json!({"n": 1, "s": "b"}),
        json!({"n": 1, "l": [1]}),
        json!({"n": 1, "more": 1}),
    ] {
        assert_eq!(count(&schema, bad.clone()), 1, "{bad}");
    }
    assert_eq!(count(&json!({"pattern": "x"}), json!("x")), 1);
    assert_eq!(count(&json!({"anyOf": [{"type": "null"}, {"type": "string"}]}), json!(1)), 1);
}
