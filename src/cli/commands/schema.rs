//! `ccadmin schema`.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use super::dry_run::PlannedEntryView;
use super::{
    audit, authenticate, config, doctor, help, label, login, project, roster, store, undo, user,
    weight, whoami,
};
use crate::cli::batch_delete::Deleted;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::locked_callers::CallerView;
use crate::cli::terminal::output::write_value;
use crate::cli::terminal::ui::{StderrLine, Ui};

/// Print the JSON Schema of what -o json prints
///
/// A schema describes one thing: of a list, each item; with -o jsonl, each line; `error` is a line on
/// stderr. Without NAME, one document with all schemas is printed. Later versions may add fields, but
/// never rename, retype or drop one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin schema user
  ccadmin schema > schemas.json")]
pub(crate) struct SchemaArgs {
    /// What is printed
    #[arg(value_name = "NAME", value_parser = names())]
    name: Option<String>,
}

/// The shape of one kind of thing.
struct NamedSchema {
    name: &'static str,
    about: &'static str,
    generate: fn() -> Schema,
}

impl NamedSchema {
    const fn of<T: JsonSchema>(name: &'static str, about: &'static str) -> Self {
        Self { name, about, generate: generate::<T> }
    }

    fn document(&self) -> Value {
        let mut schema = (self.generate)();
        schema.insert("title".to_owned(), format!("ccadmin {}", self.name).into());
        schema.insert("description".to_owned(), self.about.into());
        schema.to_value()
    }
}

/// A schema without references, but for what contains its like.
fn generate<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// Everything that is printed as JSON.
const SCHEMAS: &[NamedSchema] = &[
    NamedSchema::of::<user::UserJson>("user", "A user"),
    NamedSchema::of::<project::ProjectView>("project", "A project"),
    NamedSchema::of::<label::LabelView>("team", "A team"),
    NamedSchema::of::<label::LabelView>("skill", "A skill"),
    NamedSchema::of::<audit::EntryView>("audit", "An entry of the audit log"),
    NamedSchema::of::<PlannedEntryView>("planned-change", "What --dry-run says of a change"),
    NamedSchema::of::<undo::UndoneView>("undone-change", "A change that undid one"),
    NamedSchema::of::<StderrLine>("error", "A line on stderr: what went wrong, or a warning"),
    NamedSchema::of::<authenticate::ClientUserView>(
        "client-user",
        "What authenticate says of a user",
    ),
    NamedSchema::of::<whoami::WhoamiJson>("whoami", "Who is acting"),
    NamedSchema::of::<login::SessionView>("session", "A session that was opened"),
    NamedSchema::of::<user::PlanView>("import-plan", "What an import does with a row"),
    NamedSchema::of::<user::RowResultView>("import-row", "What became of a row with --each"),
    NamedSchema::of::<roster::RosterChange>("roster-change", "What a roster changes"),
    NamedSchema::of::<user::DeletedView>("deleted-user", "A user who was deleted"),
    NamedSchema::of::<Deleted>("deleted", "A project, team or skill that was deleted"),
    NamedSchema::of::<CallerView>("caller", "An account of the system that signs users in"),
    NamedSchema::of::<weight::UserChancesView>("user-weights", "The weights of a user"),
    NamedSchema::of::<weight::ProjectChancesView>("project-weights", "The weights in a project"),
    NamedSchema::of::<weight::MatrixJson>("matrix-row", "A user in the matrix of weights"),
    NamedSchema::of::<weight::SolvedView>("solved-weights", "The weights that give a share"),
    NamedSchema::of::<project::GapView>("coverage-gap", "What a project lacks"),
    NamedSchema::of::<project::SwitchView>(
        "switch",
        "The projects as an export for a switch has them",
    ),
    NamedSchema::of::<store::StoreView>("store", "The store and its settings"),
    NamedSchema::of::<store::Finding>("finding", "What a check found"),
    NamedSchema::of::<store::BackupView>("backup", "A backup that was made"),
    NamedSchema::of::<store::RestoreView>("restore", "A backup that was restored"),
    NamedSchema::of::<store::HolderView>("lock-holder", "A process that holds the store"),
    NamedSchema::of::<audit::VerifiedView>("verified-log", "An audit log that is whole"),
    NamedSchema::of::<config::SettingView>("setting", "A setting"),
    NamedSchema::of::<config::FileView>("settings-file", "A settings file"),
    NamedSchema::of::<doctor::Report>("doctor", "The report of doctor"),
    NamedSchema::of::<help::CommandView>("command", "A command and those below it"),
];

fn names() -> PossibleValuesParser {
    SCHEMAS.iter().map(|schema| PossibleValue::new(schema.name).help(schema.about)).into()
}

impl SchemaArgs {
    pub(crate) fn run(&self, ui: &Ui) -> CommandResult {
        let named =
            self.name.as_deref().and_then(|name| SCHEMAS.iter().find(|one| one.name == name));
        let document = named.map_or_else(all, NamedSchema::document);
        ui.data(|out| write_value(out, &document, ui.format))
            .map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}

/// All schemas, by name.
fn all() -> Value {
    let all: Map<String, Value> =
        SCHEMAS.iter().map(|schema| (schema.name.to_owned(), schema.document())).collect();
    all.into()
}
