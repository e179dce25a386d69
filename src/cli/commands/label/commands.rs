//! What the commands for teams and skills do.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::batch::print_batch;
use crate::cli::batch_delete::delete_each;
use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::hints::rename_error;
use crate::cli::terminal::output::{Column, Record, write_one};
use crate::directory::{self, Error, LabelKind};

/// A team or a skill.
#[derive(Serialize, JsonSchema)]
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
            Column::whole("name", |view, _| view.name.clone()),
            Column::number("users", |view, _| view.users.to_string()),
        ];
        &COLUMNS
    }
}

/// The commands of one kind of label.
pub(super) struct LabelCommand<'c> {
    pub(super) context: &'c Context,
    pub(super) kind: LabelKind,
}

impl LabelCommand<'_> {
    pub(super) fn create(&self, name: &str, if_not_exists: bool) -> CommandResult {
        let Self { context, kind } = *self;
        let mut directory = context.directory(StoreAccess::Write)?;
        let view = match directory.create_label(kind, name) {
            Err(Error::Exists { .. }) if if_not_exists => {
                context.ui.notice("already", &format!("already exists: {name}"));
                LabelView { created: Some(false), ..directory.find_label(kind, name)?.into() }
            }
            other => {
                let label = other?;
                context.ui.status(&format!("created {name}"));
                label.into()
            }
        };
        print_batch(context, &[view], false)?;
        DONE
    }

    pub(super) fn list(&self, list: &ListArgs) -> CommandResult {
        let Self { context, kind } = *self;
        list.check::<LabelView>()?;
        let directory = context.directory(StoreAccess::Read)?;
        let things = match kind {
            LabelKind::Team => ListedThings::made_by("teams", "ccadmin team create NAME"),
            LabelKind::Skill => ListedThings::made_by("skills", "ccadmin skill create NAME"),
        };
        list.print(
            context,
            things,
            None,
            |_, each| Ok(directory.labels(kind, |label| each(LabelView::from(label)))?),
            || Ok(directory.count_labels(kind)?),
        )
    }

    pub(super) fn show(&self, name: &str) -> CommandResult {
        let Self { context, kind } = *self;
        let directory = context.directory(StoreAccess::Read)?;
        let view = LabelView::from(directory.find_label(kind, name)?);
        let ui = &context.ui;
        ui.data(|out| write_one(out, &view, ui.format, ui.stdout_terminal()))
            .map_err(|error| CommandEnd::output(&error))?;
        DONE
    }

    pub(super) fn rename(&self, name: &str, new: &str) -> CommandResult {
        let Self { context, kind } = *self;
        let mut directory = context.directory(StoreAccess::Write)?;
        if directory.rename_label(kind, name, new).map_err(rename_error)? {
            context.ui.status(&format!("renamed {name} to {new}"));
        } else {
            context.ui.notice("already", &format!("already named {new}"));
        }
        let view = LabelView::from(directory.find_label(kind, new)?);
        print_batch(context, &[view], false)?;
        DONE
    }

    pub(super) fn delete(&self, names: &[&str], yes: bool) -> CommandResult {
        let Self { context, kind } = *self;
        let mut directory = context.directory(StoreAccess::Write)?;
        delete_each(context, names, |name| directory.delete_label(kind, name, yes))
    }
}
