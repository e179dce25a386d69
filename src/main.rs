//! Parses, runs, exits; everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ccadmin::privilege::clean();
    ccadmin::cli::main(std::env::args_os())
}
