//! For tests of the rules: a house with a clock that is moved by hand, random bytes that are the
//! same every time, and the cheapest hashes.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::rc::Rc;
use std::str::FromStr;
use std::time::Duration as Patience;

use proptest::prelude::ProptestConfig;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::actor::SessionToken;
use super::{
    Actor, Caller, Directory, Error, Expiry, HashParams, LabelKind, NewPassword, PasswordSource,
    Policy, UserUpdate,
};
use crate::model::{
    AssignmentRequest, Clock, CredentialKind, Duration, Entropy, NewUser, ProjectDetails, Role,
    RoleSet, Secret, State, Timestamp, User,
};
use crate::store::Store;

/// When every test begins: 2026-11-21T09:00:00Z.
pub(super) const TEST_START: Timestamp = Timestamp::from_seconds(1_795_251_600);

/// A password that will do for anybody.
pub(super) const GOOD_PASSWORD: &str = "purple otters drink cold tea";

/// Another one.
pub(super) const OTHER_GOOD_PASSWORD: &str = "seven grumpy lamps sing at noon";

/// A clock that goes when it is told to.
pub(super) struct ManualClock(Cell<Timestamp>);

impl ManualClock {
    pub(super) fn advance(&self, duration: Duration) {
        self.0.set(self.0.get().plus(duration));
    }

    pub(super) fn set(&self, moment: Timestamp) {
        self.0.set(moment);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}

type Hook = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

/// Bytes that differ from call to call and are the same in every run. What waits in `hook` is done
/// when bytes are next asked for: while a password is prepared, before the store is locked.
struct Counted {
    count: u64,
    hook: Hook,
}

impl Entropy for Counted {
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let hook = self.hook.borrow_mut().take();
        if let Some(hook) = hook {
            hook();
        }
        for chunk in buffer.chunks_mut(32) {
            self.count += 1;
            let random = Sha256::digest(self.count.to_be_bytes());
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        Ok(())
    }
}

/// A directory with all that it was made from.
pub(super) struct TestDirectory {
    directory: Directory,
    pub(super) clock: Rc<ManualClock>,
    hook: Hook,
}

impl Deref for TestDirectory {
    type Target = Directory;

    fn deref(&self) -> &Directory {
        &self.directory
    }
}

impl DerefMut for TestDirectory {
    fn deref_mut(&mut self) -> &mut Directory {
        &mut self.directory
    }
}

impl TestDirectory {
    pub(super) fn new() -> Self {
        Self::with(policy())
    }

    pub(super) fn with(policy: Policy) -> Self {
        Self::over(Store::in_memory(TEST_START).unwrap(), policy, 0)
    }

    /// A house over the store in the file `path`, which is made where there is none.
    pub(super) fn on(path: &Path) -> Self {
        if !path.exists() {
            let hook = Hook::default();
            Store::create(path, TEST_START, &mut Counted { count: 0, hook }).unwrap();
        }
        Self::over(Store::open(path, Patience::from_secs(30)).unwrap(), policy(), 0)
    }

    /// A house that `uid` enters.
    pub(super) fn over(store: Store, policy: Policy, uid: u32) -> Self {
        let clock = Rc::new(ManualClock(Cell::new(TEST_START)));
        let hook = Hook::default();
        let entropy = Box::new(Counted { count: 0, hook: Rc::clone(&hook) });
        let caller = Caller { real_uid: uid, uid, login: "root".into() };
        let directory =
            Directory::new(store, Rc::<ManualClock>::clone(&clock), entropy, policy, caller, None)
                .unwrap();
        Self { directory, clock, hook }
    }

    /// From now on it is the account `uid` that runs the program.
    pub(super) fn enters(&mut self, uid: u32) {
        self.directory.caller.uid = uid;
        self.directory.caller.real_uid = uid;
    }

    /// The same house under other rules.
    pub(super) fn rule(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.directory.policy);
        self
    }

    /// Does `act` when random bytes are next asked for.
    pub(super) fn meanwhile(&self, act: impl FnOnce() + 'static) {
        *self.hook.borrow_mut() = Some(Box::new(act));
    }

    /// Has a user act from now on, who signs in with [`GOOD_PASSWORD`].
    pub(super) fn acts_as(&mut self, username: &str) {
        let mut proof = self.verify(&of(username), &secret(GOOD_PASSWORD)).unwrap();
        let token = self.open_session(&mut proof, None).unwrap();
        let user = proof.user;
        self.directory.acting = Actor::User {
            id: user.id,
            username: user.username,
            roles: user.roles,
            must_change: false,
            session: SessionToken::hash(&token),
        };
    }

    /// Has the owner of the store act from now on.
    pub(super) fn acts_as_owner(&mut self) {
        self.directory.acting = Actor::Owner { login: "root".into() };
    }

    pub(super) fn store(&self) -> &Store {
        &self.directory.store
    }

    pub(super) fn projects_named(&mut self, names: &[&str]) -> &mut Self {
        for name in names {
            self.create_project(&of(name), ProjectDetails::default()).unwrap();
        }
        self
    }

    pub(super) fn teams(&mut self, names: &[&str]) -> &mut Self {
        for name in names {
            self.create_label(LabelKind::Team, name).unwrap();
        }
        self
    }

    pub(super) fn skills(&mut self, names: &[&str]) -> &mut Self {
        for name in names {
            self.create_label(LabelKind::Skill, name).unwrap();
        }
        self
    }

    /// An agent without a password and without anything that can be missing, in these projects.
    pub(super) fn agent(&mut self, username: &str, projects: &[&str]) -> User {
        let new = NewUser { projects: requests(projects), ..new_user(username, &[Role::Agent]) };
        self.create_user(&new, None).unwrap().user
    }

    /// An admin with a permanent password.
    pub(super) fn admin(&mut self, username: &str) -> User {
        let password = NewPassword { kind: CredentialKind::Permanent, ..generated() };
        self.create_user(&new_user(username, &[Role::Admin]), Some(&password)).unwrap().user
    }

    pub(super) fn user(&self, username: &str) -> User {
        self.find_user(&of(username)).unwrap()
    }

    pub(super) fn update(&mut self, username: &str, update: &UserUpdate) -> Result<bool, Error> {
        self.update_user(&of(username), update).map(|change| change.changed)
    }

    /// How often the user's row was changed.
    pub(super) fn revision(&self, username: &str) -> i64 {
        self.store().number(&format!("SELECT revision FROM users WHERE username = '{username}'"))
    }

    /// The hash that is stored for a user.
    pub(super) fn hash(&self, username: &str) -> String {
        let query = format!("SELECT password_hash FROM users WHERE username = '{username}'");
        self.store().texts(&query).remove(0)
    }

    /// Does `act`, which has to succeed; gives its answer and the audit entries that it wrote.
    #[track_caller]
    pub(super) fn logged<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> (T, Vec<Value>) {
        let before = self.store().log().len();
        let answer = act(self).unwrap();
        (answer, self.store().log().split_off(before))
    }

    /// Does `act`, which has to be refused and to leave everything as it was.
    #[track_caller]
    pub(super) fn refused<T: Debug>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Error {
        let before = self.store().dump();
        let error = act(self).expect_err("it was not refused");
        assert_eq!(self.store().dump(), before, "{error} changed something");
        error
    }

    /// Does `act`, a sign-in that has to fail: it is counted and written into the log, and leaves
    /// everything else as it was.
    #[track_caller]
    pub(super) fn failed_sign_in<T: Debug>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Error {
        let rest = |house: &Self| {
            let mut rows = house.store().dump();
            rows.retain(|row| !row.starts_with("audit: ") && !row.starts_with("sign_in_"));
            rows
        };
        let (before, entries) = (rest(self), self.store().log().len());
        let error = act(self).expect_err("it did not fail");
        assert_eq!(rest(self), before, "{error} changed something");
        let log = self.store().log();
        assert_eq!(log.len(), entries + 1);
        assert_eq!(log[entries]["action"], "sign-in");
        assert_eq!(log[entries]["outcome"], "failed");
        error
    }

    /// Does `act`, which has to succeed and to leave everything as it was.
    #[track_caller]
    pub(super) fn untouched<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, Error>) -> T {
        let before = self.store().dump();
        let answer = act(self).unwrap();
        assert_eq!(self.store().dump(), before);
        answer
    }
}

/// The default policy with hashes that cost next to nothing.
pub(super) fn policy() -> Policy {
    Policy {
        hash: HashParams { memory_kib: 8, iterations: 1, parallelism: 1 },
        ..Policy::default()
    }
}

/// A value that has to be valid.
#[track_caller]
pub(super) fn of<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Values that have to be valid.
#[track_caller]
pub(super) fn all<T: FromStr<Err: Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| of(text)).collect()
}

pub(super) fn requests(texts: &[&str]) -> Vec<AssignmentRequest> {
    all(texts)
}

pub(super) fn roles(roles: &[Role]) -> RoleSet {
    roles.iter().copied().collect()
}

/// The least that a user is made from.
pub(super) fn new_user(username: &str, given: &[Role]) -> NewUser {
    NewUser {
        username: of(username),
        full_name: of("Somebody"),
        email: None,
        phone: None,
        state: State::Active,
        roles: roles(given),
        teams: Vec::new(),
        skills: Vec::new(),
        language: None,
        project_selection: true,
        projects: Vec::new(),
    }
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// A temporary password that somebody typed.
pub(super) fn typed(text: &str) -> NewPassword {
    NewPassword {
        source: PasswordSource::Typed(secret(text)),
        kind: CredentialKind::Temporary,
        expiry: Expiry::Default,
    }
}

/// A temporary password that is made.
pub(super) fn generated() -> NewPassword {
    NewPassword {
        source: PasswordSource::Generated,
        kind: CredentialKind::Temporary,
        expiry: Expiry::Default,
    }
}

/// So many cases of a property, or many more where `CCADMIN_THOROUGH` is set.
#[expect(clippy::disallowed_methods, reason = "a test has nobody to hand it in")]
pub(super) fn cases(few: u32) -> ProptestConfig {
    let thorough = std::env::var_os("CCADMIN_THOROUGH").is_some();
    let cases = if thorough { few * 50 } else { few };
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// The least that is a picture, with `pixels` in the place of some.
pub(super) fn png(pixels: &[u8]) -> Vec<u8> {
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = b"IHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";
    for chunk in [header.as_slice(), &[b"IDAT", pixels].concat(), b"IEND"] {
        let length = u32::try_from(chunk.len() - 4).unwrap();
        content.extend(length.to_be_bytes());
        content.extend(chunk);
        content.extend(crc32fast::hash(chunk).to_be_bytes());
    }
    content
}
