//! Why a workbook is refused as a whole.

use crate::directory::import::reader::record::ReadError;
use crate::model::{Invalid, Rule};

pub(super) fn refused(what: impl Into<String>, hint: &str) -> ReadError {
    ReadError::at(0, Invalid::new(Rule::Header, what).with_hint(hint))
}

pub(super) fn damaged(why: impl std::fmt::Display) -> ReadError {
    let hint = "open it in a spreadsheet and save it again, as .xlsx or as CSV in UTF-8";
    refused(format!("the workbook is damaged: {why}"), hint)
}

pub(super) fn too_large(what: &str) -> ReadError {
    refused(format!("the workbook is too large: {what}"), "save the sheet as CSV in UTF-8")
}

pub(super) fn encrypted() -> ReadError {
    refused("the workbook is encrypted", "open it, take its password off, and save it again")
}
