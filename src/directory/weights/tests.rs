//! Weights against exact arithmetic, and what they come to under a traffic.

use proptest::prelude::*;

use super::simulate::{AgentSpec, Center, QueueSpec};
use super::solve::{distance, nearest, nearest_alone};
use super::{Estimate, TargetShare};
use crate::directory::Error;
use crate::directory::fixture::{TestDirectory, of};
use crate::model::{State, Weight, WeightRange};

fn target(text: &str) -> TargetShare {
    text.parse().unwrap()
}

fn range(min: i64, max: i64) -> WeightRange {
    let weight = |number| Weight::new(number).unwrap();
    WeightRange { min: weight(min), max: weight(max), default: weight(min) }
}

/// The least distance that any weights within the range have, as an exact fraction.
fn least_distance(count: u32, target: TargetShare, range: &WeightRange) -> (u128, u128) {
    let (min, max) = (range.min.get(), range.max.get());
    let mut least = (u128::MAX, 1);
    for wished in min..=max {
        for others in u64::from(count * min)..=u64::from(count * max) {
            let far = distance(wished, others, target);
            let (numerator, denominator) = (far.numerator, far.denominator);
            if least.0 == u128::MAX || numerator * least.1 < least.0 * denominator {
                least = (numerator, denominator);
            }
        }
    }
    least
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No weights of the range come nearer than the ones that were found.
    #[test]
    fn nothing_comes_nearer(
        (min, max) in (1_i64..12, 1_i64..40).prop_map(|(min, more)| (min, min + more)),
        raw in prop::collection::vec(0_u32..1_000, 1..5),
        units in 1_u32..1_000,
    ) {
        let range = range(min, max);
        let within = |number: u32| range.min.get() + number % (range.max.get() - range.min.get() + 1);
        let target = target(&format!("{}.{}%", units / 10, units % 10));
        let (present, others) = (within(raw[0]), raw[1..].iter().copied().map(within).collect::<Vec<_>>());
        let solved = nearest(present, &others, target, &range);
        let all = || solved.others.iter().copied().chain([solved.wished]);
        prop_assert!(all().all(|one| (range.min.get()..=range.max.get()).contains(&one)));
        let sum = solved.others.iter().copied().map(u64::from).sum();
        let far = distance(solved.wished, sum, target);
        let least = least_distance(u32::try_from(others.len()).unwrap(), target, &range);
        prop_assert_eq!(far.numerator * least.1, least.0 * far.denominator);

        let fixed = others.iter().copied().map(u64::from).sum();
        let alone = distance(nearest_alone(present, fixed, target, &range), fixed, target);
        for weight in range.min.get()..=range.max.get() {
            let other = distance(weight, fixed, target);
            prop_assert!(alone.numerator * other.denominator <= other.numerator * alone.denominator);
        }
    }
}

#[test]
fn the_others_keep_their_proportions() {
    let range = WeightRange::default();
    let solve = |present, others: &[u32], share: &str| {
        let solution = nearest(present, others, target(share), &range);
        (solution.wished, solution.others)
    };
    // One weight is enough, and what is right stays.
    assert_eq!(solve(10, &[10, 20], "40%"), (20, vec![10, 20]));
    assert_eq!(solve(20, &[10, 20], "40%"), (20, vec![10, 20]));
    // 7 : 13 takes others that can be parted as they were.
    assert_eq!(solve(10, &[10, 20], "35%"), (21, vec![13, 26]));
    // Out of reach: as far as the range goes.
    assert_eq!(solve(10, &[10], "99.9%"), (100, vec![1]));
    assert_eq!(solve(10, &[], "40%"), (10, vec![]));
}

#[test]
fn shares_are_percents() {
    for (text, shown, fraction) in
        [("40%", "40%", 0.4), ("33.30 %", "33.3%", 0.333), ("0.001%", "0.001%", 0.000_01)]
    {
        assert_eq!(target(text).to_string(), shown);
        assert!((target(text).fraction() - fraction).abs() < 1e-12);
    }
    for bad in ["", "40", "0.4", "0%", "100%", "101%", "-1%", "1/3", "40.1234%", "%", ".5%", "1.%"]
    {
        assert!(bad.parse::<TargetShare>().is_err(), "{bad}");
    }
}

/// James with en 10 and hu 30; Mary and the inactive Zoe with en 30.
fn house() -> TestDirectory {
    let mut house = TestDirectory::new();
    house.projects_named(&["en", "hu", "old"]);
    house.agent("james", &["en", "hu:30", "old:60"]);
    house.agent("mary", &["en:30"]);
    house.agent("zoe", &["en:30"]);
    house.set_project_state(&of("old"), State::Inactive).unwrap();
    house.set_user_states(&[of("zoe")], State::Inactive).unwrap();
    house
}

#[test]
fn chances_from_both_sides() {
    let house = house();
    let chances = house.user_chances(&of("james")).unwrap();
    let of_user: Vec<_> = chances
        .projects
        .iter()
        .map(|one| (one.project.as_str(), one.share, one.next_call))
        .collect();
    assert_eq!(of_user, [("en", 0.25, 0.25), ("hu", 0.75, 1.0), ("old", 0.0, 0.0)]);
    let chances = house.project_chances(&of("en")).unwrap();
    let of_project: Vec<_> = chances
        .agents
        .iter()
        .map(|one| (one.username.as_str(), one.share, one.next_call))
        .collect();
    assert_eq!(of_project, [("james", 0.25, 0.25), ("mary", 1.0, 0.75), ("zoe", 0.0, 0.0)]);
    let asleep = house.user_chances(&of("zoe")).unwrap();
    assert_eq!((asleep.projects[0].share, asleep.projects[0].next_call), (0.0, 0.0));
}

#[test]
fn what_is_solved_is_one_change() {
    let mut house = house();
    let solved = house.solve_for_user(&of("james"), &of("en"), target("40%")).unwrap();
    assert_eq!((solved.before, solved.share), (0.25, 0.4));
    let (change, entries) = house.logged(|house| house.apply_solved(&solved));
    assert!(change.changed);
    let actions: Vec<_> = entries.iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["weight.set"]);
    let en = change.after.projects.iter().find(|one| one.project == of("en")).unwrap();
    assert!((change.after.share(en, house.now()) - 0.4).abs() < 1e-12);
    let again = house.solve_for_user(&of("james"), &of("en"), target("40%")).unwrap();
    assert!(again.is_there_already());
    // 60 of 90; nobody else's weight moves.
    let solved = house.solve_for_project(&of("en"), &of("mary"), target("60%")).unwrap();
    assert_eq!(solved.weights, [(of("en"), Weight::new(30).unwrap(), Weight::new(30).unwrap())]);
    let not_there = house.solve_for_user(&of("mary"), &of("hu"), target("40%"));
    assert!(matches!(not_there, Err(Error::NotAssigned { .. })));
    let inactive = house.solve_for_user(&of("james"), &of("old"), target("40%"));
    assert!(matches!(inactive, Err(Error::ProjectInactive { .. })));
}

/// A center of queues with calls an hour, and agents with a weight for each queue (0: none).
fn center(talk_seconds: i64, queues: &[(f64, u8)], agents: &[&[u32]]) -> Center {
    Center {
        queues: queues
            .iter()
            .enumerate()
            .map(|(at, (per_hour, priority))| QueueSpec {
                project: of(&format!("p{at}")),
                priority: *priority,
                per_hour: *per_hour,
            })
            .collect(),
        agents: agents
            .iter()
            .enumerate()
            .map(|(at, weights)| AgentSpec {
                username: of(&format!("a{at}")),
                weights: weights
                    .iter()
                    .copied()
                    .enumerate()
                    .filter(|(_, weight)| *weight > 0)
                    .collect(),
            })
            .collect(),
        talk_seconds,
    }
}

#[track_caller]
fn is_near(found: Estimate, wanted: f64) {
    assert!((found.value - wanted).abs() <= 2.0 * found.error + 0.002, "{found:?}, not {wanted}");
}

/// One agent and one queue are an M/M/1: the mean wait is rho / (mu - lambda).
#[test]
fn the_wait_is_that_of_a_queue_with_one_server() {
    let run = center(120, &[(15.0, 0)], &[&[10]]).run(1, 100_000);
    let wait = run.projects[0].wait_seconds.unwrap();
    assert!((wait.value - 120.0).abs() < 4.0 * wait.error, "{wait:?}");
    is_near(run.projects[0].mix[&of("a0")], 1.0);
}

/// While calls wait everywhere, the mix is the share; a project without traffic gets nothing.
#[test]
fn the_share_is_the_mix_of_somebody_who_always_has_a_choice() {
    let run = center(120, &[(200.0, 0), (200.0, 0)], &[&[30, 10]]).run(1, 20_000);
    assert!(run.projects.iter().all(|one| one.wait_seconds.is_none()));
    is_near(run.projects[0].mix[&of("a0")], 0.75);
    // Nobody waits: the mix is that of the traffic, whatever the weights.
    let run = center(1, &[(8.0, 0), (2.0, 0)], &[&[1, 100]]).run(1, 100_000);
    is_near(run.projects[0].mix[&of("a0")], 0.8);
    // All are free: the next call is chosen by the weights.
    let run = center(1, &[(1.0, 0)], &[&[10], &[20], &[70]]).run(1, 100_000);
    for (agent, part) in [("a0", 0.1), ("a1", 0.2), ("a2", 0.7)] {
        is_near(run.projects[0].taken[&of(agent)], part);
    }
}

#[test]
fn a_higher_priority_goes_first_whatever_the_weights() {
    let run = center(120, &[(200.0, 1), (200.0, 0)], &[&[1, 100]]).run(1, 20_000);
    is_near(run.projects[0].mix[&of("a0")], 1.0);
}

#[test]
fn the_same_question_has_the_same_answer() {
    let center = center(120, &[(20.0, 0), (20.0, 0)], &[&[30, 10], &[10, 0]]);
    assert_eq!(center.run(1, 2_000), center.run(1, 2_000));
    assert_ne!(center.run(1, 2_000), center.run(2, 2_000));
}
