//! The list of what has to hold under attack and under faults: each requirement has a number, and
//! each number a test that names it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The requirements are numbered from 1 to this.
const LAST: u32 = 74;

/// Every requirement is named in the doc comment of a test.
#[test]
fn every_requirement_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = BTreeSet::new();
    for path in ["src", "tests"].iter().flat_map(|folder| sources(&root.join(folder))) {
        named.extend(named_by_tests(&fs::read_to_string(path).unwrap()));
    }
    let missing: Vec<u32> = (1..=LAST).filter(|number| !named.contains(number)).collect();
    assert_eq!(missing, [0; 0], "requirements that no test names");
    let unknown: Vec<_> = named.into_iter().filter(|number| !(1..=LAST).contains(number)).collect();
    assert_eq!(unknown, [0; 0], "tests name requirements that there are not");
}

/// A number counts in the doc comment of a test, and nowhere else.
#[test]
fn only_what_is_said_of_a_test_counts() {
    let text = "
        /// R01, R02 and
        /// R03: a test.
        #[test]
        #[cfg(unix)]
        fn one() {
            // R04
        }
        /// R05: a helper.
        fn two() {}
        /// R06: a test on a host of its own.
        fn three(host) {}
        /// R07: a value.
        const X: u32 = 1;
        #[test]
        fn four() {}
        /// XR08, R9, R100
        #[test]
        fn five() {}
    ";
    assert_eq!(named_by_tests(text), BTreeSet::from([1, 2, 3, 6]));
}

/// The files of Rust in `folder` and below.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The requirements that stand in the doc comments of the tests in `text`. A test is marked as one,
/// or takes the `host` that it runs on.
fn named_by_tests(text: &str) -> BTreeSet<u32> {
    let (mut named, mut above, mut is_test) = (BTreeSet::new(), BTreeSet::new(), false);
    for line in text.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("///") {
            above.extend(numbers(comment));
        } else if line.starts_with("#[") {
            is_test |= line == "#[test]";
        } else {
            if line.starts_with("fn ") && (is_test || line.contains("(host)")) {
                named.append(&mut above);
            }
            above.clear();
            is_test = false;
        }
    }
    named
}

/// The numbers of requirements in a comment: `R` and two digits.
fn numbers(comment: &str) -> impl Iterator<Item = u32> {
    let words = comment.split(|character: char| !character.is_ascii_alphanumeric());
    words.filter_map(|word| word.strip_prefix('R').filter(|rest| rest.len() == 2)?.parse().ok())
}
