//! What the commands for teams and skills do.

use serde::Serialize;

use crate::cli::context::{Context, Need};
use crate::cli::deleted::delete_each;
use crate::cli::each::print_changed;
use crate::cli::error::{DONE, Failure, Outcome, Stop};
use crate::cli::lists::ListArgs;
use crate::cli::terminal::output::{Column, Record, write_one};
use crate::directory::{self, Error, LabelKind};

/// A team or a skill.
#[derive(Serialize)]
pub(crate) struct LabelView {
    name: String,
    users: i64,
    /// Whether the command made it; absent where that is not what it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
}

impl From<directory::Label> for LabelView {
    fn from(label: directory::Label) -> Self {
        Self { name: label.name, users: label.users, created: None }
    }
}

impl Record for LabelView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<LabelView>; 2] = [
            Column::text("name", |view, _| view.name.clone()),
            Column::number("users", |view, _| view.users.to_string()),
        ];
        &COLUMNS
    }
}

/// The commands of one kind of label.
pub(super) struct Label<'c> {
    pub(super) context: &'c Context,
    pub(super) kind: LabelKind,
}

impl Label<'_> {
    pub(super) fn create(&self, name: &str, if_not_exists: bool) -> Outcome {
        let Self { context, kind } = *self;
        let mut directory = context.directory(Need::Write)?;
        let view = match directory.create_label(kind, name) {
            Err(Error::Exists { .. }) if if_not_exists => {
                context.ui.notice("already", &format!("already there: {name}"));
                LabelView { created: Some(false), ..directory.find_label(kind, name)?.into() }
            }
            other => {
                let label = other?;
                context.ui.status(&format!("created {name}"));
                label.into()
            }
        };
        print_changed(context, &[view], false)?;
        DONE
    }

    pub(super) fn list(&self, list: &ListArgs) -> Outcome {
        let Self { context, kind } = *self;
        list.selection().check::<LabelView>()?;
        let directory = context.directory(Need::Read)?;
        list.print(
            context,
            None,
            |_, each| Ok(directory.labels(kind, |label| each(LabelView::from(label)))?),
            || Ok(directory.count_labels(kind)?),
        )
    }

    pub(super) fn show(&self, name: &str) -> Outcome {
        let Self { context, kind } = *self;
        let directory = context.directory(Need::Read)?;
        let view = LabelView::from(directory.find_label(kind, name)?);
        let ui = &context.ui;
        ui.stdout()
            .and_then(|mut out| write_one(&mut out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| Stop::output(&error))?;
        DONE
    }

    pub(super) fn rename(&self, name: &str, new: &str) -> Outcome {
        let Self { context, kind } = *self;
        let mut directory = context.directory(Need::Write)?;
        if directory.rename_label(kind, name, new).map_err(Failure::of_rename)? {
            context.ui.status(&format!("renamed {name} to {new}"));
        } else {
            context.ui.notice("already", &format!("already so: {new}"));
        }
        let view = LabelView::from(directory.find_label(kind, new)?);
        print_changed(context, &[view], false)?;
        DONE
    }

    pub(super) fn delete(&self, names: &[&str], yes: bool) -> Outcome {
        let Self { context, kind } = *self;
        let mut directory = context.directory(Need::Write)?;
        delete_each(context, names, |name| directory.delete_label(kind, name, yes))
    }
}
