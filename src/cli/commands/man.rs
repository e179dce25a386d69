//! `ccadmin man`.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use roff::{Inline, Roff, bold, roman};

use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::help::{FILES, TOPICS, exit_status_table, manual};
use crate::cli::output_file::OutputFile;
use crate::cli::terminal::ui::Ui;

/// The program and its version, as the foot of each page tells it.
const SOURCE: &str = concat!("ccadmin ", env!("CARGO_PKG_VERSION"));

/// Write the manual pages
///
/// Writes one page for each command (section 1) and for each topic of `ccadmin help` (section 7) to
/// DIR, which is created if needed. If DIR is called `man1`, the topics go to `man7` beside it.
/// Existing pages are replaced.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin man share/man/man1
  MANPATH=$PWD/share/man man ccadmin-user-create")]
pub(crate) struct ManArgs {
    /// The folder to write to
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl ManArgs {
    /// Writes the pages of `tree`, the whole command line, and of the topics.
    pub(crate) fn run(&self, ui: &Ui, mut tree: Command) -> CommandResult {
        tree.build();
        let mut count = write_commands(make_folder(&self.folder)?, &tree, &[])?;
        let topics = if self.folder.ends_with("man1") {
            self.folder.with_file_name("man7")
        } else {
            self.folder.clone()
        };
        make_folder(&topics)?;
        for topic in TOPICS {
            let name = format!("ccadmin-{}.7", topic.name);
            write_page(&topics.join(name), |out| manual::page(topic, SOURCE).to_writer(out))?;
            count += 1;
        }
        ui.status(&format!("wrote {count} pages to {}", self.folder.display()));
        DONE
    }
}

/// Makes a folder where there is none; anybody may read manual pages, whatever files the program makes
/// otherwise.
fn make_folder(folder: &Path) -> Result<&Path, CliError> {
    let failure = |error: io::Error| {
        CliError::new(ErrorCode::Io, format!("{} cannot be written: {error}", folder.display()))
            .with_hint("name a folder that you can write to")
    };
    if folder.is_dir() {
        return Ok(folder);
    }
    let missing =
        folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let missing: Vec<&Path> = missing.collect();
    fs::create_dir_all(folder).map_err(failure)?;
    for folder in missing {
        fs::set_permissions(folder, Permissions::from_mode(0o755)).map_err(failure)?;
    }
    Ok(folder)
}

/// Writes the page of `command` and those of the commands below it; gives how many there are.
/// `above` are the names of the pages that it belongs to.
fn write_commands(folder: &Path, command: &Command, above: &[String]) -> Result<usize, CliError> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let page = Man::new(command.clone().override_usage(usage)).manual("ccadmin").source(SOURCE);
    let name = page.get_filename();
    let name = name.trim_end_matches(".1").to_owned();
    let below = || command.get_subcommands().filter(|below| !below.is_hide_set());
    let mut see_also = above.to_vec();
    see_also.extend(below().map(|below| format!("{name}-{}", below.get_name())));
    write_page(&folder.join(page.get_filename()), |out| render(&page, command, &see_also, out))?;
    let above = [above, &[name]].concat();
    below().try_fold(1, |count, below| Ok(count + write_commands(folder, below, &above)?))
}

/// Writes a page that anybody may read; it is there whole or not at all.
fn write_page(
    path: &Path,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let file = OutputFile::create(path, true)?;
    let mut out = file.writer();
    let rendered = render(&mut out).and_then(|()| out.flush());
    drop(out);
    rendered.and_then(|()| file.let_all_read()).map_err(|error| file.failure(&error))?;
    file.finish()
}

fn render(
    page: &Man,
    command: &Command,
    see_also: &[String],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut out = out;
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut out)?;
    }
    let mut rest = Roff::new();
    manual::append(&mut rest, FILES);
    rest.control("SH", ["EXIT STATUS"]);
    manual::append(&mut rest, &exit_status_table());
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for paragraph in after.split("\n\n") {
        // `Title:` and lines that are shown as they stand.
        if let Some((title, lines)) = paragraph.split_once(":\n") {
            rest.control("SH", [title.to_uppercase().as_str()]);
            let lines: Vec<&str> = lines.lines().map(str::trim).collect();
            manual::verbatim(&mut rest, &lines.join("\n"));
        }
    }
    rest.control("SH", ["SEE ALSO"]);
    let pages = see_also.iter().map(|name| (name.clone(), "1"));
    let topics = TOPICS.iter().map(|topic| (format!("ccadmin-{}", topic.name), "7"));
    let mut names: Vec<Inline> = Vec::new();
    for (name, section) in pages.chain(topics) {
        let comma = if names.is_empty() { "" } else { ", " };
        names.extend([roman(comma), bold(name), roman(format!("({section})"))]);
    }
    rest.text(names);
    rest.to_writer(&mut out)
}
