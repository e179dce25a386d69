//! The four floors: which file may name what. The sources are read as text.

use std::fs;
use std::path::{Path, PathBuf};

/// So much of a file can be read in one sitting.
const MAX_FILE_LINES: usize = 450;

/// A source file: its path below `src`, and its code without comments.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) code: String,
}

impl Source {
    /// Whether the word `name` stands in it.
    fn names(&self, name: &str) -> bool {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        self.code.match_indices(name).any(|(at, _)| {
            !self.code[..at].ends_with(is_part)
                && !self.code[at + name.len()..].starts_with(is_part)
        })
    }

    fn is_below(&self, places: &[&str]) -> bool {
        places.iter().any(|place| {
            self.path == *place || place.ends_with('/') && self.path.starts_with(place)
        })
    }
}

/// The folder of the sources.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file below `folder`.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() { &mut folders } else { &mut found }.push(path);
        }
    }
    found
}

/// Every source file, those of tests as well.
fn files() -> Vec<PathBuf> {
    let mut found = files_below(&root());
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(found.len() > 50, "the sources were not found");
    found
}

/// The code of every source file that is not of a test.
pub(crate) fn sources() -> Vec<Source> {
    let root = root();
    let is_test = |path: &Path| {
        path.components().any(|part| {
            ["tests", "tests.rs", "fixture.rs"].iter().any(|name| part.as_os_str() == *name)
        })
    };
    let source = |path: PathBuf| {
        let path = path.strip_prefix(&root).unwrap();
        let text = fs::read_to_string(root.join(path)).unwrap();
        // Tests at the end of a file may name what they like.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = code.lines().map(without_comment).collect::<Vec<_>>().join("\n");
        (!is_test(path)).then(|| Source { path: path.display().to_string(), code })
    };
    files().into_iter().filter_map(source).collect()
}

fn without_comment(line: &str) -> &str {
    match line.find("//") {
        Some(at) if line[..at].chars().all(char::is_whitespace) || line[..at].ends_with(' ') => {
            &line[..at]
        }
        _ => line,
    }
}

/// Nobody outside `places` names one of `words`.
#[track_caller]
fn only_in(places: &[&str], words: &[&str]) {
    for source in sources().iter().filter(|source| !source.is_below(places)) {
        for word in words {
            assert!(!source.names(word), "src/{} names `{word}`", source.path);
        }
    }
}

/// Nobody in `places` names one of `words`.
#[track_caller]
fn never_in(places: &[&str], words: &[&str]) {
    for source in sources().iter().filter(|source| source.is_below(places)) {
        for word in words {
            assert!(!source.names(word), "src/{} names `{word}`", source.path);
        }
    }
}

#[test]
fn arrows_go_down_only() {
    never_in(
        &["model/"],
        &["crate::store", "crate::directory", "crate::cli", "crate::config", "crate::privilege"],
    );
    never_in(
        &["config/", "config.rs"],
        &["crate::store", "crate::directory", "crate::cli", "crate::privilege"],
    );
    never_in(&["store/"], &["crate::directory", "crate::cli", "crate::config", "crate::privilege"]);
    never_in(&["directory/"], &["crate::cli", "crate::config", "crate::privilege"]);
    never_in(
        &["privilege.rs"],
        &["crate::store", "crate::directory", "crate::cli", "crate::model"],
    );
    only_in(
        &["directory/", "cli/context/open_store.rs", "cli/hints.rs", "store/"],
        &["crate::store"],
    );
    only_in(&["main.rs", "cli/", "lib.rs"], &["privilege"]);
}

#[test]
fn crates_stay_on_their_floor() {
    only_in(&["cli/"], &["clap", "clap_complete", "clap_mangen", "indicatif", "anyhow"]);
    only_in(&["cli/terminal/prompt/line.rs"], &["rpassword", "rustyline"]);
    only_in(&["cli/terminal/prompt/list.rs"], &["dialoguer"]);
    only_in(&["cli/terminal/output/table.rs", "cli/help/text.rs"], &["comfy_table"]);
    only_in(&["cli/help/", "cli/commands/man.rs"], &["roff"]);
    only_in(&["cli/help/document.rs"], &["pulldown_cmark"]);
    only_in(&["cli/"], &["use csv"]);
    only_in(&["cli/"], &["minijinja", "mail_builder", "unicode_width"]);
    only_in(&["cli/", "privilege.rs"], &["signal_hook", "rustix::termios"]);
    // A process that holds a lock is ended where the lock is known, and one that has not finished a
    // try is looked for where its mark is known.
    only_in(
        &["cli/", "privilege.rs", "store/file/lock_holder.rs", "store/sign_in_attempts.rs"],
        &["rustix::process"],
    );
    only_in(&["directory/"], &["argon2", "zxcvbn", "memmap2"]);
    only_in(
        &["directory/"],
        &["calamine", "rust_xlsxwriter", "encoding_rs", "chardetng", "use zip"],
    );
    only_in(&["store/engine/sqlite/"], &["rusqlite"]);
    only_in(&["config/", "directory/roster/"], &["use toml"]);
    only_in(&["model/", "config/"], &["phonenumber"]);
    only_in(&["model/"], &["oxilangtag"]);
}

/// It never prints, never asks, never reads the environment, a clock or a random source by itself.
#[test]
fn the_core_is_handed_what_it_needs() {
    let core = ["model/", "config/", "directory/", "store/"];
    never_in(&core, &["println!", "eprintln!", "print!", "eprint!", "dbg!"]);
    never_in(&core, &["stdin", "stdout", "stderr", "IsTerminal", "env::var", "env::vars"]);
    never_in(&core, &["SystemTime", "Timestamp::now", "Zoned::now", "getrandom", "exit"]);
    only_in(
        &["cli/environment.rs", "cli/context/system.rs", "privilege.rs"],
        &["env::var", "env::var_os"],
    );
}

/// The string literals of some code, as they stand there.
fn string_literals(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find('"') {
        let (before, literal) = (&rest[..at], &rest[at + 1..]);
        if before.ends_with('\'') && literal.starts_with('\'') {
            rest = literal;
            continue;
        }
        let hashes = before.len() - before.trim_end_matches('#').len();
        let raw = before.trim_end_matches('#').ends_with('r');
        let mut escaped = false;
        let end = if raw {
            literal.find(&format!("\"{}", "#".repeat(hashes)))
        } else {
            literal.find(|letter| {
                let ends = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            })
        };
        let Some(end) = end else { break };
        found.push(&literal[..end]);
        rest = &literal[end + 1..];
    }
    found
}

#[test]
fn string_literals_are_found() {
    let code = "a(\"x \\\" y\"); b = '\"'; c(r#\"say \"z\"\"#, \"\\\\\"); d(\"\", \"e\")";
    assert_eq!(string_literals(code), [r#"x \" y"#, r#"say "z""#, r"\\", "", "e"]);
}

/// What can be done with a directory is in 20 files; its documentation lists all of it.
#[test]
fn the_directory_lists_its_methods() {
    let contents = fs::read_to_string(root().join("directory/mod.rs")).unwrap();
    let mut listed = 0;
    for source in sources().iter().filter(|one| one.is_below(&["directory/"])) {
        let methods = source.code.split("\nimpl Directory {\n").skip(1);
        let methods = methods.filter_map(|block| block.split("\n}\n").next());
        for line in methods.flat_map(str::lines) {
            let Some(rest) = line.strip_prefix("    pub fn ") else { continue };
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap();
            let link = format!("/// - [`{0}`](Self::{0}): ", &rest[..end]);
            assert!(contents.contains(&link), "Directory does not list `{}`", &rest[..end]);
            listed += 1;
        }
    }
    assert_eq!(listed, contents.matches("/// - [`").count());
}

/// A program that links the library has no options and no commands.
#[test]
fn the_core_names_no_option_and_no_command() {
    let nouns = ["user", "project", "team", "skill", "audit", "store", "session", "config"];
    let commands = nouns.map(|noun| format!("`{noun} "));
    for source in sources().iter().filter(|one| one.is_below(&["model/", "store/", "directory/"])) {
        for literal in string_literals(&source.code) {
            let is_told = literal.contains("--")
                || literal.contains("`ccadmin ")
                || commands.iter().any(|command| literal.contains(command));
            assert!(!is_told, "src/{} says {literal:?}: cli/hints.rs words it", source.path);
        }
    }
}

#[test]
fn unsafe_code_is_in_two_files() {
    only_in(&["privilege.rs", "directory/passwords/hash_memory.rs"], &["unsafe", "unsafe_code"]);
}

/// SQL is in the store alone, and no value is ever written into it: what is put together is put
/// together from `&'static str`s, under the names that are listed here.
#[test]
fn no_value_is_written_into_sql() {
    const PIECES: [&str; 2] = ["{select}", "{piece}"];
    let words = ["SELECT ", "INSERT INTO ", "UPDATE users", "DELETE FROM ", " WHERE ", "WHERE "];
    for source in sources() {
        let lines: Vec<&str> = source.code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let holds_sql = words.iter().any(|word| line.contains(word));
            if holds_sql {
                assert!(source.path.starts_with("store/"), "SQL in src/{}: {line}", source.path);
            }
            // The macro may stand on a line before its text.
            let macro_near = lines[at.saturating_sub(2)..=at]
                .iter()
                .any(|line| line.contains("format!") || line.contains("write!"));
            let composed = macro_near && (holds_sql || line.contains("self.sql"));
            if composed && source.path.starts_with("store/") {
                let mut rest = line.replace("{}", "");
                for piece in PIECES {
                    rest = rest.replace(piece, "");
                }
                let interpolates = rest.split('"').nth(1).is_some_and(|text| text.contains('{'));
                assert!(!interpolates, "a value in SQL, src/{}: {line}", source.path);
            }
        }
    }
}

/// The two places where SQL is put together take nothing but fixed text.
#[test]
fn pieces_of_sql_are_fixed_text() {
    let query = sources().into_iter().find(|source| source.path == "store/user_query.rs").unwrap();
    assert!(query.code.contains("fn and(&mut self, piece: &'static str, value: BoundValue)"));
    assert!(query.code.contains("piece: &'static str, names: impl Iterator"));
    for piece in ["select", "rest", "order"] {
        assert!(query.code.contains(&format!("{piece}: &'static str,\n")), "{piece}");
    }
}

#[test]
fn files_are_short() {
    for path in files() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MAX_FILE_LINES, "{} has {lines} lines", path.display());
    }
}

/// Whoever looks up a word finds the file or the folder that it stands for.
#[test]
fn the_glossary_names_files_that_are_there() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let documentation = fs::read_to_string(source.join("lib.rs")).unwrap();
    let mut places = 0;
    for row in documentation.lines().filter_map(|line| line.strip_prefix("//! | ")) {
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for place in last.split('`').skip(1).step_by(2).filter(|place| place.contains('/')) {
            assert!(source.join(place).exists(), "{place} is not in src");
            places += 1;
        }
    }
    assert!(places > 15, "the glossary has only {places} places");
}

#[test]
fn main_parses_runs_and_exits() {
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs"));
    assert!(main.unwrap().lines().count() <= 30);
}
