//! Lists: dialoguer shows them; a plain terminal gets numbers, and the answer is typed.

use std::fmt::{self, Write};

use anstyle::Style as TextStyle;
use dialoguer::console::Term;
use dialoguer::theme::Theme;
use dialoguer::{FuzzySelect, MultiSelect};

use super::PromptError;
use super::guard::Guard;
use super::lent::{self, Library};
use crate::cli::terminal::escape::escape;
use crate::cli::terminal::style::{ACCENT, FAINT, STRONG, cut, paint};
use crate::model::fold;

/// The most items that are all shown, to be marked; more of them are searched.
const MAX_SHORT_LIST: usize = 9;
/// The most items of a long list on the screen at a time.
const MAX_SHOWN: usize = 15;
/// The columns that a list takes beside an item: its cursor, its mark and one that stays free.
const COLUMNS_BESIDE: usize = 7;
/// Enough to erase what somebody searched for.
const ERASED: [u8; 64] = [0x7f; 64];
/// dialoguer shows its list again at a key that means nothing, and takes it away at Esc.
const LIBRARY: Library = Library { redraw: b"\x0c", quit: Some(b"\x1b") };

/// Something that can be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PickItem {
    /// What it is called; this is what is searched and what is typed where there is no list.
    pub label: String,
    /// What helps to tell it from the others.
    pub note: Option<String>,
}

impl PickItem {
    pub(crate) fn new(label: impl fmt::Display, note: Option<impl fmt::Display>) -> Self {
        Self { label: label.to_string(), note: note.map(|note| note.to_string()) }
    }
}

impl fmt::Display for PickItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.label))?;
        self.note.as_ref().map_or(Ok(()), |note| write!(f, "  {}", escape(note)))
    }
}

/// The rows of a list on `columns` columns. dialoguer counts bytes where it moves the cursor back up:
/// an item with more of them than the terminal has columns would take the rows above with it.
fn rows(items: &[PickItem], columns: usize) -> Vec<String> {
    let room = columns.saturating_sub(COLUMNS_BESIDE);
    let row = |item: &PickItem| {
        let text = item.to_string();
        let fitting = (0..=room).rev().map(|columns| cut(&text, columns).into_owned());
        fitting.into_iter().find(|row| row.len() <= room).unwrap_or_default()
    };
    items.iter().map(row).collect()
}

/// What the lists of a conversation have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) colour: bool,
    /// Whether Esc or `<` goes back to the question before.
    pub(super) can_go_back: bool,
}

/// How a list looks: what is marked or under the cursor is said by signs, not by colour alone.
struct Look {
    style: Style,
    /// What can be done, as long as nothing is typed.
    help: &'static str,
}

impl Look {
    fn prompt(&self, f: &mut dyn Write, question: &str, typed: &str) -> fmt::Result {
        let question = paint(&format!("{question}: "), STRONG, self.style.colour);
        let help = paint(self.help, FAINT, self.style.colour);
        write!(f, "{question}{}", if typed.is_empty() { &help } else { typed })
    }
}

impl Theme for Look {
    fn format_multi_select_prompt(&self, f: &mut dyn Write, question: &str) -> fmt::Result {
        self.prompt(f, question, "")
    }

    fn format_multi_select_prompt_item(
        &self,
        f: &mut dyn Write,
        text: &str,
        checked: bool,
        active: bool,
    ) -> fmt::Result {
        let (cursor, style) = if active { ('>', ACCENT) } else { (' ', TextStyle::new()) };
        let row = format!("{cursor} [{}] {text}", if checked { 'x' } else { ' ' });
        f.write_str(&paint(&row, style, self.style.colour))
    }

    fn format_fuzzy_select_prompt(
        &self,
        f: &mut dyn Write,
        question: &str,
        typed: &str,
        _: usize,
    ) -> fmt::Result {
        self.prompt(f, question, typed)
    }
}

/// What a key of a list means to dialoguer. Where letters do not search, it takes `a` for all of
/// them and `q` for the end.
fn pass(key: &[u8], searched: bool, style: Style) -> Result<Option<Vec<u8>>, PromptError> {
    Ok(match key {
        b"\x04" => return Err(PromptError::EndOfInput),
        b"\x1b" | b"<" if style.can_go_back => return Err(PromptError::Back),
        b"\x15" | b"\x1b" if searched => Some(ERASED.to_vec()),
        b"\r" | b"\n" | b" " | b"\t" | [0x1b, b'[' | b'O', ..] => Some(key.to_vec()),
        [0x20..=0xff, ..] if searched => Some(key.to_vec()),
        _ => None,
    })
}

/// Has one row of a list that is searched chosen; gives its place.
fn search(
    guard: &mut Guard<'_>,
    question: &str,
    rows: &[String],
    first: usize,
    look: &Look,
) -> Result<usize, PromptError> {
    let list = FuzzySelect::with_theme(look)
        .with_prompt(escape(question))
        .items(rows)
        .default(first)
        .max_length(MAX_SHOWN)
        .highlight_matches(false)
        .report(false);
    asked(guard, true, look.style, |term| list.interact_on_opt(term))
}

fn asked<T>(
    guard: &mut Guard<'_>,
    searched: bool,
    style: Style,
    ask: impl FnOnce(&Term) -> dialoguer::Result<Option<T>>,
) -> Result<T, PromptError> {
    let term = Term::read_write_pair(guard.tty.input.try_clone()?, guard.tty.output.try_clone()?);
    match lent::lend(guard, LIBRARY, |key| pass(key, searched, style), || ask(&term))? {
        Ok(answer) => answer.ok_or(PromptError::EndOfInput),
        Err(dialoguer::Error::IO(error)) => Err(error.into()),
    }
}

/// Has one of `items` picked, the cursor being on the `first`; gives its place among them.
pub(super) fn one(
    guard: &mut Guard<'_>,
    question: &str,
    items: &[PickItem],
    first: usize,
    style: Style,
) -> Result<usize, PromptError> {
    let rows = rows(items, guard.tty.columns());
    let help = "arrows move, Enter picks, typing filters";
    search(guard, question, &rows, first, &Look { style, help })
}

/// Has items marked: of a short list all at once, of a long one those that are searched one by one.
pub(super) fn many(
    guard: &mut Guard<'_>,
    question: &str,
    items: &[PickItem],
    marked: &mut [bool],
    style: Style,
) -> Result<(), PromptError> {
    let rows = rows(items, guard.tty.columns());
    if items.len() <= MAX_SHORT_LIST {
        let look = Look { style, help: "arrows move, Space marks, Enter accepts" };
        let list = MultiSelect::with_theme(&look)
            .with_prompt(escape(question))
            .items(&rows)
            .defaults(marked)
            .report(false);
        let chosen = asked(guard, false, style, |term| list.interact_on_opt(term))?;
        for (item, mark) in marked.iter_mut().enumerate() {
            *mark = chosen.contains(&item);
        }
        return Ok(());
    }
    let look =
        Look { style, help: "arrows move, Enter marks, typing filters; the first row accepts" };
    loop {
        let accepts = match marked.iter().filter(|marked| **marked).count() {
            0 => "accept none".to_owned(),
            count => format!("accept the {count} marked"),
        };
        let boxed = rows.iter().zip(&*marked);
        let boxed =
            boxed.map(|(row, marked)| format!("[{}] {row}", if *marked { 'x' } else { ' ' }));
        let shown: Vec<String> = std::iter::once(accepts).chain(boxed).collect();
        let first = usize::from(!marked.contains(&true));
        let chosen = search(guard, question, &shown, first, &look)?;
        match chosen.checked_sub(1).and_then(|item| marked.get_mut(item)) {
            Some(mark) => *mark = !*mark,
            None => return Ok(()),
        }
    }
}

/// How an item is marked, for somebody who marked too few.
pub(super) fn how_to_mark(items: &[PickItem]) -> &'static str {
    if items.len() > MAX_SHORT_LIST {
        "Enter marks the one under the cursor"
    } else {
        "Space marks the one under the cursor"
    }
}

/// The numbered list for a terminal that can show no other.
pub(super) fn numbered(items: &[PickItem]) -> String {
    let digits = items.len().to_string().len();
    let rows = items.iter().zip(1..).map(|(item, number)| format!("{number:>digits$}) {item}\n"));
    rows.collect()
}

/// What was typed instead: numbers of the list or names, separated by commas.
pub(super) fn typed(answer: &str, items: &[PickItem]) -> Result<Vec<usize>, String> {
    let words = answer.split(',').map(str::trim).filter(|word| !word.is_empty());
    let mut chosen = words.map(|word| find(word, items)).collect::<Result<Vec<_>, _>>()?;
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
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
    let mut alike = items.iter().enumerate().filter(|(_, item)| fold(&item.label) == folded);
    match (alike.next(), alike.next()) {
        (Some((item, _)), None) => Ok(item),
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

    #[test]
    fn a_row_fits_by_bytes_and_by_columns() {
        let row = |label: &str, room: usize| {
            let item = PickItem { label: label.to_owned(), note: Some("takes calls".to_owned()) };
            rows(&[item], room + COLUMNS_BESIDE).remove(0)
        };
        assert_eq!(row("agent", 73), "agent  takes calls");
        assert_eq!(row("agent", 13), "agent  tak…");
        for room in 3..40 {
            let row = row("佐藤葵 Éva", room);
            assert!(row.len() <= room, "{row:?} in {room}");
        }
    }

    #[test]
    fn nothing_invisible_of_an_item_is_shown() {
        let item = PickItem { label: "a\x1b[2J".into(), note: Some("\u{202e}b\x07".into()) };
        for text in [item.to_string(), numbered(&[item])] {
            assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
        }
    }

    #[test]
    fn typed_answers_are_numbers_or_names() {
        let items = items(&["admin", "Agent", "2", "Éva", "eva"]);
        assert_eq!(typed("1, agent", &items).unwrap(), [0, 1]);
        assert_eq!(typed("4,4,1", &items).unwrap(), [0, 3]);
        // A name that looks like a number is the name.
        assert_eq!(typed("2", &items).unwrap(), [2]);
        assert!(typed("", &items).unwrap().is_empty());
        for bad in ["0", "6", "boss", "EVA"] {
            assert!(typed(bad, &items).is_err(), "{bad:?}");
        }
    }
}
