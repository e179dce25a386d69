//! `ccadmin completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::ui::Ui;

/// Print the completion script for a shell
///
/// In bash, zsh and fish it also completes the names of users, projects, teams and skills for those
/// who may list them: the shell runs `ccadmin` at each Tab. In PowerShell and elvish it completes
/// only commands and options.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin completions bash > ~/.local/share/bash-completion/completions/ccadmin
  ccadmin completions zsh > ~/.zfunc/_ccadmin
  ccadmin completions fish > ~/.config/fish/completions/ccadmin.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    /// Prints the script; `tree` is the whole command line.
    pub(crate) fn run(&self, ui: &Ui, mut tree: Command) -> CommandResult {
        let script = match self.shell {
            Shell::Bash => include_bytes!("../../../completions/ccadmin.bash").to_vec(),
            Shell::Zsh => include_bytes!("../../../completions/_ccadmin").to_vec(),
            Shell::Fish => include_bytes!("../../../completions/ccadmin.fish").to_vec(),
            shell => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut tree, "ccadmin", &mut script);
                script
            }
        };
        ui.print(&script).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}
