//! `ccadmin doctor`.

use std::borrow::Cow;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use super::completions;
use super::store::{C_LIBRARY, Finding, StoreReport, examine};
use crate::cli::context::Context;
use crate::cli::context::settings_files::user_file;
use crate::cli::delivery::{Channel, Delivery};
use crate::cli::environment::{Environment, TerminalVariable};
use crate::cli::error::{CliError, CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::global_args::GlobalArgs;
use crate::cli::terminal::output::time::zone_name;
use crate::cli::terminal::output::{
    Format, ListOptions, ListWriter, lines, write_lines, write_value,
};
use crate::cli::terminal::ui::Ui;
use crate::directory::sqlite_version;
use crate::privilege::SITE_SETTINGS;

/// Look at everything that the program depends on, for a bug report or when something does not work
///
/// The store and what `ccadmin store check` finds, the settings and their files, the terminal, the
/// programs that deliver messages, the completions of your shell. What may be a secret is left out:
/// the arguments of programs, passwords in addresses. Where something is wrong, such as what keeps
/// people from signing in, the exit status is 13.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin doctor
  ccadmin doctor -o json > report.json")]
pub(crate) struct DoctorArgs {}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Report {
    version: &'static str,
    sqlite: &'static str,
    c_library: &'static str,
    system: String,
    settings_files: Vec<SettingsFileView>,
    store: Option<StoreReport>,
    terminal: TerminalView,
    delivery: Vec<DeliveryView>,
    completions: Option<CompletionsView>,
    findings: Vec<Finding>,
}

#[derive(Serialize, JsonSchema)]
struct SettingsFileView {
    path: String,
    exists: bool,
}

#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct TerminalView {
    stdin: bool,
    stdout: bool,
    stderr: bool,
    columns: Option<usize>,
    colour: bool,
    term: Option<String>,
    lang: Option<String>,
    lc_all: Option<String>,
    time_zone: String,
    pager: Option<String>,
    editor: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct DeliveryView {
    channel: &'static str,
    program: Option<String>,
    /// Why it cannot be used.
    problem: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct CompletionsView {
    shell: String,
    /// Where they were found.
    path: Option<String>,
    /// Whether they are those of this version.
    current: bool,
}

impl DoctorArgs {
    pub(crate) fn run(ui: &Ui, global: &GlobalArgs, environment: &Environment) -> CommandResult {
        let mut report = Report {
            version: env!("CARGO_PKG_VERSION"),
            sqlite: sqlite_version(),
            c_library: C_LIBRARY,
            system: system(),
            settings_files: settings_files(global, environment),
            store: None,
            terminal: terminal(ui, environment),
            delivery: Vec::new(),
            completions: completions_of(environment),
            findings: Vec::new(),
        };
        match Context::new(global, environment, None) {
            Ok(context) => {
                (report.store, report.findings) = examine(&context)?;
                deliveries(&context, &mut report);
            }
            Err(failure) => report.findings.push(failure.into()),
        }
        report.write(ui).map_err(|error| CommandEnd::output(&error))?;
        let things = match report.findings.len() {
            0 => return DONE,
            1 => "1 thing".to_owned(),
            count => format!("{count} things"),
        };
        Err(CliError::new(ErrorCode::CheckFailed, format!("the check found {things}")).into())
    }
}

impl Report {
    fn write(&self, ui: &Ui) -> io::Result<()> {
        ui.data(|out| match ui.format {
            Format::Json | Format::Jsonl => write_value(out, self, ui.format),
            Format::Table | Format::Csv => self.write_text(ui, out),
        })
    }

    fn write_text(&self, ui: &Ui, out: &mut dyn Write) -> io::Result<()> {
        let shape = ui.stdout_terminal();
        write_lines(out, self.lines(), shape)?;
        if let Some(store) = &self.store {
            writeln!(out)?;
            write_lines(out, lines(store), shape)?;
        }
        if !self.findings.is_empty() {
            writeln!(out)?;
            let options = ListOptions { terminal: shape, ..ListOptions::default() };
            let mut list = ListWriter::whole(out, &options);
            for finding in &self.findings {
                list.push(finding)?;
            }
            list.finish(None)?;
        }
        Ok(())
    }

    fn lines(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
        let mut lines: Vec<(&'static str, Cow<'_, str>)> = vec![
            ("ccadmin", self.version.into()),
            ("sqlite", self.sqlite.into()),
            ("c_library", self.c_library.into()),
            ("system", self.system.as_str().into()),
        ];
        for file in &self.settings_files {
            let missing = if file.exists { "" } else { " (not there)" };
            lines.push(("settings", format!("{}{missing}", file.path).into()));
        }
        let terminal = &self.terminal;
        let size = match terminal.columns {
            Some(columns) => format!("{columns} columns"),
            None => "none".to_owned(),
        };
        lines.push(("terminal", format!("{size}, TERM {}", shown(&terminal.term)).into()));
        lines.push(("colour", if terminal.colour { "yes" } else { "no" }.into()));
        let language = terminal.lc_all.as_ref().or(terminal.lang.as_ref()).cloned();
        lines.push(("language", shown(&language).into()));
        lines.push(("time_zone", terminal.time_zone.as_str().into()));
        lines.push(("pager", terminal.pager.as_deref().unwrap_or("none").into()));
        lines.push(("editor", terminal.editor.as_deref().unwrap_or("vi").into()));
        for delivery in &self.delivery {
            let name = if delivery.channel == Channel::Sms.as_str() { "sms" } else { "email" };
            let what = match (&delivery.program, &delivery.problem) {
                (None, _) => "not set up".to_owned(),
                (Some(program), None) => program.clone(),
                (Some(program), Some(_)) => format!("{program} (cannot be run)"),
            };
            lines.push((name, what.into()));
        }
        if let Some(found) = &self.completions {
            let place = match (&found.path, found.current) {
                (None, _) => "not installed".to_owned(),
                (Some(path), true) => path.clone(),
                (Some(path), false) => format!("{path} (of another version)"),
            };
            lines.push(("completions", format!("{}: {place}", found.shell).into()));
        }
        lines
    }
}

/// The kernel and the machine.
fn system() -> String {
    let name = rustix::system::uname();
    let texts = [name.sysname(), name.release(), name.machine()];
    texts.map(|text| text.to_string_lossy().into_owned()).join(" ")
}

fn settings_files(global: &GlobalArgs, environment: &Environment) -> Vec<SettingsFileView> {
    let files = user_file(global, environment).into_iter().chain([PathBuf::from(SITE_SETTINGS)]);
    files
        .map(|path| SettingsFileView { exists: path.exists(), path: path.display().to_string() })
        .collect()
}

fn terminal(ui: &Ui, environment: &Environment) -> TerminalView {
    let shape = ui.stdout_terminal();
    TerminalView {
        stdin: io::stdin().is_terminal(),
        stdout: shape.is_some(),
        stderr: io::stderr().is_terminal(),
        columns: shape.map(|shape| shape.width),
        colour: shape.is_some_and(|shape| shape.colour),
        term: environment.about(TerminalVariable::Term),
        lang: environment.about(TerminalVariable::Lang),
        lc_all: environment.about(TerminalVariable::LcAll),
        time_zone: zone_name(),
        pager: environment.pager(),
        editor: environment.editor(),
    }
}

/// Looks at the programs that the settings name, without running them.
fn deliveries(context: &Context, report: &mut Report) {
    let settings = &context.settings.settings;
    for (channel, deliver) in
        [(Channel::Sms, &settings.deliver.sms), (Channel::Email, &settings.deliver.email)]
    {
        let program = deliver.command.first().cloned();
        let failure = program.as_ref().and_then(|_| Delivery::new(context, channel).err());
        let problem = failure.as_ref().map(|failure| failure.message.clone());
        report.delivery.push(DeliveryView { channel: channel.as_str(), program, problem });
        // Where codes are wanted, that they cannot be sent has been found already.
        if let Some(failure) = failure
            && !(settings.policy.two_factor && channel == Channel::Sms)
        {
            report.findings.push(failure.into());
        }
    }
}

/// The completions of the person's shell; `None` where it has none that are known.
fn completions_of(environment: &Environment) -> Option<CompletionsView> {
    let shell = environment.about(TerminalVariable::Shell)?;
    let shell = shell.rsplit('/').next().unwrap_or_default().to_owned();
    let (data, config) = (environment.data_folder(), environment.config_folder());
    let (script, own, shared): (_, _, &[&str]) = match shell.as_str() {
        "bash" => (
            completions::BASH,
            data.map(|folder| folder.join("bash-completion/completions/ccadmin")),
            &[
                "/usr/local/share/bash-completion/completions/ccadmin",
                "/usr/share/bash-completion/completions/ccadmin",
                "/etc/bash_completion.d/ccadmin",
            ],
        ),
        "zsh" => (
            completions::ZSH,
            None,
            &[
                "/usr/local/share/zsh/site-functions/_ccadmin",
                "/usr/share/zsh/vendor-completions/_ccadmin",
                "/usr/share/zsh/site-functions/_ccadmin",
            ],
        ),
        "fish" => (
            completions::FISH,
            config.map(|folder| folder.join("fish/completions/ccadmin.fish")),
            &["/usr/share/fish/vendor_completions.d/ccadmin.fish"],
        ),
        _ => return None,
    };
    let path = own.into_iter().chain(shared.iter().map(PathBuf::from)).find(|path| path.exists());
    let current = path.as_ref().is_some_and(|path| fs::read(path).is_ok_and(|text| text == script));
    Some(CompletionsView { shell, path: path.map(|path| path.display().to_string()), current })
}
