//! Picking from a list: what is shown of it, what the keys do to it, and what it means when the
//! terminal can show no list and the answer is typed.

use std::fmt::Write as _;

use super::keys::Key;
use super::screen::{cut, width};
use crate::cli::terminal::escape::escape;
use crate::model::fold;

/// The most items on the screen at a time.
const MOST_SHOWN: usize = 15;
/// Rows of the screen that the items never take.
const ROWS_KEPT: usize = 4;

/// Something to pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PickItem {
    /// What it is called; this is what filters the list and what is typed where there is none.
    pub label: String,
    /// What helps to tell it from the others.
    pub note: Option<String>,
}

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Changed,
    Bell,
    Accepted,
    EndOfInput,
}

/// A list with a cursor.
#[derive(Debug)]
pub(super) struct List<'items> {
    items: &'items [PickItem],
    /// What the filter is compared with, by item.
    folded: Vec<String>,
    /// `None` where exactly one is picked: the one under the cursor.
    marked: Option<Vec<bool>>,
    minimum: usize,
    filter: String,
    /// The items that pass the filter, and a place among them.
    passing: Vec<usize>,
    cursor: usize,
    /// The first one on the screen.
    top: usize,
    /// How many fit on the screen.
    height: usize,
    notice: Option<String>,
    pasting: bool,
}

impl<'items> List<'items> {
    pub(super) fn of_one(items: &'items [PickItem]) -> Self {
        Self {
            items,
            folded: items
                .iter()
                .map(|item| {
                    let note = item.note.as_deref().unwrap_or_default();
                    fold(&format!("{} {note}", item.label))
                })
                .collect(),
            marked: None,
            minimum: 1,
            filter: String::new(),
            passing: (0..items.len()).collect(),
            cursor: 0,
            top: 0,
            height: MOST_SHOWN,
            notice: None,
            pasting: false,
        }
    }

    pub(super) fn of_many(
        items: &'items [PickItem],
        preselected: &[usize],
        minimum: usize,
    ) -> Self {
        let marked = (0..items.len()).map(|item| preselected.contains(&item));
        Self {
            marked: Some(marked.collect()),
            minimum: minimum.min(items.len()),
            ..Self::of_one(items)
        }
    }

    /// Makes the list fit a screen of so many rows.
    pub(super) fn fit(&mut self, rows: usize) {
        self.height = rows.saturating_sub(ROWS_KEPT).clamp(1, MOST_SHOWN);
        self.scroll();
    }

    /// What has been picked, in the order of the list.
    pub(super) fn picked(&self) -> Vec<usize> {
        match &self.marked {
            None => self.passing.get(self.cursor).copied().into_iter().collect(),
            Some(marked) => {
                (0..marked.len()).filter(|item| marked.get(*item) == Some(&true)).collect()
            }
        }
    }

    pub(super) fn press(&mut self, key: Key) -> Step {
        let had_notice = self.notice.take().is_some();
        let step = self.apply(key);
        if had_notice && step == Step::Bell {
            // The notice goes all the same.
            return Step::Changed;
        }
        step
    }

    fn apply(&mut self, key: Key) -> Step {
        let last = self.passing.len().saturating_sub(1);
        match key {
            Key::PasteStart => self.pasting = true,
            Key::PasteEnd => self.pasting = false,
            // What was copied along with a name is no decision.
            Key::Enter if self.pasting => {}
            Key::Enter => return self.accept(),
            Key::Char(' ') if self.marked.is_some() && !self.pasting => return self.toggle(),
            Key::Char(letter) => {
                self.filter.push(letter);
                self.refilter();
            }
            Key::Backspace => {
                if self.filter.pop().is_none() {
                    return Step::Bell;
                }
                self.refilter();
            }
            Key::Escape | Key::EraseLine | Key::EraseWord => {
                self.filter.clear();
                self.refilter();
            }
            // Around the end, as Tab has no way back.
            Key::Down | Key::Tab => {
                self.cursor = if self.cursor >= last { 0 } else { self.cursor + 1 };
            }
            Key::Up => self.cursor = self.cursor.checked_sub(1).unwrap_or(last),
            Key::PageDown => self.cursor = (self.cursor + self.height).min(last),
            Key::PageUp => self.cursor = self.cursor.saturating_sub(self.height),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = last,
            Key::EndOfFile if self.filter.is_empty() => return Step::EndOfInput,
            Key::EndOfFile
            | Key::Interrupt
            | Key::Quit
            | Key::Suspend
            | Key::Other
            | Key::Invalid => return Step::Bell,
        }
        self.scroll();
        Step::Changed
    }

    fn accept(&mut self) -> Step {
        let searched = self.marked.is_some() && !self.filter.is_empty() && self.picked().is_empty();
        if searched && (self.passing.len() == 1 || self.named() == Some(self.cursor)) {
            // Whoever types a name, or of it until one is left, and presses Enter means that one.
            self.toggle();
        } else if searched {
            self.notice = Some(match self.passing.len() {
                0 => "nothing matches: Esc shows them all".to_owned(),
                _ => "Space marks the one under the cursor, Esc shows them all".to_owned(),
            });
            return Step::Changed;
        }
        let picked = self.picked().len();
        if picked >= self.minimum {
            return Step::Accepted;
        }
        self.notice = Some(match &self.marked {
            None => "nothing matches: Esc shows them all".to_owned(),
            Some(_) => too_few(self.minimum, "Space marks the one under the cursor"),
        });
        Step::Changed
    }

    fn toggle(&mut self) -> Step {
        let item = self.passing.get(self.cursor).copied();
        let marked = self.marked.as_mut();
        match marked.zip(item).and_then(|(all, item)| all.get_mut(item)) {
            Some(mark) => {
                *mark = !*mark;
                Step::Changed
            }
            None => Step::Bell,
        }
    }

    /// The place of the item that is called what the filter says, letter by letter.
    fn named(&self) -> Option<usize> {
        let wanted = fold(&self.filter);
        self.place_of(|label| fold(label) == wanted)
    }

    /// The first place whose item has a label that fits.
    fn place_of(&self, fits: impl Fn(&str) -> bool) -> Option<usize> {
        self.passing.iter().position(|at| self.items.get(*at).is_some_and(|item| fits(&item.label)))
    }

    /// The cursor goes to what is called so, else stays with its item where that still passes, else
    /// goes to what begins so: the notes of others may hold the same word.
    fn refilter(&mut self) {
        let under = self.passing.get(self.cursor).copied();
        let wanted = fold(&self.filter);
        self.passing = (0..self.items.len())
            .filter(|item| self.folded.get(*item).is_some_and(|text| text.contains(&wanted)))
            .collect();
        self.cursor = self
            .named()
            .or_else(|| self.passing.iter().position(|item| Some(*item) == under))
            .or_else(|| self.place_of(|label| fold(label).starts_with(&wanted)))
            .unwrap_or(0);
    }

    fn scroll(&mut self) {
        let furthest = self.passing.len().saturating_sub(self.height);
        let lowest = (self.cursor + 1).saturating_sub(self.height);
        self.top = self.top.clamp(lowest, self.cursor.max(lowest)).min(furthest);
    }

    /// The rows to show, none of them wider than `columns`.
    pub(super) fn rows(&self, question: &str, columns: usize, colour: bool) -> Vec<String> {
        // The last column stays free: a cursor behind it is on no row for certain.
        let columns = columns.saturating_sub(1);
        let paint = |style: &str, text: String| {
            if colour && !text.is_empty() { format!("\x1b[{style}m{text}\x1b[0m") } else { text }
        };
        let mut rows = Vec::with_capacity(self.height + 3);

        let question = cut(&format!("{}: ", escape(question)), columns);
        let room = columns.saturating_sub(width(&question));
        let behind = if self.filter.is_empty() {
            let help = match self.marked {
                None => "arrows move, Enter picks, typing filters",
                Some(_) => "arrows move, Space marks, Enter accepts, typing filters",
            };
            paint("2", cut(help, room))
        } else {
            cut(&escape(&self.filter), room)
        };
        rows.push(paint("1", question) + &behind);

        let shown = self.passing.iter().enumerate();
        for (place, item) in shown.skip(self.top).take(self.height) {
            let Some(choice) = self.items.get(*item) else {
                continue;
            };
            let pointer = if place == self.cursor { "> " } else { "  " };
            let mark = match &self.marked {
                None => "",
                Some(marked) if marked.get(*item) == Some(&true) => "[x] ",
                Some(_) => "[ ] ",
            };
            let label = cut(&format!("{pointer}{mark}{}", escape(&choice.label)), columns);
            let room = columns.saturating_sub(width(&label) + 2);
            let note = match &choice.note {
                Some(note) if room > 0 => format!("  {}", cut(&escape(note), room)),
                _ => String::new(),
            };
            let style = if place == self.cursor { "36" } else { "0" };
            rows.push(paint(style, label) + &paint("2", note));
        }

        rows.push(paint("2", cut(&self.counters(), columns)));
        if let Some(notice) = &self.notice {
            rows.push(paint("33", cut(notice, columns)));
        }
        rows
    }

    fn counters(&self) -> String {
        let (all, passing) = (self.items.len(), self.passing.len());
        let mut text = match passing {
            0 => format!("none of {all} matches"),
            _ if passing < all => format!("{} of {passing} ({all} in all)", self.cursor + 1),
            _ => format!("{} of {all}", self.cursor + 1),
        };
        if self.marked.is_some() {
            let _ = write!(text, ", {} marked", self.picked().len());
        }
        text
    }
}

fn too_few(minimum: usize, how: &str) -> String {
    format!("at least {minimum} must be picked: {how}")
}

/// The numbered list for a terminal that can show no other.
pub(super) fn numbered(items: &[PickItem]) -> String {
    let digits = items.len().to_string().len();
    let mut text = String::new();
    for (item, number) in items.iter().zip(1..) {
        let _ = write!(text, "{number:>digits$}) {}", escape(&item.label));
        if let Some(note) = &item.note {
            let _ = write!(text, "  {}", escape(note));
        }
        text.push('\n');
    }
    text
}

/// What was typed instead of picked: numbers of the list or names, separated by commas.
pub(super) fn typed(
    answer: &str,
    items: &[PickItem],
    minimum: usize,
) -> Result<Vec<usize>, String> {
    let mut picked = Vec::new();
    for word in answer.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        picked.push(find(word, items)?);
    }
    picked.sort_unstable();
    picked.dedup();
    if picked.len() < minimum.min(items.len()) {
        return Err(too_few(minimum, "type numbers or names"));
    }
    Ok(picked)
}

fn find(word: &str, items: &[PickItem]) -> Result<usize, String> {
    if let Some(item) = items.iter().position(|item| item.label == word) {
        return Ok(item);
    }
    if let Ok(number) = word.parse::<usize>() {
        return match number.checked_sub(1) {
            Some(item) if item < items.len() => Ok(item),
            _ => Err(format!("{number} is no number from 1 to {}", items.len())),
        };
    }
    let folded = fold(word);
    let mut alike = (0..items.len())
        .filter(|item| items.get(*item).is_some_and(|item| fold(&item.label) == folded));
    match (alike.next(), alike.next()) {
        (Some(item), None) => Ok(item),
        (Some(_), Some(_)) => Err(format!("{} is more than one of them", escape(word))),
        (None, _) => Err(format!("{} is not in the list", escape(word))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(labels: &[&str]) -> Vec<PickItem> {
        labels.iter().map(|label| PickItem { label: (*label).to_owned(), note: None }).collect()
    }

    fn press(list: &mut List<'_>, keys: &[Key]) -> Step {
        let mut step = Step::Changed;
        for key in keys {
            step = list.press(*key);
        }
        step
    }

    fn letters(text: &str) -> Vec<Key> {
        text.chars().map(Key::Char).collect()
    }

    #[test]
    fn one_is_picked_under_the_cursor() {
        let items = items(&["admin", "agent", "supervisor"]);
        let mut list = List::of_one(&items);
        assert_eq!(press(&mut list, &[Key::Down, Key::Enter]), Step::Accepted);
        assert_eq!(list.picked(), [1]);
        press(&mut list, &[Key::Down, Key::Down]);
        assert_eq!(list.picked(), [0]);
        press(&mut list, &[Key::Up]);
        assert_eq!(list.picked(), [2]);
    }

    #[test]
    fn the_filter_forgets_case_and_accents_and_keeps_the_marks() {
        let items = items(&["Éva", "Anna", "Evelin"]);
        let mut list = List::of_many(&items, &[1], 1);
        press(&mut list, &letters("ev"));
        assert_eq!(list.passing, [0, 2]);
        press(&mut list, &[Key::Down, Key::Char(' '), Key::Escape]);
        assert_eq!(list.passing, [0, 1, 2]);
        assert_eq!(list.cursor, 2);
        assert_eq!(list.picked(), [1, 2]);
    }

    /// The note of `supervisor` holds the name of another.
    #[test]
    fn a_name_that_is_typed_in_full_is_meant() {
        let mut items = items(&["agent", "supervisor", "admin", "external-agent"]);
        items[1].note = Some("administers agents".to_owned());
        let mut list = List::of_many(&items, &[], 1);
        press(&mut list, &letters("ad"));
        assert_eq!((list.passing.as_slice(), list.cursor), ([1, 2].as_slice(), 1));
        assert_eq!(press(&mut list, &[Key::Enter]), Step::Changed);
        press(&mut list, &letters("min"));
        assert_eq!(press(&mut list, &[Key::Enter]), Step::Accepted);
        assert_eq!(list.picked(), [2]);

        let mut list = List::of_many(&items, &[], 1);
        press(&mut list, &letters("Agent"));
        // Whoever moves away from it does not.
        assert_eq!(press(&mut list, &[Key::Down, Key::Enter]), Step::Changed);
        assert_eq!(press(&mut list, &[Key::Up, Key::Enter]), Step::Accepted);
        assert_eq!(list.picked(), [0]);
    }

    #[test]
    fn too_few_marks_are_explained_in_place() {
        let items = items(&["a", "b"]);
        let mut list = List::of_many(&items, &[], 1);
        assert_eq!(press(&mut list, &[Key::Enter]), Step::Changed);
        let rows = list.rows("Roles", 80, false);
        assert!(rows.last().unwrap().contains("at least 1"), "{rows:?}");
        assert_eq!(press(&mut list, &[Key::Char(' '), Key::Enter]), Step::Accepted);
    }

    #[test]
    fn a_filter_that_matches_nothing_picks_nothing() {
        let items = items(&["a", "b"]);
        let mut list = List::of_one(&items);
        press(&mut list, &letters("zz"));
        assert_eq!(press(&mut list, &[Key::Enter]), Step::Changed);
        assert!(list.picked().is_empty());
        for key in [Key::Up, Key::Down, Key::PageUp, Key::PageDown, Key::End] {
            list.press(key);
        }
        assert!(list.picked().is_empty());
    }

    #[test]
    fn a_long_list_scrolls_with_the_cursor_and_fits_the_screen() {
        let names: Vec<String> = (1..=120).map(|number| format!("item {number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let items = items(&names);
        let mut list = List::of_one(&items);
        for screen in [1, 5, 10, 24, 100] {
            list.fit(screen);
            for step in 0..300 {
                let rows = list.rows("Project", 20, false);
                assert!(rows.len() <= MOST_SHOWN + 2);
                assert!(rows.len() <= screen.max(3));
                assert!(rows.iter().all(|row| width(row) < 20), "{rows:?}");
                assert!(rows.iter().any(|row| row.starts_with("> ")), "{step}");
                list.press(if step < 130 { Key::Down } else { Key::Up });
            }
        }
        press(&mut list, &[Key::Home, Key::Down, Key::Down]);
        assert_eq!(list.counters(), "3 of 120");
        press(&mut list, &letters("11"));
        assert_eq!(list.counters(), "1 of 11 (120 in all)");
    }

    #[test]
    fn nothing_invisible_of_a_label_is_shown() {
        let items = [PickItem { label: "a\x1b[2J".into(), note: Some("\u{202e}b".into()) }];
        let rows = List::of_one(&items).rows("Pi\x07ck", 80, false).join("");
        assert!(!rows.contains(['\x1b', '\x07', '\u{202e}']), "{rows:?}");
    }

    #[test]
    fn typed_answers_are_numbers_or_names() {
        let items = items(&["admin", "Agent", "2", "Éva", "eva"]);
        assert_eq!(typed("1, agent", &items, 1).unwrap(), [0, 1]);
        assert_eq!(typed("4,4,1", &items, 1).unwrap(), [0, 3]);
        // A name that looks like a number is the name.
        assert_eq!(typed("2", &items, 1).unwrap(), [2]);
        assert!(typed("", &items, 0).unwrap().is_empty());
        for bad in ["", ",", "0", "6", "boss", "EVA"] {
            assert!(typed(bad, &items, 1).is_err(), "{bad:?}");
        }
    }
}
