//! The course's workspace, and the lessons in it that have homework.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::task::Task;

/// The most bytes of a learner's file. What is larger was not written by hand.
const LARGEST: u64 = 1 << 20;

/// Names of lessons and commands that are at least so similar to what was typed may be meant (Jaro's measure, 0 to 1).
const SIMILAR: f64 = 0.7;

/// The workspace: its root, and its lessons with homework in teaching order.
#[derive(Debug)]
pub struct Workspace {
    /// The folder of the workspace's Cargo.toml.
    pub root: PathBuf,
    /// The lessons whose folders hold a homework.toml.
    pub lessons: Vec<Lesson>,
}

/// A lesson with homework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Its number, from 1.
    pub number: u32,
    /// Its name: `tokio`.
    pub name: String,
    /// Its folder: `lessons/03-tokio` in the workspace's root.
    pub folder: PathBuf,
}

impl Lesson {
    /// The lesson of a folder that is named like `03-tokio`.
    fn of(folder: PathBuf) -> Option<Self> {
        let (number, name) = folder.file_name()?.to_str()?.split_once('-')?;
        let (number, name) = (number.parse().ok()?, name.to_owned());
        Some(Self { number, name, folder })
    }

    /// The name of its package: `lesson03`.
    pub fn package(&self) -> String {
        format!("lesson{:02}", self.number)
    }

    /// The name of the learner's binary: `homework03`.
    pub fn binary(&self) -> String {
        format!("homework{:02}", self.number)
    }

    /// The path of the learner's file.
    pub fn homework(&self) -> PathBuf {
        self.folder.join("homework.rs")
    }

    /// Reads the learner's file, if it is there.
    ///
    /// # Errors
    /// One line when it can't be read, or when it is nothing to read: a folder, a pipe, a device, or far too large.
    pub fn read_homework(&self) -> Result<Option<Vec<u8>>, String> {
        let path = self.homework();
        let is_missing = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
        let metadata = match fs::metadata(&path) {
            Err(why) if is_missing(why.kind()) => return Ok(None),
            other => other.map_err(|why| format!("{} can't be read: {why}", path.display()))?,
        };
        let what = match metadata.is_file() {
            true if metadata.len() <= LARGEST => {
                return match fs::read(&path) {
                    Err(why) if is_missing(why.kind()) => Ok(None),
                    other => other.map(Some).map_err(|why| format!("{} can't be read: {why}", path.display())),
                };
            }
            true => "larger than a megabyte",
            false if metadata.is_dir() => "a folder, not a file",
            false => "a pipe or a device, not a file",
        };
        let (path, number) = (path.display(), self.number);
        Err(format!("{path} is {what}: move it away, then `cargo homework reset {number}` puts the stub back"))
    }

    /// The path of a good answer, which the stub is made of.
    pub fn solution(&self) -> PathBuf {
        self.folder.join("solution.rs")
    }

    /// The path of the file that says what is done to the program, what must be seen, and hints.
    pub fn task(&self) -> PathBuf {
        self.folder.join("homework.toml")
    }

    /// Reads what its homework asks for.
    ///
    /// # Errors
    /// One line with the file, and what is wrong with it.
    pub fn read_task(&self) -> Result<Task, String> {
        let path = self.task();
        let text = fs::read_to_string(&path).map_err(|why| format!("{} can't be read: {why}", path.display()))?;
        Task::from_toml(&text, &path.display().to_string()).map_err(|why| why.to_string())
    }

    /// Whether a person who types `text` means this lesson.
    pub fn is_meant_by(&self, text: &str) -> bool {
        let number = ["lesson", "homework"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
        let folder = self.folder.file_name().and_then(|name| name.to_str());
        number.parse() == Ok(self.number) || text == self.name || folder == Some(text)
    }
}

impl Workspace {
    /// Finds the workspace that this program was started in.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub fn find() -> Result<Self, String> {
        // Under `cargo run` it is known, wherever the command was typed.
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        if let Some(root) = package.as_deref().and_then(Path::parent).filter(|root| is_root(root)) {
            return Self::open(root.to_owned());
        }
        let here = env::current_dir().map_err(|why| format!("the current folder can't be read: {why}"))?;
        let root = here.ancestors().find(|folder| is_root(folder)).ok_or_else(|| {
            format!("{} is not in the course's workspace: go to its folder first (cd)", here.display())
        })?;
        Self::open(root.to_owned())
    }

    /// Reads which lessons there are.
    ///
    /// # Errors
    /// When the folders can't be read, there is no homework in them, or two have the same number.
    pub fn open(root: PathBuf) -> Result<Self, String> {
        let folder = root.join("lessons");
        let why = |why| format!("{} can't be read: {why}", folder.display());
        let mut lessons = Vec::new();
        for entry in fs::read_dir(&folder).map_err(why)? {
            lessons.extend(Lesson::of(entry.map_err(why)?.path()).filter(|lesson| lesson.task().is_file()));
        }
        if lessons.is_empty() {
            return Err(format!("no folder of {} has a homework.toml", folder.display()));
        }
        lessons.sort_by(|a, b| (a.number, &a.name).cmp(&(b.number, &b.name)));
        if let Some([one, other]) = lessons.array_windows().find(|[one, other]| one.number == other.number) {
            let names = [one, other].map(|lesson| lesson.folder.display().to_string());
            return Err(format!("{} have the same number: give one another", names.join(" and ")));
        }
        Ok(Self { root, lessons })
    }

    /// The lesson that is meant by `3`, `03`, `lesson03`, `homework03`, `03-tokio`, `tokio`, or its
    /// folder's path.
    ///
    /// # Errors
    /// When none is meant: which lessons there are, and which of them is most similar.
    pub fn lesson(&self, text: &str) -> Result<&Lesson, String> {
        let lower = text.trim_end_matches(['/', '\\']).to_lowercase();
        let last = lower.rsplit(['/', '\\']).next().unwrap_or_default();
        self.lessons.iter().find(|lesson| lesson.is_meant_by(last)).ok_or_else(|| {
            let all: Vec<_> = self.lessons.iter().map(|it| format!("{:02} {}", it.number, it.name)).collect();
            let names = self.lessons.iter().map(|lesson| lesson.name.as_str());
            let nearest = nearest(last, names).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
            format!("there is no homework '{text}': there are {}{nearest}", all.join(", "))
        })
    }

    /// A path as it is shown: without the root, if it is below that, and written the same on every system.
    pub fn shown(&self, path: &Path) -> String {
        let text = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        if cfg!(windows) { text.replace('\\', "/") } else { text }
    }
}

/// The name among `names` that is most similar to `word`, if one is similar at all.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let similarity = |name: &str| strsim::jaro(&word.to_lowercase(), name);
    let similar = names.map(|name| (similarity(name), name)).filter(|(similarity, _)| *similarity >= SIMILAR);
    similar.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}

/// Whether this is the folder of a workspace with lessons.
fn is_root(folder: &Path) -> bool {
    folder.join("Cargo.toml").is_file() && folder.join("lessons").is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(folders: &[&str]) -> Workspace {
        let lesson = |folder: &&str| Lesson::of(Path::new("/курс/lessons").join(folder)).unwrap();
        Workspace { root: "/курс".into(), lessons: folders.iter().map(lesson).collect() }
    }

    #[test]
    fn a_lesson_is_found_by_what_people_write() {
        let workspace = workspace(&["01-blocking", "03-tokio", "04-async-std", "13-state"]);
        for text in ["3", "03", "lesson03", "lesson3", "homework03", "03-tokio", "tokio", "Tokio", "lessons/03-tokio/"]
        {
            assert_eq!(workspace.lesson(text).unwrap().folder, Path::new("/курс/lessons/03-tokio"), "{text}");
        }
        assert_eq!(workspace.lesson("async-std").unwrap().number, 4);
        for text in ["", "0", "7", "33", "std", "-3", "lesson", "../.."] {
            assert_eq!(
                workspace.lesson(text).unwrap_err(),
                format!("there is no homework '{text}': there are 01 blocking, 03 tokio, 04 async-std, 13 state")
            );
        }
        for (text, name) in [("tokyo", "tokio"), ("lessons/Blokcing", "blocking"), ("asyncstd", "async-std")] {
            let why = workspace.lesson(text).unwrap_err();
            assert!(why.ends_with(&format!("13 state; did you mean {name}?")), "{why}");
        }
    }

    #[test]
    fn only_a_file_of_a_fair_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let lesson = Lesson { number: 3, name: "tokio".to_owned(), folder: folder.path().to_owned() };
        assert_eq!(lesson.read_homework(), Ok(None));
        fs::write(lesson.homework(), "\u{fffd}mine").unwrap();
        assert_eq!(lesson.read_homework(), Ok(Some("\u{fffd}mine".into())));
        let refused = |what: &str| {
            let why = lesson.read_homework().unwrap_err();
            let advice = "move it away, then `cargo homework reset 3` puts the stub back";
            assert!(why.ends_with(&format!("homework.rs is {what}: {advice}")), "{why}");
        };
        fs::File::create(lesson.homework()).unwrap().set_len(LARGEST + 1).unwrap();
        refused("larger than a megabyte");
        fs::remove_file(lesson.homework()).unwrap();
        fs::create_dir(lesson.homework()).unwrap();
        refused("a folder, not a file");
        #[cfg(unix)]
        {
            fs::remove_dir(lesson.homework()).unwrap();
            std::os::unix::fs::symlink("/dev/zero", lesson.homework()).unwrap();
            refused("a pipe or a device, not a file");
        }
    }

    #[test]
    fn names_follow_from_the_folder() {
        let workspace = workspace(&["03-tokio"]);
        let lesson = &workspace.lessons[0];
        assert_eq!([lesson.package(), lesson.binary()], ["lesson03", "homework03"]);
        assert_eq!(workspace.shown(&lesson.homework()), "lessons/03-tokio/homework.rs");
        for folder in ["tokio", "x-tokio", "03"] {
            assert_eq!(Lesson::of(folder.into()), None);
        }
    }
}
