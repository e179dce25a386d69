//! The settings, told as files and what becomes of them.

mod example;
mod refused;

use std::path::Path;

use proptest::prelude::*;

use super::setting_table::{CROSS_CHECKS, SETTINGS};
use super::*;
use crate::model::{ProfileField, Role, RoleSet, SignInPolicy, Weight};

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
