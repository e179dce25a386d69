//! What of a list is written: `--columns`, `--field`, `--count`.

use super::record::{Column, Record};
use crate::cli::terminal::escape::escape;
use crate::model::nearest;

/// What of a list is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Selection {
    /// What the format shows unasked.
    #[default]
    Default,
    /// These columns, in this order; one asked for twice is shown once.
    Columns(Vec<String>),
    /// The bare values of one column, rendered for programs.
    Field(String),
    /// The number of rows alone.
    Count,
}

/// A selection that has found its columns.
pub(super) enum Chosen<R: 'static> {
    Default,
    Columns(Vec<&'static Column<R>>),
    Field(&'static Column<R>),
    Count,
}

/// A name that no column has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no column `{}`", escape(asked))]
pub(crate) struct UnknownColumn {
    asked: String,
    nearest: Option<&'static str>,
    known: Vec<&'static str>,
}

impl UnknownColumn {
    /// What could have been meant.
    pub(crate) fn hint(&self) -> String {
        let known = self.known.join(", ");
        match self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`? the columns are {known}"),
            None => format!("the columns are {known}"),
        }
    }
}

impl Selection {
    /// Refuses a column that the record does not have, before a store is opened for it.
    ///
    /// # Errors
    ///
    /// The name, with the nearest that exists.
    pub(crate) fn check<R: Record>(&self) -> Result<(), UnknownColumn> {
        self.resolve::<R>().map(drop)
    }

    pub(super) fn resolve<R: Record>(&self) -> Result<Chosen<R>, UnknownColumn> {
        Ok(match self {
            Self::Default => Chosen::Default,
            Self::Columns(names) => {
                let mut columns: Vec<&'static Column<R>> = Vec::with_capacity(names.len());
                for name in names {
                    let column = find::<R>(name)?;
                    if !columns.iter().any(|earlier| earlier.name == column.name) {
                        columns.push(column);
                    }
                }
                Chosen::Columns(columns)
            }
            Self::Field(name) => Chosen::Field(find(name)?),
            Self::Count => Chosen::Count,
        })
    }
}

impl<R: Record> Chosen<R> {
    /// The columns that were asked for, or else the `usual` ones.
    pub(super) fn columns(self, usual: impl Fn(&Column<R>) -> bool) -> Vec<&'static Column<R>> {
        match self {
            Self::Columns(columns) => columns,
            Self::Field(column) => vec![column],
            Self::Default | Self::Count => {
                R::columns().iter().filter(|column| usual(column)).collect()
            }
        }
    }
}

/// The column of that name, which may be written as the table's header or an option shows it:
/// `full_name`, `full-name`, `FULL NAME`.
fn find<R: Record>(asked: &str) -> Result<&'static Column<R>, UnknownColumn> {
    found(asked, &[])
}

/// The column to sort by that is called so.
///
/// # Errors
///
/// The name, with the nearest that exists.
pub(crate) fn sort_column<R: Record>(asked: &str) -> Result<&'static Column<R>, UnknownColumn> {
    found(asked, R::sort_words())
}

/// The column of the name `asked`, or of one of the other `words`.
fn found<R: Record>(
    asked: &str,
    words: &[(&'static str, &'static str)],
) -> Result<&'static Column<R>, UnknownColumn> {
    let plain = |name: &str| name.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    let name = plain(asked);
    let word = words.iter().find(|(word, _)| plain(word) == name);
    let name = word.map_or(name.as_str(), |(_, column)| column);
    let columns = R::columns();
    if let Some(column) = columns.iter().find(|column| column.name == name) {
        return Ok(column);
    }
    let words = words.iter().map(|(word, _)| *word);
    let known = columns.iter().map(|column| column.name);
    Err(UnknownColumn {
        asked: asked.to_owned(),
        nearest: nearest(name, words.chain(known.clone())),
        known: known.collect(),
    })
}
