//! A class that is judged on many machines: which part of it is this one's.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::intake::sha256;

/// Where a machine finds its part, if nothing is said on the command line.
const PLACES: [Place; 3] = [
    // GitLab's, and whatever is set by hand.
    Place { index: "CI_NODE_INDEX", first: First::Is(1), counts: &["CI_NODE_TOTAL"] },
    Place {
        index: "SLURM_ARRAY_TASK_ID",
        first: First::In("SLURM_ARRAY_TASK_MIN"),
        counts: &["SLURM_ARRAY_TASK_COUNT"],
    },
    // Kubernetes tells a pod its index only.
    Place { index: "JOB_COMPLETION_INDEX", first: First::Is(0), counts: &["JOB_COMPLETIONS", "JOB_PARALLELISM"] },
];

/// Variables that tell a machine its part.
struct Place {
    index: &'static str,
    first: First,
    /// The first of them that is set counts.
    counts: &'static [&'static str],
}

/// The index of the first part.
enum First {
    Is(u32),
    In(&'static str),
}

/// One part of a class, by the hashes of learners' names: one learner more moves nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one it is, from 1.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

impl Shard {
    /// The whole class.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    fn new(index: u32, count: u32) -> Option<Self> {
        (1..=count).contains(&index).then_some(Self { index, count })
    }

    /// The part of the machine of which these are the variables, and the one that told it.
    ///
    /// # Errors
    /// One line when they contradict each other.
    pub fn of_machine(variable: impl Fn(&str) -> Option<String>) -> Result<Option<(Self, &'static str)>, String> {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        let number = |name: &str, value: &str| {
            value
                .parse::<u32>()
                .map_err(|_| format!("{name} is '{value}', which is no number: say which part with --shard 1/3"))
        };
        for Place { index: name, first, counts } in PLACES {
            let Some(index) = get(name) else { continue };
            let index = number(name, &index)?;
            let Some((count_name, count)) = counts.iter().find_map(|count| Some((*count, get(count)?))) else {
                return Err(format!(
                    "{name} is set, but not {}: set it to the number of parts, or add --shard",
                    counts[0]
                ));
            };
            let count = number(count_name, &count)?;
            let first = match first {
                First::Is(first) => first,
                First::In(name) => get(name).map_or(Ok(1), |value| number(name, &value))?,
            };
            let shard = index.checked_sub(first).and_then(|from_0| Self::new(from_0.checked_add(1)?, count));
            let why = || {
                let last = u64::from(first) + u64::from(count);
                format!(
                    "{name} is {index}: with {count_name} {count} it must be from {first} to {}",
                    last.saturating_sub(1)
                )
            };
            return Ok(Some((shard.ok_or_else(why)?, name)));
        }
        Ok(None)
    }

    /// The part that a learner falls to, of so many.
    pub fn of(learner: &str, count: u32) -> Self {
        let hash = u64::from_str_radix(&sha256(learner.as_bytes())[..16], 16).unwrap_or_default();
        let index = u32::try_from(hash % u64::from(count.max(1))).unwrap_or_default() + 1;
        Self { index, count: count.max(1) }
    }

    /// Whether a learner falls to it.
    pub fn has(self, learner: &str) -> bool {
        Self::of(learner, self.count) == self
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed =
            text.split_once('/').and_then(|(index, count)| Self::new(index.parse().ok()?, count.parse().ok()?));
        parsed.ok_or_else(|| format!("'{text}' is no part: the third of ten is 3/10"))
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_from_1() {
        assert_eq!("3/10".parse(), Ok(Shard { index: 3, count: 10 }));
        for wrong in ["", "3", "0/3", "4/3", "1/0", "-1/3", "a/3", "1/3/3"] {
            assert_eq!(wrong.parse::<Shard>(), Err(format!("'{wrong}' is no part: the third of ten is 3/10")));
        }
        assert_eq!(Shard { index: 2, count: 3 }.to_string(), "2/3");
    }

    #[test]
    fn one_learner_falls_to_one_part_whoever_else_is_there() {
        let learners: Vec<String> = (0..300).map(|number| format!("learner {number}")).collect();
        let mut sizes = [0; 3];
        for learner in &learners {
            let parts: Vec<_> = (1..=3).filter(|index| Shard { index: *index, count: 3 }.has(learner)).collect();
            assert_eq!(parts.len(), 1);
            sizes[parts[0] as usize - 1] += 1;
        }
        assert!(sizes.iter().all(|size| *size > 60), "{sizes:?}");
        assert!(learners.iter().all(|learner| Shard::WHOLE.has(learner)));
    }

    #[test]
    fn machines_tell_their_part() {
        let told = |variables: &[(&str, &str)]| {
            let get =
                |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
            Shard::of_machine(get).map(|told| told.map(|(shard, name)| format!("{name} {shard}")))
        };
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(told(&[]), Ok(None));
        assert_eq!(told(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")]), some("CI_NODE_INDEX 2/3"));
        let slurm = [("SLURM_ARRAY_TASK_ID", "5"), ("SLURM_ARRAY_TASK_COUNT", "10"), ("SLURM_ARRAY_TASK_MIN", "0")];
        assert_eq!(told(&slurm), some("SLURM_ARRAY_TASK_ID 6/10"));
        assert_eq!(told(&slurm[..2]), some("SLURM_ARRAY_TASK_ID 5/10"));
        let kubernetes = [("JOB_COMPLETION_INDEX", "0"), ("JOB_COMPLETIONS", "4")];
        assert_eq!(told(&kubernetes), some("JOB_COMPLETION_INDEX 1/4"));
        let why = |variables: &[(&str, &str)]| told(variables).unwrap_err();
        assert!(why(&kubernetes[..1]).starts_with("JOB_COMPLETION_INDEX is set, but not JOB_COMPLETIONS: "));
        assert!(
            why(&[("CI_NODE_INDEX", "x"), ("CI_NODE_TOTAL", "3")])
                .starts_with("CI_NODE_INDEX is 'x', which is no number")
        );
        assert_eq!(
            why(&[("CI_NODE_INDEX", "4"), ("CI_NODE_TOTAL", "3")]),
            "CI_NODE_INDEX is 4: with CI_NODE_TOTAL 3 it must be from 1 to 3"
        );
        assert!(why(&[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")]).ends_with("from 1 to 3"));
    }
}
