//! Rules that may explain something, before anybody has tried them.

use crate::path::Pattern;

use super::draft::Draft;

/// One or several rules that are tried as one.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub drafts: Vec<Draft>,
    /// The nodes in the candidate's shape that they are about.
    pub places: Vec<Pattern>,
    pub goal: Goal,
    /// The cases that they are about, where it is no place.
    pub cases: Vec<usize>,
}

/// What they must reach, besides making nothing worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// The two sides are nearer to each other.
    Nearer,
    /// What is said at the places of what both sides have is said there in no case any more, and the two sides are nearer.
    Settled,
    /// The same of what one side lacks.
    Matched,
    /// What is said at the places is said there in no case any more, and nothing else is said instead.
    Excused,
    /// There is less that differs, and in no other way than before.
    Clearer,
}

/// Candidates for one thing, the narrowest first.
pub(super) type Alternatives = Vec<Candidate>;

impl Candidate {
    pub fn new(goal: Goal, places: impl IntoIterator<Item = Pattern>, drafts: impl IntoIterator<Item = Draft>) -> Self {
        Self {
            drafts: drafts.into_iter().collect(),
            places: places.into_iter().collect(),
            goal,
            cases: Vec::new(),
        }
    }

    /// The same about these cases.
    pub fn in_cases(self, cases: Vec<usize>) -> Self {
        Self { cases, ..self }
    }
}
