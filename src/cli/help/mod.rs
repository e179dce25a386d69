//! What is explained besides the commands: each topic is a Markdown file beside this one, shown by
//! `ccadmin help TOPIC` and written as a manual page of section 7 by `ccadmin man`.

mod document;
pub(crate) mod manual;
mod text;

use document::Document;

pub(crate) use super::codes::exit_status_table;

/// The files and the variables of the environment that count for every command, in Markdown.
pub(crate) const FILES: &str = include_str!("files.md");

/// Where the examples are that a topic names.
const EXAMPLES: &str = include_str!("examples.md");

/// A topic.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Topic {
    /// What follows `ccadmin help`.
    pub(crate) name: &'static str,
    markdown: &'static str,
}

macro_rules! topics {
    ($($name:literal)*) => {
        /// Every topic, in the order in which a reader meets them.
        pub(crate) const TOPICS: &[Topic] =
            &[$(Topic { name: $name, markdown: include_str!(concat!($name, ".md")) }),*];
    };
}

topics! {
    "terminal" "spreadsheets" "many-users" "rosters" "weights" "passwords" "access" "shared-host"
    "scripts" "undo" "exit-status" "doors" "settings" "store" "promises"
}

impl Topic {
    /// The topic called `name`.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// What it is about, in one line: its heading.
    pub(crate) fn title(&self) -> &'static str {
        self.markdown.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    /// The whole text in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let text = self.markdown.replace("{statuses}", &exit_status_table());
        if text.contains("`examples/") { text + "\n" + EXAMPLES } else { text }
    }

    /// The text as a terminal of `width` columns shows it.
    pub(crate) fn text(&self, width: u16) -> String {
        text::render(&Document::parse(&self.markdown()), width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_fits_a_terminal_of_80_columns() {
        for topic in TOPICS {
            let text = topic.text(80);
            for line in text.lines() {
                let is_shown_as_typed = line.starts_with("    ");
                let width = unicode_width::UnicodeWidthStr::width(line);
                assert!(is_shown_as_typed || width <= 80, "{}: {line}", topic.name);
            }
            assert!(topic.title().len() < 72, "{}", topic.title());
        }
    }
}
