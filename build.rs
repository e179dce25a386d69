//! How the program is linked: a shell loop starts it once a user, and half of a start was the dynamic
//! linker's. Where the machine has what it takes the program brings the C library with it, and stays
//! position-independent; elsewhere it is linked as usual.

#![expect(
    clippy::disallowed_methods,
    reason = "what cargo tells a build script stands in its environment; a program reads its own"
)]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The libraries that the standard library asks for as shared ones, each with the archive that has
/// the same in it.
const ARCHIVES: [(&str, &str); 3] =
    [("libc.so", "libc.a"), ("libm.so", "libm.a"), ("libgcc_s.so", "libgcc_eh.a")];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Ok(out) = env::var("OUT_DIR") else { return };
    let native = env::var("TARGET").is_ok_and(|target| Ok(target) == env::var("HOST"));
    let glibc = env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|kind| kind == "gnu");
    // `-C target-feature=+crt-static` does the same, but needs a `--target`, and with it another
    // place for the program: it cannot be asked for here.
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let is_static = features.split(',').any(|feature| feature == "crt-static");
    let can = native && glibc && !is_static && has_packed_relocations();
    let linked = can && link_statically(Path::new(&out));
    tell_c_library(glibc, linked || is_static);
}

/// Has the program know which C library it was built with: one that is linked statically gets no
/// fixes from the system.
fn tell_c_library(glibc: bool, is_static: bool) {
    // ldd (Debian GLIBC 2.36-9+deb12u10) 2.36
    let told = output("ldd", &["--version"]).unwrap_or_default();
    let package = told.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let name = match package {
        Some((name, _)) if glibc => name,
        _ => "of the system that it was built on",
    };
    let how = if is_static { "statically" } else { "dynamically" };
    println!("cargo::rustc-env=CCADMIN_C_LIBRARY={name}, linked {how}");
}

/// Whether the C library here can pack its relocations (`DT_RELR`), which takes an address where 24
/// bytes of table were: from glibc 2.36 on.
fn has_packed_relocations() -> bool {
    let version = output("getconf", &["GNU_LIBC_VERSION"]).unwrap_or_default();
    let mut numbers = version.trim_start_matches("glibc ").split('.').map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= (2, 36))
}

/// Has the linker find archives where it looks for shared libraries, and make a program that needs
/// no dynamic linker. Nothing is asked for where an archive is missing; tells whether none is. A newer
/// archive is a reason to build anew.
fn link_statically(out: &Path) -> bool {
    let folder = out.join("archives");
    let _ = fs::remove_dir_all(&folder);
    let linked = fs::create_dir(&folder).is_ok()
        && ARCHIVES.iter().all(|(shared, archive)| {
            archive_at(archive).is_some_and(|found| {
                println!("cargo::rerun-if-changed={}", found.display());
                symlink(found, folder.join(shared)).is_ok()
            })
        });
    if linked {
        println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
        // The C library and the compiler's own need each other: a linker that goes through its
        // arguments once has to be told.
        for argument in [
            "-static-pie",
            "-Wl,-z,pack-relative-relocs",
            "-Wl,--start-group",
            "-lgcc",
            "-lgcc_eh",
            "-lc",
            "-Wl,--end-group",
        ] {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
    linked
}

/// Where the compiler has an archive; it answers with the bare name where it has none.
fn archive_at(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(output("cc", &[&format!("-print-file-name={name}")])?);
    path.is_absolute().then_some(path)
}

/// What a program prints, without the line's end; `None` where it cannot be run or fails.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
    Some(text.trim_end().to_owned())
}
