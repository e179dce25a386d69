//! An empty sheet for an import: the columns, an example, and the teams, skills and projects that
//! there are to choose from.

use std::io::Write;

use rust_xlsxwriter::{Color, DataValidation, Format, Formula, Workbook, Worksheet, XlsxError};

use super::{begin_sheet, fields, offer, output_error, save, set_width, words};
use crate::directory::import::example_of;
use crate::directory::{Directory, Error, LabelKind};
use crate::model::{ImportField, State};

/// The sheet with what there is to choose from; it is hidden.
const CHOICES: &str = "choices";

/// The colour of the example.
const GREY: u32 = 0x80_80_80;

impl Directory {
    /// Writes a workbook to fill in and import.
    ///
    /// # Errors
    ///
    /// [`Error::Output`], where it cannot be written.
    pub fn import_template(&self, out: impl Write + Send) -> Result<(), Error> {
        let choices = self.choices()?;
        let mut book = Workbook::new();
        fill(&mut book, &choices).map_err(output_error)?;
        save(book, out)
    }

    /// The names that there are, by the field that takes them.
    fn choices(&self) -> Result<[(ImportField, Vec<String>); 3], Error> {
        let labels = |kind| {
            let mut names = Vec::new();
            self.labels(kind, |label| {
                names.push(label.name);
                true
            })?;
            Ok::<_, Error>(names)
        };
        let (teams, skills) = (labels(LabelKind::Team)?, labels(LabelKind::Skill)?);
        let mut projects = Vec::new();
        self.projects(|project| {
            if project.project.state == State::Active {
                projects.push(project.project.name.to_string());
            }
            true
        })?;
        Ok([
            (ImportField::Teams, teams),
            (ImportField::Skills, skills),
            (ImportField::Projects, projects),
        ])
    }
}

fn fill(book: &mut Workbook, choices: &[(ImportField, Vec<String>)]) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    let widths = begin_sheet(sheet)?;
    let text = Format::new().set_num_format("@");
    let grey = text.clone().set_font_color(Color::RGB(GREY));
    for ((column, field), width) in (0..).zip(fields()).zip(widths) {
        sheet.set_column_format(column, &text)?;
        let example = example_of(field);
        sheet.write_string_with_format(1, column, example, &grey)?;
        set_width(sheet, column, width.max(example.len() + 1))?;
        if let Some(words) = words(field) {
            offer(sheet, column, DataValidation::new().allow_list_strings(&words)?, field)?;
        }
        let place = choices.iter().position(|(one, names)| *one == field && !names.is_empty());
        if let Some((place, (_, names))) =
            place.and_then(|place| Some((place, choices.get(place)?)))
        {
            // Each field has a column of its own there.
            let letter = ["A", "B", "C"].get(place).copied().unwrap_or_default();
            let range = format!("={CHOICES}!${letter}$1:${letter}${}", names.len());
            let choice = DataValidation::new().allow_list_formula(Formula::new(range));
            offer(sheet, column, choice, field)?;
        }
    }
    fill_choices(book.add_worksheet(), choices)
}

fn fill_choices(
    sheet: &mut Worksheet,
    choices: &[(ImportField, Vec<String>)],
) -> Result<(), XlsxError> {
    sheet.set_name(CHOICES)?.set_hidden(true);
    for (column, (_, names)) in (0..).zip(choices) {
        for (row, name) in (0..).zip(names) {
            sheet.write_string(row, column, name)?;
        }
    }
    Ok(())
}
