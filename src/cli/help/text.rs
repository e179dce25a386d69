//! A topic as a terminal shows it: as it is written, with tables that fit.

use comfy_table::{ContentArrangement, Table, presets};

use super::document::{Block, Document};

/// Renders `document` for `width` columns; prose keeps the line breaks that it was written with.
pub(super) fn render(document: &Document, width: u16) -> String {
    let mut text = String::new();
    let mut before: Option<&Block> = None;
    for block in &document.blocks {
        let goes_on = matches!((before, block), (Some(Block::Item(..)), Block::Item(..)));
        if before.is_some() && !goes_on {
            text.push('\n');
        }
        match block {
            Block::Title(words) | Block::Heading(words) => {
                text.push_str(&words.to_uppercase());
                text.push('\n');
            }
            Block::Paragraph(words) => indent(&mut text, "", "", words),
            Block::Item(mark, words) => {
                let first = format!("{mark} ");
                indent(&mut text, &first, &" ".repeat(first.len()), words);
            }
            Block::Verbatim(lines) => indent(&mut text, "    ", "    ", lines),
            Block::Table(rows) => indent(&mut text, "", "", &table(rows, width)),
        }
        before = Some(block);
    }
    text
}

/// Adds `lines`, `first` before the first of them and `rest` before every other one.
fn indent(text: &mut String, first: &str, rest: &str, lines: &str) {
    let marks = std::iter::once(first).chain(std::iter::repeat(rest));
    for (line, mark) in lines.lines().zip(marks) {
        text.push_str(format!("{mark}{line}").trim_end());
        text.push('\n');
    }
}

/// The rows in columns whose cells are broken so that they fit.
fn table(rows: &[Vec<String>], width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width);
    for (place, row) in rows.iter().enumerate() {
        let header = |cell: &String| if place == 0 { cell.to_uppercase() } else { cell.clone() };
        table.add_row(row.iter().map(header));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_apart_and_items_together() {
        let markdown = "# A title\n\nSome `code`\nand more.\n\n- one\n  and half\n- two\n\n```text\n$ x\n\ny\n```\n";
        let text = render(&Document::parse(markdown), 80);
        let expected =
            "A TITLE\n\nSome `code`\nand more.\n\n- one\n  and half\n- two\n\n    $ x\n\n    y\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_table_breaks_its_cells_to_fit() {
        let long = "word ".repeat(12);
        let markdown = format!("| name | what it is |\n| --- | --- |\n| a | {long}|\n");
        let text = render(&Document::parse(&markdown), 40);
        assert!(text.starts_with("NAME  WHAT IT IS"), "{text}");
        assert!(text.lines().count() > 2 && text.lines().all(|line| line.len() <= 40), "{text}");
    }
}
