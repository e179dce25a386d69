//! The host: its accounts, its install, and running things on it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Set where a test runs on its host.
const INSIDE: &str = "CCADMIN_SHARED_HOST";

/// Where the installer puts things.
pub(crate) const STORE: &str = "/var/lib/ccadmin/ccadmin.db";
pub(crate) const FOLDER: &str = "/var/lib/ccadmin";
pub(crate) const PROGRAM: &str = "/usr/local/bin/ccadmin";
pub(crate) const SETTINGS: &str = "/etc/ccadmin/config.toml";

/// The installer.
pub(crate) const INSTALLER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/install-shared-host.sh");

/// The program under test.
pub(crate) const BUILT: &str = env!("CARGO_BIN_EXE_ccadmin");

/// The first password of every user.
pub(crate) const PASSWORD: &str = "walnut ferry lantern 4711";
/// Another one.
pub(crate) const OTHER: &str = "copper meadow ladder 1848";

/// What the data of everybody else holds and no agent may ever see.
pub(crate) const CANARY: &str = "Zsuzsanna Kestrel";
/// Their phone number.
pub(crate) const CANARY_PHONE: &str = "+36209998877";

/// An account of the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) id: u32,
}

pub(crate) const ROOT: Account = Account { name: "root", id: 0 };
pub(crate) const AGENT1: Account = Account { name: "agent1", id: 5001 };
pub(crate) const AGENT2: Account = Account { name: "agent2", id: 5002 };
/// Has a shell account and is no user of the directory.
pub(crate) const STRANGER: Account = Account { name: "stranger", id: 5003 };
/// May be made the operator.
pub(crate) const OPS: Account = Account { name: "ccops", id: 5004 };

/// A test on a host of its own: `name` is the test's path.
macro_rules! on_a_host {
    ($($(#[$about:meta])* fn $name:ident($host:ident) $body:block)*) => {$(
        $(#[$about])*
        #[test]
        fn $name() {
            let path = concat!(module_path!(), "::", stringify!($name));
            crate::shared_host::host::run(path, |$host| $body);
        }
    )*};
}
pub(crate) use on_a_host;

/// A host.
pub(crate) struct Host;

/// Runs what follows it with the three standard descriptors alone: what a test beside this one has
/// just opened (a terminal, say) may have come along.
const CLOSE_DESCRIPTORS: &str = r#"
    for open in /proc/self/fd/*; do
        number=${open##*/}
        if (( number > 2 )); then eval "exec $number>&-"; fi
    done
    exec "$@""#;

/// Runs `test` on a host of its own, in a child process.
pub(crate) fn run(path: &str, test: impl FnOnce(&Host)) {
    if is_inside() {
        return test(&Host::set_up());
    }
    if let Some(why) = cannot() {
        return say_once(&format!("skipped: {why}"));
    }
    let missing: Vec<&str> =
        ["strace", "gdb", "sqlite3", "sudo"].into_iter().filter(|tool| !has(tool)).collect();
    if !missing.is_empty() {
        say_once(&format!("not everything is tested without {}", missing.join(", ")));
    }
    let (_, name) = path.split_once("::").expect("a module");
    let output = unshare()
        // A session of its own, as every login has one, and no descriptor of another test.
        .args(["setsid", "bash", "-c", CLOSE_DESCRIPTORS, "bash"])
        .arg(std::env::current_exe().expect("the test program"))
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare runs");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// Around the harness, which shows nothing of a test that passes.
fn say_once(what: &str) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let _ = writeln!(std::io::stderr(), "shared host: {what}");
    });
}

#[expect(clippy::disallowed_methods, reason = "from the same test outside")]
fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]);
    command
}

/// Why there can be no host here.
fn cannot() -> Option<&'static str> {
    if !rustix::process::getuid().is_root() {
        return Some("not root");
    }
    let can = unshare().arg("true").output().is_ok_and(|output| output.status.success());
    (!can).then_some("no namespaces of our own here")
}

impl Host {
    /// Puts copies over everything that is going to be changed, makes the accounts, installs.
    fn set_up() -> Self {
        for folder in ["/run", "/var/lib", "/usr/local/bin", "/home"] {
            tool("mount", ["-t", "tmpfs", "-o", "mode=755,size=512m", "tmpfs", folder]);
        }
        tool("cp", ["-a", "/etc", "/run/etc"]);
        tool("mount", ["--bind", "/run/etc", "/etc"]);
        let mut accounts = File::options().append(true).open("/etc/passwd").expect("accounts");
        let mut groups = File::options().append(true).open("/etc/group").expect("groups");
        for Account { name, id } in [AGENT1, AGENT2, STRANGER, OPS] {
            let home = format!("/home/{name}");
            writeln!(accounts, "{name}:x:{id}:{id}::{home}:/bin/bash").expect("an account");
            writeln!(groups, "{name}:x:{id}:").expect("a group");
            fs::create_dir(&home).expect("a home");
            fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).expect("its mode");
            std::os::unix::fs::chown(&home, Some(id), Some(id)).expect("its owner");
        }
        Self
    }

    /// Installs, and makes the users `agent1` and `agent2`.
    pub(crate) fn install(&self) {
        self.installer([BUILT]).run().ok();
        self.user("agent1", "Agent One", "+36201234567");
        self.user("agent2", CANARY, CANARY_PHONE);
    }

    /// Makes a user with the first password.
    pub(crate) fn user(&self, name: &str, full_name: &str, phone: &str) {
        let words = ["user", "create", name, "--name", full_name, "--phone", phone];
        let words = words.into_iter().chain(["--role", "agent", "--password-stdin"]);
        self.ccadmin(ROOT, words.chain(["--permanent-password"])).typing(&[PASSWORD]).run().ok();
    }

    /// The installer.
    pub(crate) fn installer<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Call {
        Call::new(ROOT, INSTALLER).words(words)
    }

    /// The installed program.
    pub(crate) fn ccadmin<'w>(
        &self,
        account: Account,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Call {
        Call::new(account, PROGRAM).words(words)
    }

    /// A line of a shell.
    pub(crate) fn shell(&self, account: Account, line: &str) -> Call {
        Call::new(account, "/bin/bash").words(["-c", line])
    }

    /// `passwd --own` with both passwords on stdin.
    pub(crate) fn change(&self, account: Account, username: &str, from: &str, to: &str) -> Call {
        self.ccadmin(account, ["passwd", username, "--own", "--password-stdin"]).typing(&[from, to])
    }

    /// Whether `password` is that of `username`, found out by changing it to itself: the right one
    /// is refused as the one that it replaces.
    pub(crate) fn is_password(&self, username: &str, password: &str) -> bool {
        let done = self.change(AGENT2, username, password, password).run();
        match done.code {
            Some(8) => true,
            Some(6) => false,
            _ => panic!("neither right nor wrong: {done:?}"),
        }
    }

    /// Every file of the install is the owner's and as the installer made it, and its content is
    /// whole.
    pub(crate) fn is_in_order(&self) {
        let done = self.ccadmin(ROOT, ["store", "check"]).run();
        assert_eq!((done.code, done.out.as_str()), (Some(0), "ok\n"), "{done:?}");
    }

    /// Owner, group and mode of a file.
    pub(crate) fn state(&self, path: &str) -> (u32, u32, u32) {
        let found = fs::symlink_metadata(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        (found.uid(), found.gid(), found.mode() & 0o7777)
    }

    /// The number of the group `ccadmin`.
    pub(crate) fn group(&self) -> u32 {
        self.state(PROGRAM).1
    }

    /// The number of the account `ccadmin`.
    pub(crate) fn owner(&self) -> u32 {
        self.state(STORE).0
    }

    /// Writes the site's settings, below the line that names the store.
    pub(crate) fn settings(&self, more: &str) {
        fs::write(SETTINGS, format!("database = \"{STORE}\"\n{more}")).expect("the settings");
    }
}

/// Runs a tool that has to succeed.
pub(crate) fn tool<'w>(name: &str, words: impl IntoIterator<Item = &'w str>) {
    Call::new(ROOT, name).words(words).run().ok();
}

/// Whether there is a tool of that name.
pub(crate) fn has(name: &str) -> bool {
    let there = ["/usr/bin", "/usr/sbin", "/bin"].iter();
    let there = there.map(|folder| Path::new(folder).join(name).exists());
    there.into_iter().any(|found| found)
}

/// Waits for something to happen.
pub(crate) fn wait_until(mut done: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it does not happen");
}

/// A program that is going to run.
pub(crate) struct Call {
    command: Command,
    input: Vec<u8>,
}

impl Call {
    pub(crate) fn new(account: Account, program: &str) -> Self {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        command.current_dir("/");
        if account.id != 0 {
            command.uid(account.id).gid(account.id);
        }
        Self { command, input: Vec::new() }
    }

    pub(crate) fn words<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        self.command.args(words);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives lines on stdin.
    pub(crate) fn typing(mut self, lines: &[&str]) -> Self {
        self.input =
            lines.iter().flat_map(|line| [line.as_bytes(), b"\n"]).flatten().copied().collect();
        self
    }

    pub(crate) fn start(mut self) -> Child {
        let command = self.command.stdin(Stdio::piped());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        if !self.input.is_empty() {
            let mut stdin = child.stdin.take().expect("its stdin");
            // It may have ended before.
            let _ = stdin.write_all(&self.input);
        }
        child
    }

    pub(crate) fn run(self) -> Done {
        let child = self.start();
        finish(child)
    }

    /// Runs on a terminal, until `until` is shown there.
    pub(crate) fn at_terminal(mut self, until: &str) -> AtTerminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("a terminal");
        unlockpt(&master).expect("a terminal");
        let name = ptsname(&master, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let flags = OFlags::NOCTTY.bits().cast_signed();
        let slave = File::options().read(true).write(true).custom_flags(flags).open(name);
        let slave = slave.expect("its other end");
        let end = || Stdio::from(slave.as_fd().try_clone_to_owned().expect("a copy"));
        self.command.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
        let child = self.command.spawn().expect("it starts");
        // Only the child keeps its end open, so that its death shows at ours.
        drop((slave, self.command));
        let mut terminal = AtTerminal { child, master, shown: String::new() };
        terminal.wait_for(until);
        terminal
    }
}

/// Waits for a child's end.
pub(crate) fn finish(mut child: Child) -> Done {
    drop(child.stdin.take());
    let output = child.wait_with_output().expect("it ends");
    Done {
        code: output.status.code(),
        signal: output.status.signal(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A program that is waiting at a terminal.
pub(crate) struct AtTerminal {
    pub(crate) child: Child,
    master: OwnedFd,
    shown: String,
}

impl AtTerminal {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        let mut file = File::from(self.master.try_clone().expect("a copy"));
        let mut buffer = [0; 4096];
        while !self.shown.contains(text) {
            let mut ready = [PollFd::new(&self.master, PollFlags::IN)];
            let second = Timespec { tv_sec: 1, tv_nsec: 0 };
            if poll(&mut ready, Some(&second)).expect("a poll") == 0 {
                assert!(Instant::now() < end, "no `{text}` in {:?}", self.shown);
                continue;
            }
            match file.read(&mut buffer) {
                Ok(count) => self.shown += &String::from_utf8_lossy(&buffer[..count]),
                Err(error) => panic!("{error}: {:?}", self.shown),
            }
        }
        self.shown.clear();
    }

    pub(crate) fn answer(&self, line: &str) {
        let mut file = File::from(self.master.try_clone().expect("a copy"));
        write!(file, "{line}\r").expect("the terminal takes it");
    }

    pub(crate) fn end(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    /// It has succeeded.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It was refused with this status, and says this.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, says: &str) -> &Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.contains(says), "no `{says}` in {self:?}");
        self.keeps_quiet()
    }

    /// Nothing of anybody else's data is in what it printed.
    #[track_caller]
    pub(crate) fn keeps_quiet(&self) -> &Self {
        for secret in [CANARY, CANARY_PHONE, "Kestrel", PASSWORD, OTHER, "$argon2"] {
            assert!(!self.out.contains(secret), "`{secret}` in {self:?}");
            assert!(!self.err.contains(secret), "`{secret}` in {self:?}");
        }
        self
    }
}
