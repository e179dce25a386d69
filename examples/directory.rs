//! Uses the library without the command line: opens a store, or makes one, creates a project, a
//! user and their assignment, and lists who takes calls.
//!
//! ```sh
//! cargo run --example directory -- ./example.db
//! ```
//!
//! Whoever runs it has to own the file, or be root: the rules are the library's, not the tool's. A
//! program in which somebody else acts hands in the token of that session.
#![expect(clippy::print_stdout, reason = "an example that shows what it did")]

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use ccadmin::directory::{
    Caller, Directory, Error as Refused, Expiry, NewPassword, PasswordSource, Policy,
};
use ccadmin::model::{
    AssignmentRequest, Clock, CredentialKind, Entropy, Memberships, NewUser, ProjectDetails, Role,
    State, Timestamp, UserFilter,
};
use ccadmin::store::{Store, StoreError};

/// Time and randomness are handed in: the library reads neither by itself.
struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(jiff::Timestamp::now().as_second())
    }
}

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        getrandom::fill(buffer).map_err(io::Error::other)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err("usage: directory STORE".into());
    };
    let patience = Duration::from_secs(30);
    let store = match Store::open(&path, patience) {
        Err(StoreError::NotFound { .. }) => {
            Store::create(&path, System.now(), &mut System)?;
            Store::open(&path, patience)?
        }
        opened => opened?,
    };
    let uid = rustix::process::getuid().as_raw();
    let mut directory = Directory::new(
        store,
        Rc::new(System),
        Box::new(System),
        Policy::default(),
        Caller { real_uid: uid, uid, login: format!("uid-{uid}") },
        None,
    )?;

    // What already exists is an error that says so, and no harm.
    match directory.create_project(&"hu-support".parse()?, ProjectDetails::default()) {
        Ok(_) => println!("made hu-support"),
        Err(Refused::Exists { .. }) => println!("hu-support is there"),
        Err(refused) => return Err(refused.into()),
    }

    let eva = NewUser {
        username: "eva".parse()?,
        full_name: "Kovács Éva".parse()?,
        email: None,
        phone: None,
        state: State::Active,
        roles: [Role::Agent].into_iter().collect(),
        teams: Vec::new(),
        skills: Vec::new(),
        language: Some("hu".parse()?),
        project_selection: true,
        projects: Vec::new(),
    };
    let password = NewPassword {
        source: PasswordSource::Generated,
        kind: CredentialKind::Temporary,
        expiry: Expiry::Default,
    };
    match directory.create_user(&eva, Some(&password)) {
        Ok(created) => {
            let secret = created.generated.ok_or("no password was made")?;
            println!("made eva, temporary password {}", secret.expose());
        }
        Err(Refused::Exists { .. }) => println!("eva is there"),
        Err(refused) => return Err(refused.into()),
    }

    let calls: AssignmentRequest = "hu-support:20".parse()?;
    directory.assign(&eva.username, &[calls], false)?;

    let takes_calls = UserFilter { projects: vec!["hu-support".parse()?], ..UserFilter::default() };
    directory.list_users(&takes_calls, Memberships::ALL, |user| {
        for place in &user.projects {
            println!("{} takes calls from {} with {}", user.username, place.project, place.weight);
        }
        true
    })?;
    Ok(())
}
