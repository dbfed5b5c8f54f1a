//! What the learner has done so far: kept beside the lessons, in a folder that git ignores.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

use crate::stub;
use crate::workspace::{Lesson, Workspace};

/// The folder in the workspace's root.
const FOLDER: &str = ".homework";

/// Where a learner is with a lesson's homework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The file is not there.
    Missing,
    /// The file is the stub.
    Untouched,
    /// The file was edited, and has not been checked since.
    Edited,
    /// The file, as it is, did not pass.
    Failing,
    /// The file, as it is, passed.
    Passed,
    /// The file passed once, and was edited since.
    PassedThenEdited,
}

impl State {
    /// Whether there is something of the learner's to check.
    pub fn is_touched(self) -> bool {
        !matches!(self, Self::Missing | Self::Untouched)
    }
}

/// The record of what the learner has done. Each lesson has a folder of its own in it, so checks at the same time don't
/// disturb each other:
///
/// - `lesson03/passed.rs` and `lesson03/failed.rs`: the text that passed, and the one that failed last. To compare them
///   with the file is what makes a verdict stale after an edit.
/// - `lesson03/hints`: how many hints were shown.
/// - `aside/homework03-2026-11-24-153012.rs`: learners' files that were replaced.
#[derive(Debug)]
pub struct Progress {
    folder: PathBuf,
}

impl Progress {
    /// The record of this workspace. Nothing is written before there is something to keep.
    pub fn of(workspace: &Workspace) -> Self {
        Self { folder: workspace.root.join(FOLDER) }
    }

    /// Where the learner is with this lesson.
    ///
    /// # Errors
    /// When one of the lesson's files can't be read.
    pub fn state(&self, lesson: &Lesson) -> Result<State, String> {
        let Some(bytes) = lesson.read_homework()? else { return Ok(State::Missing) };
        let text = String::from_utf8_lossy(&bytes);
        if same(&text, &stub_of(lesson)?) {
            return Ok(State::Untouched);
        }
        let passed = read(&self.passed(lesson))?;
        let failed = read(&self.failed(lesson))?;
        let is_it = |kept: &Option<String>| kept.as_ref().is_some_and(|kept| **kept == *text);
        Ok(match () {
            () if is_it(&failed) => State::Failing,
            () if is_it(&passed) => State::Passed,
            () if passed.is_some() => State::PassedThenEdited,
            () => State::Edited,
        })
    }

    /// What the stub asks for, if the learner's file still is the stub: the texts of its TODOs, a line each.
    pub fn nothing_written(&self, lesson: &Lesson) -> Option<String> {
        let is_stub = self.state(lesson) == Ok(State::Untouched);
        if is_stub { stub_of(lesson).ok().map(|stub| stub::todos(&stub)) } else { None }
    }

    /// Whether a text of this lesson has ever passed.
    pub fn has_passed(&self, lesson: &Lesson) -> bool {
        self.passed(lesson).exists()
    }

    /// Keeps the verdict on `text`, which must be what was built. A verdict is worth saying even when this fails.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep_verdict(&self, lesson: &Lesson, text: &str, passed: bool) -> Result<(), String> {
        if !passed {
            return write(&self.failed(lesson), text);
        }
        write(&self.passed(lesson), text)?;
        // What failed before may be the text that passed now.
        remove(&self.failed(lesson))
    }

    /// How many of the lesson's hints were shown.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn hints_shown(&self, lesson: &Lesson) -> Result<usize, String> {
        // What can't be made sense of counts as nothing: the hints are only shown again.
        Ok(read(&self.hints(lesson))?.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
    }

    /// Keeps how many of the lesson's hints were shown.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep_hints_shown(&self, lesson: &Lesson, count: usize) -> Result<(), String> {
        write(&self.hints(lesson), &format!("{count}\n"))
    }

    /// Puts a text in the place of the learner's file, and first copies that aside, unless it is this text or the stub.
    /// Says where the copy is.
    ///
    /// # Errors
    /// When one of the two can't be written. Without a copy nothing is replaced.
    pub fn replace_homework(&self, lesson: &Lesson, text: &str) -> Result<Option<PathBuf>, String> {
        // Bytes, as what a learner's file holds need not be text.
        let copy = match lesson.read_homework()? {
            Some(bytes) if !same(&String::from_utf8_lossy(&bytes), text) => Some(self.put_aside(lesson, &bytes)?),
            _ => None,
        };
        write(&lesson.homework(), text)?;
        Ok(copy)
    }

    fn put_aside(&self, lesson: &Lesson, bytes: &[u8]) -> Result<PathBuf, String> {
        let folder = self.folder.join("aside");
        let time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        let time = time.replace(':', "").replace('T', "-").replace('Z', "");
        create_folder(&folder)?;
        for more in 1.. {
            let number = if more == 1 { String::new() } else { format!("-{more}") };
            let path = folder.join(format!("{}-{time}{number}.rs", lesson.binary()));
            let written = OpenOptions::new().write(true).create_new(true).open(&path).and_then(|mut file| {
                // On the disk before the file that it is a copy of is replaced.
                file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| {
                    let _ = fs::remove_file(&path);
                })
            });
            match written {
                Ok(()) => return Ok(path),
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => return Err(cannot(&path, "written", &why)),
            }
        }
        unreachable!("there is a free name")
    }

    /// The folder for what judged programs keep from one run to the next, such as compiled packages; `None` if it can't be
    /// made.
    pub fn cache(&self) -> Option<PathBuf> {
        let cache = self.folder.join("cache");
        fs::create_dir_all(&cache).ok().map(|()| cache)
    }

    fn passed(&self, lesson: &Lesson) -> PathBuf {
        self.folder.join(lesson.package()).join("passed.rs")
    }

    fn failed(&self, lesson: &Lesson) -> PathBuf {
        self.folder.join(lesson.package()).join("failed.rs")
    }

    fn hints(&self, lesson: &Lesson) -> PathBuf {
        self.folder.join(lesson.package()).join("hints")
    }
}

/// The stub of a lesson's solution.
///
/// # Errors
/// When the solution can't be read, or its regions are not balanced.
pub fn stub_of(lesson: &Lesson) -> Result<String, String> {
    let path = lesson.solution();
    let solution = fs::read_to_string(&path).map_err(|why| cannot(&path, "read", &why))?;
    stub::stub(&solution, &path.display().to_string())
}

/// Whether two texts differ in nothing but how their lines end.
fn same(one: &str, other: &str) -> bool {
    one.lines().eq(other.lines())
}

/// A file's text, if the file is there. What is not UTF-8 in it is replaced: rustc will have something to say about it.
fn read(path: &Path) -> Result<Option<String>, String> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(why) => Err(cannot(path, "read", &why)),
    }
}

/// Writes a file, which is then complete or, when that fails, as it was before.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let write = |mut file: NamedTempFile| {
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|failed| failed.error)
    };
    let mut builder = tempfile::Builder::new();
    // The rights of the learner's other files, not those of a secret one.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let written = builder.prefix(".partial-").tempfile_in(folder).and_then(write);
    written.map(drop).map_err(|why| cannot(path, "written", &why))
}

fn remove(path: &Path) -> Result<(), String> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(cannot(path, "removed", &why)),
        _ => Ok(()),
    }
}

fn create_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|why| cannot(folder, "created", &why))
}

fn cannot(path: &Path, be: &str, why: &io::Error) -> String {
    let advice: &dyn fmt::Display = match why.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem if be != "read" => {
            &"; work in a copy of the course that you may write to"
        }
        io::ErrorKind::StorageFull => &"; make room on the disk",
        _ => &"",
    };
    format!("{} can't be {be}: {why}{advice}", path.display())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// A workspace with one lesson.
    struct Fixture {
        _root: TempDir,
        lesson: Lesson,
        progress: Progress,
    }

    impl Fixture {
        fn new() -> Self {
            let root = TempDir::with_prefix("homework прогресс ").unwrap();
            let folder = root.path().join("lessons").join("03-tokio");
            fs::create_dir_all(&folder).unwrap();
            let solution = "fn answer() {\n    // #region answer: all\n    done\n    // #endregion answer\n}\n";
            fs::write(folder.join("solution.rs"), solution).unwrap();
            fs::write(folder.join("homework.toml"), "").unwrap();
            let workspace = Workspace::open(root.path().to_owned()).unwrap();
            let (progress, lesson) = (Progress::of(&workspace), workspace.lessons[0].clone());
            let fixture = Self { _root: root, lesson, progress };
            fixture.save(&stub_of(&fixture.lesson).unwrap());
            fixture
        }

        fn save(&self, text: &str) {
            fs::write(self.lesson.homework(), text).unwrap();
        }

        fn state(&self) -> State {
            self.progress.state(&self.lesson).unwrap()
        }
    }

    #[test]
    fn a_verdict_holds_until_the_file_is_edited() {
        let it = Fixture::new();
        assert_eq!(it.state(), State::Untouched);
        it.save("one");
        assert_eq!(it.state(), State::Edited);
        it.progress.keep_verdict(&it.lesson, "one", false).unwrap();
        assert_eq!(it.state(), State::Failing);
        assert!(!it.progress.has_passed(&it.lesson));
        it.save("two");
        assert_eq!(it.state(), State::Edited);
        it.progress.keep_verdict(&it.lesson, "two", true).unwrap();
        assert_eq!(it.state(), State::Passed);
        it.save("three");
        assert_eq!(it.state(), State::PassedThenEdited);
        it.progress.keep_verdict(&it.lesson, "three", false).unwrap();
        assert_eq!(it.state(), State::Failing);
        assert!(it.progress.has_passed(&it.lesson));
        it.save("two");
        assert_eq!(it.state(), State::Passed);
        // The latest verdict on a text is the one that counts, in both directions.
        it.progress.keep_verdict(&it.lesson, "two", false).unwrap();
        assert_eq!(it.state(), State::Failing);
        it.progress.keep_verdict(&it.lesson, "two", true).unwrap();
        assert_eq!(it.state(), State::Passed);
        fs::remove_file(it.lesson.homework()).unwrap();
        assert_eq!(it.state(), State::Missing);
    }

    #[test]
    fn what_is_replaced_is_put_aside_and_never_overwritten() {
        let it = Fixture::new();
        let stub = stub_of(&it.lesson).unwrap();
        assert_eq!(it.progress.replace_homework(&it.lesson, &stub).unwrap(), None);
        let bytes = [b"mine \xff ", b"also \xff "];
        let copies = bytes.map(|bytes| {
            fs::write(it.lesson.homework(), bytes).unwrap();
            let copy = it.progress.replace_homework(&it.lesson, &stub).unwrap().unwrap();
            assert_eq!(it.state(), State::Untouched);
            copy
        });
        assert_ne!(copies[0], copies[1]);
        assert_eq!(copies.map(|copy| fs::read(copy).unwrap()), bytes);
    }

    #[test]
    fn what_can_not_be_kept_is_one_clear_line() {
        let it = Fixture::new();
        // A file where the folder should be: refused to root, too, unlike a read-only folder.
        fs::write(&it.progress.folder, "").unwrap();
        let why = it.progress.keep_verdict(&it.lesson, "one", true).unwrap_err();
        assert!(why.contains("can't be created: ") && !why.contains('\n'), "{why}");
        it.save("mine");
        it.progress.replace_homework(&it.lesson, "stub").unwrap_err();
        assert_eq!(fs::read_to_string(it.lesson.homework()).unwrap(), "mine");
        let denied = cannot(Path::new("x"), "written", &io::ErrorKind::ReadOnlyFilesystem.into());
        assert!(denied.ends_with("; work in a copy of the course that you may write to"), "{denied}");
    }

    #[test]
    fn what_a_stub_asks_for_is_said_while_nothing_is_written() {
        let it = Fixture::new();
        assert_eq!(it.progress.nothing_written(&it.lesson).as_deref(), Some("all"));
        it.save("mine");
        assert_eq!(it.progress.nothing_written(&it.lesson), None);
    }

    #[test]
    fn hints_are_counted() {
        let it = Fixture::new();
        assert_eq!(it.progress.hints_shown(&it.lesson), Ok(0));
        it.progress.keep_hints_shown(&it.lesson, 2).unwrap();
        assert_eq!(it.progress.hints_shown(&it.lesson), Ok(2));
    }
}
