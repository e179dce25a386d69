//! The words of the project, as those read them who use it and who change it.

use std::fs;
use std::path::Path;

use crate::layering::files_below;

/// Where the words stand.
const FOLDERS: [&str; 5] = ["src", "tests", "examples", "benches", "completions"];
const FILES: [&str; 2] = ["README.md", "config.example.toml"];

/// A user, an admin or a caller is "they"; a program, a file or a process is "it".
#[test]
fn nobody_is_a_man_or_a_woman() {
    // Taken apart here, since this file is read as well.
    let pronouns = ["h-e", "h-im", "h-is", "h-imself", "sh-e", "h-er", "h-ers", "h-erself"];
    let pronouns = pronouns.map(|word| word.replace('-', ""));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = FILES.iter().map(|name| root.join(name)).collect();
    files.extend(FOLDERS.iter().flat_map(|name| files_below(&root.join(name))));
    let mut read = 0;
    for path in files {
        // Pictures and workbooks are no text.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        read += 1;
        for (line, number) in text.lines().zip(1..) {
            let found = line
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .find(|word| pronouns.contains(&word.to_lowercase()));
            assert!(found.is_none(), "{}:{number} says {found:?}", path.display());
        }
    }
    assert!(read > 200, "the texts were not found");
}
