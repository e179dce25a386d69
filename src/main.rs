//! Parses, runs, exits; everything else is in the library.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let mode = ccadmin::privilege::begin(&arguments);
    ccadmin::cli::main(&arguments, mode)
}
