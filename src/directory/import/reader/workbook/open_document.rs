//! ODS workbooks, read as they come. calamine would keep every cell of every sheet, write repeated
//! cells out before it counts them, and never return from a table that is cut off.

use std::io::{BufRead, BufReader, Cursor, Read};
use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::cell_text::{MAX_CELL_TEXT_BYTES, text_of};
use super::choice::{MAX_COLUMNS, SheetChoice};
use super::refusal::{damaged, encrypted, too_large};
use crate::directory::import::reader::record::ReadError;

/// What the first part of an ODS file, or of a template for one, begins with.
const MIME_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// How deep elements may be nested.
const MAX_DEPTH: usize = 100;

/// The most styles that hide a sheet.
const MAX_HIDING_STYLES: usize = 1_000;

/// Hands the cells of an ODS file to `choice`; `false` where the archive is none.
pub(super) fn read(bytes: &[u8], choice: &mut SheetChoice<'_>) -> Result<bool, ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut mime_type = Vec::new();
    match archive.by_name("mimetype") {
        Err(ZipError::FileNotFound) => return Ok(false),
        part => {
            let part = part.map_err(damaged)?;
            part.take(MIME_TYPE.len() as u64).read_to_end(&mut mime_type)?;
        }
    }
    if mime_type != MIME_TYPE {
        return Ok(false);
    }
    let mut manifest = Vec::new();
    if let Ok(mut part) = archive.by_name("META-INF/manifest.xml") {
        part.read_to_end(&mut manifest).map_err(damaged)?;
    }
    let mark = b"encryption-data";
    if manifest.windows(mark.len()).any(|window| window == mark) {
        return Err(encrypted());
    }
    let content = archive.by_name("content.xml").map_err(damaged)?;
    read_content(BufReader::new(content), choice)?;
    Ok(true)
}

fn read_content(content: impl BufRead, choice: &mut SheetChoice<'_>) -> Result<(), ReadError> {
    let mut xml = quick_xml::Reader::from_reader(content);
    let mut tables = Tables::new(choice);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(tag) => tables.open(&tag)?,
            Event::Empty(tag) => {
                tables.open(&tag)?;
                tables.close()?;
            }
            Event::End(_) => tables.close()?,
            Event::Text(text) => tables.text(&text.xml10_content())?,
            Event::CData(text) => tables.text(&text.xml10_content())?,
            Event::GeneralRef(entity) => {
                let letter = entity.resolve_char_ref().map_err(damaged)?.map(String::from);
                let named = || resolve_predefined_entity(&entity).map(str::to_owned);
                let undefined = || damaged("it has a letter that is not defined");
                tables.text(&letter.or_else(named).ok_or_else(undefined)?)?;
            }
            Event::Eof if tables.depth == 0 => return Ok(()),
            Event::Eof => return Err(damaged("it is cut off")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
}

/// The tables of a document, element by element.
struct Tables<'c, 'w> {
    choice: &'c mut SheetChoice<'w>,
    /// How many elements are open.
    depth: usize,
    /// The one of them in which nothing counts.
    passed_over: Option<usize>,
    /// The style that is open.
    style: String,
    hiding_styles: Vec<String>,
    /// The table that is open, and the row of it that comes next.
    table: Option<usize>,
    next_row: u32,
    row: Option<Row>,
    cell: Option<Cell>,
}

struct Row {
    depth: usize,
    repeated: u32,
    /// The column that comes next.
    next_column: u32,
    /// What holds something, with its columns.
    cells: Vec<(Range<u32>, String)>,
    /// What it holds, in bytes.
    bytes: u64,
}

struct Cell {
    depth: usize,
    repeated: u32,
    /// What the cell is said to hold, where that is not what is shown of it.
    value: Option<String>,
    shown: String,
    /// The paragraph that is open.
    paragraph: Option<usize>,
    paragraphs: usize,
}

impl<'c, 'w> Tables<'c, 'w> {
    fn new(choice: &'c mut SheetChoice<'w>) -> Self {
        Self {
            choice,
            depth: 0,
            passed_over: None,
            style: String::new(),
            hiding_styles: Vec::new(),
            table: None,
            next_row: 0,
            row: None,
            cell: None,
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), ReadError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(damaged("its elements are nested too deep"));
        }
        if self.passed_over.is_some() {
            return Ok(());
        }
        let name = tag.name();
        if let Some(cell) = &mut self.cell {
            if !cell.open(name.as_ref(), tag, self.depth)? {
                self.passed_over = Some(self.depth);
            }
            return Ok(());
        }
        match name.as_ref() {
            "style:style" => self.style = attribute(tag, "style:name")?.unwrap_or_default(),
            "style:table-properties" => {
                let is_hiding = attribute(tag, "table:display")?.as_deref() == Some("false");
                if is_hiding && self.hiding_styles.len() < MAX_HIDING_STYLES {
                    self.hiding_styles.push(self.style.clone());
                }
            }
            "table:table" if self.table.is_none() => {
                let name = attribute(tag, "table:name")?.unwrap_or_default();
                let style = attribute(tag, "table:style-name")?.unwrap_or_default();
                let is_visible = !self.hiding_styles.contains(&style);
                if self.choice.begin(&name, is_visible)? {
                    (self.table, self.next_row) = (Some(self.depth), 0);
                } else {
                    self.passed_over = Some(self.depth);
                }
            }
            // Copies of other documents' cells, deleted ones, and what lies on top of the cells.
            "table:dde-links" | "table:tracked-changes" | "table:shapes" => {
                self.passed_over = Some(self.depth);
            }
            "table:table-row" if self.table.is_some() && self.row.is_none() => {
                self.row = Some(Row {
                    depth: self.depth,
                    repeated: number(tag, "table:number-rows-repeated")?,
                    next_column: 0,
                    cells: Vec::new(),
                    bytes: 0,
                });
            }
            "table:table-cell" => self.cell = Some(Cell::begin(tag, self.depth)?),
            // A cell under a merged one is not to be seen.
            "table:covered-table-cell" => {
                let repeated = number(tag, "table:number-columns-repeated")?;
                if let Some(row) = &mut self.row {
                    row.next_column = row.next_column.saturating_add(repeated);
                }
                self.passed_over = Some(self.depth);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let depth = self.depth;
        self.depth = self.depth.saturating_sub(1);
        if self.passed_over.is_some() {
            self.passed_over.take_if(|passed_over| *passed_over == depth);
            return Ok(());
        }
        if let Some(cell) = &mut self.cell {
            cell.paragraph.take_if(|paragraph| *paragraph == depth);
        }
        if let Some(cell) = self.cell.take_if(|cell| cell.depth == depth)
            && let Some(row) = &mut self.row
        {
            row.add(cell)?;
        }
        if let Some(row) = self.row.take_if(|row| row.depth == depth) {
            self.add_row(&row)?;
        }
        self.table.take_if(|table| *table == depth);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ReadError> {
        match &mut self.cell {
            Some(cell) if self.passed_over.is_none() && cell.paragraph.is_some() => cell.show(text),
            _ => Ok(()),
        }
    }

    /// Hands on a row, as often as it is repeated.
    fn add_row(&mut self, row: &Row) -> Result<(), ReadError> {
        let first = self.next_row;
        self.next_row = first.saturating_add(row.repeated);
        if row.cells.is_empty() {
            return Ok(());
        }
        for number in first..self.next_row {
            for (columns, text) in &row.cells {
                for column in columns.clone() {
                    if self.choice.add(number, column, text)?.is_break() {
                        self.passed_over = self.table;
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

impl Row {
    fn add(&mut self, cell: Cell) -> Result<(), ReadError> {
        let first = self.next_column;
        self.next_column = first.saturating_add(cell.repeated);
        let text = cell.value.unwrap_or(cell.shown);
        if text.trim().is_empty() {
            return Ok(());
        }
        if self.next_column > MAX_COLUMNS {
            return Err(too_large("a row has more than 1000 columns"));
        }
        self.bytes += text.len() as u64;
        if self.bytes > MAX_CELL_TEXT_BYTES {
            return Err(too_large("a row holds more than 1 MiB"));
        }
        self.cells.push((first..self.next_column, text));
        Ok(())
    }
}

impl Cell {
    fn begin(tag: &BytesStart<'_>, depth: usize) -> Result<Self, ReadError> {
        let is_error = attribute(tag, "calcext:value-type")?.as_deref() == Some("error");
        let kind = attribute(tag, "office:value-type")?.filter(|_| !is_error);
        let value = match kind.as_deref() {
            Some("float" | "percentage" | "currency") => {
                let value = attribute(tag, "office:value")?;
                value.map(|value| match value.parse() {
                    Ok(number) => text_of(&calamine::Data::Float(number)),
                    Err(_) => value,
                })
            }
            Some("boolean") => attribute(tag, "office:boolean-value")?,
            Some("date") => {
                let value = attribute(tag, "office:date-value")?;
                value.map(|value| value.trim_end_matches("T00:00:00").to_owned())
            }
            Some("time") => attribute(tag, "office:time-value")?,
            Some("string") => attribute(tag, "office:string-value")?,
            _ => None,
        };
        Ok(Self {
            depth,
            repeated: number(tag, "table:number-columns-repeated")?,
            value,
            shown: String::new(),
            paragraph: None,
            paragraphs: 0,
        })
    }

    /// Goes into an element of the cell; whether it is a part of what is shown.
    fn open(&mut self, name: &str, tag: &BytesStart<'_>, depth: usize) -> Result<bool, ReadError> {
        match name {
            "text:p" if self.paragraph.is_none() => {
                if self.paragraphs > 0 {
                    self.shown.push('\n');
                }
                self.paragraphs += 1;
                self.paragraph = Some(depth);
            }
            "text:s" => {
                let count = number(tag, "text:c")?;
                if u64::from(count) > MAX_CELL_TEXT_BYTES {
                    return Err(too_large("a cell holds more than 1 MiB"));
                }
                self.push(&" ".repeat(count as usize))?;
            }
            "text:tab" => self.push("\t")?,
            "text:line-break" => self.push("\n")?,
            "text:span" | "text:a" | "text:ruby" | "text:ruby-base" => {}
            // Comments, what is read out, pictures.
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Shows text of the file, in which any number of blanks is one.
    fn show(&mut self, text: &str) -> Result<(), ReadError> {
        if !text.contains(|letter: char| letter.is_ascii_whitespace()) {
            return self.push(text);
        }
        for letter in text.chars() {
            if !letter.is_ascii_whitespace() {
                self.push(letter.encode_utf8(&mut [0; 4]))?;
            } else if !self.shown.ends_with([' ', '\n']) {
                self.push(" ")?;
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), ReadError> {
        if (self.shown.len() + text.len()) as u64 > MAX_CELL_TEXT_BYTES {
            return Err(too_large("a cell holds more than 1 MiB"));
        }
        self.shown.push_str(text);
        Ok(())
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, ReadError> {
    let Some(attribute) = tag.try_get_attribute(name).map_err(damaged)? else { return Ok(None) };
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(damaged)?;
    Ok(Some(value.into_owned()))
}

/// How often something stands there.
fn number(tag: &BytesStart<'_>, name: &str) -> Result<u32, ReadError> {
    match attribute(tag, name)? {
        None => Ok(1),
        Some(text) => text.parse().map_err(|_| damaged("a number in it cannot be read")),
    }
}
