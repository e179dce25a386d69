//! Cells of a workbook as text.

use calamine::{Data, ExcelDateTime};

/// The longest text without a mark in it, and so the longest value of a cell, in bytes.
pub(super) const MAX_CELL_TEXT_BYTES: u64 = 1 << 20;

/// A cell as it would stand in CSV: a number with all its digits.
pub(super) fn text_of(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(time) => date_text(time),
        Data::Error(error) => error.to_string(),
    }
}

/// The number of the day after the last one that a spreadsheet knows: 9999-12-31.
const END_OF_DAYS: f64 = 2_958_466.0;

fn date_text(time: &ExcelDateTime) -> String {
    // A number that is no day is shown as none.
    if !time.is_datetime() || !(0.0..END_OF_DAYS).contains(&time.as_f64()) {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}
