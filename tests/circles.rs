//! Neither the floors nor the files and folders of one run in a circle, so that each can be read
//! without those that use it. The arrows are the paths that the sources name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::layering::{Source, sources};

/// A path as a source names it, one segment after the other.
type Segments = Vec<String>;

/// What each file or folder names of the others.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The modules of the crate.
struct Modules<'s> {
    /// The file of each module.
    files: BTreeMap<Segments, &'s str>,
    /// What each module passes on from others by `pub use`, by its name there.
    passed_on: BTreeMap<(Segments, String), Segments>,
}

fn segments(path: &str) -> Segments {
    path.split("::").map(str::to_owned).collect()
}

/// The path of the module that is in a file.
fn module_of(file: &str) -> Segments {
    let path = file.strip_suffix(".rs").unwrap();
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').filter(|name| *name != "lib").map(str::to_owned).collect()
}

/// The paths that stand behind `use`: `a::{b, c::d}` gives two.
fn imports(before: &str, tree: &str, found: &mut Vec<Segments>) {
    let Some((start, inner)) = tree.split_once('{') else {
        let path = format!("{before}{}", tree.split(" as ").next().unwrap().trim());
        found.push(segments(path.strip_suffix("::self").unwrap_or(&path)));
        return;
    };
    let before = format!("{before}{}", start.trim());
    let inner = inner.trim_end().strip_suffix('}').unwrap();
    let mut depth = 0;
    let parts = inner.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        imports(&before, part, found);
    }
}

/// The paths that a source imports, those that it passes on, and the code that is left.
fn split_uses(code: &str) -> (Vec<Segments>, Vec<Segments>, String) {
    let (mut imported, mut passed_on, mut rest) = (Vec::new(), Vec::new(), String::new());
    for statement in code.split_inclusive(';') {
        let start = statement.rfind("use ").filter(|start| {
            let before = statement[..*start].lines().last().unwrap_or_default().trim();
            statement.ends_with(';') && (before.is_empty() || before.starts_with("pub"))
        });
        let Some(start) = start else {
            rest.push_str(statement);
            continue;
        };
        let before = &statement[..start];
        let is_public = before.lines().last().is_some_and(|line| line.contains("pub"));
        let found = if is_public { &mut passed_on } else { &mut imported };
        imports("", statement[start + "use ".len()..].trim_end_matches(';'), found);
        rest.push_str(before);
    }
    // Who may name an item is no arrow.
    (imported, passed_on, rest.replace("pub(in ", "::"))
}

impl<'s> Modules<'s> {
    fn of(sources: &'s [Source]) -> Self {
        let files = sources.iter().map(|source| (module_of(&source.path), &*source.path));
        let mut modules = Self { files: files.collect(), passed_on: BTreeMap::new() };
        for source in sources {
            let module = module_of(&source.path);
            for path in split_uses(&source.code).1 {
                let name = path.last().unwrap().clone();
                let path = modules.absolute(&module, &path);
                modules.passed_on.extend(path.map(|path| ((module.clone(), name), path)));
            }
        }
        modules
    }

    /// The path from the root of the crate; `None` for one of another crate or of a type.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Segments> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                Some([&module[..module.len().checked_sub(ups)?], &path[ups..]].concat())
            }
            _ => {
                let path = [module, path].concat();
                self.files.contains_key(&path[..=module.len()]).then_some(path)
            }
        }
    }

    /// The file where the item at an absolute path is: that of the module that passes it on counts
    /// for nothing.
    fn file(&self, path: &[String]) -> Option<&'s str> {
        let depth =
            (0..=path.len()).rev().find(|depth| self.files.contains_key(&path[..*depth]))?;
        let module = path[..depth].to_vec();
        let file = self.files[&module];
        let Some(name) = path.get(depth) else { return Some(file) };
        match self.passed_on.get(&(module, name.clone())) {
            Some(target) => self.file(&[target, &path[depth + 1..]].concat()),
            None => Some(file),
        }
    }

    /// The files that a source names.
    fn named_in(&self, source: &Source) -> BTreeSet<&'s str> {
        let module = module_of(&source.path);
        let (mut paths, passed_on, code) = split_uses(&source.code);
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
        let words: BTreeSet<&str> = code.split(|letter| !is_part(letter)).collect();
        paths.extend(words.iter().filter(|word| word.contains("::")).map(|word| segments(word)));
        // What is passed on and not used here is no arrow.
        let is_used = |path: &Segments| {
            words.iter().any(|word| word.split("::").next() == path.last().map(String::as_str))
        };
        paths.extend(passed_on.into_iter().filter(is_used));
        let files = paths.iter().filter_map(|path| self.file(&self.absolute(&module, path)?));
        files.filter(|file| *file != source.path).collect()
    }
}

/// The circles among the nodes: each as the arrows between those that reach each other.
fn circles(arrows: &Arrows) -> String {
    let reached = |start: &str| {
        let mut reached: BTreeSet<&str> = BTreeSet::new();
        let mut next: Vec<&str> = vec![start];
        while let Some(node) = next.pop() {
            for target in arrows.get(node).into_iter().flatten() {
                if reached.insert(target) {
                    next.push(target);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|node| (node.as_str(), reached(node))).collect();
    let mut text = String::new();
    for (node, targets) in arrows {
        for target in targets {
            if reached.get(target.as_str()).is_some_and(|back| back.contains(node.as_str())) {
                writeln!(text, "{node} -> {target}").unwrap();
            }
        }
    }
    text
}

/// The arrows between files, for each file.
fn file_arrows() -> Arrows {
    let sources = sources();
    let modules = Modules::of(&sources);
    let named = |source| modules.named_in(source).into_iter().map(str::to_owned).collect();
    sources.iter().map(|source| (source.path.clone(), named(source))).collect()
}

/// The arrows between what is directly in a folder: files, and folders as a whole. The folder's own
/// `mod.rs` is its door, and none of its rooms.
fn room_arrows(arrows: &Arrows, folder: &str) -> Arrows {
    let room = |file: &str| {
        let name = file.strip_prefix(folder)?.split('/').next()?;
        (!["mod.rs", "main.rs", "lib.rs"].contains(&name)).then(|| name.to_owned())
    };
    let mut rooms = Arrows::new();
    for (file, targets) in arrows {
        let Some(from) = room(file) else { continue };
        let targets = targets.iter().filter_map(|target| room(target));
        rooms.entry(from.clone()).or_default().extend(targets.filter(|target| *target != from));
    }
    rooms
}

/// Files whose types the files beside them implement, one noun in each; and two rooms that have not
/// been put in order yet.
const DOORS: [&str; 4] = [
    "directory/mod.rs",
    "store/mod.rs",
    "cli/commands/user/import/mod.rs",
    "cli/terminal/prompt/mod.rs",
];

/// Floors whose rooms hold plain values beside the verbs of one type, which name each other's values:
/// their files alone run in no circle.
const FLOORS_OF_ONE_TYPE: [&str; 2] = ["directory/", "store/"];

#[test]
fn neither_floors_nor_rooms_run_in_a_circle() {
    let arrows = file_arrows();
    let mut folders: BTreeSet<&str> = BTreeSet::from([""]);
    for file in arrows.keys() {
        folders.extend(file.match_indices('/').map(|(at, _)| &file[..=at]));
    }
    let mut found = String::new();
    for folder in folders.into_iter().filter(|folder| !FLOORS_OF_ONE_TYPE.contains(folder)) {
        let circles = circles(&room_arrows(&arrows, folder));
        if !circles.is_empty() {
            write!(found, "in src/{folder}:\n{circles}").unwrap();
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn no_files_run_in_a_circle() {
    let mut arrows = file_arrows();
    for door in DOORS {
        assert!(arrows.remove(door).is_some(), "{door} is not there");
    }
    let circles = circles(&arrows);
    assert!(circles.is_empty(), "\n{circles}");
}
