//! Why rows were refused, for a person: what is wrong in the same way together, at most a screenful, and
//! the call that would most likely let the file in.

use std::collections::HashMap;

use super::call;
use super::fault::{Fault, FaultKind};
use super::questions;
use crate::cli::context::Context;
use crate::cli::error::{CliError, CommandEnd, ErrorCode};
use crate::directory::ImportRemedy;

/// So many lines of faults are shown.
const MAX_LINES: usize = 15;

/// So many hints are shown.
const MAX_HINTS: usize = 6;

/// So many different texts of the same fault are told one by one.
const MAX_VARIANTS: usize = 6;

/// So many remedies are remembered.
const MAX_REMEDIES: usize = 200;

/// The faults so far.
#[derive(Default)]
pub(crate) struct RefusedRows {
    faults: Vec<SimilarFaults>,
    by_template: HashMap<String, usize>,
    hints: Vec<String>,
    /// What an option would settle.
    remedies: Vec<ImportRemedy>,
    /// Rows of the file, where all were read.
    pub(super) rows_read: u64,
}

/// Faults that differ in nothing but the values they name.
struct SimilarFaults {
    kind: FaultKind,
    variants: Vec<FaultVariant>,
    rows: u64,
    /// There are more different texts than are told.
    collapsed: bool,
}

/// A fault, and how many rows have it.
struct FaultVariant {
    fault: Fault,
    rows: u64,
}

impl RefusedRows {
    /// Takes in what a row was refused for.
    pub(super) fn add(&mut self, mut fault: Fault) {
        if let Some(hint) = fault.failure.hint.take()
            && !self.hints.contains(&hint)
            && self.hints.len() <= MAX_HINTS
        {
            self.hints.push(hint);
        }
        if let Some(remedy) = fault.remedy.take()
            && !matches!(remedy, ImportRemedy::Manual(_))
            && self.remedies.len() < MAX_REMEDIES
            && !self.remedies.contains(&remedy)
        {
            self.remedies.push(remedy);
        }
        let column = fault.column.as_deref().unwrap_or_default();
        let code = fault.failure.code.as_str();
        let template = format!("{column}\n{code}\n{}", without_values(&fault.failure.message));
        let index = *self.by_template.entry(template).or_insert(self.faults.len());
        if index == self.faults.len() {
            let (kind, variants) = (fault.kind.clone(), Vec::new());
            self.faults.push(SimilarFaults { kind, variants, rows: 0, collapsed: false });
        }
        let Some(similar) = self.faults.get_mut(index) else { return };
        similar.rows += 1;
        let known = |one: &&mut FaultVariant| one.fault.failure.message == fault.failure.message;
        if let Some(variant) = similar.variants.iter_mut().find(known) {
            variant.rows += 1;
        } else if similar.variants.len() < MAX_VARIANTS {
            similar.variants.push(FaultVariant { fault, rows: 1 });
        } else {
            similar.collapsed = true;
        }
    }

    /// Tells what was wrong; `counted` is the error of the whole, `answers` are options that were
    /// asked for.
    pub(super) fn tell(
        &self,
        context: &Context,
        counted: CliError,
        answers: &[String],
        all: bool,
    ) -> CommandEnd {
        let ui = &context.ui;
        if ui.format.is_json() {
            return match self.likeliest_call(context, answers) {
                Some(call) => counted.about("call", call).into(),
                None => counted.into(),
            };
        }
        let mut lines: Vec<(u64, String)> = Vec::new();
        let mut left_out = false;
        for similar in self.faults.iter().filter(|_| !all) {
            left_out |= similar.rows > similar.variants.len() as u64;
            lines.extend(similar.lines(self.rows_read));
        }
        lines.sort_by_key(|(line, _)| *line);
        let more = lines.len().saturating_sub(MAX_LINES);
        for (_, line) in lines.iter().take(MAX_LINES) {
            ui.error(&CliError::new(ErrorCode::InvalidRow, line.as_str()));
        }
        if more > 0 {
            let what = format!("and {more} more faults");
            ui.error(&CliError::new(ErrorCode::InvalidRow, what));
        }
        ui.error(&CliError::new(counted.code, counted.message.as_str()));
        for hint in self.hints.iter().take(MAX_HINTS) {
            ui.hint(hint);
        }
        if left_out || more > 0 {
            ui.hint("`--all-errors` names every row");
        }
        if let Some(hint) = &counted.hint {
            ui.hint(hint);
        }
        if let Some(call) = self.likeliest_call(context, answers) {
            ui.hint(&call);
        }
        CommandEnd::Reported(counted.code.status())
    }

    /// What would let rows in.
    pub(super) fn remedies(&self) -> Vec<ImportRemedy> {
        let named = questions::of_faults(self.kinds());
        self.remedies.iter().cloned().chain(named).collect()
    }

    /// What the faults are, each different name that is not there among them.
    fn kinds(&self) -> impl Iterator<Item = &FaultKind> {
        self.faults.iter().flat_map(|similar| similar.variants.iter().map(|one| &one.fault.kind))
    }

    /// The call that would most likely let the file in, with the answers that were given already.
    fn likeliest_call(&self, context: &Context, answers: &[String]) -> Option<String> {
        let mut additions = answers.to_vec();
        additions.extend(call::additions(&self.remedies, self.kinds()));
        (!additions.is_empty()).then(|| call::with(context, &additions))
    }
}

impl SimilarFaults {
    /// What is said of them, each with the line that it is about first.
    fn lines(&self, rows_read: u64) -> Vec<(u64, String)> {
        let Some(first) = self.variants.first() else { return Vec::new() };
        let (line, rows) = (first.fault.line, self.rows);
        let name = first.fault.username.as_deref().unwrap_or_default();
        let place = first.fault.place_of_first();
        match &self.kind {
            FaultKind::Exists if rows > 1 && rows == rows_read => {
                let what = format!(
                    "everybody in the file is there: {rows} users exist already, first `{name}` in \
                     {place}"
                );
                return vec![(line, what)];
            }
            FaultKind::Exists if rows > 1 => {
                let what = format!("{rows} users exist already, first `{name}` in {place}");
                return vec![(line, what)];
            }
            FaultKind::Lacks(what) if rows > 1 => {
                let what = format!(
                    "{rows} users are new and have no {}, first `{name}` in {place}",
                    what.join(", no ")
                );
                return vec![(line, what)];
            }
            _ => {}
        }
        if self.collapsed {
            let what = format!(
                "{}; {} more rows are wrong in the same way",
                first.fault.whole_message(),
                rows - 1
            );
            return vec![(line, what)];
        }
        let told = self.variants.iter().map(|FaultVariant { fault, rows }| {
            let text = if *rows == 1 {
                fault.whole_message()
            } else {
                let column = fault.column.as_ref().map(|column| format!("column `{column}`: "));
                format!(
                    "{}{}: {rows} rows, first in {}",
                    column.unwrap_or_default(),
                    fault.failure.message,
                    fault.place_of_first()
                )
            };
            (fault.line, text)
        });
        told.collect()
    }
}

/// A message without what stands between backquotes, and without numbers.
fn without_values(message: &str) -> String {
    let outside = message.split('`').step_by(2);
    outside.flat_map(str::chars).filter(|letter| !letter.is_ascii_digit()).collect()
}
