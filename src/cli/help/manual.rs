//! A topic as a page of the manual, in roff.

use roff::{Inline, Roff, bold, roman};

use super::Topic;
use super::document::{Block, Document};

/// The page of `topic`, of section 7, made by `source` (the program and its version).
pub(crate) fn page(topic: &Topic, source: &str) -> Roff {
    let mut roff = Roff::new();
    let name = format!("ccadmin-{}", topic.name);
    roff.control("TH", [name.as_str(), "7", "", source, "ccadmin"]);
    roff.control("SH", ["NAME"]).text([roman(format!("{name} - {}", topic.title()))]);
    roff.control("SH", ["DESCRIPTION"]);
    append(&mut roff, &topic.markdown());
    roff.control("SH", ["SEE ALSO"]).text([roman("ccadmin(1)")]);
    roff
}

/// Adds a text in Markdown; its title is left out.
pub(crate) fn append(roff: &mut Roff, markdown: &str) {
    for block in Document::parse(markdown).blocks {
        match block {
            Block::Title(_) => {}
            Block::Heading(words) => {
                roff.control("SH", [words.to_uppercase().as_str()]);
            }
            Block::Paragraph(words) => {
                roff.control("PP", []).text(inlines(&words));
            }
            Block::Item(mark, words) => {
                let mark = if mark == "-" { "\\(bu" } else { mark.as_str() };
                roff.control("IP", [mark, "4"]).text(inlines(&words));
            }
            Block::Verbatim(lines) => verbatim(roff, &lines),
            Block::Table(rows) => {
                // The cells of a row below each other: what `man` can break to any width.
                for row in rows.iter().skip(1) {
                    let mut cells = row.iter().filter(|cell| !cell.is_empty());
                    let Some(first) = cells.next() else { continue };
                    let rest: Vec<&str> = cells.map(String::as_str).collect();
                    roff.control("TP", []).text(inlines(first)).text(inlines(&rest.join("; ")));
                }
            }
        }
    }
}

/// Adds lines that are shown as they are.
pub(crate) fn verbatim(roff: &mut Roff, lines: &str) {
    roff.control("PP", []).control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

/// Words, those in backticks in bold.
fn inlines(words: &str) -> Vec<Inline> {
    let parts = words.split('`').enumerate();
    parts
        .filter(|(_, part)| !part.is_empty())
        .map(|(place, part)| if place % 2 == 0 { roman(part) } else { bold(part) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_requests() {
        let mut roff = Roff::new();
        let markdown = "# T\n\nSay `a b`.\n\n- one\n\n```text\n.x 'y'\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n";
        append(&mut roff, markdown);
        let expected = ".PP\nSay \\fBa b\\fR.\n.IP \\(bu 4\none\n.PP\n.nf\n\\&.x \\*(Aqy\\*(Aq\n.fi\n.TP\n1\n2\n";
        assert!(roff.render().ends_with(expected), "{}", roff.render());
    }
}
