//! What is measured inside one process: a typed password against argon2 alone, and "did you mean"
//! in the store that `CCADMIN_BENCH_STORE` names (`benches/run.sh` does).
#![expect(clippy::expect_used, reason = "a bench that cannot go on has nothing to tell")]

use std::hint::black_box;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use ccadmin::directory::{Caller, Directory, Expiry, NewPassword, PasswordSource, Policy};
use ccadmin::model::{
    CredentialKind, Entropy, FixedClock, NewUser, Role, Secret, State, Timestamp, Username, Window,
};
use ccadmin::store::Store;
use criterion::{Criterion, criterion_group, criterion_main};

const PASSWORD: &str = "verwunschene Teekanne im Regal";
const NOW: Timestamp = Timestamp::from_seconds(1_795_251_600);

struct System;

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(buffer).map_err(std::io::Error::other)
    }
}

fn directory(store: Store) -> Directory {
    let uid = rustix::process::getuid().as_raw();
    let caller = Caller { real_uid: uid, uid, login: "bench".to_owned() };
    Directory::new(
        store,
        Rc::new(FixedClock(NOW)),
        Box::new(System),
        Policy::default(),
        caller,
        None,
    )
    .expect("a directory")
}

/// A typed password from its text to the store (checked, hashed, recorded), and argon2 alone with
/// the same parameters and memory of its own.
fn typed_passwords(criterion: &mut Criterion) {
    let mut directory = directory(Store::in_memory(NOW).expect("a store"));
    let username: Username = "eva".parse().expect("a username");
    let eva = NewUser {
        username: username.clone(),
        full_name: "Kovács Éva".parse().expect("a name"),
        email: None,
        phone: None,
        state: State::Active,
        window: Window::ALWAYS,
        roles: [Role::Agent].into_iter().collect(),
        teams: Vec::new(),
        skills: Vec::new(),
        language: None,
        project_selection: true,
        projects: Vec::new(),
    };
    directory.create_user(&eva, None).expect("a user");
    let usernames = [username];
    let mut group = criterion.benchmark_group("typed password");
    group.sample_size(20);
    group.bench_function("argon2 alone", |bencher| {
        bencher.iter(|| {
            let params = Params::new(19_456, 2, 1, Some(32)).expect("parameters");
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let mut tag = [0; 32];
            argon2
                .hash_password_into(PASSWORD.as_bytes(), b"0123456789abcdef", &mut tag)
                .expect("a hash");
            black_box(tag)
        });
    });
    group.bench_function("set, with all checks", |bencher| {
        let password = NewPassword {
            source: PasswordSource::Typed(Secret::new(PASSWORD.to_owned())),
            kind: CredentialKind::Temporary,
            expiry: Expiry::Default,
        };
        bencher.iter(|| directory.set_passwords(&usernames, &password).expect("a password"));
    });
    group.finish();
}

/// The nearest name to one that is not there.
fn did_you_mean(criterion: &mut Criterion) {
    let Some(path) = store_path() else { return };
    let store = Store::open(Path::new(&path), Duration::from_secs(30)).expect("a store");
    let directory = directory(store);
    let mut group = criterion.benchmark_group("did you mean");
    for wrong in ["eszter.farkas4x", "Eszter.Farkas94", "ezster.farkas94", "nobody-like-this"] {
        let username: Username = wrong.parse().expect("a username");
        group.bench_function(wrong, |bencher| {
            bencher.iter(|| black_box(directory.find_user(&username).expect_err("nobody")));
        });
    }
    group.finish();
}

#[expect(clippy::disallowed_methods, reason = "a bench is told where its store is")]
fn store_path() -> Option<std::ffi::OsString> {
    std::env::var_os("CCADMIN_BENCH_STORE")
}

criterion_group!(benches, typed_passwords, did_you_mean);
criterion_main!(benches);
