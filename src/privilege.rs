//! The process itself: what it inherits is cleaned before anything else happens; and where it is
//! installed set-group-ID, the group that may open the store is held back, used once, given up.
//!
//! On a shared host (agents with shell accounts change their own password) the program may do more
//! than its caller, and the caller controls everything that it inherits. So, in this order:
//!
//! 1. [`begin`] finds out the mode, before the arguments are looked at. Root and the owner of the
//!    store lose the group there and then, and go on as anywhere.
//! 2. For everybody else `umask`, environment, descriptors and limits are cleaned, and the group is
//!    put aside: it stays the saved one, so that files the caller names are opened with the
//!    caller's own rights.
//! 3. [`SetgidMode::with_group`] takes it up for opening the store and the first read, and then
//!    gives it up for good. [`give_up_group`] does so before anything is asked or printed as well.
//!
//! Nothing in this mode executes a program, loads a library or asks a name service.
#![expect(unsafe_code, reason = "the system calls that std and rustix do not offer; each says why")]

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::fd::{BorrowedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::Mode as FileMode;
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit, umask,
};
use signal_hook::consts::SIGXFSZ;

use crate::config::{ConfigError, Layer};
use crate::fs::{Links, folder_of, open_to_read};

/// The site's own settings: on a shared host the only ones.
pub const SITE_SETTINGS: &str = "/etc/ccadmin/config.toml";

/// The token of a session.
pub const SESSION_VARIABLE: &str = "CCADMIN_SESSION";

/// What stands for a token that cannot be one: it is that of no session.
pub const WRONG_SESSION: &str = "?";

/// Variables that are kept on a shared host, where their form is [plain](is_plain).
const KEPT_VARIABLES: &[&str] =
    &["TERM", "LANG", SESSION_VARIABLE, "CCADMIN_OUTPUT", "CCADMIN_NO_INPUT", "NO_COLOR"];

/// For tests of the real program, and never in a release.
#[cfg(feature = "fixed-clock")]
const KEPT_TEST_PREFIX: &str = "CCADMIN_TEST_";

/// Variables that would move the settings or the store: their use is an error there.
const REFUSED_VARIABLES: [&str; 2] = ["CCADMIN_CONFIG", "CCADMIN_DATABASE"];

/// Limits that are raised as far as the caller's hard ones allow.
const RAISED_LIMITS: [Resource; 6] = [
    Resource::As,
    Resource::Cpu,
    Resource::Data,
    Resource::Fsize,
    Resource::Nofile,
    Resource::Stack,
];

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Before `main` the standard library opens `/dev/null` in the place of a stdout that is closed,
/// and a password that is written there is lost without a word; so this looks still before that.
#[cfg(target_os = "linux")]
#[used]
#[unsafe(link_section = ".init_array")]
static CHECK_STDOUT_AT_START: extern "C" fn() = check_stdout_at_start;

extern "C" fn check_stdout_at_start() {
    // SAFETY: the descriptor is only asked for its flags, which fails with EBADF where it is not
    // open; no other thread runs yet.
    let stdout = unsafe { BorrowedFd::borrow_raw(1) };
    STDOUT_WAS_CLOSED.store(rustix::io::fcntl_getfd(stdout).is_err(), Ordering::Relaxed);
}

/// Whether the process was started without a stdout.
#[must_use]
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

/// What the process may do beyond the account that calls it.
#[derive(Debug)]
pub enum PrivilegeMode {
    /// Nothing.
    Plain,
    /// Open the site's store, once, for an account that could not.
    Shared(Box<SetgidMode>),
}

/// The set-group-ID mode.
#[derive(Debug)]
pub struct SetgidMode {
    /// The site's settings, read from [`SITE_SETTINGS`].
    pub settings: Result<Layer, ConfigError>,
    /// A variable of the environment that is refused and was set.
    pub refused: Option<&'static str>,
    /// The group that may open the store.
    group: libc::gid_t,
}

/// Finds out the mode and cleans the process. The arguments are looked at for descriptors alone.
///
/// # Errors
///
/// The system refused a step without which it would not be safe to go on.
pub fn begin(arguments: &[OsString]) -> io::Result<PrivilegeMode> {
    let (real, group, _) = groups()?;
    let secure = at_secure() || real_uid() != effective_uid() || real != group;
    umask(if secure { FileMode::from_raw_mode(0o027) } else { FileMode::from_raw_mode(0o077) });
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // A limit on file sizes is a failed write then, not a death in the middle of one.
    signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    if !secure {
        return Ok(PrivilegeMode::Plain);
    }
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    give_up_user()?;
    let settings = site_settings();
    if real_uid() == 0 || settings.as_ref().ok().and_then(store_owner) == Some(real_uid()) {
        give_up_group()?;
        umask(FileMode::from_raw_mode(0o077));
        set_dumpable_behavior(DumpableBehavior::Dumpable)?;
        return Ok(PrivilegeMode::Plain);
    }
    let refused = wipe_environment()?;
    close_descriptors(&declared_descriptors(arguments))?;
    for resource in RAISED_LIMITS {
        let maximum = getrlimit(resource).maximum;
        setrlimit(resource, Rlimit { current: maximum, maximum })?;
    }
    set_groups(KEEP_GROUP, real, group)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(PrivilegeMode::Shared(Box::new(SetgidMode { settings, refused, group })))
}

impl SetgidMode {
    /// Does `act` with the rights of the group, which are given up for good then, whatever
    /// happens. It works once.
    ///
    /// # Errors
    ///
    /// The group was given up already.
    pub fn with_group<T>(&self, act: impl FnOnce() -> T) -> io::Result<T> {
        struct Ending;
        impl Drop for Ending {
            fn drop(&mut self) {
                if give_up_group().is_err() {
                    std::process::abort();
                }
            }
        }
        set_groups(KEEP_GROUP, self.group, KEEP_GROUP)?;
        let ending = Ending;
        let done = act();
        drop(ending);
        Ok(done)
    }
}

/// Gives up for good whatever group the process has beyond its caller's. Where there is none,
/// nothing happens.
///
/// # Errors
///
/// The group could be had again.
pub fn give_up_group() -> io::Result<()> {
    let (real, effective, saved) = groups()?;
    if (effective, saved) == (real, real) {
        return Ok(());
    }
    set_groups(real, real, real)?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    // Root may take any group at any time.
    let regained = real_uid() != 0
        && [effective, saved]
            .into_iter()
            .any(|group| group != real && set_groups(KEEP_GROUP, group, KEEP_GROUP).is_ok());
    if regained || groups()? != (real, real, real) {
        return Err(io::Error::other("the group of the store cannot be given up"));
    }
    Ok(())
}

/// The real user id of the process: never the effective one, never what the environment says.
#[must_use]
pub fn real_uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// A copy of the descriptor `number` that the caller passed on.
///
/// # Errors
///
/// There is no such descriptor.
pub fn duplicate_inherited(number: RawFd) -> io::Result<File> {
    if number < 0 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: the descriptor is only duplicated, which fails with EBADF where it is not open, and
    // nothing in this process closes descriptors that it was started with meanwhile.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    borrowed.try_clone_to_owned().map(File::from)
}

/// The settings of the site, which belong to root alone.
fn site_settings() -> Result<Layer, ConfigError> {
    let path = Path::new(SITE_SETTINGS);
    let cannot = |error: io::Error| ConfigError::whole(path, format!("cannot be read: {error}"));
    let (file, metadata) = open_to_read(path, Links::Refuse).map_err(cannot)?;
    let folder = fs::symlink_metadata(folder_of(path)).map_err(cannot)?;
    let only_roots = |metadata: &fs::Metadata| metadata.uid() == 0 && metadata.mode() & 0o022 == 0;
    if !metadata.is_file() || !only_roots(&metadata) {
        return Err(ConfigError::whole(path, "is not a file of root's that root alone can write"));
    }
    if !folder.is_dir() || !only_roots(&folder) {
        let why = "is not in a folder of root's that root alone can write";
        return Err(ConfigError::whole(path, why));
    }
    Layer::read_from(path, file)
}

/// The account that owns the store that the settings name.
fn store_owner(settings: &Layer) -> Option<u32> {
    let named = settings.database()?;
    let path = PathBuf::from(named.strip_prefix("sqlite:").unwrap_or(named));
    let path = Path::new(SITE_SETTINGS).with_file_name(path);
    fs::symlink_metadata(path).ok().map(|metadata| metadata.uid())
}

/// Clears the environment but for [`KEPT_VARIABLES`]; times are in UTC. Gives the first of
/// [`REFUSED_VARIABLES`] that was set.
fn wipe_environment() -> io::Result<Option<&'static str>> {
    let refused = REFUSED_VARIABLES.into_iter().find(|name| non_empty_variable(name).is_some());
    let kept: Vec<(OsString, OsString)> = env::vars_os()
        .filter_map(|(name, value)| {
            let value = kept_value(&name, value)?;
            Some((name, value))
        })
        .collect();
    // SAFETY: no other thread runs yet that could read the environment meanwhile.
    if unsafe { libc::clearenv() } != 0 {
        return Err(io::Error::last_os_error());
    }
    for (name, value) in kept.into_iter().chain([("TZ".into(), "UTC".into())]) {
        // SAFETY: as above.
        unsafe { env::set_var(name, value) };
    }
    Ok(refused)
}

#[expect(clippy::disallowed_methods, reason = "before the environment is wiped")]
fn non_empty_variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// What is kept of a variable. A session of another form is a wrong one and not none: without it the
/// session file would say who acts.
fn kept_value(name: &OsStr, value: OsString) -> Option<OsString> {
    if is_kept(name, &value) {
        return Some(value);
    }
    (name == SESSION_VARIABLE).then(|| WRONG_SESSION.into())
}

fn is_kept(name: &OsStr, value: &OsStr) -> bool {
    let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else { return false };
    let named = KEPT_VARIABLES.contains(&name) || name.starts_with("LC_");
    #[cfg(feature = "fixed-clock")]
    let named = named || name.starts_with(KEPT_TEST_PREFIX);
    named && is_plain(name) && is_plain(value)
}

/// No path, no format, no control sequence, nothing long.
fn is_plain(text: &str) -> bool {
    text.len() <= 256 && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"/%".contains(&byte))
}

/// The descriptors that `--password-fd` names.
fn declared_descriptors(arguments: &[OsString]) -> Vec<libc::c_uint> {
    let words = || arguments.iter().map(|argument| argument.to_str().unwrap_or_default());
    let behind = words().zip(words().skip(1)).filter(|(word, _)| *word == "--password-fd");
    let joined = words().filter_map(|word| word.strip_prefix("--password-fd="));
    let mut numbers: Vec<_> = behind
        .map(|(_, number)| number)
        .chain(joined)
        .filter_map(|text| text.parse::<RawFd>().ok()?.try_into().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

/// Closes every descriptor from 3 up but the `kept` ones, which are in ascending order.
fn close_descriptors(kept: &[libc::c_uint]) -> io::Result<()> {
    let mut first = 3;
    for next in kept.iter().copied().filter(|number| *number >= 3) {
        if next > first {
            close_range(first, next - 1)?;
        }
        first = next + 1;
    }
    close_range(first, libc::c_uint::MAX)
}

fn close_range(first: libc::c_uint, last: libc::c_uint) -> io::Result<()> {
    // SAFETY: nothing in this process has opened a descriptor that it still uses. No flags.
    os_result(unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0)
}

/// Sees to it that a program which is run gets no descriptor but its stdin, stdout and stderr: what
/// the caller passed on, a password say, is for this process alone.
///
/// # Errors
///
/// The system refused.
pub fn close_descriptors_in_programs() -> io::Result<()> {
    let flags = libc::CLOSE_RANGE_CLOEXEC;
    // SAFETY: it sets a flag on descriptors that are open, and closes none here.
    os_result(unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, flags) } == 0)
}

/// Whether the kernel says that the program may do more than the account that calls it.
fn at_secure() -> bool {
    // SAFETY: it reads the auxiliary vector and has no other effect.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// "Leave this one as it is."
const KEEP_GROUP: libc::gid_t = libc::gid_t::MAX;

/// The real, effective and saved group.
fn groups() -> io::Result<(libc::gid_t, libc::gid_t, libc::gid_t)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: the three are written and not kept.
    os_result(unsafe { libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved) } == 0)?;
    Ok((real, effective, saved))
}

fn set_groups(real: libc::gid_t, effective: libc::gid_t, saved: libc::gid_t) -> io::Result<()> {
    // SAFETY: it changes the credentials of all threads and touches no memory. The C library's, not
    // rustix's, which would change the calling thread alone.
    os_result(unsafe { libc::setresgid(real, effective, saved) } == 0)
}

/// A set-user-ID install is not meant to be: whatever it would give is given up unused.
fn give_up_user() -> io::Result<()> {
    let real = real_uid();
    // SAFETY: as above.
    os_result(unsafe { libc::setresuid(real, real, real) } == 0)
}

fn os_result(well: bool) -> io::Result<()> {
    if well { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R26, R27: what is kept of the environment is plain, whatever its name.
    #[test]
    fn only_plain_variables_are_kept() {
        let kept = |name: &str, value: &str| {
            let kept = kept_value(name.as_ref(), value.into());
            kept.is_some_and(|kept| kept == value)
        };
        assert!(kept("TERM", "xterm-256color"));
        assert!(kept("LC_ALL", "hu_HU.UTF-8"));
        assert!(kept("NO_COLOR", ""));
        assert!(kept("CCADMIN_SESSION", "c2Vzc2lvbi10b2tlbg=="));
        assert!(!kept("LC_ALL", "../../tmp/evil"));
        assert!(!kept("LANG", "%n%n"));
        assert!(!kept("TERM", "a b"));
        assert!(!kept("TERM", "\u{1b}[31m"));
        assert!(!kept("CCADMIN_OUTPUT", &"x".repeat(257)));
        for name in ["HOME", "PATH", "TZ", "SQLITE_TMPDIR", "RUST_BACKTRACE", "LD_PRELOAD", "PAGER"]
        {
            assert!(!kept(name, "x"), "{name}");
        }
    }

    /// R62: a session that cannot be one is kept as a wrong one.
    #[test]
    fn a_session_of_any_form_is_a_session() {
        use std::os::unix::ffi::OsStringExt;

        let long = "x".repeat(257).into_bytes();
        for value in [b" ".to_vec(), b"/etc/passwd".to_vec(), b"%n".to_vec(), vec![0xff], long] {
            let kept = kept_value(SESSION_VARIABLE.as_ref(), OsString::from_vec(value));
            assert_eq!(kept, Some(WRONG_SESSION.into()));
        }
        assert_eq!(kept_value(SESSION_VARIABLE.as_ref(), "".into()), Some("".into()));
    }

    #[test]
    fn the_declared_descriptors_are_found() {
        let found = |words: &[&str]| {
            declared_descriptors(&words.iter().map(OsString::from).collect::<Vec<_>>())
        };
        assert_eq!(found(&["ccadmin", "passwd", "a", "--own", "--password-fd", "7"]), [7]);
        assert_eq!(found(&["ccadmin", "--password-fd=9", "--password-fd", "4"]), [4, 9]);
        assert!(found(&["ccadmin", "--password-fd", "-1", "--password-fd", "x"]).is_empty());
        assert!(found(&["ccadmin", "--password-fd"]).is_empty());
    }

    #[test]
    fn without_a_group_there_is_nothing_to_give_up() {
        let before = groups().unwrap();
        give_up_group().unwrap();
        assert_eq!(groups().unwrap(), before);
    }
}
