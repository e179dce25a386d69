//! `ccadmin completions`.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::error::{DONE, Outcome, Stop};
use super::terminal::ui::Ui;

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin completions bash > /usr/share/bash-completion/completions/ccadmin
  ccadmin completions zsh > ~/.zfunc/_ccadmin")]
pub(crate) struct CompletionsArgs {
    /// For which shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(crate) fn run(self, ui: &Ui) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "ccadmin", &mut script);
        ui.stdout()
            .and_then(|mut out| {
                out.write_all(&script)?;
                out.flush()
            })
            .map_err(|error| Stop::output(&error))?;
        DONE
    }
}
