//! What a switch says of its own queues, by the command that shows them.

use std::collections::HashSet;

use super::switch_format::Place;

/// The members of queues that `text` tells: the output of Asterisk's `queue show`, of
/// `mod_callcenter`'s `callcenter_config tier list`, or rows of user, group and grade as the `mysql`
/// client prints them. `None` where it is none of these.
pub(super) fn places(text: &str) -> Option<Vec<Place>> {
    let mut places = asterisk(text).or_else(|| table(text))?;
    places.sort_unstable();
    Some(places)
}

/// `hu-support has 0 calls (max unlimited) in 'wrandom' strategy ...`, and below it each member:
/// `bob (PJSIP/bob) with penalty 230 (ringinuse disabled) (Not in use) has taken no calls yet`.
fn asterisk(text: &str) -> Option<Vec<Place>> {
    let mut queue = None;
    let mut places = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if !line.starts_with(' ') {
            queue = line.contains(" strategy (").then_some(first).or(queue);
            continue;
        }
        let Some(queue) = queue.filter(|_| line.contains(" has taken ")) else { continue };
        let penalty = line.split_once(" with penalty ").map_or("0", |(_, behind)| behind);
        let number = penalty.split(' ').next()?.parse().ok()?;
        places.push(Place::new(queue, first, number));
    }
    queue.map(|_| places)
}

/// Rows below a header, with `|`, `,` or tabs between the cells.
fn table(text: &str) -> Option<Vec<Place>> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let header = lines.next()?;
    let separator = ['|', '\t', ','].into_iter().find(|one| header.contains(*one))?;
    let names: Vec<&str> = header.split(separator).collect();
    let column = |wanted: &[&str]| names.iter().position(|name| wanted.contains(name));
    let queue = column(&["queue", "group_id"])?;
    let member = column(&["agent", "user"])?;
    let number = column(&["level", "group_grade"])?;
    let mut places = Vec::new();
    // `callcenter_config` ends with its `+OK`.
    for line in lines.take_while(|line| !line.starts_with('+')) {
        let cells: Vec<&str> = line.split(separator).collect();
        let cell = |place: usize| cells.get(place).copied();
        places.push(Place::new(cell(queue)?, cell(member)?, cell(number)?.parse().ok()?));
    }
    Some(places)
}

/// What differs between what a switch has and what it was to have, a line each.
pub(super) fn differences(there: &[Place], wanted: &[Place]) -> Vec<String> {
    let number_of = |places: &[Place], one: &Place| {
        let same = |other: &&Place| (&other.queue, &other.member) == (&one.queue, &one.member);
        places.iter().find(same).map(|place| place.number)
    };
    let mut told = Vec::new();
    for one in wanted {
        let Place { queue, member, number, .. } = one;
        match number_of(there, one) {
            None => told.push(format!("{queue}: {member} is missing")),
            Some(other) if other != *number => {
                told.push(format!("{queue}: {member} has {other} in place of {number}"));
            }
            Some(_) => {}
        }
    }
    for one in there.iter().filter(|one| number_of(wanted, one).is_none()) {
        told.push(format!("{}: {} does not belong there", one.queue, one.member));
    }
    told
}

/// What differs between two files of one form, a line each: `-` is there and was not to be, `+` is
/// missing. Their first lines, which tell what they were made from, count for nothing.
pub(super) fn line_differences(there: &str, wanted: &str) -> Vec<String> {
    let (there, wanted) = (sectioned(there), sectioned(wanted));
    let only = |sign: char, some: &[(&str, &str)], others: &[(&str, &str)]| {
        let others: HashSet<_> = others.iter().collect();
        let told = some.iter().filter(|line| !others.contains(line));
        let shown = told.map(|(section, line)| match *section {
            "" => format!("{sign} {}", line.trim_start()),
            section => format!("{sign} {section} {}", line.trim_start()),
        });
        shown.collect::<Vec<_>>()
    };
    let mut told = only('-', &there, &wanted);
    told.extend(only('+', &wanted, &there));
    if told.is_empty() {
        told.push("the same lines stand in another order".to_owned());
    }
    told
}

/// Each line behind the first one, with the `[section]` that it stands in.
fn sectioned(text: &str) -> Vec<(&str, &str)> {
    let mut section = "";
    let mut lines = Vec::new();
    for line in text.lines().skip(1).map(str::trim_end).filter(|line| !line.is_empty()) {
        if line.starts_with('[') {
            lines.push(("", line));
            section = line;
        } else {
            lines.push((section, line));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_file_are_told_with_their_section() {
        let there = "; 1\n[a]\nmember => x,1\n\n[b]\nmember => x,1\n";
        let wanted = "; 2\n[a]\nmember => x,1\n[b]\nmember => x,2\n";
        let expected = ["- [b] member => x,1", "+ [b] member => x,2"];
        assert_eq!(line_differences(there, wanted), expected);
        let turned = "; 1\n[b]\nmember => x,2\n[a]\nmember => x,1\n";
        assert_eq!(line_differences(turned, wanted), ["the same lines stand in another order"]);
    }

    #[test]
    fn each_switch_is_understood() {
        let expected =
            Some(vec![Place::new("hu-support", "bob", 230), Place::new("hu-support", "eva", 0)]);
        let asterisk = "hu-support has 0 calls (max unlimited) in 'wrandom' strategy (0s holdtime, \
            0s talktime), W:0, C:0, A:0, SL:0.0%, SL2:0.0% within 0s\n   Members: \n      \
            eva (PJSIP/eva) (ringinuse disabled) (Not in use) has taken no calls yet\n      \
            bob (PJSIP/bob) with penalty 230 (ringinuse disabled) (In use) has taken 7 calls (last was 3 secs ago)\n   \
            No Callers\n\n";
        assert_eq!(places(asterisk), expected);
        let freeswitch = "queue|agent|state|level|position\nhu-support|bob|Ready|230|1\nhu-support|eva|Ready|0|1\n\n+OK\n";
        assert_eq!(places(freeswitch), expected);
        let vicidial = "user\tgroup_id\tgroup_grade\nbob\thu-support\t230\neva\thu-support\t0\n";
        assert_eq!(places(vicidial), expected);
        assert_eq!(places("nothing of the kind"), None);
        assert_eq!(places(""), None);
        assert_eq!(places("queue|agent|state|level|position\nhu|bob|Ready\n"), None);
    }

    #[test]
    fn what_differs_is_told() {
        let there = [Place::new("q", "a", 1), Place::new("q", "b", 2), Place::new("q", "x", 3)];
        let wanted = [Place::new("q", "a", 1), Place::new("q", "b", 9), Place::new("q", "c", 4)];
        let expected =
            ["q: b has 2 in place of 9", "q: c is missing", "q: x does not belong there"];
        assert_eq!(differences(&there, &wanted), expected);
        assert!(differences(&wanted, &wanted).is_empty());
    }
}
