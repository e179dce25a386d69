//! What becomes of weights under a given traffic: calls come at random, agents talk for random
//! times, and every choice is made by the rule of the weights. The seed is fixed: the same question
//! has the same answer.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use crate::directory::lookup::require_project;
use crate::directory::{Directory, Error};
use crate::model::{Duration, Memberships, ProjectName, State, UserFilter, Username};

/// Where the random numbers begin.
pub const SIMULATION_SEED: u64 = 1;

/// So many calls are simulated and counted.
const COUNTED_CALLS: u64 = 100_000;

/// So many come before, until the center is as full as it usually is.
const WARM_UP_CALLS: u64 = 10_000;

/// At most so many calls come for each that is to be answered: nobody may be there to answer.
const MAX_CALLS_FOR_ONE: u64 = 20;

/// The calls are counted in so many runs, whose spread tells the error.
const BATCHES: usize = 20;

/// Student's t for 19 degrees of freedom: 95 % lie within.
const T_95: f64 = 2.093;

/// Where more than one call in so many still waits at the end, the queue grows without end.
const OVERLOAD: u64 = 20;

/// How many calls a project gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    /// Which project.
    pub project: ProjectName,
    /// Calls an hour, on average.
    pub per_hour: f64,
}

/// A number with the half width of its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// How far off it may be.
    pub error: f64,
}

/// What came of a project's traffic.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedProject {
    /// Which project.
    pub project: ProjectName,
    /// Calls an hour, on average.
    pub per_hour: f64,
    /// How long its callers wait, in seconds; `None` where more call than are answered.
    pub wait_seconds: Option<Estimate>,
    /// The part of each agent's calls that came from it.
    pub mix: HashMap<Username, Estimate>,
    /// The part of its calls that each agent took.
    pub taken: HashMap<Username, Estimate>,
}

/// What became of the traffic.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Simulation {
    /// How many calls were counted.
    pub calls: u64,
    /// The projects, in the order of the traffic.
    pub projects: Vec<SimulatedProject>,
}

impl Directory {
    /// What becomes of `traffic` where a call takes `talk` on average: calls come independently of
    /// one another, talks have exponential lengths, and all active agents of these projects work.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::ProjectInactive`], which takes no calls.
    pub fn simulate(&self, traffic: &[Traffic], talk: Duration) -> Result<Simulation, Error> {
        self.authorize_reading()?;
        let snapshot = self.store.read()?;
        let mut center = Center { talk_seconds: talk.seconds().max(1), ..Center::default() };
        for one in traffic {
            let project = require_project(&snapshot, &one.project);
            let project = match project {
                Ok(project) => project,
                missing => {
                    drop(snapshot);
                    return self.suggest(missing.map(|_| Simulation::default()));
                }
            };
            if !project.state.is_active() {
                return Err(Error::ProjectInactive { project: project.name });
            }
            center.queues.push(QueueSpec {
                project: project.name,
                priority: project.details.priority.get(),
                per_hour: one.per_hour,
            });
        }
        drop(snapshot);
        let filter = UserFilter {
            state: Some(State::Active),
            projects: traffic.iter().map(|one| one.project.clone()).collect(),
            ..UserFilter::default()
        };
        let memberships = Memberships { projects: true, ..Memberships::NONE };
        let now = self.now();
        self.list_users(&filter, memberships, |user| {
            let place = |project: &ProjectName| {
                center.queues.iter().position(|queue| queue.project == *project)
            };
            let weights = user
                .projects
                .iter()
                .filter(|one| one.window.contains(now))
                .filter_map(|one| place(&one.project).map(|queue| (queue, one.weight.get())));
            let weights = weights.collect();
            center.agents.push(AgentSpec { username: user.username, weights });
            true
        })?;
        Ok(center.run(SIMULATION_SEED, COUNTED_CALLS))
    }
}

/// A project with its traffic.
#[derive(Debug, Clone)]
pub(super) struct QueueSpec {
    pub(super) project: ProjectName,
    /// Calls of a higher one go first.
    pub(super) priority: u8,
    pub(super) per_hour: f64,
}

/// An agent with their weights by the place of the queue.
#[derive(Debug, Clone)]
pub(super) struct AgentSpec {
    pub(super) username: Username,
    pub(super) weights: Vec<(usize, u32)>,
}

/// A contact center at work.
#[derive(Debug, Clone, Default)]
pub(super) struct Center {
    pub(super) queues: Vec<QueueSpec>,
    pub(super) agents: Vec<AgentSpec>,
    pub(super) talk_seconds: i64,
}

/// What is counted in one run of calls.
#[derive(Debug, Clone)]
struct Batch {
    /// Calls by queue and agent.
    taken: Vec<Vec<u64>>,
    /// The sum of the waits and the number of answered calls, by queue.
    waits: Vec<(f64, u64)>,
}

/// A moment that can be ordered: seconds from the beginning, never NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moment(f64);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Call { queue: usize },
    End { agent: usize },
}

/// The state of a center at one moment.
struct Run<'c> {
    center: &'c Center,
    random: fastrand::Rng,
    events: BinaryHeap<Reverse<(Moment, Event)>>,
    /// When those who wait called.
    waiting: Vec<VecDeque<f64>>,
    /// How many calls were answered, and how many are to be counted.
    answered: u64,
    counted: u64,
    /// The agents of each queue with their weights.
    agents_of: Vec<Vec<(usize, u32)>>,
    free: Vec<bool>,
    batches: Vec<Batch>,
}

impl Center {
    /// Works until so many calls were answered and counted.
    pub(super) fn run(&self, seed: u64, calls: u64) -> Simulation {
        let mut agents_of = vec![Vec::new(); self.queues.len()];
        for (at, agent) in self.agents.iter().enumerate() {
            for (queue, weight) in &agent.weights {
                agents_of[*queue].push((at, *weight));
            }
        }
        let batch = Batch {
            taken: vec![vec![0; self.agents.len()]; self.queues.len()],
            waits: vec![(0.0, 0); self.queues.len()],
        };
        let mut run = Run {
            center: self,
            random: fastrand::Rng::with_seed(seed),
            events: BinaryHeap::new(),
            waiting: vec![VecDeque::new(); self.queues.len()],
            answered: 0,
            counted: calls,
            agents_of,
            free: vec![true; self.agents.len()],
            batches: vec![batch; BATCHES],
        };
        for queue in 0..self.queues.len() {
            run.expect_call(0.0, queue);
        }
        let mut came = 0;
        let mut came_to = vec![0_u64; self.queues.len()];
        let wanted = WARM_UP_CALLS + calls;
        while run.answered < wanted && came < wanted * MAX_CALLS_FOR_ONE {
            let Some(Reverse((Moment(now), event))) = run.events.pop() else { break };
            match event {
                Event::Call { queue } => {
                    came += 1;
                    came_to[queue] += 1;
                    run.expect_call(now, queue);
                    run.waiting[queue].push_back(now);
                    if let Some(agent) = run.choose_agent(queue) {
                        run.answer(now, agent, queue);
                    }
                }
                Event::End { agent } => match run.choose_queue(agent) {
                    Some(queue) => run.answer(now, agent, queue),
                    None => run.free[agent] = true,
                },
            }
        }
        let overloaded: Vec<bool> = run
            .waiting
            .iter()
            .zip(came_to)
            .map(|(waiting, came)| waiting.len() as u64 * OVERLOAD > came)
            .collect();
        self.summarize(&run.batches, &overloaded, calls)
    }

    fn summarize(&self, batches: &[Batch], overloaded: &[bool], calls: u64) -> Simulation {
        let part = |some: u64, all: u64| (all > 0).then(|| ratio(some, all));
        let projects = self.queues.iter().enumerate().map(|(queue, spec)| {
            let mut mix = HashMap::new();
            let mut taken = HashMap::new();
            for (at, agent) in self.agents.iter().enumerate() {
                let of_agent =
                    |batch: &Batch| -> u64 { batch.taken.iter().map(|agents| agents[at]).sum() };
                let of_queue = |batch: &Batch| -> u64 { batch.taken[queue].iter().sum() };
                let own = batches.iter().map(|b| part(b.taken[queue][at], of_agent(b)));
                mix.extend(estimate(own).map(|one| (agent.username.clone(), one)));
                let parts = batches.iter().map(|b| part(b.taken[queue][at], of_queue(b)));
                taken.extend(estimate(parts).map(|one| (agent.username.clone(), one)));
            }
            let waits = batches.iter().map(|batch| {
                let (sum, count) = batch.waits[queue];
                #[expect(clippy::cast_precision_loss, reason = "calls are far below 2^52")]
                let mean = (count > 0).then(|| sum / count as f64);
                mean
            });
            let wait_seconds = estimate(waits).filter(|_| !overloaded[queue]);
            let (project, per_hour) = (spec.project.clone(), spec.per_hour);
            SimulatedProject { project, per_hour, wait_seconds, mix, taken }
        });
        Simulation { calls, projects: projects.collect() }
    }
}

#[expect(clippy::cast_precision_loss, reason = "calls are far below 2^52")]
fn ratio(some: u64, all: u64) -> f64 {
    some as f64 / all as f64
}

/// The batch that counts the call of that number; none while the center fills.
fn batch_of(number: u64, calls: u64) -> Option<usize> {
    let counted = number.checked_sub(WARM_UP_CALLS)?;
    let batch = counted * BATCHES as u64 / calls.max(1);
    usize::try_from(batch).ok().map(|batch| batch.min(BATCHES - 1))
}

/// The mean of what the batches say, with its error.
#[expect(clippy::cast_precision_loss, reason = "there are few batches")]
fn estimate(batches: impl Iterator<Item = Option<f64>>) -> Option<Estimate> {
    let values: Vec<f64> = batches.flatten().collect();
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let value = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|one| (one - value).powi(2)).sum::<f64>() / (count - 1.0);
    Some(Estimate { value, error: T_95 * (variance / count).sqrt() })
}

impl Run<'_> {
    /// A random time of that mean, in seconds.
    fn time(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.random.f64()).ln()
    }

    fn expect_call(&mut self, now: f64, queue: usize) {
        let per_hour = self.center.queues[queue].per_hour;
        if per_hour > 0.0 {
            let at = now + self.time(3_600.0 / per_hour);
            self.events.push(Reverse((Moment(at), Event::Call { queue })));
        }
    }

    /// Who of those who are free gets a call of the queue.
    fn choose_agent(&mut self, queue: usize) -> Option<usize> {
        let free = &self.free;
        let able: Vec<(usize, u32)> =
            self.agents_of[queue].iter().copied().filter(|(agent, _)| free[*agent]).collect();
        self.choose(&able)
    }

    /// From which of those that wait an agent who is free takes the next call.
    fn choose_queue(&mut self, agent: usize) -> Option<usize> {
        let (queues, waiting) = (&self.center.queues, &self.waiting);
        let own = self.center.agents[agent].weights.iter().copied();
        let mut calling: Vec<(usize, u32)> =
            own.filter(|(queue, _)| !waiting[*queue].is_empty()).collect();
        let highest = calling.iter().map(|(queue, _)| queues[*queue].priority).max();
        calling.retain(|(queue, _)| Some(queues[*queue].priority) == highest);
        self.choose(&calling)
    }

    /// One of them, with the probability of its weight / the sum of the weights.
    fn choose(&mut self, weighted: &[(usize, u32)]) -> Option<usize> {
        let sum: u64 = weighted.iter().map(|(_, weight)| u64::from(*weight)).sum();
        if sum == 0 {
            return None;
        }
        let mut drawn = self.random.u64(0..sum);
        weighted.iter().find_map(|(one, weight)| {
            let weight = u64::from(*weight);
            if drawn < weight {
                return Some(*one);
            }
            drawn -= weight;
            None
        })
    }

    /// The agent talks with the one who has waited longest in the queue.
    fn answer(&mut self, now: f64, agent: usize, queue: usize) {
        let Some(called) = self.waiting[queue].pop_front() else { return };
        self.answered += 1;
        if let Some(batch) = batch_of(self.answered - 1, self.counted) {
            let batch = &mut self.batches[batch];
            batch.taken[queue][agent] += 1;
            batch.waits[queue].0 += now - called;
            batch.waits[queue].1 += 1;
        }
        self.free[agent] = false;
        #[expect(clippy::cast_precision_loss, reason = "talks are short")]
        let mean = self.center.talk_seconds as f64;
        let end = now + self.time(mean);
        self.events.push(Reverse((Moment(end), Event::End { agent })));
    }
}
