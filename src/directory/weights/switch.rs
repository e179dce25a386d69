//! What a switch makes of weights: penalties that draw as the weights do, levels, grades; and how
//! far off each is.
//!
//! Asterisk's `wrandom` draws a whole number below `(1 + penalty) * 1000` for each free member, and
//! the smallest wins. With R = 1 + penalty the chance of *i* is
//! `1/R_i * integral from 0 to the least R of the product over j != i of (1 - x/R_j) dx`.

use std::collections::BTreeMap;

use crate::model::Weight;

/// The least R: great enough that rounding costs little.
const LEAST_REACH: f64 = 100.0;

/// `R * 1000` has to stay below 2^31.
const MAX_REACH: f64 = 2_147_483.0;

/// The fixed point is near enough when no chance is further from its aim than this.
const TOLERANCE: f64 = 1e-6;

/// So many rounds at most.
const MAX_ROUNDS: usize = 2_000;

/// The part of the integral is cut into so many pieces.
const PIECES: u32 = 64;

/// Where the product is below e^-40, nothing is left to add.
const NEGLIGIBLE: f64 = 40.0;

/// The half of the nodes and weights of Gauss and Legendre for eight points.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_3),
];

/// Members of a queue who have the same weight.
#[derive(Debug, Clone, Copy)]
struct Class {
    weight: f64,
    members: f64,
    /// 1 + penalty.
    reach: f64,
}

/// The penalties of a queue's members.
#[derive(Debug, Clone, PartialEq)]
pub struct Penalties {
    of_weight: BTreeMap<Weight, u32>,
    /// How far the chance of any member is from its aim, while all are free.
    pub error: f64,
    /// The same while two are free, the worst two.
    pub error_of_two: f64,
}

impl Penalties {
    /// The penalties by which members of these weights are drawn as the weights say.
    #[must_use]
    pub fn of(weights: &[Weight]) -> Self {
        let mut members: BTreeMap<Weight, f64> = BTreeMap::new();
        for weight in weights {
            *members.entry(*weight).or_default() += 1.0;
        }
        let mut classes: Vec<Class> = members
            .iter()
            .map(|(weight, members)| {
                let weight = f64::from(weight.get());
                Class { weight, members: *members, reach: 1.0 / weight }
            })
            .collect();
        for _ in 0..MAX_ROUNDS {
            let chances = chances(&classes);
            if worst(&classes, &chances) < TOLERANCE {
                break;
            }
            let aims = aims(&classes);
            for ((class, chance), aim) in classes.iter_mut().zip(&chances).zip(aims) {
                class.reach *= (chance / aim).sqrt();
            }
        }
        let least = least_reach(&classes);
        for class in &mut classes {
            class.reach = (class.reach / least * LEAST_REACH).round().clamp(1.0, MAX_REACH);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 1 to the greatest reach"
        )]
        let of_weight = members
            .into_keys()
            .zip(&classes)
            .map(|(weight, class)| (weight, class.reach as u32 - 1))
            .collect();
        let error = worst(&classes, &chances(&classes));
        Self { of_weight, error, error_of_two: worst_of_two(&classes) }
    }

    /// The penalty of a member with that weight, who is one of them.
    #[must_use]
    pub fn of_weight(&self, weight: Weight) -> u32 {
        self.of_weight.get(&weight).copied().unwrap_or_default()
    }
}

fn least_reach(classes: &[Class]) -> f64 {
    classes.iter().map(|class| class.reach).fold(f64::INFINITY, f64::min)
}

/// The chance that each class's members are to have.
fn aims(classes: &[Class]) -> Vec<f64> {
    let sum: f64 = classes.iter().map(|class| class.weight * class.members).sum();
    classes.iter().map(|class| class.weight / sum).collect()
}

fn worst(classes: &[Class], chances: &[f64]) -> f64 {
    let differences = chances.iter().zip(aims(classes)).map(|(chance, aim)| (chance - aim).abs());
    differences.fold(0.0, f64::max)
}

/// The chance that each class's members have, while all are free.
fn chances(classes: &[Class]) -> Vec<f64> {
    let rate: f64 = classes.iter().map(|class| class.members / class.reach).sum();
    let end = least_reach(classes).min(NEGLIGIBLE / rate);
    let half = end / f64::from(PIECES) / 2.0;
    let mut sums = vec![0.0; classes.len()];
    for piece in 0..PIECES {
        let middle = half * (2.0 * f64::from(piece) + 1.0);
        for (node, part) in GAUSS {
            for x in [middle - half * node, middle + half * node] {
                let all: f64 = classes
                    .iter()
                    .map(|class| (-x / class.reach).ln_1p() * class.members)
                    .sum::<f64>()
                    .exp();
                for (sum, class) in sums.iter_mut().zip(classes) {
                    *sum += half * part * all / (1.0 - x / class.reach) / class.reach;
                }
            }
        }
    }
    sums
}

/// How far the chances of two members alone are from their aims, at worst.
fn worst_of_two(classes: &[Class]) -> f64 {
    let mut worst = 0.0_f64;
    for (at, one) in classes.iter().enumerate() {
        for other in &classes[..at] {
            let (near, far) = if one.reach < other.reach { (one, other) } else { (other, one) };
            let chance = 1.0 - near.reach / far.reach / 2.0;
            let aim = near.weight / (near.weight + far.weight);
            worst = worst.max((chance - aim).abs());
        }
    }
    worst
}

/// The level of a member in a queue where lower levels go first, always: 1 from half of the greatest
/// weight on, 2 from a quarter on, else 3.
#[must_use]
pub fn tier_level(weight: Weight, greatest: Weight) -> u8 {
    let (weight, greatest) = (u64::from(weight.get()), u64::from(greatest.get()));
    if weight * 2 >= greatest {
        1
    } else if weight * 4 >= greatest {
        2
    } else {
        3
    }
}

/// The grade of a member, 1 to 10: a tenth of the greatest weight is 1.
#[must_use]
pub fn grade(weight: Weight, greatest: Weight) -> u8 {
    let (weight, greatest) = (u64::from(weight.get()), u64::from(greatest.get()));
    // Rounded to the nearest.
    let tenths = (20 * weight + greatest) / (2 * greatest);
    u8::try_from(tenths.clamp(1, 10)).unwrap_or(10)
}

/// How far the parts that grades give are from those of the weights, at worst.
#[must_use]
pub fn grade_error(weights: &[Weight]) -> f64 {
    let Some(greatest) = weights.iter().copied().max() else { return 0.0 };
    let graded = |weight: &Weight| f64::from(grade(*weight, greatest));
    let (all_grades, all_weights): (f64, f64) = (
        weights.iter().map(graded).sum(),
        weights.iter().map(|weight| f64::from(weight.get())).sum(),
    );
    let differences = weights
        .iter()
        .map(|weight| (graded(weight) / all_grades - f64::from(weight.get()) / all_weights).abs());
    differences.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weights(numbers: &[i64]) -> Vec<Weight> {
        numbers.iter().map(|number| Weight::new(*number).unwrap()).collect()
    }

    fn classes(reaches: &[f64]) -> Vec<Class> {
        reaches.iter().map(|reach| Class { weight: 1.0, members: 1.0, reach: *reach }).collect()
    }

    /// The integral of the product, multiplied out.
    fn exact(reaches: &[f64], at: usize) -> f64 {
        let end = reaches.iter().copied().fold(f64::INFINITY, f64::min);
        let mut polynomial = vec![1.0];
        for (_, reach) in reaches.iter().enumerate().filter(|(other, _)| *other != at) {
            let mut next = polynomial.clone();
            next.push(0.0);
            for (power, factor) in polynomial.iter().enumerate() {
                next[power + 1] -= factor / reach;
            }
            polynomial = next;
        }
        let mut sum = 0.0;
        let mut power = 1.0;
        for (degree, factor) in polynomial.iter().enumerate() {
            power *= end;
            sum += factor * power / f64::from(u32::try_from(degree).unwrap() + 1);
        }
        sum / reaches[at]
    }

    #[test]
    fn penalties_draw_as_the_weights_do() {
        let all = weights(&[10, 20, 70]);
        let penalties = Penalties::of(&all);
        let of: Vec<u32> = all.iter().map(|one| penalties.of_weight(*one)).collect();
        assert_eq!(of, [427, 230, 99]);
        assert!(penalties.error < 0.001, "{penalties:?}");
        // Of the two with the weights 10 and 20 the second gets 73 % in place of 67 %.
        assert!((penalties.error_of_two - 0.064).abs() < 0.001, "{penalties:?}");
    }

    /// A penalty in proportion to 1 / weight is not what it takes.
    #[test]
    fn the_chances_are_those_of_the_draw() {
        let found = chances(&classes(&[1.0 / 10.0, 1.0 / 20.0, 1.0 / 70.0]));
        for (found, wanted) in found.iter().zip([0.065, 0.136, 0.799]) {
            assert!((found - wanted).abs() < 0.000_5, "{found} {wanted}");
        }
    }

    proptest! {
        #[test]
        fn chances_are_the_integral(reaches in prop::collection::vec(1.0_f64..500.0, 1..7)) {
            let found = chances(&classes(&reaches));
            let sum: f64 = found.iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-9, "{}", sum);
            for (at, found) in found.iter().enumerate() {
                prop_assert!((found - exact(&reaches, at)).abs() < 1e-9);
            }
        }

        /// Whatever the weights: the fixed point is found, and no number is too great for Asterisk.
        #[test]
        fn any_weights_have_penalties(numbers in prop::collection::vec(1_i64..=100, 1..40)) {
            let penalties = Penalties::of(&weights(&numbers));
            prop_assert!(penalties.error < 0.005, "{:?}", penalties);
            for penalty in penalties.of_weight.values() {
                prop_assert!((u64::from(*penalty) + 1) * 1_000 < 1 << 31);
            }
        }
    }

    #[test]
    fn levels_and_grades() {
        let levels = [100, 50, 49, 25, 24, 1]
            .map(|number| tier_level(Weight::new(number).unwrap(), Weight::new(100).unwrap()));
        assert_eq!(levels, [1, 1, 2, 2, 3, 3]);
        let grades = [100, 94, 55, 54, 14, 1]
            .map(|number| grade(Weight::new(number).unwrap(), Weight::new(100).unwrap()));
        assert_eq!(grades, [10, 9, 6, 5, 1, 1]);
        assert!((grade_error(&weights(&[10, 90])) - 0.0).abs() < 0.011);
        assert!(grade_error(&weights(&[1, 1, 1, 1, 100])) > 0.2);
    }
}
