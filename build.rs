//! How the program is linked: a shell loop starts it once a user, and half of a start was the dynamic
//! linker's. Whatever is asked for here is left out where the machine does not have it.

#![expect(
    clippy::disallowed_methods,
    reason = "what cargo tells a build script stands in its environment; a program reads its own"
)]

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let native = env::var("TARGET").is_ok_and(|target| Ok(target) == env::var("HOST"));
    let glibc = env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|kind| kind == "gnu");
    if native && glibc {
        if reads_packed_relocations() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
        link_unwinder();
    }
}

/// Whether the dynamic linker here knows `DT_RELR`, which takes an address where 24 bytes of table
/// were: from glibc 2.36 on. An older one would refuse to start the program.
fn reads_packed_relocations() -> bool {
    let version = output("getconf", &["GNU_LIBC_VERSION"]).unwrap_or_default();
    let mut numbers = version.trim_start_matches("glibc ").split('.').map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= (2, 36))
}

/// Takes the unwinder from the compiler's archive, so that `libgcc_s.so` need not be found, mapped and
/// bound at each start.
fn link_unwinder() {
    let archive = output("cc", &["-print-file-name=libgcc_eh.a"]).unwrap_or_default();
    // A compiler that does not have it answers with the bare name.
    if Path::new(&archive).is_absolute() {
        for argument in ["-Wl,--whole-archive", &archive, "-Wl,--no-whole-archive"] {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}

/// What a program prints, without the line's end; `None` where it cannot be run or fails.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
    Some(text.trim_end().to_owned())
}
