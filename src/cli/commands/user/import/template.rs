//! `ccadmin user import --template`.

use std::path::Path;

use crate::cli::context::{Context, StoreAccess};
use crate::cli::error::{CommandEnd, CommandResult, DONE, ErrorCode};
use crate::cli::output_file::OutputFile;
use crate::directory::Error;

/// Writes the workbook that is to be filled in to `path`.
pub(super) fn write(context: &Context, path: &Path, force: bool) -> CommandResult {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if ending.as_deref() != Some("xlsx") {
        return Err(CommandEnd::usage(format!("{} would not be a workbook", path.display()))
            .with_hint("call it FILE.xlsx")
            .into());
    }
    let file = OutputFile::create(path, force).map_err(|failure| {
        if failure.code == ErrorCode::FileExists && !force && !path.is_dir() {
            failure.with_hint("`--force` replaces it")
        } else {
            failure
        }
    })?;
    let directory = context.directory(StoreAccess::Read)?;
    directory.import_template(file.writer()).map_err(|error| match error {
        Error::Output(error) => file.failure(&error).into(),
        other => CommandEnd::from(other),
    })?;
    file.finish()?;
    let shown = path.display();
    context.ui.status(&format!(
        "wrote {shown}: fill it in below the example, then `ccadmin user import {shown} \
         --generate-passwords --credentials passwords.csv`"
    ));
    DONE
}
