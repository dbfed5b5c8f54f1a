//! Putting the parts of a class together that were judged on many machines.

use std::path::{Path, PathBuf};

use super::out::{Out, Roll};
use super::result::{Learner, Outcome};
use super::shard::Shard;

/// What there is of a class.
#[derive(Debug, Default)]
pub struct Merged {
    /// How many learners have results.
    pub learners: usize,
    /// How many of their answers have no verdict because of a grader.
    pub errors: usize,
    /// The learners who have no results, and the parts that they fall to.
    pub missing: Vec<(String, Shard)>,
    /// The folders that hold no results.
    pub empty: Vec<PathBuf>,
}

/// Puts the results that `folders` hold into `out`. Where two hold the same learner's, the first one counts.
///
/// # Errors
/// One line: there are no results at all, they are of different classes, or what can't be read or written.
pub fn merge(folders: &[PathBuf], out: &Path) -> Result<Merged, String> {
    let mut merged = Merged::default();
    let mut parts = Vec::new();
    let mut first: Option<(Roll, &Path)> = None;
    for folder in folders {
        let part = Out::of(folder);
        let Some(roll) = part.roll()? else {
            merged.empty.push(folder.clone());
            continue;
        };
        if let Some((known, other)) = &first {
            if (&known.learners, &known.lessons, known.shards) != (&roll.learners, &roll.lessons, roll.shards) {
                return Err(format!(
                    "{} and {} are not of one class: their learners, homework or number of parts differ",
                    other.display(),
                    folder.display()
                ));
            }
        } else {
            first = Some((roll, folder));
        }
        parts.push(part);
    }
    let Some((roll, _)) = first else {
        let names: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        return Err(format!("there are no results of `grade` in {}", names.join(", ")));
    };
    let mut found = Vec::new();
    for member in &roll.learners {
        let mut learner = None;
        for part in &parts {
            let kept = part.kept(&member.file)?;
            learner = learner.or(kept.filter(|kept| kept.name == member.name && is_whole(kept, &roll)));
        }
        match learner {
            Some(learner) => found.push((&member.file, learner)),
            None => merged.missing.push((member.name.clone(), Shard::of(&member.name, roll.shards))),
        }
    }
    // Only now, since it may be one of those that were read.
    let out = Out::create(out)?;
    out.keep_roll(&Roll { shards: 1, ..roll.clone() })?;
    for (file, learner) in &found {
        out.keep(file, learner)?;
    }
    let learners: Vec<Learner> = found.into_iter().map(|(_, learner)| learner).collect();
    merged.learners = learners.len();
    let results = learners.iter().flat_map(|learner| &learner.results);
    merged.errors = results.filter(|result| result.outcome == Outcome::Error).count();
    out.report(&learners, &roll)?;
    Ok(merged)
}

/// Whether a learner has a result for each homework. One may have been left by a run that graded others.
fn is_whole(learner: &Learner, roll: &Roll) -> bool {
    learner.results.iter().map(|result| result.lesson).eq(roll.lessons.iter().copied())
}
