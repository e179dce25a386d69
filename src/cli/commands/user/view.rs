//! A user as it is shown: its JSON, its columns, its table.

use std::fmt::{self, Write as _};
use std::io;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::cli::context::Context;
use crate::cli::error::CommandEnd;
use crate::cli::terminal::output::{
    Cell, Column, Format, ListOptions, ListWriter, Medium, Record, write_one,
};
use crate::cli::weight_share::three_digits;
use crate::model::{
    Assignment, CredentialState, Email, FullName, LanguageTag, Phone, RoleSet, Secret, SkillGrant,
    State, TeamName, Timestamp, User, Username, Window,
};

/// A user at one moment; an `ISSUED` one may carry the password that was just made.
pub(crate) struct UserView<const ISSUED: bool = false> {
    user: User,
    now: Timestamp,
    /// The state that is shown.
    state: State,
    password: Option<Secret>,
    /// Whether the command created the user; `None` where it creates nobody.
    created: Option<bool>,
}

impl UserView {
    /// A user to be shown.
    pub(crate) fn new(user: User, now: Timestamp) -> Self {
        Self { state: user.state(now), user, now, password: None, created: None }
    }

    /// A user as an export has them, from which an import makes the same again: with the state that
    /// was set, since their dates stand beside it.
    pub(crate) fn exported(user: User, now: Timestamp) -> Self {
        Self { state: user.set_state, user, now, password: None, created: None }
    }
}

impl UserView<true> {
    /// A user whose record was written, with the password that was made for them.
    pub(crate) fn issued(user: User, now: Timestamp, password: Option<Secret>) -> Self {
        Self { state: user.state(now), user, now, password, created: None }
    }

    /// A user who was to be created and already exists.
    pub(crate) fn found(user: User, now: Timestamp) -> Self {
        Self { state: user.state(now), user, now, password: None, created: Some(false) }
    }
}

/// A project of somebody, with its weight and share.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MembershipView<'a> {
    project: &'a str,
    weight: u32,
    share: f64,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl MembershipView<'_> {
    /// Which project.
    pub(crate) fn project(&self) -> &str {
        self.project
    }
}

#[derive(Serialize, JsonSchema)]
struct PasswordView {
    state: CredentialState,
    set_by: Option<String>,
    changed_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

/// The projects of a user, as the documented shape has them: shares with three digits.
pub(crate) fn memberships(user: &User, now: Timestamp) -> Vec<MembershipView<'_>> {
    let place = |one| {
        let Assignment { project, weight, window, .. }: &Assignment = one;
        let share = three_digits(user.share(one, now));
        let Window { from, until } = *window;
        MembershipView { project: project.as_str(), weight: weight.get(), share, from, until }
    };
    user.projects.iter().map(place).collect()
}

impl<const ISSUED: bool> UserView<ISSUED> {
    /// The password that was made.
    fn line(&self) -> Option<&str> {
        self.password.as_ref().map(Secret::expose)
    }

    fn password_view(&self) -> PasswordView {
        let credential = self.user.credential.as_ref();
        PasswordView {
            state: self.user.password_state(self.now),
            set_by: credential.map(|credential| credential.set_by.clone()),
            changed_at: credential.map(|credential| credential.changed_at),
            expires_at: credential.and_then(|credential| credential.expires_at),
        }
    }
}

/// What every program is told of a user.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ProfileJson<'v> {
    username: &'v Username,
    full_name: &'v FullName,
    email: Option<&'v Email>,
    phone: Option<&'v Phone>,
    state: State,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    roles: RoleSet,
    teams: &'v [TeamName],
    skills: &'v [SkillGrant],
    language: Option<&'v LanguageTag>,
    project_selection: bool,
    projects: Vec<MembershipView<'v>>,
}

impl<'v> ProfileJson<'v> {
    /// The user at the moment `now`.
    pub(crate) fn new(user: &'v User, now: Timestamp) -> Self {
        Self {
            username: &user.username,
            full_name: &user.full_name,
            email: user.email.as_ref(),
            phone: user.phone.as_ref(),
            state: user.state(now),
            from: user.window.from,
            until: user.window.until,
            roles: user.roles,
            teams: &user.teams,
            skills: &user.skills,
            language: user.language.as_ref(),
            project_selection: user.project_selection,
            projects: memberships(user, now),
        }
    }
}

/// The documented shape of a user.
#[derive(Serialize, JsonSchema)]
pub(crate) struct UserJson<'v> {
    #[serde(flatten)]
    profile: ProfileJson<'v>,
    password: PasswordView,
    locked: bool,
    locked_until: Option<Timestamp>,
    photo: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    last_sign_in_at: Option<Timestamp>,
    /// The password that the command made, where it goes nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    temporary_password: Option<&'v str>,
    /// `false` where the command was to create the user and found them.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
}

impl<const ISSUED: bool> Serialize for UserView<ISSUED> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let user = &self.user;
        let locked_until = user.locked_until(self.now);
        let json = UserJson {
            profile: ProfileJson { state: self.state, ..ProfileJson::new(user, self.now) },
            password: self.password_view(),
            locked: locked_until.is_some(),
            locked_until,
            photo: user.photo,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_sign_in_at: user.last_sign_in_at,
            temporary_password: self.line(),
            created: self.created,
        };
        json.serialize(serializer)
    }
}

/// A name with its number, as the command line takes it.
struct Numbered<'a>(&'a str, u32);

impl fmt::Display for Numbered<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)?;
        formatter.write_char(':')?;
        self.1.fmt(formatter)
    }
}

/// The columns of every view; those of CSV are the ones that an import reads.
fn columns<const ISSUED: bool>() -> Vec<Column<UserView<ISSUED>>> {
    fn column<const ISSUED: bool>(
        name: &'static str,
        in_table: bool,
        in_csv: bool,
        cell: fn(&UserView<ISSUED>, Medium) -> String,
    ) -> Column<UserView<ISSUED>> {
        Column { in_table, in_csv, ..Column::new(name, Cell::Made(cell)) }
    }
    fn kept<const ISSUED: bool>(
        name: &'static str,
        in_table: bool,
        in_csv: bool,
        cell: fn(&UserView<ISSUED>, Medium) -> &str,
    ) -> Column<UserView<ISSUED>> {
        Column { in_table, in_csv, ..Column::new(name, Cell::Kept(cell)) }
    }
    fn moment<const ISSUED: bool>(
        name: &'static str,
        cell: fn(&UserView<ISSUED>, Medium) -> String,
    ) -> Column<UserView<ISSUED>> {
        Column { whole: true, is_time: true, ..column(name, false, false, cell) }
    }
    fn edge<const ISSUED: bool>(
        name: &'static str,
        cell: fn(&UserView<ISSUED>, Medium) -> String,
    ) -> Column<UserView<ISSUED>> {
        Column { in_csv: true, ..moment(name, cell) }
    }
    fn time(moment: Option<Timestamp>, medium: Medium) -> String {
        moment.map(|moment| medium.time(moment)).unwrap_or_default()
    }
    vec![
        Column {
            whole: true,
            ..kept("username", true, true, |view, _| view.user.username.as_str())
        },
        kept("full_name", true, true, |view, _| view.user.full_name.as_str()),
        kept("email", false, true, |view, _| {
            view.user.email.as_ref().map_or("", |email| email.as_str())
        }),
        Column {
            raw_in_csv: true,
            ..kept("phone", false, true, |view, _| {
                view.user.phone.as_ref().map_or("", |phone| phone.as_str())
            })
        },
        Column { gives_way: 1, ..kept("state", true, true, |view, _| view.state.as_str()) },
        Column {
            gives_way: 3,
            ..column("roles", true, true, |view, medium| medium.list(view.user.roles.iter()))
        },
        Column {
            gives_way: 4,
            ..column("teams", true, true, |view, medium| medium.list(&view.user.teams))
        },
        column("skills", false, true, |view, medium| {
            let skills = view.user.skills.iter();
            medium.list(skills.map(|one| Numbered(one.skill.as_str(), one.level.get().into())))
        }),
        kept("language", false, true, |view, _| {
            view.user.language.as_ref().map_or("", |language| language.as_str())
        }),
        kept("project_selection", false, true, |view, medium| {
            match (medium, view.user.project_selection) {
                (Medium::Csv, true) => "true",
                (Medium::Csv, false) => "false",
                (Medium::Table, true) => "on",
                (Medium::Table, false) => "off",
            }
        }),
        column("projects", true, true, |view, medium| medium.list(&view.user.projects)),
        edge("from", |view, medium| time(view.user.window.from, medium)),
        edge("until", |view, medium| time(view.user.window.until, medium)),
        Column {
            gives_way: 2,
            ..kept("password", true, false, |view, _| view.user.password_state(view.now).as_str())
        },
        kept("password_set_by", false, false, |view, _| {
            view.user.credential.as_ref().map_or("", |credential| &credential.set_by)
        }),
        moment("password_changed_at", |view, medium| {
            time(view.user.credential.as_ref().map(|credential| credential.changed_at), medium)
        }),
        moment("password_expires_at", |view, medium| {
            let credential = view.user.credential.as_ref();
            time(credential.and_then(|credential| credential.expires_at), medium)
        }),
        column("locked", false, false, |view, _| {
            view.user.locked_until(view.now).is_some().to_string()
        }),
        moment("locked_until", |view, medium| time(view.user.locked_until(view.now), medium)),
        column("photo", false, false, |view, _| view.user.photo.to_string()),
        moment("created_at", |view, medium| medium.time(view.user.created_at)),
        moment("updated_at", |view, medium| medium.time(view.user.updated_at)),
        moment("last_sign_in_at", |view, medium| time(view.user.last_sign_in_at, medium)),
    ]
}

impl Record for UserView<false> {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<UserView<false>>>> = LazyLock::new(columns);
        &COLUMNS
    }

    fn sort_words() -> &'static [(&'static str, &'static str)] {
        &[("name", "full_name"), ("created", "created_at"), ("last-sign-in", "last_sign_in_at")]
    }
}

impl Record for UserView<true> {
    fn columns() -> &'static [Column<Self>] {
        static COLUMNS: LazyLock<Vec<Column<UserView<true>>>> = LazyLock::new(|| {
            let mut all = columns();
            all.push(Column {
                in_table: false,
                raw_in_csv: true,
                ..Column::new(
                    "temporary_password",
                    Cell::Kept(|view, _| view.line().unwrap_or_default()),
                )
            });
            all
        });
        &COLUMNS
    }
}

/// Prints what a command that writes came to: in table form nothing but generated passwords (alone
/// for one user, behind the username for several), else the users as they are now.
pub(crate) fn print_issued(
    context: &Context,
    views: &[UserView<true>],
    several: bool,
) -> Result<(), CommandEnd> {
    let secret = views.iter().any(|view| view.password.is_some());
    print_all(context, views, several)
        .map_err(|error| CommandEnd::output_after_change(&error, secret))
}

/// What a person is told before generated passwords.
fn announcement(views: &[UserView<true>]) -> Option<String> {
    let mut issued = views.iter().filter(|view| view.password.is_some());
    let first = issued.next()?;
    let (what, work) =
        if issued.next().is_some() { ("passwords", "work") } else { ("password", "works") };
    let credential = first.user.credential.as_ref();
    // All were made by one call, with one time.
    Some(match credential.and_then(|credential| credential.expires_at) {
        Some(end) => {
            let end = Medium::Table.time(end);
            format!("the temporary {what}, shown only this once, {work} until {end}:")
        }
        None => format!("the {what}, shown only this once:"),
    })
}

fn print_all(context: &Context, views: &[UserView<true>], several: bool) -> io::Result<()> {
    use std::io::Write as _;

    let ui = &context.ui;
    let mut out = ui.stdout()?;
    let terminal = ui.stdout_terminal();
    match (ui.format, views) {
        (Format::Table, views) => {
            if terminal.is_some()
                && let Some(message) = announcement(views)
            {
                ui.status(&message);
            }
            for view in views {
                match view.line() {
                    Some(password) if several => {
                        writeln!(out, "{}\t{password}", view.user.username)?;
                    }
                    Some(password) => writeln!(out, "{password}")?,
                    None => {}
                }
            }
            out.flush()
        }
        (format, [view]) if !several => write_one(&mut out, view, format, terminal),
        (format, views) => {
            let options = ListOptions { format, terminal, ..ListOptions::default() };
            let mut list = ListWriter::whole(&mut out, &options);
            for view in views {
                list.push(view)?;
            }
            list.finish(None).map(|_| ())
        }
    }
}
