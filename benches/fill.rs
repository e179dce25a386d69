//! Makes a store with many users in it, through the library: `cargo bench --bench fill -- FILE COUNT`.
#![expect(clippy::print_stderr, reason = "a program of its own")]

use std::error::Error;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use ccadmin::directory::{
    Caller, Directory, Expiry, LabelKind, NewPassword, PasswordSource, Policy,
};
use ccadmin::model::{
    AssignmentRequest, CredentialKind, Entropy, FixedClock, NewUser, ProjectDetails, Role, State,
    Timestamp, Window,
};
use ccadmin::store::Store;

struct System;

impl Entropy for System {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes in")]
    fn fill(&mut self, buffer: &mut [u8]) -> std::io::Result<()> {
        getrandom::fill(buffer).map_err(std::io::Error::other)
    }
}

const GIVEN: [&str; 10] =
    ["Anna", "Béla", "Csilla", "Dániel", "Eszter", "Ferenc", "Gábor", "Hanna", "István", "Júlia"];
const FAMILY: [&str; 10] =
    ["Nagy", "Kovács", "Tóth", "Szabó", "Horváth", "Varga", "Kiss", "Molnár", "Németh", "Farkas"];
const PROJECTS: [&str; 6] =
    ["hu-support", "hu-sales", "en-support", "en-sales", "de-support", "de-sales"];
const TEAMS: [&str; 3] = ["voice", "chat", "night-shift"];
const SKILLS: [&str; 4] = ["billing", "returns", "sales", "technical"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    let [path, count] = arguments.as_slice() else {
        eprintln!("nothing to do: cargo bench --bench fill -- FILE COUNT");
        return Ok(());
    };
    let count: usize = count.parse()?;
    let path = Path::new(path);
    let now = Timestamp::from_seconds(1_795_251_600);
    Store::create(path, now, &mut System)?;
    let uid = rustix::process::getuid().as_raw();
    let mut directory = Directory::new(
        Store::open(path, Duration::from_secs(30))?,
        Rc::new(FixedClock(now)),
        Box::new(System),
        Policy::default(),
        Caller { real_uid: uid, uid, login: "bench".to_owned() },
        None,
    )?;
    for project in PROJECTS {
        directory.create_project(&project.parse()?, ProjectDetails::default())?;
    }
    for (kind, names) in [(LabelKind::Team, &TEAMS[..]), (LabelKind::Skill, &SKILLS[..])] {
        for name in names {
            directory.create_label(kind, name)?;
        }
    }
    let password = NewPassword {
        source: PasswordSource::Generated,
        kind: CredentialKind::Temporary,
        expiry: Expiry::Default,
    };
    let pick = |from: &'static [&'static str], number: usize| from[number % from.len()];
    for number in 0..count {
        // In no order: names in a row would be kinder to the indexes than people are.
        let scattered = number * 7_919 % count;
        let (given, family) = (pick(&GIVEN, scattered), pick(&FAMILY, scattered / 10));
        let username = format!("{given}.{family}{scattered}").to_lowercase();
        let username: String = username
            .chars()
            .map(|letter| match letter {
                'á' => 'a',
                'é' => 'e',
                'í' => 'i',
                'ó' => 'o',
                'ú' => 'u',
                letter => letter,
            })
            .collect();
        let project: AssignmentRequest =
            format!("{}:{}", pick(&PROJECTS, number), number % 100 + 1).parse()?;
        let user = NewUser {
            email: Some(format!("{username}@example.com").parse()?),
            username: username.parse()?,
            full_name: format!("{family} {given}").parse()?,
            phone: Some(format!("+3620{scattered:07}").parse()?),
            state: State::Active,
            window: Window::ALWAYS,
            roles: [Role::Agent].into_iter().collect(),
            teams: vec![pick(&TEAMS, number).parse()?],
            skills: vec![
                format!("{}:{}", pick(&SKILLS, number), number % 5 + 1).parse()?,
                pick(&SKILLS, number + 1).parse()?,
            ],
            language: Some("hu".parse()?),
            project_selection: true,
            projects: vec![project, pick(&PROJECTS, number + 1).parse()?],
        };
        directory.create_user(&user, Some(&password))?;
    }
    Ok(())
}
