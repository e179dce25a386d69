//! What the columns of a table mean: the names of fields as people write them, the site's own words,
//! and what the call says.

use super::mapping::{ImportMapping, same};
use crate::model::{ImportField, Invalid, fold};

/// What else the fields are called, in the singular.
const SYNONYMS: &[(&str, ImportField)] = &[
    ("user", ImportField::Username),
    ("login", ImportField::Username),
    ("loginname", ImportField::Username),
    ("logonname", ImportField::Username),
    ("userlogin", ImportField::Username),
    ("userid", ImportField::Username),
    ("account", ImportField::Username),
    ("accountname", ImportField::Username),
    ("samaccountname", ImportField::Username),
    ("name", ImportField::FullName),
    ("displayname", ImportField::FullName),
    ("realname", ImportField::FullName),
    ("employeename", ImportField::FullName),
    ("agentname", ImportField::FullName),
    ("personname", ImportField::FullName),
    ("mail", ImportField::Email),
    ("mailaddress", ImportField::Email),
    ("emailaddress", ImportField::Email),
    ("emailid", ImportField::Email),
    ("phone number", ImportField::Phone),
    ("phoneno", ImportField::Phone),
    ("telephone", ImportField::Phone),
    ("telephonenumber", ImportField::Phone),
    ("tel", ImportField::Phone),
    ("telno", ImportField::Phone),
    ("mobile", ImportField::Phone),
    ("mobilephone", ImportField::Phone),
    ("mobilenumber", ImportField::Phone),
    ("mobile phone number", ImportField::Phone),
    ("mobileno", ImportField::Phone),
    ("cell", ImportField::Phone),
    ("cellphone", ImportField::Phone),
    ("cellnumber", ImportField::Phone),
    ("cell phone number", ImportField::Phone),
    ("status", ImportField::State),
    ("accountstatus", ImportField::State),
    ("userstatus", ImportField::State),
    ("userrole", ImportField::Roles),
    ("rolename", ImportField::Roles),
    ("teamname", ImportField::Teams),
    ("skillset", ImportField::Skills),
    ("skillname", ImportField::Skills),
    ("lang", ImportField::Language),
    ("locale", ImportField::Language),
    ("preferredlanguage", ImportField::Language),
    ("queue", ImportField::Projects),
    ("queuename", ImportField::Projects),
    ("projectname", ImportField::Projects),
    ("password", ImportField::TemporaryPassword),
    ("initialpassword", ImportField::TemporaryPassword),
    ("temppassword", ImportField::TemporaryPassword),
];

/// Columns that are a part of a name.
const PARTS_OF_NAMES: [&str; 10] = [
    "firstname",
    "givenname",
    "forename",
    "middlename",
    "lastname",
    "surname",
    "familyname",
    "secondname",
    "keresztnev",
    "vezeteknev",
];

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnMeaning {
    /// What the call or the settings say; `None`: nothing.
    Said(Option<ImportField>),
    /// The field that is called so.
    Field(ImportField),
    /// Nobody knows.
    Unknown,
}

impl ColumnMeaning {
    /// The field that it stands for.
    pub(super) fn field(self) -> Option<ImportField> {
        match self {
            Self::Said(field) => field,
            Self::Field(field) => Some(field),
            Self::Unknown => None,
        }
    }
}

/// What is left of a name where case, accents, blanks and marks do not matter.
fn key(name: &str) -> String {
    let key: String = fold(name).chars().filter(|letter| letter.is_alphanumeric()).collect();
    if key.is_empty() { name.trim().to_owned() } else { key }
}

/// Whether two keys are the same name, one of them perhaps in the plural.
fn same_key(one: &str, other: &str) -> bool {
    one == other || one.strip_suffix('s') == Some(other) || other.strip_suffix('s') == Some(one)
}

impl ImportMapping {
    /// What a column of this name means.
    pub(super) fn meaning(&self, name: &str) -> ColumnMeaning {
        let wanted = key(name);
        let said = |words: &[(String, Option<ImportField>)]| {
            let exact = words.iter().find(|(word, _)| same(word, name));
            let found = exact.or_else(|| words.iter().find(|(word, _)| key(word) == wanted));
            found.map(|(_, field)| *field)
        };
        if let Some(field) = said(&self.columns).or_else(|| said(&self.site_columns)) {
            return ColumnMeaning::Said(field);
        }
        // What `--rejects` adds, so that a mended file can be read as it is.
        if wanted == "reason" {
            return ColumnMeaning::Said(None);
        }
        let field =
            ImportField::ALL.into_iter().find(|field| same_key(&key(field.as_str()), &wanted));
        let synonym = || SYNONYMS.iter().find(|(word, _)| same_key(&key(word), &wanted));
        match field.or_else(|| synonym().map(|(_, field)| *field)) {
            Some(field) => ColumnMeaning::Field(field),
            None => ColumnMeaning::Unknown,
        }
    }

    /// The field that an object's member of this name is: `Ok(None)` where it is to be ignored.
    pub(super) fn member(&self, name: &str) -> Result<Option<ImportField>, Invalid> {
        match self.columns.iter().find(|(column, _)| same(column, name)) {
            Some((_, field)) => Ok(*field),
            None => name.parse().map(Some),
        }
    }

    /// The columns that the call gives a meaning and that a header does not have.
    pub(super) fn unused(&self, header: &[&str]) -> Vec<String> {
        let missing = |name: &&String| {
            !header.iter().any(|column| same(column, name) || key(column) == key(name))
        };
        self.columns.iter().map(|(name, _)| name).filter(missing).cloned().collect()
    }

    /// Whether the call gives a column of this name a meaning.
    pub(super) fn maps(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, _)| same(column, name))
    }

    /// The place of a column among those that the call or the settings name: parts are joined in
    /// that order.
    pub(super) fn order(&self, name: &str) -> Option<usize> {
        let words = || self.columns.iter().chain(&self.site_columns);
        let exact = words().position(|(word, _)| same(word, name));
        exact.or_else(|| words().position(|(word, _)| key(word) == key(name)))
    }
}

/// The field that an unknown column probably is.
pub(super) fn likely(name: &str) -> Option<ImportField> {
    let wanted = key(name);
    if PARTS_OF_NAMES.contains(&wanted.as_str()) {
        return Some(ImportField::FullName);
    }
    ImportField::nearest(&wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> Option<ImportField> {
        ImportMapping::default().meaning(name).field()
    }

    #[test]
    fn headers_are_read_as_people_write_them() {
        use ImportField as F;
        for (name, expected) in [
            ("username", F::Username),
            ("User Name", F::Username),
            ("USER-NAME*", F::Username),
            ("Login", F::Username),
            ("Full\u{a0}Name", F::FullName),
            ("full_name", F::FullName),
            ("Name:", F::FullName),
            ("E-mail Address", F::Email),
            ("e-mails", F::Email),
            ("Phone Number", F::Phone),
            ("Mobile", F::Phone),
            ("Role", F::Roles),
            ("ROLES", F::Roles),
            ("Team", F::Teams),
            ("Skill", F::Skills),
            ("Queues", F::Projects),
            ("project", F::Projects),
            ("Project Selection", F::ProjectSelection),
            ("status", F::State),
            ("Ｅｍａｉｌ", F::Email),
        ] {
            assert_eq!(field(name), Some(expected), "{name}");
        }
        for name in ["Emp ID", "Cost Centre", "Manager", "First Name", "", "x", "user role team"] {
            assert_eq!(field(name), None, "{name}");
        }
    }

    /// No two fields are called the same.
    #[test]
    fn synonyms_are_of_one_field() {
        for (index, (word, _)) in SYNONYMS.iter().enumerate() {
            let same = |other: &str| same_key(&key(other), &key(word));
            assert!(!SYNONYMS[..index].iter().any(|(other, _)| same(other)), "{word}");
            assert!(!ImportField::ALL.iter().any(|field| same(field.as_str())), "{word}");
        }
    }

    #[test]
    fn what_is_said_goes_first() {
        let mapping = ImportMapping {
            columns: vec![("Login".to_owned(), None)],
            site_columns: vec![("Név".to_owned(), Some(ImportField::FullName))],
            ..ImportMapping::default()
        };
        assert_eq!(mapping.meaning("LOGIN"), ColumnMeaning::Said(None));
        assert_eq!(mapping.meaning("nev"), ColumnMeaning::Said(Some(ImportField::FullName)));
        assert_eq!(mapping.meaning("Reason"), ColumnMeaning::Said(None));
        assert_eq!(likely("Given name"), Some(ImportField::FullName));
        assert_eq!(likely("fone"), Some(ImportField::Phone));
        assert_eq!(likely("Cost Centre"), None);
    }
}
