//! The part of Markdown that the topics are written in, as a list of blocks.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A piece of a text that stands by itself. Words in backticks keep them: how they are set off is for
/// what shows them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// The title of the whole text.
    Title(String),
    /// The heading of a section.
    Heading(String),
    /// Lines of prose, broken as they were written.
    Paragraph(String),
    /// An entry of a list: its mark (`-`, `1.`) and its lines.
    Item(String, String),
    /// Lines that are shown as they are: what is typed, and what it prints.
    Verbatim(String),
    /// Rows of cells, the header first.
    Table(Vec<Vec<String>>),
}

/// A whole text.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) blocks: Vec<Block>,
}

impl Document {
    /// Reads Markdown; what the topics do not use (links, pictures, quotes) becomes its words.
    pub(super) fn parse(markdown: &str) -> Self {
        let mut blocks = Vec::new();
        let mut words = String::new();
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut next_number: Option<u64> = None;
        let mut is_in_item = false;
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Text(text) => words.push_str(&text),
                Event::Code(code) => words.extend(["`", &code, "`"]),
                Event::SoftBreak | Event::HardBreak => words.push('\n'),
                Event::Start(Tag::List(first)) => next_number = first,
                Event::Start(Tag::Item) => is_in_item = true,
                Event::Start(Tag::Table(_)) => rows.clear(),
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::End(TagEnd::TableCell) => {
                    if let Some(row) = rows.last_mut() {
                        row.push(std::mem::take(&mut words));
                    }
                }
                Event::End(TagEnd::Table) => blocks.push(Block::Table(std::mem::take(&mut rows))),
                Event::End(TagEnd::Heading(level)) => {
                    let words = std::mem::take(&mut words);
                    let is_title = level == pulldown_cmark::HeadingLevel::H1;
                    blocks.push(if is_title { Block::Title(words) } else { Block::Heading(words) });
                }
                Event::End(TagEnd::Item) => {
                    let mark = next_number.map_or("-".to_owned(), |number| format!("{number}."));
                    next_number = next_number.map(|number| number + 1);
                    blocks.push(Block::Item(mark, std::mem::take(&mut words)));
                    is_in_item = false;
                }
                Event::End(TagEnd::CodeBlock) => {
                    blocks.push(Block::Verbatim(std::mem::take(&mut words)));
                }
                Event::End(TagEnd::Paragraph) if !is_in_item => {
                    blocks.push(Block::Paragraph(std::mem::take(&mut words)));
                }
                _ => {}
            }
        }
        Self { blocks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_blocks() {
        let markdown = "# Title\n\nSome `code`\nand more.\n\n## Part\n\n- one\n  and half\n- two\n\n\
                        1. first\n2. second\n\n```text\n$ x\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n";
        let own = str::to_owned;
        let expected = [
            Block::Title(own("Title")),
            Block::Paragraph(own("Some `code`\nand more.")),
            Block::Heading(own("Part")),
            Block::Item(own("-"), own("one\nand half")),
            Block::Item(own("-"), own("two")),
            Block::Item(own("1."), own("first")),
            Block::Item(own("2."), own("second")),
            Block::Verbatim(own("$ x\n")),
            Block::Table(vec![vec![own("a"), own("b")], vec![own("1"), own("2")]]),
        ];
        assert_eq!(Document::parse(markdown).blocks, expected);
    }
}
