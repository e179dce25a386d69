//! `ccadmin man`.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use crate::cli::codes::exit_statuses;
use crate::cli::error::{CliError, CommandResult, DONE, ErrorCode};
use crate::cli::output_file::OutputFile;
use crate::cli::terminal::ui::Ui;

/// Write the manual pages
///
/// Writes one page for each command to DIR, which is created if needed. Existing pages are
/// replaced.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ccadmin man share/man/man1
  MANPATH=$PWD/share/man man ccadmin-user-create")]
pub(crate) struct ManArgs {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl ManArgs {
    /// Writes the pages of `tree`, the whole command line.
    pub(crate) fn run(&self, ui: &Ui, mut tree: Command) -> CommandResult {
        self.make_folder().map_err(|error| self.failure(&error))?;
        tree.build();
        let count = self.write(&tree)?;
        ui.status(&format!("wrote {count} pages to {}", self.folder.display()));
        DONE
    }

    /// Anybody may read manual pages, whatever files the program makes otherwise.
    fn make_folder(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        let missing = self
            .folder
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let missing: Vec<&Path> = missing.collect();
        fs::create_dir_all(&self.folder)?;
        for folder in missing {
            fs::set_permissions(folder, Permissions::from_mode(0o755))?;
        }
        Ok(())
    }

    fn failure(&self, error: &io::Error) -> CliError {
        CliError::new(
            ErrorCode::Io,
            format!("{} cannot be written: {error}", self.folder.display()),
        )
        .with_hint("name a folder that you can write to")
    }

    /// Writes the page of `command` and those of the commands below it; gives how many there are.
    fn write(&self, command: &Command) -> Result<usize, CliError> {
        let page = Man::new(command.clone()).manual("ccadmin").source(source());
        let file = OutputFile::create(&self.folder.join(page.get_filename()), true)?;
        let mut out = file.writer();
        let rendered = render(&page, command, &mut out).and_then(|()| out.flush());
        drop(out);
        rendered.and_then(|()| file.let_all_read()).map_err(|error| file.failure(&error))?;
        file.finish()?;
        let mut count = 1;
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            count += self.write(below)?;
        }
        Ok(count)
    }
}

fn source() -> String {
    format!("ccadmin {}", env!("CARGO_PKG_VERSION"))
}

fn render(page: &Man, command: &Command, out: &mut impl Write) -> io::Result<()> {
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(out)?;
    }
    let rest = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for paragraph in rest.split("\n\n") {
        section(paragraph, out)?;
    }
    if command.get_name() == "ccadmin" {
        section(&exit_statuses(), out)?;
    }
    Ok(())
}

/// A paragraph behind the options, `Title: text`, as a section, line by line as it stands.
fn section(paragraph: &str, out: &mut impl Write) -> io::Result<()> {
    let Some((title, text)) = paragraph.split_once(':') else { return Ok(()) };
    writeln!(out, ".SH \"{}\"\n.nf", plain(&title.to_uppercase()))?;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        writeln!(out, "{}", plain(line))?;
    }
    writeln!(out, ".fi")
}

/// Text in which roff finds nothing to do.
fn plain(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if line.starts_with('.') { format!("\\&{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_options_is_shown_as_it_stands() {
        let mut page = Vec::new();
        section("Examples:\n  ccadmin --x 'a\\b'\n  ./run", &mut page).unwrap();
        let expected = ".SH \"EXAMPLES\"\n.nf\nccadmin \\-\\-x \\(aqa\\eb\\(aq\n\\&./run\n.fi\n";
        assert_eq!(String::from_utf8(page).unwrap(), expected);
    }
}
