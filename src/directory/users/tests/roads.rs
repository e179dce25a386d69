//! Three roads lead to the same rules: a command, an import, and an import row by row. What one of
//! them refuses, the others refuse as well, for a reason that all of them give.

use std::io::{self, Cursor};
use std::mem::{Discriminant, discriminant};

use proptest::prelude::*;

use crate::directory::fixture::{
    GOOD_PASSWORD, TestDirectory, cases, generated, new_user, of, roles, typed,
};
use crate::directory::{
    Error, ImportObserver, ImportOptions, ImportPasswords, ImportPhase, ImportWarning, NewPassword,
    OnConflict, PlannedChange, RowError, RowOutcome, UserUpdate,
};
use crate::model::{
    AssignmentRequest, CredentialKind, NewUser, ProfileField, Role, RoleSet, Secret, User, Weight,
};

/// Keeps why rows are refused.
#[derive(Default)]
struct Refusals(Vec<Error>);

impl ImportObserver for Refusals {
    fn progress(&mut self, _: ImportPhase, _: u64, _: Option<u64>) {}

    fn should_stop(&mut self) -> bool {
        false
    }

    fn refused(&mut self, row_error: RowError) {
        self.0.push(row_error.error);
    }

    fn warn(&mut self, _: ImportWarning) {}

    fn wants_plan(&self) -> bool {
        false
    }

    fn planned(&mut self, _: PlannedChange) -> io::Result<()> {
        Ok(())
    }

    fn issued(&mut self, _: &User, _: &Secret) -> io::Result<()> {
        Ok(())
    }

    fn before_commit(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A reason by its kind. A new user without a role is told differently by a file, which names the
/// empty column.
fn reason(error: &Error) -> Discriminant<Error> {
    match error {
        Error::RowLacks { what, username } if what == &["roles"] => {
            discriminant(&Error::LastRole { username: username.clone() })
        }
        error => discriminant(error),
    }
}

/// Why the two kinds of import refuse `file`; neither changes anything.
fn refusals(house: &mut TestDirectory, file: &str) -> [Vec<Error>; 2] {
    let options = ImportOptions {
        dry_run: true,
        on_conflict: OnConflict::Update,
        passwords: ImportPasswords::None,
        ..ImportOptions::default()
    };
    let mut whole = Refusals::default();
    if let Err(error) = house.import(Cursor::new(file), &options, &mut whole) {
        assert!(matches!(error, Error::RowsRefused { .. }), "{error}");
    }
    let mut each = Vec::new();
    let result =
        house.import_each(Cursor::new(file), &options, &mut Refusals::default(), |_, outcome| {
            if let RowOutcome::Refused { row_errors, .. } = outcome {
                each.extend(row_errors.into_iter().map(|row_error| row_error.error));
            }
            Ok(())
        });
    assert!(matches!(result, Ok(_) | Err(Error::RowsRefused { .. })), "{result:?}");
    [whole.0, each]
}

/// All roads say yes, or all say no, and the command's reason is one of those of the imports.
fn agree(command: &Result<(), Error>, imports: &[Vec<Error>; 2], file: &str) {
    for errors in imports {
        match command {
            Ok(()) => assert!(
                errors.is_empty(),
                "the command does it, an import does not: {errors:?}\n{file}"
            ),
            // That nobody is left who can administer is looked at by an import in the end.
            Err(Error::LastAdmin { .. }) => assert!(!errors.is_empty(), "{file}"),
            Err(error) => assert!(
                errors.iter().any(|other| reason(other) == reason(error)),
                "the command says {error}, an import {errors:?}\n{file}"
            ),
        }
    }
}

/// The rules of a site, and who acts.
#[derive(Debug, Clone)]
struct Site {
    required: Vec<ProfileField>,
    two_factor: bool,
    narrow_weights: bool,
    supervisor: bool,
}

fn site(fields: &'static [ProfileField]) -> impl Strategy<Value = Site> {
    let required = prop::sample::subsequence(fields, 0..=2.min(fields.len()));
    (required, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(required, two_factor, narrow_weights, supervisor)| Site {
            required,
            two_factor,
            narrow_weights,
            supervisor,
        },
    )
}

/// A house with `user`, where the rules come into force once the user is there.
fn house(site: &Site, user: Option<&NewUser>) -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["hu", "en"]).teams(&["voice", "chat"]).skills(&["dutch", "sales"]);
    if let Some(user) = user {
        house.create_user(user, Some(&generated())).unwrap();
    }
    if site.supervisor {
        let password = NewPassword { kind: CredentialKind::Permanent, ..typed(GOOD_PASSWORD) };
        house.create_user(&new_user("sue", &[Role::Supervisor]), Some(&password)).unwrap();
        house.acts_as("sue");
    }
    house.rule(|policy| {
        policy.required.clone_from(&site.required);
        policy.two_factor = site.two_factor;
        if site.narrow_weights {
            policy.weights.max = Weight::new(50).unwrap();
        }
    })
}

fn any_roles(least: usize) -> impl Strategy<Value = RoleSet> {
    prop::sample::subsequence(&Role::ALL[..], least..=2).prop_map(|found| roles(&found))
}

fn names<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(";")
}

fn some<T: std::fmt::Display>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

prop_compose! {
    fn anybody(least_roles: usize)(
        roles in any_roles(least_roles),
        (email, phone, language) in (any::<bool>(), any::<bool>(), any::<bool>()),
        teams in prop::sample::subsequence(&["voice", "chat"][..], 0..=2),
        skills in prop::sample::subsequence(&["dutch:2", "sales"][..], 0..=2),
        projects in prop::sample::subsequence(&["hu:20", "en:80"][..], 0..=2),
    ) -> NewUser {
        NewUser {
            roles,
            email: email.then(|| of("james@example.com")),
            phone: phone.then(|| of("+36201234567")),
            language: language.then(|| of("en")),
            teams: teams.into_iter().map(of).collect(),
            skills: skills.into_iter().map(of).collect(),
            projects: projects.into_iter().map(of::<AssignmentRequest>).collect(),
            ..new_user("james", &[])
        }
    }
}

const CREATED: &[ProfileField] = &ProfileField::ALL;

/// An update assigns nobody to projects, so a site that wants projects is not told to.
const CHANGED: &[ProfileField] = &[
    ProfileField::Email,
    ProfileField::Phone,
    ProfileField::Team,
    ProfileField::Language,
    ProfileField::Skill,
];

/// What becomes of one of several: it is kept, added or removed.
fn edits(items: &'static [&'static str]) -> impl Strategy<Value = Vec<(bool, &'static str)>> {
    let signs = prop::collection::vec(prop::option::weighted(0.3, any::<bool>()), items.len());
    signs.prop_map(move |signs| {
        let signed = signs.into_iter().zip(items);
        signed.filter_map(|(sign, item)| Some((sign?, *item))).collect()
    })
}

fn signed(edits: &[(bool, &str)]) -> String {
    names(edits.iter().map(|(add, item)| format!("{}{item}", if *add { '+' } else { '-' })))
}

fn picked<T: std::str::FromStr<Err: std::fmt::Debug>, C: FromIterator<T>>(
    edits: &[(bool, &str)],
    add: bool,
) -> C {
    edits.iter().filter(|(sign, _)| *sign == add).map(|(_, item)| of(item)).collect()
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn who_is_created_is_judged_alike_on_every_road(site in site(CREATED), new in anybody(0)) {
        let projects = new.projects.iter().map(|one| {
            format!("{}:{}", one.project, one.weight.unwrap().get())
        });
        let skills = new.skills.iter().map(|one| format!("{}:{}", one.skill, one.level.get()));
        let file = format!(
            "username,full_name,email,phone,language,roles,teams,skills,projects\n\
             james,Somebody,{},{},{},{},{},{},{}\n",
            some(new.email.as_ref()),
            some(new.phone.as_ref()),
            some(new.language.as_ref()),
            names(new.roles.iter().map(Role::as_str)),
            names(&new.teams),
            names(skills),
            names(projects),
        );
        let mut house = house(&site, None);
        let imports = refusals(&mut house, &file);
        let created = house.create_user(&new, None).map(drop);
        agree(&created, &imports, &file);
    }

    #[test]
    fn who_is_changed_is_judged_alike_on_every_road(
        site in site(CHANGED),
        old in anybody(1).prop_filter("it has to be possible", |old| {
            old.roles.takes_calls() || old.projects.is_empty()
        }),
        (email, phone) in (prop::option::of(any::<bool>()), prop::option::of(any::<bool>())),
        roles in edits(&["admin", "supervisor", "agent", "external-agent", "requester"]),
        teams in edits(&["voice", "chat"]),
        skills in edits(&["dutch", "sales"]),
    ) {
        let cell = |edit: Option<bool>, text: &str| match edit {
            None => String::new(),
            Some(true) => text.to_owned(),
            Some(false) => "-".to_owned(),
        };
        let file = format!(
            "username,full_name,email,phone,roles,teams,skills\njames,James,{},{},{},{},{}\n",
            cell(email, "j@example.com"),
            cell(phone, "+36209999999"),
            signed(&roles),
            signed(&teams),
            signed(&skills),
        );
        let update = UserUpdate {
            full_name: Some(of("James")),
            email: email.map(|is_set| is_set.then(|| of("j@example.com"))),
            phone: phone.map(|is_set| is_set.then(|| of("+36209999999"))),
            add_roles: picked(&roles, true),
            remove_roles: picked(&roles, false),
            add_teams: picked(&teams, true),
            remove_teams: picked(&teams, false),
            add_skills: picked(&skills, true),
            remove_skills: picked(&skills, false),
            ..UserUpdate::default()
        };
        let mut house = house(&site, Some(&old));
        let imports = refusals(&mut house, &file);
        let changed = house.update_user(&of("james"), &update).map(drop);
        agree(&changed, &imports, &file);
    }
}
