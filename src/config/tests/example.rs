//! The example file: every setting, in order, with its default.

use super::*;

const EXAMPLE: &str = include_str!("../../../config.example.toml");

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
