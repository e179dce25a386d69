//! `ccadmin team` and `ccadmin skill`: the same commands for two kinds of labels.

mod commands;

use clap::{Args, Subcommand};

use crate::cli::args::interactive::Interactive;
use crate::cli::args::list_args::ListArgs;
use crate::cli::context::Context;
use crate::cli::error::CommandResult;
use crate::directory::LabelKind;
use crate::model::{SkillName, TeamName};
use commands::LabelCommand;
pub(crate) use commands::LabelView;

macro_rules! label_command {
    ($command:ident, $create:ident, $list:ident, $show:ident, $rename:ident, $delete:ident,
     $name:ident, $kind:expr, $noun:literal, $example:literal) => {
        #[doc = concat!("Administer ", $noun, "s")]
        #[derive(Debug, Subcommand)]
        #[command(about = concat!("Administer ", $noun, "s"))]
        #[command(defer = true)]
        pub(crate) enum $command {
            #[command(about = concat!("Create a ", $noun))]
            Create($create),
            #[command(about = concat!("List ", $noun, "s"))]
            List($list),
            #[command(about = concat!("Show a ", $noun))]
            Show($show),
            #[command(about = concat!("Rename a ", $noun, "; its users keep it"))]
            Rename($rename),
            #[command(about = concat!("Delete ", $noun, "s"))]
            Delete($delete),
        }

        #[doc = concat!("Create a ", $noun)]
        #[derive(Debug, Args)]
        #[command(about = concat!("Create a ", $noun))]
        #[command(after_help = concat!("Examples:\n  ccadmin ", $noun, " create ", $example))]
        pub(crate) struct $create {
            /// The name: lower-case letters, digits and `-_.`
            name: $name,

            /// Succeed if it already exists
            #[arg(long)]
            if_not_exists: bool,

            #[command(flatten)]
            interactive: Interactive,
        }

        #[doc = concat!("List ", $noun, "s")]
        #[derive(Debug, Args)]
        #[command(about = concat!("List ", $noun, "s"))]
        #[command(after_help = concat!("Examples:\n  ccadmin ", $noun, " list"))]
        pub(crate) struct $list {
            #[command(flatten)]
            list: ListArgs,
        }

        #[doc = concat!("Show a ", $noun)]
        #[derive(Debug, Args)]
        #[command(about = concat!("Show a ", $noun))]
        #[command(after_help = concat!("Examples:\n  ccadmin ", $noun, " show ", $example))]
        pub(crate) struct $show {
            /// The name
            name: $name,
        }

        #[doc = concat!("Rename a ", $noun, "; its users keep it")]
        #[derive(Debug, Args)]
        #[command(about = concat!("Rename a ", $noun, "; its users keep it"))]
        #[command(after_help = concat!("Examples:\n  ccadmin ", $noun, " rename ", $example, " new-name"))]
        pub(crate) struct $rename {
            /// The name
            name: $name,

            /// The new name
            new: $name,

            #[command(flatten)]
            interactive: Interactive,
        }

        #[doc = concat!("Delete ", $noun, "s")]
        #[derive(Debug, Args)]
        #[command(about = concat!("Delete ", $noun, "s"))]
        #[command(after_help = concat!("Examples:\n  ccadmin ", $noun, " delete ", $example))]
        pub(crate) struct $delete {
            /// The names
            #[arg(required = true, value_name = "NAME")]
            names: Vec<$name>,

            /// Delete them even if users have them; the users lose them
            #[arg(long)]
            yes: bool,
        }

        impl $command {
            pub(crate) fn run(self, context: &Context) -> CommandResult {
                let label = LabelCommand { context, kind: $kind };
                match self {
                    Self::Create(args) => label.create(args.name.as_str(), args.if_not_exists),
                    Self::List(args) => label.list(&args.list),
                    Self::Show(args) => label.show(args.name.as_str()),
                    Self::Rename(args) => label.rename(args.name.as_str(), args.new.as_str()),
                    Self::Delete(args) => {
                        let names: Vec<&str> = args.names.iter().map($name::as_str).collect();
                        label.delete(&names, args.yes)
                    }
                }
            }
        }
    };
}

label_command!(
    TeamCommand,
    TeamCreateArgs,
    TeamListArgs,
    TeamShowArgs,
    TeamRenameArgs,
    TeamDeleteArgs,
    TeamName,
    LabelKind::Team,
    "team",
    "voice"
);
label_command!(
    SkillCommand,
    SkillCreateArgs,
    SkillListArgs,
    SkillShowArgs,
    SkillRenameArgs,
    SkillDeleteArgs,
    SkillName,
    LabelKind::Skill,
    "skill",
    "billing"
);
