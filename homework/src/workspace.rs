//! The course's workspace, and the lessons in it that have homework.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::task::Task;

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

    /// The package: `lesson03`.
    pub fn package(&self) -> String {
        format!("lesson{:02}", self.number)
    }

    /// The learner's binary: `homework03`.
    pub fn binary(&self) -> String {
        format!("homework{:02}", self.number)
    }

    /// The learner's file.
    pub fn homework(&self) -> PathBuf {
        self.folder.join("homework.rs")
    }

    /// One good answer, which the stub is made of.
    pub fn solution(&self) -> PathBuf {
        self.folder.join("solution.rs")
    }

    /// What the site does, what must be seen, and hints.
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

    /// Whether a person who writes `text` means this one.
    fn is_meant_by(&self, text: &str) -> bool {
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

    /// The lesson that a person means who writes `3`, `03`, `lesson03`, `homework03`, `03-tokio`, `tokio`, or its
    /// folder's path.
    ///
    /// # Errors
    /// When none is meant: which ones there are.
    pub fn lesson(&self, text: &str) -> Result<&Lesson, String> {
        let lower = text.trim_end_matches(['/', '\\']).to_lowercase();
        let last = lower.rsplit(['/', '\\']).next().unwrap_or_default();
        self.lessons.iter().find(|lesson| lesson.is_meant_by(last)).ok_or_else(|| {
            let all: Vec<_> = self.lessons.iter().map(|it| format!("{:02} {}", it.number, it.name)).collect();
            format!("there is no homework '{text}': there are {}; its number is enough", all.join(", "))
        })
    }

    /// A path as it is shown: without the root, if it is below that, and written the same on every system.
    pub fn shown(&self, path: &Path) -> String {
        let text = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        if cfg!(windows) { text.replace('\\', "/") } else { text }
    }
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
                format!(
                    "there is no homework '{text}': there are 01 blocking, 03 tokio, 04 async-std, 13 state; its \
                     number is enough"
                )
            );
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
