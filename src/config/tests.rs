//! The settings, told as files and what becomes of them.

use std::path::Path;

use proptest::prelude::*;

use super::setting_table::{CROSS_CHECKS, SETTINGS};
use super::*;
use crate::model::{ProfileField, Role, RoleSet, SignInPolicy, Weight};

const EXAMPLE: &str = include_str!("../../config.example.toml");

fn layer(name: &str, text: &str) -> Layer {
    Layer::parse(Path::new(name), text.as_bytes()).unwrap()
}

/// A user's file alone.
fn resolve(text: &str) -> Result<ResolvedSettings, ConfigError> {
    let user = Some(Layer::parse(Path::new("config.toml"), text.as_bytes())?);
    let system = None;
    Layers { system, user }.resolve(|_| false)
}

fn settings(text: &str) -> Settings {
    resolve(text).unwrap().settings
}

/// What a person sees of an error.
fn refusal(text: &str) -> String {
    shown(&resolve(text).unwrap_err())
}

fn shown(error: &ConfigError) -> String {
    match &error.hint {
        Some(hint) => format!("{error}\n{hint}"),
        None => error.to_string(),
    }
}

/// The settings of the example file, `section.key = value`, also those that are commented out.
fn example_lines() -> Vec<(String, String, bool)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in EXAMPLE.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
            continue;
        }
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let Some((name, value)) = bare.split_once(" = ") else {
            continue;
        };
        if name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            let is_set = bare.len() == line.len();
            found.push((format!("{section}{name}"), value.to_owned(), is_set));
        }
    }
    found
}

#[test]
fn the_example_file_is_the_defaults() {
    let resolved = resolve(EXAMPLE).unwrap();
    assert_eq!(resolved.settings, Settings::default());
    let defaults = ResolvedSettings::default();
    for (name, value, is_set) in example_lines() {
        let entry = defaults.entries().find(|entry| entry.name == name).unwrap();
        if is_set {
            assert_eq!(entry.value.as_deref(), Some(&*value), "{name}");
        }
        assert_eq!(is_set, *resolved.source(&name) != SettingSource::Default, "{name}");
    }
}

#[test]
fn the_example_file_has_every_setting_in_order_and_no_other() {
    let written: Vec<String> = example_lines().into_iter().map(|line| line.0).collect();
    let declared: Vec<&str> = SETTINGS.iter().map(|key| key.name).collect();
    assert_eq!(written, declared);
}

#[test]
fn what_the_example_file_has_commented_out_is_valid() {
    let whole: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(bare) if bare.starts_with("database = ") || bare.starts_with("min_length = ") => {
                format!("{bare}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let settings = settings(&whole);
    assert_eq!(settings.policy.password_min_length, Some(15));
    assert_eq!(settings.database.as_deref(), Some("/srv/ccadmin/ccadmin.db"));
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    let text = r#"
        database = 'C:\a "b".db'
        output = "jsonl"
        user.require = ["email", "skill", "email"]
        sign_in = { lock = "90m", trusted_callers = ["1001", "www-data"], max_failures = 0x0 }
        access.create_users = ["Admin"]
        phone.default_region = "hu"
        [password]
        min_length = 2_0
        memory_kib = 65536
        iterations = 1
        [two_factor]
        required = true
        [weights]
        min = 5
        [store]
        busy_timeout = "0s"
    "#;
    let first = resolve(text).unwrap();
    let written: Vec<String> =
        first.entries().map(|entry| format!("{} = {}", entry.name, entry.value.unwrap())).collect();
    assert_eq!(settings(&written.join("\n")), first.settings);
    assert_eq!(first.settings.policy.required, [ProfileField::Email, ProfileField::Skill]);
    assert_eq!(first.settings.policy.create_users, RoleSet::empty().with(Role::Admin));
    let region = first.settings.phone.default_region.as_deref();
    assert_eq!(region, Some("HU"));
    assert_eq!(first.settings.policy.sign_in.max_failures, 0);
}

#[test]
fn every_setting_is_read_copied_and_shown_in_its_own_place() {
    let other = [
        ("database", "\"x.db\""),
        ("output", "\"csv\""),
        ("user.require", "[\"team\"]"),
        ("password.min_length", "33"),
        ("password.temporary_ttl", "\"3d\""),
        ("password.memory_kib", "50000"),
        ("password.iterations", "3"),
        ("password.parallelism", "2"),
        ("sign_in.max_failures", "4"),
        ("sign_in.max_failures_per_caller", "5"),
        ("sign_in.lock", "\"6s\""),
        ("sign_in.max_successes_per_caller", "\"6/7m\""),
        ("sign_in.session_idle", "\"7s\""),
        ("sign_in.session_max", "\"8s\""),
        ("sign_in.max_sessions", "3"),
        ("sign_in.trusted_callers", "[\"9\"]"),
        ("two_factor.required", "true"),
        ("two_factor.code_ttl", "\"11s\""),
        ("access.create_users", "[\"supervisor\"]"),
        ("access.owner_is_admin", "false"),
        ("weights.min", "2"),
        ("weights.max", "10000"),
        ("weights.default", "12"),
        ("phone.default_region", "\"AT\""),
        ("deliver.sms.command", "[\"/bin/sms\", \"-x\", \"-x\", \"{to}\"]"),
        ("deliver.email.command", "[\"/bin/mail\", \"{to}\"]"),
        ("hand_out.template", "\"t.txt\""),
        ("hand_out.templates", "{ en-GB = \"gb.txt\", hu = \"hu.txt\" }"),
        ("import.columns", "{ \"Cost centre\" = \"-\", \"Név\" = \"full_name\" }"),
        ("switch.asterisk.interface", "\"SIP/{phone}\""),
        ("store.busy_timeout", "\"1h\""),
    ];
    assert_eq!(
        other.map(|(name, _)| name).as_slice(),
        SETTINGS.iter().map(|key| key.name).collect::<Vec<_>>()
    );
    let defaults = ResolvedSettings::default();
    for (name, value) in other {
        let resolved = resolve(&format!("{name} = {value}")).unwrap();
        for (entry, default) in resolved.entries().zip(defaults.entries()) {
            if entry.name == name {
                assert_eq!(entry.value.as_deref(), Some(value), "{name}");
                assert_eq!(*entry.source, SettingSource::User("config.toml".into()));
            } else if (name, entry.name) != ("two_factor.required", "password.min_length") {
                assert_eq!(entry, default, "{name}");
            }
        }
    }
}

#[test]
fn files_without_a_setting_are_the_defaults() {
    for text in ["", "\n\r\n", "# nothing\n", "\u{feff}", "[password]\n[user]"] {
        let resolved = resolve(text).unwrap();
        assert_eq!(resolved.settings, Settings::default(), "{text:?}");
        assert!(resolved.entries().all(|e| *e.source == SettingSource::Default));
    }
    assert_eq!(settings("\u{feff}output = 'json'\r\n").output, "json");
    for rule in CROSS_CHECKS {
        assert!((rule.check)(&Settings::default()).is_ok());
    }
}

#[test]
fn the_least_length_of_a_password_follows_the_second_factor_unless_it_is_set() {
    assert_eq!(settings("").policy.min_password_chars(), 15);
    let two_factor = "two_factor.required = true\n";
    assert_eq!(settings(two_factor).policy.min_password_chars(), 8);
    let own = format!("{two_factor}password.min_length = 12\n");
    assert_eq!(settings(&own).policy.min_password_chars(), 12);
}

/// Each file, and the whole of what is said about it.
const REFUSED: &[(&str, &str)] = &[
    // Names.
    (
        "\n[password]\nmin_lenght = 20\n",
        "config.toml:3: unknown key `password.min_lenght`\ndid you mean `password.min_length`?",
    ),
    (
        "password.min_lenght = 20",
        "config.toml:1: unknown key `password.min_lenght`\ndid you mean `password.min_length`?",
    ),
    (
        "output = 'json'\npassword = {\n  iterations = 2,\n  min_lenght = 20 }",
        "config.toml:4: unknown key `password.min_lenght`\ndid you mean `password.min_length`?",
    ),
    (
        "# top\nmin_length = 20\n",
        "config.toml:2: unknown key `min_length`\ndid you mean `password.min_length`?",
    ),
    (
        "[password]\nlock = '5m'\n",
        "config.toml:2: unknown key `password.lock`\ndid you mean `sign_in.lock`?",
    ),
    (
        "[two_factor]\nttl = '5m'\n",
        "config.toml:2: unknown key `two_factor.ttl`\ndid you mean `two_factor.code_ttl`?",
    ),
    (
        "\"password.min_length\" = 20\n",
        "config.toml:1: unknown key `\"password.min_length\"`\ndid you mean `password.min_length`?",
    ),
    ("ouput = 'json'", "config.toml:1: unknown key `ouput`\ndid you mean `output`?"),
    (
        "[sign-in]\nlock = '5m'\n",
        "config.toml:1: unknown section `sign-in`\ndid you mean `sign_in`?",
    ),
    (
        "output = 'json'\npasswords.min_length = 20\n",
        "config.toml:2: unknown section `passwords`\ndid you mean `password`?",
    ),
    ("[deliver.smss]\ncommand = []\n", "config.toml:1: unknown key `deliver.smss`"),
    (
        "[deliver]\nsms = [\"/bin/sms\"]\n",
        "config.toml:2: `deliver.sms` is a section, this is a list\n\
         write its settings under `[deliver.sms]`",
    ),
    (
        "deliver = 1\n",
        "config.toml:1: `deliver` is a section, this is a whole number\n\
         write its settings under `[deliver]`",
    ),
    (
        "[deliver.sms]\ncommand = \"/bin/sms {to}\"\n",
        "config.toml:2: `deliver.sms.command` takes a list: the absolute path of a program, then \
         its arguments, this is a string",
    ),
    (
        "[deliver.sms]\ncommand = [\"sms\", \"{to}\"]\n",
        "config.toml:2: `deliver.sms.command` takes the absolute path of a program first, this is \
         `sms`\nneither a shell nor PATH is used: write it like \"/usr/sbin/sendmail\"",
    ),
    (
        "[deliver.email]\ncommand = [\"/bin/mail\",\n \"--to={to}\"]\n",
        "config.toml:3: `deliver.email.command` takes {to} as an argument of its own, this is \
         `--to={to}`\nwrite it as \"{to}\", after \"--\" if the program knows that",
    ),
    (
        "[deliver.email]\ncommand = [\"/bin/mail\", \"-t\"]\n",
        "config.toml:2: `deliver.email.command` takes {to} among the arguments, this is a list \
         without it\nit stands for the address; the message is given to the program as its input",
    ),
    (
        "[hand_out]\ntemplates.magyar_nyelv = \"hu.txt\"\n",
        "config.toml:2: `hand_out.templates` takes languages like hu or en-GB (BCP 47), this is \
         `magyar_nyelv`",
    ),
    (
        "[hand_out.templates]\nen-gb = \"a\"\nen-GB = \"b\"\n",
        "config.toml:3: `hand_out.templates` has the language `en-GB` twice",
    ),
    (
        "[import.columns]\n\"Név\" = \"ful_name\"\n",
        "config.toml:2: `import.columns` takes a field, this is `ful_name`\ndid you mean `full_name`?",
    ),
    (
        "[import]\ncolumns = [\"Név\"]\n",
        "config.toml:2: `import.columns` takes columns and fields, such as \"Név\" = \"full_name\", \
         this is a list",
    ),
    (
        "[hand_out]\ntemplates.hu = \"\"\n",
        "config.toml:2: `hand_out.templates` takes the path of a file, this is empty",
    ),
    ("[password.more]\nx = 1\n", "config.toml:1: unknown key `password.more`"),
    ("\"\" = 1", "config.toml:1: unknown key `\"\"`"),
    ("\"a\\u202e\\n\" = 1", "config.toml:1: unknown key `\"a\\u{202e}\\n\"`"),
    (
        "password = 8\n",
        "config.toml:1: `password` is a section, this is a whole number\n\
         write its settings under `[password]`",
    ),
    (
        "[[password]]\nmin_length = 8\n",
        "config.toml:1: `password` is a section, this is a list\n\
         write its settings under `[password]`",
    ),
    // Types.
    (
        "[password]\n\nmin_length = \"20\"\n",
        "config.toml:3: `password.min_length` takes a whole number, this is a string",
    ),
    (
        "password.iterations = 2.0",
        "config.toml:1: `password.iterations` takes a whole number, this is a decimal number",
    ),
    (
        "two_factor.required = 'yes'",
        "config.toml:1: `two_factor.required` takes true or false, this is a string",
    ),
    (
        "[output]\nform = 'json'\n",
        "config.toml:1: `output` takes table, json, jsonl, csv, this is a table",
    ),
    (
        "sign_in.lock = 900",
        "config.toml:1: `sign_in.lock` takes a duration such as \"30s\", \"15m\", \"12h\" or \
         \"7d\", this is a whole number",
    ),
    ("user.require = 'email'", "config.toml:1: `user.require` takes a list, this is a string"),
    (
        "[sign_in]\ntrusted_callers = [\n  'www-data',\n  1001,\n]\n",
        "config.toml:4: `sign_in.trusted_callers` takes names or numeric ids of OS accounts, as \
         strings, this is a whole number",
    ),
    // Bounds.
    (
        "password.min_length = 7",
        "config.toml:1: `password.min_length` takes a whole number from 8 to 256, this is `7`\n\
         NIST SP 800-63B-4 allows no minimum below 8 characters",
    ),
    (
        "password.min_length = 257",
        "config.toml:1: `password.min_length` takes a whole number from 8 to 256, this is `257`",
    ),
    (
        "password.parallelism = 99999999999999999999",
        "config.toml:1: `password.parallelism` takes a whole number from 1 to 16, this is \
         `99999999999999999999`",
    ),
    (
        "sign_in.max_failures = -1",
        "config.toml:1: `sign_in.max_failures` takes a whole number from 0 to 1000, this is `-1`",
    ),
    (
        "sign_in.lock = '0s'",
        "config.toml:1: `sign_in.lock` takes a duration above 0s, this is `0s`",
    ),
    (
        "store.busy_timeout = '61m'",
        "config.toml:1: `store.busy_timeout` takes a duration from 0s to 1h, this is `61m`",
    ),
    (
        "two_factor.code_ttl = '5 min'",
        "config.toml:1: `two_factor.code_ttl` takes a duration, this is `5 min`\n\
         write a whole number and a unit: 30s, 15m, 12h or 7d, a hundred years at most",
    ),
    ("output = 'yaml'", "config.toml:1: `output` takes table, json, jsonl, csv, this is `yaml`"),
    (
        "output = 'JSON'",
        "config.toml:1: `output` takes table, json, jsonl, csv, this is `JSON`\n\
         did you mean `json`?",
    ),
    (
        "[user]\nrequire = ['phone',\n 'emial']",
        "config.toml:3: `user.require` takes email, phone, team, language, skill, project, this \
         is `emial`\ndid you mean `email`?",
    ),
    (
        "access.create_users = ['admin', 'agent']",
        "config.toml:1: `access.create_users` takes admin, supervisor, this is `agent`",
    ),
    (
        "access.create_users = []",
        "config.toml:1: `access.create_users` takes admin, supervisor, this is an empty list\n\
         write [\"admin\"] where only admins create users",
    ),
    (
        "sign_in.trusted_callers = ['4294967295']",
        "config.toml:1: `sign_in.trusted_callers` takes names or numeric ids of OS accounts, as \
         strings, this is `4294967295`",
    ),
    (
        "phone.default_region = 'XX'",
        "config.toml:1: `phone.default_region` takes the two letters of a region, such as \
         \"HU\", this is `XX`",
    ),
    ("database = ''", "config.toml:1: `database` takes a path or `sqlite:PATH`, this is empty"),
    (
        "weights.min = 0",
        "config.toml:1: `weights.min` takes a whole number from 1 to 10000, this is `0`",
    ),
    // Several settings together: the last of them that is set is named.
    (
        "[weights]\nmin = 50\ndefault = 45\nmax = 40\n",
        "config.toml:4: `weights.min` 50 is above `weights.max` 40\n\
         `weights.min`, `weights.default`, `weights.max` have to be in ascending order",
    ),
    (
        "[weights]\nmax = 5\n",
        "config.toml:2: `weights.default` 10 is above `weights.max` 5\n\
         `weights.min`, `weights.default`, `weights.max` have to be in ascending order",
    ),
    (
        "\npassword.iterations = 1\n",
        "config.toml:2: `password.memory_kib` 19456 with `password.iterations` 1 is too weak \
         (OWASP Password Storage Cheat Sheet)\n\
         with `password.iterations` 1, `password.memory_kib` has to be at least 47104",
    ),
    // TOML itself.
    (
        "output = 'json'\n[password]\niterations = 2\niterations = 2\n",
        "config.toml:4: `iterations` is set a second time",
    ),
    ("[user]\n[password]\n[user]\n", "config.toml:3: `user` is set a second time"),
    (
        "\n\nsign_in.lock = 15m\n",
        "config.toml:3: string values must be quoted, expected literal string",
    ),
    ("output = 'json'\n[password\n", "config.toml:2: unclosed table, expected `]`"),
    ("database = '", "config.toml:1: invalid literal string, expected `'`"),
    ("password: 1\n", "config.toml:1: key with no value, expected `=`"),
    // The first by line.
    (
        "output = 1\nnonsense = 1\n",
        "config.toml:1: `output` takes table, json, jsonl, csv, this is a whole number",
    ),
    ("nonsense = 1\noutput = 1\n", "config.toml:1: unknown key `nonsense`"),
];

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (text, expected) in REFUSED {
        assert_eq!(refusal(text), *expected, "{text}");
    }
}

#[test]
fn every_cost_of_hashing_that_owasp_gives_is_accepted_and_nothing_below() {
    let of = |memory: u32, iterations: u32| {
        resolve(&format!("[password]\nmemory_kib = {memory}\niterations = {iterations}"))
    };
    for (memory, iterations) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)] {
        assert!(of(memory, iterations).is_ok());
        assert!(of(memory, iterations + 1).is_ok());
        assert!(of(memory - 1, iterations).is_err());
    }
}

#[test]
fn files_that_are_not_text_or_too_large_are_refused() {
    let parse = |bytes: &[u8]| shown(&Layer::parse(Path::new("c"), bytes).unwrap_err());
    assert_eq!(parse(b"# fine\noutput = '\xff'\n"), "c:2: is not UTF-8 text");
    assert_eq!(parse(&vec![b'\n'; 1024 * 1024 + 1]), "c: is larger than 1 MiB");
    assert!(Layer::parse(Path::new("c"), &vec![b'\n'; 1024 * 1024]).is_ok());
}

#[test]
fn a_missing_file_is_an_error_only_where_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("config.toml");
    assert!(Layer::read(&missing, None).unwrap().is_none());
    assert!(Layer::read(&missing.join("below"), None).unwrap().is_none());
    let error = Layer::read_required(&missing, None).unwrap_err();
    assert_eq!(error.path, missing);
    assert!(error.message.starts_with("cannot be read: No such file"));
    assert!(Layer::read(folder.path(), None).is_err(), "a folder is no file");

    std::fs::write(&missing, "database = 'x'").unwrap();
    let layer = Layer::read(&missing, None).unwrap().unwrap();
    assert_eq!(layer.database(), Some("x"));
    assert!(Layer::read_required(&missing, None).is_ok());
}

#[test]
fn the_users_file_goes_before_the_systems_before_the_defaults() {
    let layers = Layers {
        system: Some(layer("/etc/c", "database = 'a'\n[sign_in]\nlock = '1m'\nmax_failures = 3\n")),
        user: Some(layer("/home/c", "database = 'b'\nsign_in.lock = '2m'\n")),
    };
    assert_eq!(layers.database(), Some(("b", SettingSource::User("/home/c".into()))));
    let mut resolved = layers
        .resolve(|database| {
            assert_eq!(database, "a");
            false
        })
        .unwrap();
    assert_eq!(resolved.settings.policy.sign_in.lock, Duration::from_seconds(120));
    assert_eq!(resolved.settings.policy.sign_in.max_failures, 3);
    assert_eq!(*resolved.source("sign_in.max_failures"), SettingSource::System("/etc/c".into()));
    assert_eq!(*resolved.source("sign_in.session_idle"), SettingSource::Default);

    resolved.set_database("c", SettingSource::Environment("CCADMIN_DATABASE"));
    resolved.set_output("csv", SettingSource::Flag("--output"));
    let first: Vec<String> = resolved
        .entries()
        .take(2)
        .map(|entry| format!("{} {:?} {}", entry.name, entry.value, entry.source))
        .collect();
    assert_eq!(
        first,
        ["database Some(\"\\\"c\\\"\") CCADMIN_DATABASE", "output Some(\"\\\"csv\\\"\") --output"]
    );
}

#[test]
fn policy_belongs_to_the_store_that_the_systems_file_names() {
    let layers = Layers {
        system: Some(layer("/etc/c", "database = 'a'\nsign_in.lock = '1h'\n")),
        user: Some(layer(
            "/home/c",
            "output = 'json'\nphone.default_region = 'HU'\nstore.busy_timeout = '1s'\n\
             [user]\nrequire = ['email']\n[password]\nmin_length = 8\n[sign_in]\nlock = '1s'\n\
             [two_factor]\nrequired = true\n[access]\nowner_is_admin = false\n\
             [weights]\nmin = 20\ndefault = 20\n",
        )),
    };
    let resolved = layers.resolve(|_| true).unwrap();
    let expected = Settings {
        database: Some("a".into()),
        output: "json".into(),
        phone: PhoneSettings { default_region: Some("HU".into()) },
        store: StoreSettings { busy_timeout: Duration::from_seconds(1) },
        policy: Policy {
            sign_in: SignInPolicy {
                lock: Duration::from_seconds(3_600),
                ..SignInPolicy::default()
            },
            ..Policy::default()
        },
        ..Settings::default()
    };
    assert_eq!(resolved.settings, expected);
    let ignored: Vec<&str> = resolved
        .entries()
        .filter(|entry| entry.ignored == Some(Path::new("/home/c")))
        .map(|entry| entry.name)
        .collect();
    assert_eq!(
        ignored,
        [
            "user.require",
            "password.min_length",
            "sign_in.lock",
            "two_factor.required",
            "access.owner_is_admin",
            "weights.min",
            "weights.default"
        ]
    );
    assert_eq!(*resolved.source("sign_in.lock"), SettingSource::System("/etc/c".into()));
    assert_eq!(*resolved.source("weights.min"), SettingSource::Default);

    // Another store is in use, or the system's file names none: the usual order.
    assert_eq!(
        layers.resolve(|_| false).unwrap().settings.policy.weights.min,
        Weight::new(20).unwrap()
    );
    let unnamed = Layers { system: Some(layer("/etc/c", "sign_in.lock = '1h'\n")), ..layers };
    let resolved = unnamed.resolve(|_| true).unwrap();
    assert_eq!(resolved.settings.policy.sign_in.lock, Duration::from_seconds(1));
    assert!(resolved.entries().all(|entry| entry.ignored.is_none()));
}

#[test]
fn settings_that_contradict_each_other_over_two_files_blame_the_one_on_top() {
    let system = Some(layer("/etc/c", "\n\n\nweights.max = 50\n"));
    let user = Some(layer("/home/c", "weights.min = 60\nweights.default = 60"));
    let error = Layers { system, user }.resolve(|_| false).unwrap_err();
    assert_eq!(error.to_string(), "/home/c:2: `weights.min` 60 is above `weights.max` 50");
}

#[test]
fn files_made_to_hurt_are_refused() {
    let deep = vec!["a"; 79].join(".");
    let nested = format!("{}1{}", format!("{{{deep} = ").repeat(78), "}".repeat(78));
    let check = move || {
        for text in [
            "a.".repeat(500_000),
            "[".repeat(1_000_000),
            "a = [".repeat(200_000),
            "=\n".repeat(500_000),
            format!("user.require = {nested}"),
            format!("{} = 1", "k".repeat(1_000_000)),
            format!("user.require = [{}]", "'email',".repeat(100_000)),
        ] {
            let error = resolve(&text).unwrap_err();
            assert!(shown(&error).len() < 300, "{error}");
        }
    };
    // As much stack as a program's first thread has, for the deepest nesting that TOML's parser
    // lets through: unoptimized, a test's own thread is too small for it.
    let thread = std::thread::Builder::new().stack_size(8 << 20);
    thread.spawn(check).unwrap().join().unwrap();
}

/// What a settings file is made of, and what it is not.
fn piece() -> impl Strategy<Value = String> {
    let key = || (0..SETTINGS.len()).prop_map(|index| &SETTINGS[index]);
    let name = key().prop_map(|key| key.name.to_owned());
    let leaf = key().prop_map(|key| key.leaf().to_owned());
    let fixed = proptest::sample::select(vec![
        "[",
        "]",
        "{",
        "}",
        "=",
        " = ",
        ".",
        ",",
        "\n",
        "\r\n",
        "\"",
        "'",
        "\"\"\"",
        "# ",
        "[[",
        "true",
        "0x",
        "-1",
        "99999999999999999999",
        "1.5",
        "\"15m\"",
        "\"0s\"",
        "[]",
        "{}",
        "['admin']",
        "'HU'",
        "2026-11-21",
        "nan",
        "\u{feff}",
        "é",
        "\0",
    ])
    .prop_map(str::to_owned);
    let pair =
        (key(), any::<i64>()).prop_map(|(key, number)| format!("\n{} = {number}\n", key.name));
    let section = key().prop_map(|key| format!("\n[{}]\n", key.section().unwrap_or("none")));
    prop_oneof![name, leaf, fixed, pair, section, ".{0,4}"]
}

/// Whatever the file, there are settings that show and read back, or an error about a line of it.
fn holds(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').count();
    let resolved = Layer::parse(Path::new("c"), bytes).and_then(|layer| {
        let user = Some(layer);
        Layers { system: None, user }.resolve(|_| true)
    });
    match resolved {
        Ok(resolved) => {
            let written: String = resolved
                .entries()
                .filter(|entry| *entry.source != SettingSource::Default)
                .filter_map(|entry| Some(format!("{} = {}\n", entry.name, entry.value?)))
                .collect();
            assert_eq!(settings(&written), resolved.settings);
        }
        Err(error) => assert!(error.line.is_none_or(|line| (1..=lines).contains(&line))),
    }
}

proptest! {
    #[test]
    fn any_text_is_settings_or_an_error(text in any::<String>()) {
        holds(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_settings_or_an_error(bytes in any::<Vec<u8>>()) {
        holds(&bytes);
    }

    #[test]
    fn any_pieces_of_settings_are_settings_or_an_error(
        pieces in proptest::collection::vec(piece(), 0..24)
    ) {
        holds(pieces.concat().as_bytes());
    }
}
