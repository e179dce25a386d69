//! The weights in the words of each switch.

use std::fmt::Write as _;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::terminal::output::json_line;
use crate::cli::weight_share::percent;
use crate::directory::{
    Penalties, SwitchMember, SwitchPlan, SwitchQueue, grade, grade_error, hex, tier_level,
};
use crate::model::{LanguageTag, Phone, Weight};

/// What is written, and what is to be told beside it.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) notices: Vec<String>,
    /// The same as numbers.
    pub(super) places: Vec<Place>,
}

/// A member of a queue with the number that a switch goes by: a penalty, a level, a grade.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) queue: String,
    pub(super) member: String,
    pub(super) number: u32,
    /// The channel that is called, where the switch is told.
    pub(super) interface: String,
}

impl Place {
    pub(super) fn new(queue: &str, member: &str, number: u32) -> Self {
        let (queue, member) = (queue.to_owned(), member.to_owned());
        Self { queue, member, number, interface: String::new() }
    }
}

/// `store NUMBER, audit log SEQ HASH`: what it was made from.
fn origin(plan: &SwitchPlan) -> String {
    format!(
        "ccadmin: store {}, audit log {} {}",
        plan.store_id,
        plan.head.seq,
        hex(&plan.head.hash)
    )
}

fn weights(queue: &SwitchQueue) -> Vec<Weight> {
    queue.members.iter().map(|member| member.weight).collect()
}

/// The interface of a member by the site's pattern; `None` where the member lacks what it names.
fn interface(pattern: &str, member: &SwitchMember) -> Option<String> {
    let phone = member.phone.as_ref().map(Phone::as_str);
    if pattern.contains("{phone}") && phone.is_none() {
        return None;
    }
    let named = pattern.replace("{username}", member.username.as_str());
    Some(named.replace("{phone}", phone.unwrap_or_default()))
}

/// `queues.conf`, with the members that the pattern can name.
pub(super) fn asterisk(plan: &SwitchPlan, pattern: &str) -> Written {
    let mut text = format!("; {}\n", origin(plan));
    let (mut notices, mut places) = (Vec::new(), Vec::new());
    let mut left_out: Vec<&str> = Vec::new();
    for queue in &plan.queues {
        let mut named = queue.clone();
        named.members.retain(|member| interface(pattern, member).is_some());
        for member in &queue.members {
            if interface(pattern, member).is_none() {
                left_out.push(member.username.as_str());
            }
        }
        let penalties = Penalties::of(&weights(&named));
        let _ = writeln!(text, "\n[{}]\nstrategy = wrandom", queue.project);
        // What app_queue calls weight is the strict order of its queues.
        let _ = writeln!(text, "weight = {}", queue.priority.get());
        for member in &named.members {
            let interface = interface(pattern, member).unwrap_or_default();
            let penalty = penalties.of_weight(member.weight);
            let _ = writeln!(text, "member => {interface},{penalty},{}", member.username);
            let place = Place::new(queue.project.as_str(), member.username.as_str(), penalty);
            places.push(Place { interface, ..place });
        }
        if named.members.len() > 1 {
            notices.push(format!(
                "{}: at most {:.2} points off the weights while all are free, {:.2} while two are",
                queue.project,
                penalties.error * 100.0,
                penalties.error_of_two * 100.0
            ));
        }
    }
    left_out.sort_unstable();
    left_out.dedup();
    if !left_out.is_empty() {
        notices.push(format!(
            "left out, without a phone number for `{pattern}`: {}",
            left_out.join(", ")
        ));
    }
    Written { text, notices, places }
}

/// The tiers of `callcenter.conf.xml`.
pub(super) fn freeswitch(plan: &SwitchPlan) -> Written {
    let mut text = format!("<!-- {} -->\n<tiers>\n", origin(plan));
    let mut places = Vec::new();
    for queue in &plan.queues {
        let greatest = weights(queue).into_iter().max();
        for member in &queue.members {
            let level = greatest.map_or(1, |greatest| tier_level(member.weight, greatest));
            // Names of users and projects hold nothing that XML would read.
            let _ = writeln!(
                text,
                "  <tier agent=\"{}\" queue=\"{}\" level=\"{level}\" position=\"1\"/>",
                member.username, queue.project
            );
            places.push(Place::new(queue.project.as_str(), member.username.as_str(), level.into()));
        }
    }
    text.push_str("</tiers>\n");
    let told = "mod_callcenter knows levels, which are strict, and no weights: within half of the \
                greatest weight 1, within a quarter 2, else 3";
    Written { text, notices: vec![told.to_owned()], places }
}

/// The grades of agents in in-groups.
pub(super) fn vicidial(plan: &SwitchPlan) -> Written {
    let mut text = format!("# {}\nuser,group_id,group_grade\n", origin(plan));
    let (mut notices, mut places) = (Vec::new(), Vec::new());
    for queue in &plan.queues {
        let all = weights(queue);
        let Some(greatest) = all.iter().copied().max() else { continue };
        for member in &queue.members {
            let grade = grade(member.weight, greatest);
            let _ = writeln!(text, "{},{},{grade}", member.username, queue.project);
            places.push(Place::new(queue.project.as_str(), member.username.as_str(), grade.into()));
        }
        notices.push(format!(
            "{}: grades are 1 to 10, at most {} off the weights",
            queue.project,
            percent(grade_error(&all))
        ));
    }
    Written { text, notices, places }
}

/// The whole document.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SwitchView<'p> {
    store: &'p str,
    audit_seq: i64,
    audit_hash: String,
    projects: Vec<QueueView<'p>>,
}

#[derive(Serialize, JsonSchema)]
struct QueueView<'p> {
    project: &'p str,
    language: Option<&'p str>,
    priority: u8,
    agents: Vec<MemberView<'p>>,
}

#[derive(Serialize, JsonSchema)]
struct MemberView<'p> {
    username: &'p str,
    full_name: &'p str,
    phone: Option<&'p str>,
    weight: u32,
}

/// One document for whatever reads JSON.
pub(super) fn json(plan: &SwitchPlan) -> io::Result<Written> {
    let member = |one| {
        let SwitchMember { username, full_name, phone, weight }: &SwitchMember = one;
        MemberView {
            username: username.as_str(),
            full_name: full_name.as_str(),
            phone: phone.as_ref().map(Phone::as_str),
            weight: weight.get(),
        }
    };
    let queues = plan.queues.iter().map(|queue| QueueView {
        project: queue.project.as_str(),
        language: queue.language.as_ref().map(LanguageTag::as_str),
        priority: queue.priority.get(),
        agents: queue.members.iter().map(member).collect(),
    });
    let origin = SwitchView {
        store: &plan.store_id,
        audit_seq: plan.head.seq,
        audit_hash: hex(&plan.head.hash),
        projects: Vec::new(),
    };
    // The first line tells the origin, as in every form.
    let mut text = json_line(&origin)?.trim_end_matches("]}").to_owned();
    text.push('\n');
    let lines: Result<Vec<String>, _> = queues.map(|queue| json_line(&queue)).collect();
    text.push_str(&lines?.join(",\n"));
    text.push_str("\n]}\n");
    Ok(Written { text, notices: Vec::new(), places: Vec::new() })
}
