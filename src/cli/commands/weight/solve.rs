//! `ccadmin weight solve`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::subject::{Subject, SubjectKind};
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::impact::report_impact;
use crate::cli::terminal::output::{Column, Format, ListOptions, ListWriter, Record, write_value};
use crate::cli::weight_share::{NEXT_CALL_CONDITION, SHARE_CONDITION, percent, three_digits};
use crate::directory::{SolvedWeights, TargetShare};
use crate::model::{ProjectName, Username};

/// Find the weights that give a desired share
///
/// USER PROJECT SHARE: the weights with which this share of the user's calls comes from the project
/// while calls wait in all of their active projects. Their other weights keep their proportions.
///
/// PROJECT USER SHARE: the weight with which the user gets this share of the project's next calls
/// while all of its active agents are free. Nobody else's weight changes.
///
/// Weights are whole numbers within the range of the settings: the nearest ones are shown, and
/// --apply sets them as one change.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin weight solve james hu-support 40%
  ccadmin weight solve hu-support james 25% --apply")]
pub(crate) struct WeightSolveArgs {
    /// Whose weights: a user's, or those in a project
    #[arg(value_name = "USER|PROJECT")]
    of: String,

    /// The project of the user, or the user in the project
    #[arg(value_name = "PROJECT|USER")]
    to: String,

    /// The desired share in percent: 40%, 33.3%
    share: TargetShare,

    /// Set these weights
    #[arg(long)]
    apply: bool,

    /// Whether the first name is that of a user or of a project, if both exist
    #[arg(long, value_name = "user|project")]
    kind: Option<SubjectKind>,
}

/// A weight that was found.
#[derive(Serialize, JsonSchema)]
struct SolvedRow {
    project: String,
    before: u32,
    weight: u32,
}

/// The weights that were found.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SolvedView {
    username: String,
    project: String,
    wished: f64,
    before: f64,
    /// What the weights give.
    given: f64,
    condition: &'static str,
    weights: Vec<SolvedRow>,
    applied: bool,
}

impl Record for SolvedRow {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<SolvedRow>; 3] = [
            Column::whole("project", |row, _| row.project.clone()),
            Column::number("before", |row, _| row.before.to_string()),
            Column::number("weight", |row, _| row.weight.to_string()),
        ];
        &COLUMNS
    }
}

impl WeightSolveArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let ui = &context.ui;
        let access = if self.apply { StoreAccess::Write } else { StoreAccess::Read };
        let mut directory = context.directory(access)?;
        if self.apply {
            directory.authorize_setting_weights(&self.of)?;
        }
        let (solved, project, condition) = match Subject::find(&directory, &self.of, self.kind)? {
            Subject::User(username) => {
                let project: ProjectName = self.to.parse()?;
                let solved = directory.solve_for_user(&username, &project, self.share)?;
                (solved, project, SHARE_CONDITION)
            }
            Subject::Project(project) => {
                let username: Username = self.to.parse()?;
                let solved = directory.solve_for_project(&project, &username, self.share)?;
                (solved, project, NEXT_CALL_CONDITION)
            }
        };
        let already = solved.is_there_already();
        let (username, given) = (&solved.username, percent(solved.share));
        // What is there already is asked for too: whoever may not set weights is told so.
        let change = if self.apply { Some(directory.apply_solved(&solved)?) } else { None };
        let applied = change.as_ref().is_some_and(|change| change.changed);
        let what = format!("{username} {given} of {project}, {condition} (wished: {})", self.share);
        if already {
            ui.notice(
                "already",
                &format!("no weights come nearer than those that are there: {what}"),
            );
        } else if applied {
            ui.status(&format!("set the weights: {what}"));
        } else {
            ui.status(&format!("these weights would give {what}; --apply sets them"));
        }
        if let Some(change) = &change {
            report_impact(ui, username, &change.impact);
        }
        print(context, &solved, &project, self.share, condition, applied).map_err(|error| {
            if applied {
                CommandEnd::output_after_change(&error, false)
            } else {
                CommandEnd::output(&error)
            }
        })?;
        DONE
    }
}

fn print(
    context: &Context,
    solved: &SolvedWeights,
    project: &ProjectName,
    wished: TargetShare,
    condition: &'static str,
    applied: bool,
) -> std::io::Result<()> {
    let ui = &context.ui;
    let rows = solved.weights.iter().map(|(project, before, weight)| SolvedRow {
        project: project.to_string(),
        before: before.get(),
        weight: weight.get(),
    });
    if ui.format.is_json() {
        let view = SolvedView {
            username: solved.username.to_string(),
            project: project.to_string(),
            wished: wished.fraction(),
            before: three_digits(solved.before),
            given: three_digits(solved.share),
            condition,
            weights: rows.collect(),
            applied,
        };
        return ui.data(|out| write_value(out, &view, ui.format));
    }
    // A command that writes prints no table.
    if applied && ui.format == Format::Table {
        return Ok(());
    }
    let options =
        ListOptions { format: ui.format, terminal: ui.stdout_terminal(), ..ListOptions::default() };
    ui.data(|out| {
        let mut list = ListWriter::whole(out, &options);
        for row in rows {
            list.push(&row)?;
        }
        list.finish(None).map(drop)
    })
}
