//! A roster as `git diff` reads it well: everything sorted, one value a line, and nothing that a user
//! does not have.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::io::Write;

use super::{Owns, fields};
use crate::directory::users::check_filter;
use crate::directory::{Directory, Error, LabelKind};
use crate::model::{Memberships, Project, State, Timestamp, User, Window};

/// The first lines of a roster.
const HEAD: &str = "# A roster of ccadmin. A field of `fields` that a user lacks here is to be empty;\n\
                    # users who are not among `owns` are never touched.\n";

impl Directory {
    /// Writes a roster of the users whom it is to own, and of what they are in; one that owns all
    /// users has all teams, skills and projects. Gives how many users it has.
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`]; [`Error::NotFound`], where `owns` names what is not there;
    /// [`Error::Output`].
    pub fn export_roster(&self, owns: &Owns, out: &mut dyn Write) -> Result<u64, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let filter = owns.filter();
        let mut users = String::new();
        let mut used = Used::default();
        let mut count = 0;
        let listed = check_filter(&snapshot, filter).and_then(|()| {
            snapshot.list_users(filter, self.now(), Memberships::ALL, |user| {
                count += 1;
                used.add(&user);
                write_user(&mut users, &user).map_err(failed)?;
                Ok::<_, Error>(true)
            })
        });
        let mut places = String::new();
        let written = listed.and_then(|()| {
            let all = !filter.is_narrowed();
            for (kind, name, used) in [
                (LabelKind::Team, "teams", &used.teams),
                (LabelKind::Skill, "skills", &used.skills),
            ] {
                let mut names = Vec::new();
                snapshot.labels(kind, |label, _| {
                    names.extend((all || used.contains(label)).then(|| label.to_owned()));
                    Ok::<_, Error>(true)
                })?;
                write_list(&mut places, name, &names).map_err(failed)?;
            }
            snapshot.projects(|project, _| {
                if all || used.projects.contains(project.name.as_str()) {
                    write_project(&mut places, &project).map_err(failed)?;
                }
                Ok::<_, Error>(true)
            })
        });
        drop(snapshot);
        self.suggest(written)?;
        let mut head = HEAD.to_owned();
        let names: Vec<String> = fields().map(|field| field.as_str().to_owned()).collect();
        write_list(&mut head, "owns", owns.words())
            .and_then(|()| write_list(&mut head, "fields", &names))
            .map_err(failed)?;
        for part in [head, places, users] {
            out.write_all(part.as_bytes()).map_err(Error::Output)?;
        }
        Ok(count)
    }
}

fn failed(_: fmt::Error) -> Error {
    Error::Output(std::io::ErrorKind::Other.into())
}

/// What the users of the roster are in.
#[derive(Default)]
struct Used {
    teams: BTreeSet<String>,
    skills: BTreeSet<String>,
    projects: BTreeSet<String>,
}

impl Used {
    fn add(&mut self, user: &User) {
        self.teams.extend(user.teams.iter().map(ToString::to_string));
        self.skills.extend(user.skills.iter().map(|grant| grant.skill.to_string()));
        self.projects.extend(user.projects.iter().map(|one| one.project.to_string()));
    }
}

/// A text as TOML has it, which for texts without DEL is what JSON has.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn time(moment: Timestamp) -> String {
    quoted(&moment.to_string())
}

/// A key, quoted where it has to be.
fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if name.bytes().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A list, an item a line.
fn write_list(text: &mut String, name: &str, items: &[String]) -> fmt::Result {
    if items.is_empty() {
        return writeln!(text, "{name} = []");
    }
    writeln!(text, "{name} = [")?;
    for item in items {
        writeln!(text, "  {},", quoted(item))?;
    }
    writeln!(text, "]")
}

fn write_project(text: &mut String, project: &Project) -> fmt::Result {
    writeln!(text, "\n[project.{}]", key(project.name.as_str()))?;
    let details = &project.details;
    if let Some(language) = &details.language {
        writeln!(text, "language = {}", quoted(language.as_str()))?;
    }
    if let Some(description) = &details.description {
        writeln!(text, "description = {}", quoted(description.as_str()))?;
    }
    if details.priority.get() > 0 {
        writeln!(text, "priority = {}", details.priority.get())?;
    }
    write_state(text, project.state)
}

/// The state, where it is not the usual one.
fn write_state(text: &mut String, state: State) -> fmt::Result {
    if state.is_active() { Ok(()) } else { writeln!(text, "state = {}", quoted(state.as_str())) }
}

fn write_user(text: &mut String, user: &User) -> fmt::Result {
    writeln!(text, "\n[user.{}]", key(user.username.as_str()))?;
    writeln!(text, "full_name = {}", quoted(user.full_name.as_str()))?;
    if let Some(email) = &user.email {
        writeln!(text, "email = {}", quoted(email.as_str()))?;
    }
    if let Some(phone) = &user.phone {
        writeln!(text, "phone = {}", quoted(phone.as_str()))?;
    }
    write_state(text, user.set_state)?;
    let list = |items: Vec<String>| format!("[{}]", items.join(", "));
    writeln!(
        text,
        "roles = {}",
        list(user.roles.iter().map(|role| quoted(role.as_str())).collect())
    )?;
    if !user.teams.is_empty() {
        let teams = user.teams.iter().map(|team| quoted(team.as_str())).collect();
        writeln!(text, "teams = {}", list(teams))?;
    }
    for grant in &user.skills {
        writeln!(text, "skills.{} = {}", key(grant.skill.as_str()), grant.level.get())?;
    }
    if let Some(language) = &user.language {
        writeln!(text, "language = {}", quoted(language.as_str()))?;
    }
    if !user.project_selection {
        writeln!(text, "project_selection = false")?;
    }
    for one in &user.projects {
        let (project, weight) = (key(one.project.as_str()), one.weight.get());
        let edges = edges(one.window);
        if edges.is_empty() {
            writeln!(text, "projects.{project} = {weight}")?;
        } else {
            let edges: Vec<String> =
                edges.iter().map(|(name, moment)| format!(", {name} = {moment}")).collect();
            writeln!(text, "projects.{project} = {{ weight = {weight}{} }}", edges.concat())?;
        }
    }
    for (name, moment) in edges(user.window) {
        writeln!(text, "{name} = {moment}")?;
    }
    Ok(())
}

/// The edges in time that there are.
fn edges(window: Window) -> Vec<(&'static str, String)> {
    let edges = [("from", window.from), ("until", window.until)];
    edges.into_iter().filter_map(|(name, edge)| Some((name, time(edge?)))).collect()
}
