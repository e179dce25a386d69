//! The weights that give a wished share: whole numbers within the settings' range, compared with
//! the wish as exact fractions.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::directory::{AssignmentChange, Directory, Error};
use crate::model::{
    Assignment, Invalid, ProjectName, Rule, Timestamp, User, Username, Weight, WeightRange,
};

/// Wishes are told to a thousandth of a percent.
const SHARE_UNITS: u32 = 100_000;

/// A share that is wished for, as it is typed: `40%`, `33.3%`. Exact, in thousandths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetShare(u32);

impl TargetShare {
    /// The share, between 0 and 1.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(SHARE_UNITS)
    }
}

impl FromStr for TargetShare {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.strip_suffix('%').map(str::trim_end).and_then(|number| {
            let (whole, places) = number.split_once('.').unwrap_or((number, "0"));
            let well_formed = (1..=3).contains(&whole.len()) && (1..=3).contains(&places.len());
            if !well_formed || !digits(whole) || !digits(places) {
                return None;
            }
            format!("{whole}{places:0<3}").parse().ok()
        });
        number.filter(|units| (1..SHARE_UNITS).contains(units)).map(Self).ok_or_else(|| {
            Invalid::new(Rule::Share, format!("`{}` is not a share", text.escape_debug()))
                .with_hint("write it in percent, above 0% and below 100%: 40%, 33.3%")
        })
    }
}

impl fmt::Display for TargetShare {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, places) = (self.0 / 1_000, self.0 % 1_000);
        if places == 0 {
            return write!(formatter, "{whole}%");
        }
        write!(formatter, "{whole}.{}%", format!("{places:03}").trim_end_matches('0'))
    }
}

/// The weights that come nearest to a wish.
#[derive(Debug, Clone, PartialEq)]
pub struct SolvedWeights {
    /// Whose weights.
    pub username: Username,
    /// Each weight that is to be set, with the one that is there.
    pub weights: Vec<(ProjectName, Weight, Weight)>,
    /// The share before.
    pub before: f64,
    /// The share that they give.
    pub share: f64,
    /// Whether calls of one of the projects go before those of another, whatever the weights.
    pub priorities_differ: bool,
}

impl SolvedWeights {
    /// Whether the weights that are there come nearest already.
    #[must_use]
    pub fn is_there_already(&self) -> bool {
        self.weights.iter().all(|(_, before, after)| before == after)
    }
}

impl Directory {
    /// The weights of a user that bring a project nearest to `target` of their calls, while calls
    /// wait in all of their active projects. The others keep their proportions as far as whole
    /// numbers let them. An inactive user's weights are looked at as if they were active.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::NotAssigned`]; [`Error::ProjectInactive`], which has no share.
    pub fn solve_for_user(
        &self,
        username: &Username,
        name: &ProjectName,
        target: TargetShare,
    ) -> Result<SolvedWeights, Error> {
        let project = self.find_project(name)?.project;
        let chances = self.user_chances(username)?;
        let wished = assignment_now(&chances.user, name, self.now())?;
        if !project.state.is_active() {
            return Err(Error::ProjectInactive { project: name.clone() });
        }
        let others: Vec<_> = chances
            .projects
            .iter()
            .filter(|one| one.state.is_active() && one.project != *name)
            .collect();
        let present: Vec<u32> = others.iter().map(|one| one.weight.get()).collect();
        let range = &self.policy.weights;
        let solution = nearest(wished.weight.get(), &present, target, range);
        let mut weights = vec![(name.clone(), wished.weight, weight(solution.wished, range))];
        for (one, solved) in others.iter().zip(&solution.others) {
            weights.push((one.project.clone(), one.weight, weight(*solved, range)));
        }
        weights.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(SolvedWeights {
            username: username.clone(),
            weights,
            before: share(wished.weight.get(), sum(&present)),
            share: share(solution.wished, sum(&solution.others)),
            priorities_differ: chances.priorities_differ(),
        })
    }

    /// The weight of a user in a project that brings them nearest to `target` of its next calls,
    /// while all of its active agents are free. Nobody else's weight moves.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::NotAssigned`]; [`Error::ProjectInactive`], which has no calls.
    pub fn solve_for_project(
        &self,
        name: &ProjectName,
        username: &Username,
        target: TargetShare,
    ) -> Result<SolvedWeights, Error> {
        let chances = self.project_chances(name)?;
        let user = self.find_user(username)?;
        let wished = assignment_now(&user, name, self.now())?;
        if !chances.project.state.is_active() {
            return Err(Error::ProjectInactive { project: name.clone() });
        }
        let others: u64 = chances
            .agents
            .iter()
            .filter(|one| one.state.is_active() && one.username != *username)
            .map(|one| u64::from(one.weight.get()))
            .sum();
        let range = &self.policy.weights;
        let solved = nearest_alone(wished.weight.get(), others, target, range);
        Ok(SolvedWeights {
            username: username.clone(),
            weights: vec![(name.clone(), wished.weight, weight(solved, range))],
            before: share(wished.weight.get(), others),
            share: share(solved, others),
            priorities_differ: false,
        })
    }

    /// Sets the weights that were found, as one change.
    ///
    /// # Errors
    ///
    /// Those of [`Directory::set_weights`].
    pub fn apply_solved(&mut self, solved: &SolvedWeights) -> Result<AssignmentChange, Error> {
        let weights: Vec<_> =
            solved.weights.iter().map(|(project, _, after)| (project.clone(), *after)).collect();
        self.set_weights(&solved.username, &weights)
    }
}

/// The assignment of `user` to a project, where `now` is within its dates.
fn assignment_now<'u>(
    user: &'u User,
    name: &ProjectName,
    now: Timestamp,
) -> Result<&'u Assignment, Error> {
    let here = |one: &&Assignment| one.project == *name && one.window.contains(now);
    user.projects.iter().find(here).ok_or_else(|| Error::NotAssigned {
        username: user.username.clone(),
        project: name.clone(),
    })
}

/// A weight that is within the range.
fn weight(number: u32, range: &WeightRange) -> Weight {
    Weight::new(number.into()).unwrap_or(range.min)
}

fn sum(weights: &[u32]) -> u64 {
    weights.iter().map(|one| u64::from(*one)).sum()
}

#[expect(clippy::cast_precision_loss, reason = "sums of weights are far below 2^52")]
fn share(wished: u32, others: u64) -> f64 {
    f64::from(wished) / (u64::from(wished) + others) as f64
}

/// A fraction that is not negative.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fraction {
    pub(super) numerator: u128,
    pub(super) denominator: u128,
}

impl Fraction {
    fn compare(self, other: Self) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

/// How far a weight beside others of that sum is from the wish.
pub(super) fn distance(wished: u32, others: u64, target: TargetShare) -> Fraction {
    let (wished, units) = (u128::from(wished), u128::from(SHARE_UNITS));
    let all = wished + u128::from(others);
    Fraction {
        numerator: (wished * units).abs_diff(u128::from(target.0) * all),
        denominator: all * units,
    }
}

/// What comes nearest for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Solution {
    /// The weight of the project that has a wish.
    pub(super) wished: u32,
    /// The weights of the others, in their order.
    pub(super) others: Vec<u32>,
}

/// The weights that come nearest to the wish; among those that come as near, the ones that keep the
/// proportions of the others best, and then the ones that change least.
pub(super) fn nearest(
    present: u32,
    others: &[u32],
    target: TargetShare,
    range: &WeightRange,
) -> Solution {
    let (min, max) = (range.min.get(), range.max.get());
    let count = others.len() as u64;
    let bounds = (count * u64::from(min), count * u64::from(max));
    let mut best: Option<(Fraction, Fraction, u64, Solution)> = None;
    for wished in min..=max {
        // The sum of the others that would give the wish exactly lies between these two.
        let exact = u64::from(wished) * u64::from(SHARE_UNITS - target.0) / u64::from(target.0);
        let mut sums = [exact, exact + 1].map(|sum| sum.clamp(bounds.0, bounds.1)).to_vec();
        sums.dedup();
        for sum in sums {
            let far = distance(wished, sum, target);
            if best.as_ref().is_some_and(|(nearest, ..)| far.compare(*nearest).is_gt()) {
                continue;
            }
            let solved = in_proportion(others, sum, min, max);
            let skew = distortion(others, &solved);
            let change = u64::from(wished.abs_diff(present))
                + others.iter().zip(&solved).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
            let better = best.as_ref().is_none_or(|(nearest, least_skew, least, _)| {
                far.compare(*nearest)
                    .then(skew.compare(*least_skew))
                    .then(change.cmp(least))
                    .is_lt()
            });
            if better {
                best = Some((far, skew, change, Solution { wished, others: solved }));
            }
        }
    }
    best.map_or_else(
        || Solution { wished: present, others: others.to_vec() },
        |(.., solution)| solution,
    )
}

/// The one weight that comes nearest where the others stay; among two that come as near, the one
/// that changes less.
pub(super) fn nearest_alone(
    present: u32,
    others: u64,
    target: TargetShare,
    range: &WeightRange,
) -> u32 {
    (range.min.get()..=range.max.get())
        .min_by(|one, other| {
            distance(*one, others, target)
                .compare(distance(*other, others, target))
                .then(one.abs_diff(present).cmp(&other.abs_diff(present)))
        })
        .unwrap_or(present)
}

/// Weights within the range whose sum is `total`, in the proportions of `present` as far as whole
/// numbers and the range let them.
fn in_proportion(present: &[u32], total: u64, min: u32, max: u32) -> Vec<u32> {
    let before = sum(present).max(1);
    let mut solved: Vec<u32> = present
        .iter()
        .map(|one| {
            let ideal = u64::from(*one) * total / before;
            u32::try_from(ideal).unwrap_or(max).clamp(min, max)
        })
        .collect();
    // What rounding and the range left over goes to those who lack most of their part, one by one.
    let lack = |solved: &[u32], at: usize| {
        i128::from(present[at]) * i128::from(total) - i128::from(solved[at]) * i128::from(before)
    };
    loop {
        let missing = total.cmp(&sum(&solved));
        let places = 0..solved.len();
        let next = match missing {
            Ordering::Equal => None,
            Ordering::Greater => {
                places.filter(|at| solved[*at] < max).max_by_key(|at| lack(&solved, *at))
            }
            Ordering::Less => {
                places.filter(|at| solved[*at] > min).min_by_key(|at| lack(&solved, *at))
            }
        };
        match next {
            Some(at) if missing.is_gt() => solved[at] += 1,
            Some(at) => solved[at] -= 1,
            None => return solved,
        }
    }
}

/// How far the proportions of `solved` are from those of `present`: the sum of the differences.
fn distortion(present: &[u32], solved: &[u32]) -> Fraction {
    let (before, after) = (u128::from(sum(present)), u128::from(sum(solved)));
    let differences = present
        .iter()
        .zip(solved)
        .map(|(was, is)| (u128::from(*was) * after).abs_diff(u128::from(*is) * before));
    Fraction { numerator: differences.sum(), denominator: (before * after).max(1) }
}
