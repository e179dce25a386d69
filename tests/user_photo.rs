//! `ccadmin user photo`.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use insta::assert_snapshot;
use rustix::fs::{CWD, Mode, mkfifoat};

use crate::common::{TestEnv, column};

/// One point, as a PNG.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\
    \x1f\x15\xc4\x89\0\0\0\x0aIDATx\x9cc\0\x01\0\0\x05\0\x01\x0d\x0a\x2d\xb4\0\0\0\0IEND\xaeB`\x82";

/// The frame of a JPEG.
pub(crate) const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\
    \xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0pixels\xff\xd9";

fn with_pictures() -> TestEnv {
    let env = TestEnv::with_users();
    env.write("face.png", PNG);
    env.write("face.jpg", JPEG);
    env
}

#[test]
fn a_photo_comes_back_as_it_was_given() {
    let env = with_pictures();
    assert_snapshot!(env.run("user photo set james face.png"), @"
    --- stderr ---
    set the photo of james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user photo set james face.png"), @"
    --- stderr ---
    already set: the photo of james
    [exit status: 0]
    ");
    assert_eq!(env.run("user show james -o json").json()["photo"], true);
    assert_snapshot!(env.run("user list --columns username,photo"), @"
    USERNAME  PHOTO
    eva       false
    james     true
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user photo get james copy"), @"
    --- stderr ---
    wrote the photo of james to copy (PNG)
    [exit status: 0]
    ");
    assert_eq!(fs::read(env.path("copy")).unwrap(), PNG);
    assert_eq!(fs::metadata(env.path("copy")).unwrap().permissions().mode() & 0o7777, 0o600);
    let piped = env.sh("$ccadmin user photo get james - | cmp - face.png").output();
    assert_snapshot!(piped, @"[exit status: 0]");
    assert_eq!(env.run("user photo set james face.jpg -o json").json()["photo"], true);
    let piped = env.sh("$ccadmin user photo set eva - <face.jpg -q").output();
    assert_snapshot!(piped, @"[exit status: 0]");
    assert_snapshot!(env.run("user photo remove james"), @"
    --- stderr ---
    removed the photo of james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user photo remove james"), @"
    --- stderr ---
    already without a photo: james
    [exit status: 0]
    ");
    assert_snapshot!(env.run("user photo get james copy"), @"
    --- stderr ---
    error: `james` has no photo
    hint: `ccadmin user photo set james FILE` sets one
    [exit status: 3]
    ");
    let log = "SELECT action || ' ' || subject FROM audit WHERE action LIKE 'photo.%' ORDER BY seq";
    assert_eq!(
        column(&env.database(), log),
        ["photo.set james", "photo.set james", "photo.set eva", "photo.remove james"]
    );
}

/// What is there stays, unless it is said that it may go.
#[test]
fn a_file_is_not_replaced_unasked() {
    let env = with_pictures();
    env.run("user photo set james face.png").success();
    assert_snapshot!(env.run("user photo get james face.jpg"), @"
    --- stderr ---
    error: face.jpg already exists
    hint: `--force` replaces it
    [exit status: 4]
    ");
    assert_eq!(fs::read(env.path("face.jpg")).unwrap(), JPEG);
    env.run("user photo get james face.jpg --force").success();
    // What is no file is not replaced, whatever is asked for.
    std::os::unix::fs::symlink("/dev/null", env.path("nothing.jpg")).unwrap();
    for path in ["/dev/null", "nothing.jpg"] {
        for force in ["", " --force"] {
            let output = env.run(format!("user photo get james {path}{force}").as_str());
            assert_eq!(output.status, Some(4), "{output}");
            assert!(output.stderr.contains("is not a regular file"), "{output}");
            assert!(!output.stderr.contains("--force"), "{output}");
        }
    }
    assert_eq!(fs::read(env.path("face.jpg")).unwrap(), PNG);
    assert_snapshot!(env.run("user photo get james . --force"), @"
    --- stderr ---
    error: . exists and is not a regular file: it is left unchanged
    hint: name a file, or `-` for stdout
    [exit status: 4]
    ");
    assert_snapshot!(env.run("user photo get james no/where"), @"
    --- stderr ---
    error: no/where cannot be written: No such file or directory (os error 2)
    hint: name a file in a folder that you can write to, with enough space
    [exit status: 1]
    ");
    let store = env.store().display().to_string();
    let output = env.run(&["user", "photo", "get", "james", &store, "--force"]);
    assert_eq!(output.status, Some(4), "{output}");
}

/// Who is not there or has none is told before a file is made.
#[test]
fn what_is_not_there_makes_no_file() {
    let env = with_pictures();
    assert_snapshot!(env.run("user photo get james copy"), @"
    --- stderr ---
    error: `james` has no photo
    hint: `ccadmin user photo set james FILE` sets one
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user photo get jame copy"), @"
    --- stderr ---
    error: there is no user `jame`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert!(!env.path("copy").exists());
    let before = env.contents();
    assert_snapshot!(env.run("user photo set jame face.png"), @"
    --- stderr ---
    error: there is no user `jame`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert_snapshot!(env.run("user photo remove jame"), @"
    --- stderr ---
    error: there is no user `jame`
    hint: did you mean `james`?
    [exit status: 3]
    ");
    assert_eq!(env.contents(), before);
}

#[test]
fn what_is_no_picture_is_refused() {
    let env = with_pictures();
    env.write("empty.png", "");
    env.write("text.png", "I am a picture, honestly: \x1b[31m");
    env.write("gif.png", "GIF89a");
    env.write("half.png", &PNG[..40]);
    env.write("huge.png", [PNG, &vec![0; 1 << 20]].concat());
    symlink(env.path("face.png"), env.path("link.png")).unwrap();
    mkfifoat(CWD, env.path("pipe.png"), Mode::RUSR | Mode::WUSR).unwrap();
    let before = env.contents();
    let mut told = String::new();
    for file in [
        "empty.png",
        "text.png",
        "gif.png",
        "half.png",
        "huge.png",
        "none.png",
        ".",
        "link.png",
        "pipe.png",
        "/dev/null",
        "/proc/self/fd/0",
        "-",
    ] {
        let output = env.run(&["user", "photo", "set", "james", file]);
        let _ = writeln!(told, "$ {file}\n{output}");
    }
    assert_snapshot!(told, @"
    $ empty.png
    --- stderr ---
    error: empty.png: the file is empty
    hint: name a PNG or JPEG file
    [exit status: 8]
    $ text.png
    --- stderr ---
    error: text.png: it is neither PNG nor JPEG
    hint: its content counts, not its name; save it as PNG or JPEG
    [exit status: 8]
    $ gif.png
    --- stderr ---
    error: gif.png: it is a GIF picture, neither PNG nor JPEG
    hint: its content counts, not its name; save it as PNG or JPEG
    [exit status: 8]
    $ half.png
    --- stderr ---
    error: half.png: it begins like a PNG picture but is damaged or cut off
    hint: save or copy the picture again
    [exit status: 8]
    $ huge.png
    --- stderr ---
    error: huge.png: a photo can have at most 1 MiB, this file has more
    hint: save it smaller: 400 by 400 pixels are plenty
    [exit status: 8]
    $ none.png
    --- stderr ---
    error: none.png cannot be read: No such file or directory (os error 2)
    hint: name an existing file that you can read
    [exit status: 1]
    $ .
    --- stderr ---
    error: . is not a regular file
    hint: name a regular file, or `-` for stdin
    [exit status: 1]
    $ link.png
    --- stderr ---
    error: link.png is a symbolic link
    hint: name a regular file, or `-` for stdin
    [exit status: 1]
    $ pipe.png
    --- stderr ---
    error: pipe.png is not a regular file
    hint: name a regular file, or `-` for stdin
    [exit status: 1]
    $ /dev/null
    --- stderr ---
    error: /dev/null is not a regular file
    hint: name a regular file, or `-` for stdin
    [exit status: 1]
    $ /proc/self/fd/0
    --- stderr ---
    error: /proc/self/fd/0 is a symbolic link
    hint: name a regular file, or `-` for stdin
    [exit status: 1]
    $ -
    --- stderr ---
    error: stdin: the file is empty
    hint: name a PNG or JPEG file
    [exit status: 8]
    ");
    assert_eq!(env.contents(), before);
}

/// A store that is not there is not made for a picture that is none.
#[test]
fn the_picture_is_looked_at_first() {
    let env = TestEnv::new();
    env.write("text.png", "text");
    assert_eq!(env.run("user photo set james text.png").status, Some(8));
    assert!(!env.store().exists());
}
