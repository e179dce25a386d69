//! Weights: what chances they give, which ones give a wished share, and what a switch makes of them.

mod chances;
mod coverage;
mod simulate;
mod solve;
mod switch;
mod switch_plan;
#[cfg(test)]
mod tests;

pub use chances::{AgentChance, ProjectChance, ProjectChances, UserChances};
pub use coverage::{CoverageGap, CoverageProblem};
pub use simulate::{Estimate, SIMULATION_SEED, SimulatedProject, Simulation, Traffic};
pub use solve::{SolvedWeights, TargetShare};
pub use switch::{Penalties, grade, grade_error, tier_level};
pub use switch_plan::{SwitchMember, SwitchPlan, SwitchQueue};
