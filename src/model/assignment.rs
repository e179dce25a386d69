//! A user in a project: with which weight, and from when until when.

use std::fmt;
use std::str::FromStr;

use super::{Invalid, ProjectName, State, Timestamp, Weight, Window, WindowEdit};

/// A user in a project, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Which project.
    pub project: ProjectName,
    /// How strongly its calls draw them.
    pub weight: Weight,
    /// From when until when it counts.
    pub window: Window,
    /// Whether the project is active.
    pub project_state: State,
}

impl Assignment {
    /// Whether it takes calls at the moment `now`, as far as it and its project go.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.project_state.is_active() && self.window.contains(now)
    }
}

/// As the command line and a file have it: `hu-support:20`, with its window behind an `@` where it
/// has edges.
impl fmt::Display for Assignment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.project, self.weight)?;
        if self.window == Window::ALWAYS {
            return Ok(());
        }
        write!(formatter, "@{}", self.window)
    }
}

/// A project to assign, with a weight or the default one; on the command line `hu-support` or
/// `hu-support:20`, with a window `hu-support:20@2026-12-01T00:00:00Z/2026-12-31T00:00:00Z`, in which
/// either edge may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentRequest {
    /// Which project.
    pub project: ProjectName,
    /// The weight; without one, what is there is kept, and a new assignment gets the default.
    pub weight: Option<Weight>,
    /// From when until when; without a word, what is there is kept.
    pub window: WindowEdit,
}

/// As it is read; an edge that is kept or taken away is not told.
impl fmt::Display for AssignmentRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.project)?;
        if let Some(weight) = self.weight {
            write!(formatter, ":{weight}")?;
        }
        match self.window.apply(Window::ALWAYS) {
            Window::ALWAYS => Ok(()),
            window => write!(formatter, "@{window}"),
        }
    }
}

impl FromStr for AssignmentRequest {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (place, window) = match text.split_once('@') {
            Some((place, window)) => (place, WindowEdit::to(window.parse()?)),
            None => (text, WindowEdit::KEEP),
        };
        let (name, weight) = match place.split_once(':') {
            Some((name, weight)) => (name, Some(weight.parse()?)),
            None => (place, None),
        };
        Ok(Self { project: name.parse()?, weight, window })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_a_weight_or_none() {
        let request: AssignmentRequest = "hu-support:20".parse().unwrap();
        assert_eq!(request.weight.map(Weight::get), Some(20));
        assert_eq!("hu-support".parse::<AssignmentRequest>().unwrap().weight, None);
        assert!("hu-support:0".parse::<AssignmentRequest>().is_err());
        assert!("hu:support:1".parse::<AssignmentRequest>().is_err());
    }

    #[test]
    fn an_assignment_is_read_as_it_is_written() {
        let edge = |seconds| Some(Timestamp::from_seconds(seconds));
        for (from, until) in [(None, None), (edge(0), None), (None, edge(9)), (edge(0), edge(9))] {
            let one = Assignment {
                project: "hu".parse().unwrap(),
                weight: Weight::new(20).unwrap(),
                window: Window { from, until },
                project_state: State::Active,
            };
            let read: AssignmentRequest = one.to_string().parse().unwrap();
            assert_eq!((read.project, read.weight), (one.project, Some(one.weight)));
            assert_eq!(read.window.apply(Window::ALWAYS), one.window);
        }
        let edge = "2026-12-01T00:00:00Z";
        for bad in
            ["hu@", "hu@/", "hu@2026-12-01/", &format!("hu@{edge}"), &format!("hu@{edge}/{edge}")]
        {
            assert!(bad.parse::<AssignmentRequest>().is_err(), "{bad}");
        }
    }
}
