//! Changing one setting in the text of a file: what people wrote beside it, and how, stays.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, Value};

use super::{ConfigError, Layer, ResolvedSettings};

/// Why a setting cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// There is no such setting, or the value breaks its rule. The path is empty: it is about the
    /// call, not about a file.
    Value(ConfigError),
    /// The file is wrong as it is, or would be with the change.
    File(ConfigError),
}

/// The `text` of the file at `path` with the setting `name` set to `value`: TOML, a bare word, or,
/// where the setting is a list, bare words between commas.
///
/// # Errors
///
/// [`EditError`].
pub fn set_in_text(path: &Path, text: &str, name: &str, value: &str) -> Result<String, EditError> {
    let value = valid_value(name, value).map_err(EditError::Value)?;
    // Its own reader tells best what is wrong with a file.
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let refused = Layer::parse(path, text.as_bytes()).err();
        EditError::File(refused.unwrap_or_else(|| ConfigError::whole(path, error.message())))
    })?;
    put(&mut document, name, value).map_err(|section| {
        let refused = Layer::parse(path, text.as_bytes()).err();
        let message = format!("`{section}` is no section there");
        EditError::File(refused.unwrap_or_else(|| ConfigError::whole(path, message)))
    })?;
    let text = document.to_string();
    Layer::parse(path, text.as_bytes()).map_err(EditError::File)?;
    Ok(text)
}

/// What is wrong with the name of a setting that is none.
#[must_use]
pub fn unknown_setting(name: &str) -> ConfigError {
    match check(name, Value::from("")) {
        Err(error) => error,
        Ok(()) => ConfigError::whole(Path::new(""), format!("`{name}` is no single setting")),
    }
}

/// The value that `text` stands for in the setting `name`.
fn valid_value(name: &str, text: &str) -> Result<Value, ConfigError> {
    let defaults = ResolvedSettings::default();
    let Some(setting) = defaults.entries().find(|entry| entry.name == name) else {
        return Err(unknown_setting(name));
    };
    let is_list = setting.value.is_some_and(|value| value.starts_with('['));
    let bare = if is_list {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        Value::Array(items.collect::<Array>())
    } else {
        Value::from(text)
    };
    let written = text.parse::<Value>().ok();
    let mut first_refusal = None;
    for candidate in written.into_iter().chain([bare]) {
        match check(name, candidate.clone()) {
            Ok(()) => return Ok(candidate),
            Err(error) => first_refusal = first_refusal.or(Some(error)),
        }
    }
    Err(first_refusal.unwrap_or_else(|| unknown_setting(name)))
}

/// Checks a setting by itself.
fn check(name: &str, value: Value) -> Result<(), ConfigError> {
    let mut document = DocumentMut::new();
    let nowhere = Path::new("");
    put(&mut document, name, value)
        .map_err(|section| ConfigError::whole(nowhere, format!("`{section}` is no section")))?;
    Layer::parse(nowhere, document.to_string().as_bytes()).map(|_| ())
}

/// Puts a value in its section, which is made where it is not there; what stands around an old value
/// stays. Gives the section that cannot be one.
fn put(document: &mut DocumentMut, name: &str, value: Value) -> Result<(), String> {
    let mut sections: Vec<&str> = name.split('.').collect();
    let leaf = sections.pop().unwrap_or(name);
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for section in sections {
        table = table
            .entry(section)
            .or_insert_with(|| {
                let mut new = Table::new();
                // A section of sections alone needs no line of its own.
                new.set_implicit(true);
                Item::Table(new)
            })
            .as_table_like_mut()
            .ok_or_else(|| section.to_owned())?;
    }
    match table.get_mut(leaf).and_then(Item::as_value_mut) {
        Some(old) => {
            let around = old.decor().clone();
            *old = value;
            *old.decor_mut() = around;
        }
        None => {
            table.insert(leaf, Item::Value(value));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, name: &str, value: &str) -> String {
        match set_in_text(Path::new("config.toml"), text, name, value) {
            Ok(text) => text,
            Err(EditError::Value(error)) => format!("value: {} {:?}", error.message, error.hint),
            Err(EditError::File(error)) => format!("file: {error}"),
        }
    }

    #[test]
    fn what_people_wrote_stays() {
        let text =
            "# ours\noutput = \"json\"  # for scripts\n\n[sign_in]\n# long\nlock='30m' # half\n";
        assert_eq!(
            set(text, "sign_in.lock", "1h"),
            "# ours\noutput = \"json\"  # for scripts\n\n[sign_in]\n# long\nlock=\"1h\" # half\n"
        );
        assert_eq!(
            set(text, "output", "csv"),
            "# ours\noutput = \"csv\"  # for scripts\n\n[sign_in]\n# long\nlock='30m' # half\n"
        );
        assert_eq!(
            set("[sign_in] # a\nlock = \"1h\"\n", "deliver.sms.command", "/bin/sms,--,{to}"),
            "[sign_in] # a\nlock = \"1h\"\n\n[deliver.sms]\n\
             command = [\"/bin/sms\", \"--\", \"{to}\"]\n"
        );
        assert_eq!(
            set("deliver.sms = { }\n", "phone.default_region", "hu"),
            "deliver.sms = { }\n\n[phone]\ndefault_region = \"hu\"\n"
        );
    }

    #[test]
    fn a_value_is_toml_or_bare_words() {
        for (name, value, line) in [
            ("two_factor.required", "true", "required = true\n"),
            ("sign_in.max_failures", "5", "max_failures = 5\n"),
            ("user.require", "email, phone", "require = [\"email\", \"phone\"]\n"),
            ("user.require", "[\"email\"]", "require = [\"email\"]\n"),
            ("user.require", "", "require = []\n"),
            ("sign_in.trusted_callers", "1001", "trusted_callers = [\"1001\"]\n"),
            ("database", "12", "database = \"12\"\n"),
            ("hand_out.templates", "{ hu = \"hu.txt\" }", "templates = { hu = \"hu.txt\" }\n"),
        ] {
            let text = set("", name, value);
            assert!(text.ends_with(line), "{name} {value}: {text}");
            // Again, over itself, it is the same.
            assert_eq!(set(&text, name, value), text);
        }
    }

    #[test]
    fn a_wrong_name_or_value_is_told_with_what_was_meant() {
        for (name, value, expected) in [
            (
                "sign_in.lok",
                "1h",
                "value: unknown key `sign_in.lok` Some(\"did you mean `sign_in.lock`?\")",
            ),
            (
                "sign_in",
                "1h",
                "value: `sign_in` is a section, this is a string \
              Some(\"write its settings under `[sign_in]`\")",
            ),
            (
                "sign_in.max_failures",
                "5000",
                "value: `sign_in.max_failures` takes a whole number \
              from 0 to 1000, this is `5000` None",
            ),
            (
                "user.require",
                "emial",
                "value: `user.require` takes email, phone, team, language, \
              skill, project, this is `emial` Some(\"did you mean `email`?\")",
            ),
        ] {
            assert_eq!(set("", name, value), expected);
        }
        assert_eq!(
            set("output = ", "output", "csv"),
            "file: config.toml:1: string values must be quoted, expected literal string"
        );
        assert_eq!(
            set("colour = 1\n", "output", "csv"),
            "file: config.toml:1: unknown key `colour`"
        );
        assert_eq!(
            set("phone = 3\n", "phone.default_region", "hu"),
            "file: config.toml:1: `phone` is a section, this is a whole number"
        );
    }
}
