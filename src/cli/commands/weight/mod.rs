//! `ccadmin weight`: what the weights of users in projects come to.

mod matrix;
mod show;
mod solve;
mod subject;
mod traffic;
mod view;

pub(crate) use matrix::MatrixJson;
pub(crate) use solve::SolvedView;
pub(crate) use view::{ProjectChancesView, UserChancesView};

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::error::CommandResult;

/// Show, solve and compare weights
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum WeightCommand {
    /// Show what the weights of a user or in a project come to
    Show(show::WeightShowArgs),
    /// Find the weights that give a desired share
    Solve(solve::WeightSolveArgs),
    /// Show agents and their weight in each project
    Matrix(Box<matrix::WeightMatrixArgs>),
}

impl WeightCommand {
    pub(crate) fn run(self, context: &Context) -> CommandResult {
        match self {
            Self::Show(args) => args.run(context),
            Self::Solve(args) => args.run(context),
            Self::Matrix(args) => args.run(context),
        }
    }
}
