//! `ccadmin config get`.

use std::io::Write;

use clap::Args;
use serde_json::json;

use crate::cli::context::Context;
use crate::cli::context::settings_files::find_setting;
use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::output::Format;

/// Show the value of a setting
///
/// It is printed as it stands in a settings file, but text without its quotation marks; with -o json
/// it is a JSON value. A setting without a value prints nothing, or `null` in JSON.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin config get sign_in.lock
  ccadmin config get access.create_users -o json")]
pub(crate) struct ConfigGetArgs {
    /// The setting, such as `sign_in.lock`
    #[arg(value_name = "KEY")]
    key: String,
}

impl ConfigGetArgs {
    pub(super) fn run(self, context: &Context) -> CommandResult {
        let value = find_setting(&context.settings, &self.key)?.value;
        let parsed = value.as_deref().and_then(|text| text.parse::<toml::Value>().ok());
        let text = if context.ui.format == Format::Table || context.ui.format == Format::Csv {
            match (parsed, value) {
                (Some(toml::Value::String(text)), _) | (_, Some(text)) => format!("{text}\n"),
                (_, None) => String::new(),
            }
        } else {
            format!("{}\n", parsed.map_or(json!(null), |value| json!(value)))
        };
        let print = || {
            let mut out = context.ui.stdout()?;
            out.write_all(text.as_bytes())?;
            out.flush()
        };
        print().map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}
