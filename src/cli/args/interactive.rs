//! `-i`: being asked for what a call leaves open.

use clap::Args;

/// Whether somebody is asked for what the call leaves open; it is asked before the command runs.
#[derive(Debug, Clone, Args)]
pub(crate) struct Interactive {
    /// Ask for everything that is not given, with what there is already as the suggestion
    #[arg(short, long)]
    interactive: bool,
}
