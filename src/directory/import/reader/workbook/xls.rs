//! XLS workbooks, of which only the cells are read. calamine would make room for every cell of the
//! rectangle that a sheet says it has, and write out the text of every formula.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::Data;
use cfb::CompoundFile;
use encoding_rs::{Encoding, WINDOWS_1252};

use super::archive::MAX_ANNOUNCED_TEXTS;
use super::cell_text::text_of;
use super::choice::{MAX_CELLS, MAX_FILE_BYTES, MAX_SHEETS, SheetChoice};
use super::number_format::NumberMeaning;
use super::refusal::{damaged, encrypted, too_large};
use super::xls_records::{Fields, Records, XlsRecord};
use crate::directory::import::damage::UNCOMPUTED;
use crate::directory::import::reader::cells::Record;
use crate::directory::import::reader::record::ReadError;

/// The kinds of records that are read, as the specification \[MS-XLS\] calls them.
mod kind {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000a;
    pub(super) const DATE_1904: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002f;
    pub(super) const CODE_PAGE: u16 = 0x0042;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00bd;
    pub(super) const R_STRING: u16 = 0x00d6;
    pub(super) const XF: u16 = 0x00e0;
    pub(super) const SST: u16 = 0x00fc;
    pub(super) const LABEL_SST: u16 = 0x00fd;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOL_ERR: u16 = 0x0205;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const RK: u16 = 0x027e;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const BOF: u16 = 0x0809;
}

/// The most sectors that list where a compound file's table of sectors stands. One within the limit
/// needs nine; each of those that a file has beyond it makes room for far more than it fills.
const MAX_LISTING_SECTORS: usize = 16;

/// Hands the cells of an XLS file to `choice`.
pub(super) fn read(bytes: Vec<u8>, choice: &mut SheetChoice<'_>) -> Result<(), ReadError> {
    let stream = workbook_stream(bytes)?;
    let book = Book::read(&stream)?;
    // No byte belongs to two sheets.
    let mut left = stream.len();
    for sheet in &book.sheets {
        if !choice.begin(&sheet.name, sheet.is_visible)? {
            continue;
        }
        let (cells, length) = book.cells(sheet)?;
        left = left.checked_sub(length).ok_or_else(|| damaged("its sheets overlap"))?;
        for (cell, next) in cells.iter().zip(cells.iter().skip(1).map(Some).chain([None])) {
            // What stands there last is there.
            if next.is_some_and(|next| next.place() == cell.place()) {
                continue;
            }
            let text = book.text(*cell)?;
            if choice.add(u32::from(cell.row), u32::from(cell.column), &text)?.is_break() {
                break;
            }
        }
    }
    Ok(())
}

/// The stream of a compound file which is the workbook.
fn workbook_stream(bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    check_listing(&bytes)?;
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.exists("/EncryptedPackage") {
        return Err(encrypted());
    }
    // A file for two generations of Excel holds both.
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name));
    let name = name.ok_or_else(|| damaged("there is no workbook in it"))?;
    let mut stream = Vec::new();
    let part = file.open_stream(name).map_err(damaged)?;
    part.take(MAX_FILE_BYTES).read_to_end(&mut stream).map_err(damaged)?;
    Ok(stream)
}

/// Refuses a compound file whose list of the sectors of its table is endless: each entry of it is
/// read, the same one again too.
fn check_listing(bytes: &[u8]) -> Result<(), ReadError> {
    let number = |at: usize| {
        let bytes = bytes.get(at..)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let sector_bytes: usize = if bytes.get(30) == Some(&12) { 4096 } else { 512 };
    let mut next = number(68);
    for _ in 0..=MAX_LISTING_SECTORS {
        // The last number of such a sector says which one is next; none has so high a number.
        let end = next.and_then(|next| sector_bytes.checked_mul(next.checked_add(2)?));
        match end.and_then(|end| number(end.checked_sub(4)?)) {
            Some(following) => next = Some(following),
            None => return Ok(()),
        }
    }
    Err(damaged("its list of sectors does not end"))
}

/// What the sheets of a workbook share.
struct Book<'s> {
    stream: &'s [u8],
    /// What texts are written in, where they are bytes: before Excel 97.
    encoding: Option<&'static Encoding>,
    is_1904: bool,
    texts: Record,
    /// What the numbers of a cell mean, by the cell's format.
    meanings: Vec<NumberMeaning>,
    sheets: Vec<BookSheet>,
}

struct BookSheet {
    name: String,
    at: usize,
    is_visible: bool,
}

/// Where the value of a cell stands.
#[derive(Debug, Clone, Copy)]
struct CellPlace {
    row: u16,
    column: u16,
    at: u32,
}

impl CellPlace {
    fn place(self) -> (u16, u16) {
        (self.row, self.column)
    }
}

impl<'s> Book<'s> {
    fn read(stream: &'s [u8]) -> Result<Self, ReadError> {
        let mut book = Self {
            stream,
            encoding: None,
            is_1904: false,
            texts: Record::default(),
            meanings: Vec::new(),
            sheets: Vec::new(),
        };
        let mut records = Records::of(stream, 0);
        let mut first = records.next()?;
        match (first.kind, first.fields.u16()) {
            (kind::BOF, Ok(0x0600)) => {}
            (kind::BOF, Ok(0x0500)) => book.encoding = Some(WINDOWS_1252),
            _ => return Err(damaged("it does not begin as a workbook does")),
        }
        let mut formats = BTreeMap::new();
        let mut cell_formats = Vec::new();
        loop {
            let XlsRecord { kind, mut fields, .. } = records.next()?;
            match kind {
                kind::EOF => break,
                kind::FILE_PASS => return Err(encrypted()),
                kind::DATE_1904 => book.is_1904 = fields.u16()? == 1,
                kind::CODE_PAGE if book.encoding.is_some() => {
                    book.encoding = Some(encoding_of(fields.u16()?)?);
                }
                kind::FORMAT => {
                    let number = fields.u16()?;
                    let code = match book.encoding {
                        Some(_) => book.short_text(&mut fields)?,
                        None => book.long_text(&mut fields)?,
                    };
                    formats.insert(number, NumberMeaning::of_code(&code));
                }
                kind::XF => {
                    fields.skip(2)?;
                    cell_formats.push(fields.u16()?);
                }
                kind::SST => book.read_texts(&mut fields)?,
                kind::BOUND_SHEET => book.read_sheet(&mut fields)?,
                _ => {}
            }
        }
        let meaning = |format: &u16| {
            let own = formats.get(format).copied();
            own.unwrap_or_else(|| NumberMeaning::of_builtin(*format))
        };
        book.meanings = cell_formats.iter().map(meaning).collect();
        Ok(book)
    }

    fn read_texts(&mut self, fields: &mut Fields<'_>) -> Result<(), ReadError> {
        let too_many = || too_large("it announces more texts than a roster has");
        fields.skip(4)?;
        if u64::from(fields.u32()?) > MAX_ANNOUNCED_TEXTS {
            return Err(too_many());
        }
        // Not every program announces as many as there are.
        while !fields.is_at_end() {
            if self.texts.len() as u64 >= MAX_ANNOUNCED_TEXTS {
                return Err(too_many());
            }
            let units = fields.u16()?;
            self.texts.push(fields.unicode_text(units.into())?.as_bytes());
            self.texts.end_cell();
        }
        Ok(())
    }

    fn read_sheet(&mut self, fields: &mut Fields<'_>) -> Result<(), ReadError> {
        let at = usize::try_from(fields.u32()?).map_err(damaged)?;
        let visibility = fields.u8()? & 0x3f;
        let is_worksheet = fields.u8()? == 0;
        let name = self.short_text(fields)?.replace('\0', "");
        // One more than may be is enough to refuse the file.
        if is_worksheet && self.sheets.len() <= MAX_SHEETS {
            self.sheets.push(BookSheet { name, at, is_visible: visibility == 0 });
        }
        Ok(())
    }

    /// Where the cells of a sheet stand, row by row, and how long the sheet is.
    fn cells(&self, sheet: &BookSheet) -> Result<(Vec<CellPlace>, usize), ReadError> {
        let mut records = Records::of(self.stream, sheet.at);
        if records.next()?.kind != kind::BOF {
            return Err(damaged("a sheet does not begin where it should"));
        }
        let mut cells: Vec<CellPlace> = Vec::new();
        // Charts stand within the sheet, with cells of their own.
        let mut charts = 0_usize;
        let mut formula = (0, 0);
        loop {
            let XlsRecord { kind, at, mut fields } = records.next()?;
            let at = u32::try_from(at).map_err(damaged)?;
            match kind {
                kind::BOF => charts += 1,
                kind::EOF if charts == 0 => break,
                kind::EOF => charts -= 1,
                _ if charts > 0 => {}
                kind::LABEL_SST
                | kind::LABEL
                | kind::R_STRING
                | kind::NUMBER
                | kind::RK
                | kind::BOOL_ERR
                | kind::FORMULA => {
                    let (row, column) = (fields.u16()?, fields.u16()?);
                    formula = (row, column);
                    cells.push(CellPlace { row, column, at });
                }
                // The text that the formula before it comes to.
                kind::STRING => {
                    let (row, column) = formula;
                    cells.push(CellPlace { row, column, at });
                }
                kind::MUL_RK => {
                    let (row, first) = (fields.u16()?, fields.u16()?);
                    let count =
                        u16::try_from(fields.len().saturating_sub(2) / 6).unwrap_or(u16::MAX);
                    let columns = first..first.saturating_add(count);
                    cells.extend(columns.map(|column| CellPlace { row, column, at }));
                }
                _ => {}
            }
            if cells.len() > MAX_CELLS {
                return Err(too_large("the sheet holds more than a roster does"));
            }
        }
        // Some programs write them as they were filled in.
        cells.sort_by_key(|cell| cell.place());
        Ok((cells, records.at() - sheet.at))
    }

    /// What a cell says.
    fn text(&self, cell: CellPlace) -> Result<String, ReadError> {
        let at = usize::try_from(cell.at).map_err(damaged)?;
        let XlsRecord { kind, mut fields, .. } = Records::of(self.stream, at).next()?;
        if kind == kind::STRING {
            return self.long_text(&mut fields);
        }
        fields.skip(2)?;
        let column = fields.u16()?;
        if kind == kind::MUL_RK {
            fields.skip(u64::from(cell.column.saturating_sub(column)) * 6)?;
        }
        let format = fields.u16()?;
        let number = |number| {
            let meaning = self.meanings.get(usize::from(format)).copied();
            let value = meaning.unwrap_or(NumberMeaning::Number).apply(number, self.is_1904);
            text_of(&value)
        };
        Ok(match kind {
            kind::LABEL_SST => {
                let index = usize::try_from(fields.u32()?).map_err(damaged)?;
                let text = self.texts.get(index);
                let text = text.ok_or_else(|| damaged("a cell has a text that is not there"))?;
                String::from_utf8_lossy(text).into_owned()
            }
            kind::NUMBER => number(fields.f64()?),
            kind::RK | kind::MUL_RK => number(rk_number(fields.u32()?)),
            kind::BOOL_ERR => {
                let (value, is_error) = (fields.u8()?, fields.u8()? != 0);
                if is_error { error_word(value).to_owned() } else { truth(value) }
            }
            kind::FORMULA => match fields.bytes::<8>()? {
                [0, .., 0xff, 0xff] => UNCOMPUTED.to_owned(),
                [1, _, value, .., 0xff, 0xff] => truth(value),
                [2, _, error, .., 0xff, 0xff] => error_word(error).to_owned(),
                [_, .., 0xff, 0xff] => String::new(),
                value => number(f64::from_le_bytes(value)),
            },
            _ => self.long_text(&mut fields)?,
        })
    }

    /// A text behind its length in two bytes.
    fn long_text(&self, fields: &mut Fields<'_>) -> Result<String, ReadError> {
        // An empty one of some programs has no more than that.
        match fields.u16()? {
            0 => Ok(String::new()),
            length => self.text_of_length(fields, length.into()),
        }
    }

    /// A text behind its length in one byte.
    fn short_text(&self, fields: &mut Fields<'_>) -> Result<String, ReadError> {
        let length = fields.u8()?;
        self.text_of_length(fields, length.into())
    }

    fn text_of_length(&self, fields: &mut Fields<'_>, length: usize) -> Result<String, ReadError> {
        match self.encoding {
            Some(encoding) => fields.byte_text(length, encoding),
            None => fields.unicode_text(length),
        }
    }
}

/// What bytes mean, by the number that Windows gives it.
fn encoding_of(code_page: u16) -> Result<&'static Encoding, ReadError> {
    let known = match code_page {
        0x8000 => 10_000,
        0x8001 => 1252,
        other => other,
    };
    codepage::to_encoding(known)
        .ok_or_else(|| damaged(format!("its letters are written in the unknown code page {known}")))
}

/// A number in four bytes: the upper bits of a floating-point one, or a whole one, either of them
/// perhaps in hundredths.
fn rk_number(bits: u32) -> f64 {
    let number = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

fn truth(value: u8) -> String {
    text_of(&Data::Bool(value != 0))
}

/// An error as Excel shows it.
fn error_word(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "#VALUE!",
    }
}
