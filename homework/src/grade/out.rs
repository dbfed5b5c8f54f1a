//! The folder that results go to: files for each learner, those for the whole class, and which class it is.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use console::OutputFile;
use serde::{Deserialize, Serialize};

use super::report::{self, classroom::Submission};
use super::result::{Learner, VERSION};

/// The file that says which class it is. No learner's file has its name.
const ROLL: &str = "class.json";

/// A class: what every part of it knows, whichever of its learners it judges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roll {
    /// The format's version: [`VERSION`].
    pub version: u32,
    /// The language of what is made of all results: `en` or `ru`.
    pub lang: String,
    /// The homework that is graded, by the lessons' numbers.
    pub lessons: Vec<u32>,
    /// Into how many parts the class was split.
    pub shards: u32,
    /// The class, in its order.
    pub learners: Vec<Member>,
}

/// A learner of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The learner's name.
    pub name: String,
    /// The name of the learner's files, without what it ends with.
    pub file: String,
}

/// The folder that results go to.
#[derive(Debug)]
pub struct Out {
    folder: PathBuf,
}

impl Out {
    /// Makes the folder, if it is not there, and removes what a kill has left in it of files that were being written.
    ///
    /// # Errors
    /// One line that says why it can't be made.
    pub fn create(folder: &Path) -> Result<Self, String> {
        fs::create_dir_all(folder).map_err(|why| match why.kind() {
            ErrorKind::AlreadyExists => format!("{} is no folder: name another with --out", folder.display()),
            _ => format!("{} can't be made: {why}; name another folder with --out", folder.display()),
        })?;
        console::remove_partial_files(folder);
        Ok(Self { folder: folder.to_owned() })
    }

    /// A folder that should be there, to be read.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Which class it is, if the folder says so.
    ///
    /// # Errors
    /// One line when that can't be read, or is of another version.
    pub fn roll(&self) -> Result<Option<Roll>, String> {
        let path = self.folder.join(ROLL);
        let Some(bytes) = read(&path)? else { return Ok(None) };
        let roll: Roll = serde_json::from_slice(&bytes)
            .map_err(|why| format!("{} is not understood: {why}; grade anew", path.display()))?;
        if roll.version == VERSION {
            return Ok(Some(roll));
        }
        Err(format!("{} is of version {}, and this is version {VERSION}: grade anew", path.display(), roll.version))
    }

    /// Says which class it is.
    ///
    /// # Errors
    /// One line when it can't be written.
    pub fn keep_roll(&self, roll: &Roll) -> Result<(), String> {
        self.write(ROLL, &json(roll)?)
    }

    /// What is kept of a learner, if there is anything of this version.
    ///
    /// # Errors
    /// One line when it can't be read.
    pub fn kept(&self, file: &str) -> Result<Option<Learner>, String> {
        let bytes = read(&self.folder.join(format!("{file}.json")))?;
        let learner = bytes.and_then(|bytes| serde_json::from_slice::<Learner>(&bytes).ok());
        Ok(learner.filter(|learner| learner.version == VERSION))
    }

    /// Keeps what came of a learner, and writes what they get to read: a text, a picture for each run, and what Classroom 50
    /// wants where this is its runner.
    ///
    /// # Errors
    /// One line when it can't be written.
    pub fn keep(&self, file: &str, learner: &Learner) -> Result<(), String> {
        let picture = |lesson: u32| format!("{file}-{lesson:02}.svg");
        for result in &learner.results {
            let picture = picture(result.lesson);
            match result.run.as_ref().map(|run| run.timeline.as_bytes()).filter(|svg| !svg.is_empty()) {
                Some(svg) => self.write(&picture, svg)?,
                // There may be one of the answer before.
                None => drop(fs::remove_file(self.folder.join(picture))),
            }
        }
        if let Ok(submission) = Submission::of(|name| env::var(name).ok(), SystemTime::now())
            && let Ok(result) = report::classroom::classroom(learner, &submission)
        {
            self.write(&format!("{file}.result.json"), result.as_bytes())?;
        }
        self.write(&format!("{file}.md"), report::markdown::markdown(learner, picture).as_bytes())?;
        // It comes last: what it says is there, is there.
        self.write(&format!("{file}.json"), &json(learner)?)
    }

    /// Writes what is made of all results.
    ///
    /// # Errors
    /// One line when it can't be written.
    pub fn report(&self, learners: &[Learner], roll: &Roll) -> Result<(), String> {
        self.write("grades.csv", report::csv::grades_csv(learners, &roll.lessons)?.as_bytes())?;
        self.write("junit.xml", report::junit::junit(learners)?.as_bytes())?;
        self.write(
            "report.html",
            report::html::html(learners, &roll.lessons, roll.lang.parse().unwrap_or_default()).as_bytes(),
        )
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        OutputFile::create(&self.folder.join(name))?.finish(|out| out.write_all(bytes))
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(why) => Err(format!("{} can't be read: {why}", path.display())),
    }
}

fn json(it: &impl Serialize) -> Result<Vec<u8>, String> {
    let mut bytes = serde_json::to_vec_pretty(it).map_err(|why| format!("a result can't be written: {why}"))?;
    bytes.push(b'\n');
    Ok(bytes)
}
