//! `ccadmin completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::error::{CommandEnd, CommandResult, DONE};
use crate::cli::terminal::ui::Ui;

/// The scripts of the shells in which names are completed too.
pub(super) const BASH: &[u8] = include_bytes!("../../../completions/ccadmin.bash");
pub(super) const ZSH: &[u8] = include_bytes!("../../../completions/_ccadmin");
pub(super) const FISH: &[u8] = include_bytes!("../../../completions/ccadmin.fish");

/// The first line of the scripts that are made of the command line alone.
const STATIC_NOTE: &[u8] =
    b"# Completion of ccadmin: commands and options. Names and settings are completed in bash, zsh and fish.\n";

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
            Shell::Bash => BASH.to_vec(),
            Shell::Zsh => ZSH.to_vec(),
            Shell::Fish => FISH.to_vec(),
            shell => {
                let mut script = STATIC_NOTE.to_vec();
                clap_complete::generate(shell, &mut tree, "ccadmin", &mut script);
                script
            }
        };
        ui.print(&script).map_err(|error| CommandEnd::output(&error))?;
        DONE
    }
}
