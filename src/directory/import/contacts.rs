//! What is worth a word about rows that are right: addresses and numbers that two have, and names that
//! may have lost letters.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::damage::may_lack_letters;
use super::row::{FieldEdit, ImportRow};
use super::{ImportObserver, ImportWarning};
use crate::model::ImportField;

/// So many addresses and numbers are remembered: a person looks through no longer file.
const MAX_CONTACTS: usize = 400_000;

/// The e-mail addresses and phone numbers of the rows so far.
#[derive(Default)]
pub(super) struct SeenContacts {
    keys: RandomState,
    lines: HashMap<u64, u64>,
}

impl SeenContacts {
    /// Warns where an earlier row has the same.
    pub(super) fn look_at(&mut self, row: &ImportRow, observer: &mut dyn ImportObserver) {
        if let FieldEdit::Set(email) = &row.edits.email {
            // No mail server tells them apart by their case.
            let key = self.keys.hash_one(email.as_str().to_lowercase());
            self.compare(row.line, ImportField::Email, email.as_str(), key, observer);
        }
        if let FieldEdit::Set(phone) = &row.edits.phone {
            let key = self.keys.hash_one(phone.as_str());
            self.compare(row.line, ImportField::Phone, phone.as_str(), key, observer);
        }
    }

    fn compare(
        &mut self,
        line: u64,
        field: ImportField,
        value: &str,
        key: u64,
        observer: &mut dyn ImportObserver,
    ) {
        if let Some(earlier) = self.lines.get(&key).copied() {
            let value = value.to_owned();
            observer.warn(ImportWarning::SharedContact { line, field, value, earlier });
        } else if self.lines.len() < MAX_CONTACTS {
            self.lines.insert(key, line);
        }
    }
}

/// Warns where a new user's name has question marks that may have been letters.
pub(super) fn warn_of_lost_letters(row: &ImportRow, observer: &mut dyn ImportObserver) {
    if let FieldEdit::Set(name) = &row.edits.full_name
        && may_lack_letters(name.as_str())
    {
        let (line, name) = (row.line, name.to_string());
        observer.warn(ImportWarning::LettersMayBeLost { line, name });
    }
}
