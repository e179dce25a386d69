//! The person's editor, as git runs it: by the shell, since the variable may hold a whole command.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGQUIT};

use crate::cli::error::{CliError, ErrorCode};

/// No session goes with it.
const EDITOR_SCRIPT: &str = r#"unset CCADMIN_SESSION; eval "$0 \"\$1\"""#;

/// Opens `file` in the command `editor` and waits until it is closed.
///
/// # Errors
///
/// The editor cannot be run, or says that it failed.
pub(crate) fn edit(editor: &str, file: &Path) -> Result<(), CliError> {
    // Ctrl-C is for the editor, which goes on.
    let noticed = Arc::new(AtomicBool::new(false));
    let held: Vec<_> = [SIGINT, SIGQUIT]
        .into_iter()
        .filter_map(|signal| signal_hook::flag::register(signal, Arc::clone(&noticed)).ok())
        .collect();
    let ended = Command::new("/bin/sh").args(["-c", EDITOR_SCRIPT, editor]).arg(file).status();
    for signal in held {
        signal_hook::low_level::unregister(signal);
    }
    let why = match ended {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("the editor `{editor}` ended with status {code}"),
            (None, signal) => {
                format!("the editor `{editor}` died of signal {}", signal.unwrap_or_default())
            }
        },
        Err(error) => format!("the editor `{editor}` cannot be run: {error}"),
    };
    Err(CliError::new(ErrorCode::Io, why).with_hint("VISUAL or EDITOR names another one"))
}
