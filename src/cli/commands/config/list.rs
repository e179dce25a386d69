//! `ccadmin config list`.

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::list_args::{ListArgs, ListedThings};
use crate::cli::context::Context;
use crate::cli::error::CommandResult;
use crate::cli::terminal::output::{Column, Record};

/// List every setting, where it comes from, and the file to change it in
///
/// `source` is where the value comes from: a file, a variable of the environment, an option, or
/// `default`. `file` is the one that `ccadmin config set` changes: what belongs to the store stands in
/// /etc/ccadmin/config.toml where that names the store, all else in your own. What your own file says
/// in vain stands under `ignored`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin config list
  ccadmin config list --columns setting,source")]
pub(crate) struct ConfigListArgs {
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct SettingView {
    setting: &'static str,
    value: Option<String>,
    source: String,
    file: String,
    ignored: Option<String>,
}

impl Record for SettingView {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: [Column<SettingView>; 5] = [
            Column::whole("setting", |view, _| view.setting.to_owned()),
            Column::whole("value", |view, _| view.value.clone().unwrap_or_default()),
            Column { gives_way: 1, ..Column::text("source", |view, _| view.source.clone()) },
            Column { gives_way: 3, ..Column::text("file", |view, _| view.file.clone()) },
            Column {
                gives_way: 2,
                ..Column::text("ignored", |view, _| view.ignored.clone().unwrap_or_default())
            },
        ];
        &COLUMNS
    }
}

impl ConfigListArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        self.list.check::<SettingView>()?;
        let settings: Vec<SettingView> = context
            .settings
            .entries()
            .map(|entry| SettingView {
                setting: entry.name,
                file: context.file_to_set(&entry).display().to_string(),
                source: entry.source.to_string(),
                ignored: entry.ignored.map(|path| path.display().to_string()),
                value: entry.value,
            })
            .collect();
        let count = settings.len() as u64;
        self.list.print(
            context,
            ListedThings { plural: "settings", create: None, filtered: false },
            None,
            |_, each| {
                settings.into_iter().all(each);
                Ok(())
            },
            || Ok(count),
        )
    }
}
