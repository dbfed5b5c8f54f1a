//! Whose answers there are, and where.
//!
//! What is in the folder, in zips and in repositories was put there by strangers: no link is followed, nothing is
//! written there, and everything that is read has bounds.
//!
//! - `roster`: the class, as its teacher lists it
//! - `repository`: answers in a git repository
//! - `zip`: answers in a zip
//! - `folder`: answers in a folder, and how a stranger's file is read
//! - `name`: learners' names: shown, compared, as names of files

mod folder;
mod name;
mod repository;
mod roster;
mod zip;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use console::Lang;
use jiff::Timestamp;

use self::folder::{Folder, Found, Item, Kind};
pub use self::name::{file_names, sha256};
use self::repository::Repository;
use self::roster::Place;
use self::zip::Zip;
use super::shard::Shard;
use crate::text::Text;
use crate::workspace::Lesson;

/// The most bytes of an answer. What is larger was not written by hand.
const LARGEST: u64 = 256 << 10;

/// What is said of what was not taken because the grader was told to stop.
const INTERRUPTED: &str = "interrupted";

/// The most bytes of a zip.
const LARGEST_ZIP: u64 = 16 << 20;

/// How many learners' answers are taken at once: cloning is waiting, mostly.
const AT_ONCE: usize = 8;

/// Archives that are not understood, but are somebody's answer.
const OTHER_ARCHIVES: [&str; 6] = ["7z", "bz2", "gz", "rar", "tar", "xz"];

/// Where a class's answers are taken from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The folder with what learners handed in.
    pub folder: &'a Path,
    /// The list of the class, if there is one.
    pub roster: Option<&'a Path>,
    /// The lessons that are graded.
    pub lessons: &'a [Lesson],
    /// How the names of answers' files may end, without the dot: `rs`, `py`.
    pub extensions: &'a [String],
    /// The part of the class whose answers are taken.
    pub shard: Shard,
    /// Becomes true when nothing more is to be taken.
    pub interrupted: &'a AtomicBool,
}

/// Whose answers there are.
#[derive(Debug)]
pub struct Intake {
    /// All learners' names, in the class's order. Characters that would not be seen, or move others, are written as
    /// `\u{202e}`.
    pub names: Vec<String>,
    /// Those of the part that is taken, in the same order.
    pub entrants: Vec<Entrant>,
}

/// A learner of the class, and their answers.
#[derive(Debug)]
pub struct Entrant {
    /// Where the learner's name is among all.
    pub position: usize,
    /// The learner's name.
    pub name: String,
    /// The learner's group, if the roster has one.
    pub group: Option<String>,
    /// The learner's language, if the roster has one.
    pub lang: Option<Lang>,
    /// An answer for each graded lesson, in their order.
    pub answers: Vec<Answer>,
}

/// What a learner handed in for a lesson.
#[derive(Debug)]
pub struct Answer {
    /// The lesson's number.
    pub lesson: u32,
    /// When it was handed in, if the roster says so.
    pub handed_in: Option<Timestamp>,
    /// The answer, or one line on why there is nothing that could be graded.
    pub content: Result<Handed, Text>,
}

/// An answer's file.
#[derive(Debug, PartialEq, Eq)]
pub struct Handed {
    /// How its name ends: `rs`.
    pub extension: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// The SHA-256 of that, in hexadecimal digits.
    pub sha256: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    /// Nothing was handed in.
    Missing(Text),
    /// What was handed in is not taken.
    Refused(Text),
}

/// In the order of the lessons.
type PerLesson = Vec<Result<Handed, Why>>;

/// The files that a learner hands in.
trait Files {
    /// What they are called: `anna.zip`.
    fn label(&self) -> Text;

    /// What a file holds, or one line on why that is not taken; `None` if there is no such file.
    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Text>>;
}

/// Finds the class, and takes the answers.
///
/// With a roster, the class is the roster's, in its order; without one, everybody who handed in something, by name.
///
/// # Errors
/// One line when the folder or the roster can't be read, or there is no answer at all.
pub fn take(sources: &Sources) -> Result<Intake, String> {
    let items = folder::list(sources.folder)?;
    let Some(roster) = sources.roster else { return sources.found(&items) };
    let rows = roster::read(roster)?;
    let names: Vec<String> = rows.iter().map(|row| name::shown(&row.name)).collect();
    let take = |position: usize| {
        let (row, name) = (&rows[position], &names[position]);
        if !sources.shard.has(name) {
            return None;
        }
        let contents = match &row.place {
            Some(Place::Repository(url)) => sources.of_repository(url),
            Some(Place::Path(path)) => sources.of_path(path),
            None => sources.of_name(&row.name, &items),
        };
        let answers = sources.answers(contents, row.time);
        Some(Entrant { position, name: name.clone(), group: row.group.clone(), lang: row.lang, answers })
    };
    let entrants = sources.all_of(rows.len(), take)?;
    Ok(Intake { names, entrants })
}

impl Sources<'_> {
    /// What `take` makes of the numbers up to `count`, several at once.
    fn all_of(&self, count: usize, take: impl Fn(usize) -> Option<Entrant> + Sync) -> Result<Vec<Entrant>, String> {
        let next = AtomicUsize::new(0);
        let taken = Mutex::new(Vec::new());
        let work = || {
            while !self.interrupted.load(Ordering::Relaxed) {
                let position = next.fetch_add(1, Ordering::Relaxed);
                if position >= count {
                    return;
                }
                if let Some(entrant) = take(position) {
                    taken.lock().unwrap_or_else(PoisonError::into_inner).push(entrant);
                }
            }
        };
        thread::scope(|scope| (0..AT_ONCE.min(count)).for_each(|_| drop(scope.spawn(work))));
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(INTERRUPTED.to_owned());
        }
        let mut entrants = taken.into_inner().unwrap_or_else(PoisonError::into_inner);
        entrants.sort_by_key(|entrant| entrant.position);
        Ok(entrants)
    }

    /// Everybody who has something in the folder.
    fn found(&self, items: &[Item]) -> Result<Intake, String> {
        let shown = self.folder.display();
        if self.of_files(&mut Folder::new(self.folder, Path::new(""))).iter().any(is_something) {
            return Err(format!("{shown} is one learner's folder: name the folder that learners' folders are in"));
        }
        let mut learners: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
        for item in items {
            if let Some(learner) = self.learner(item) {
                learners.entry(name::shown(&learner)).or_default().push(item);
            }
        }
        let all: Vec<_> = learners.into_iter().map(|(name, items)| (name, self.of_items(&items))).collect();
        if !all.iter().any(|(_, contents)| contents.iter().any(is_something)) {
            let wanted =
                self.lessons.first().map_or_else(String::new, |lesson| self.wanted(lesson).pick(Lang::En).to_owned());
            let files = if self.lessons.len() == 1 { ", or files such as anna.rs" } else { "" };
            return Err(format!(
                "{shown} holds no answers: it should hold a folder for each learner, such as anna, or a zip, such as \
                 anna.zip, with {wanted} in it{files}"
            ));
        }
        let names = all.iter().map(|(name, _)| name.clone()).collect();
        let mine = all.into_iter().enumerate().filter(|(_, (name, _))| self.shard.has(name));
        let entrants = mine.map(|(position, (name, contents))| {
            let answers = self.answers(contents, None);
            Entrant { position, name, group: None, lang: None, answers }
        });
        Ok(Intake { names, entrants: entrants.collect() })
    }

    /// The learner that something in the folder is named after, if it is anybody's.
    fn learner(&self, item: &Item) -> Option<String> {
        let name = item.name.to_string_lossy();
        if name.starts_with('.') || name == "__MACOSX" {
            return None;
        }
        let stem = name.rsplit_once('.').filter(|(_, extension)| self.is_hand_in(extension)).map(|(stem, _)| stem);
        match item.kind {
            Kind::Folder => Some(name.into_owned()),
            Kind::Link => Some(stem.unwrap_or(&name).to_owned()),
            Kind::File | Kind::Other => stem.map(|stem| stem.strip_suffix(".tar").unwrap_or(stem).to_owned()),
        }
    }

    /// Whether files of which the names end like this are answers.
    fn is_hand_in(&self, extension: &str) -> bool {
        let own = self.extensions.iter().map(String::as_str);
        own.chain(OTHER_ARCHIVES).chain(["zip"]).any(|other| other.eq_ignore_ascii_case(extension))
    }

    /// The answers of a learner whose place the roster does not tell.
    fn of_name(&self, learner: &str, items: &[Item]) -> PerLesson {
        let of = |is_meant: &dyn Fn(&str) -> bool| -> Vec<&Item> {
            items.iter().filter(|item| self.learner(item).is_some_and(|name| is_meant(&name))).collect()
        };
        let exact = of(&|name| name == learner);
        // macOS takes accents apart in the names of files.
        let mine = if exact.is_empty() { of(&|name| name::is_same(name, learner)) } else { exact };
        if mine.is_empty() {
            let learner = name::shown(learner);
            return self.nothing(&Text::new(
                format!("nothing handed in: there is nothing named {learner}"),
                format!("ничего не сдано: нет ничего с именем {learner}"),
            ));
        }
        self.of_items(&mine)
    }

    /// The answers in what one learner has in the folder.
    fn of_items(&self, items: &[&Item]) -> PerLesson {
        if let [item] = items {
            return self.of_path(Path::new(&item.name));
        }
        let names: Vec<_> = items.iter().map(|item| name::shown(&item.name.to_string_lossy())).collect();
        self.refused(&not_only_one(&names))
    }

    /// The answers in a folder, a zip or a file.
    fn of_path(&self, path: &Path) -> PerLesson {
        let shown = name::shown(&path.to_string_lossy());
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let file = match folder::find(self.folder, path) {
            Found::Missing => return self.nothing(&not_there(&shown)),
            Found::Folder => return self.of_files(&mut Folder::new(self.folder, path)),
            Found::Refused(why) => return self.refused(&why),
            Found::File(file) => file,
        };
        if extension == "zip" {
            let only = Text::new("a zip is to hold the answers only", "в архиве должны быть только ответы");
            let too_large = |why: Text| Text::each(|lang| format!("{}: {}", why.pick(lang), only.pick(lang)));
            let zip = file.read(LARGEST_ZIP).map_err(too_large);
            return match zip.and_then(|bytes| Zip::new(bytes, shown)) {
                Ok(mut zip) => self.of_files(&mut zip),
                Err(why) => self.refused(&why),
            };
        }
        let Some(extension) = self.extensions.iter().find(|known| known.to_lowercase() == extension) else {
            return self.refused(
                &Text::same(shown).with(
                    "is no kind of file that is understood: hand in a zip",
                    "— файл неизвестного вида: сдайте zip",
                ),
            );
        };
        if self.lessons.len() != 1 {
            let all: Vec<_> = self.lessons.iter().map(|lesson| self.wanted(lesson)).collect();
            return self.nothing(&Text::each(|lang| {
                let why = lang.pick(
                    "does not say which homework it is: hand in a folder or a zip with",
                    "не говорит, какое это задание: сдайте папку или zip, где есть",
                );
                let all: Vec<_> = all.iter().map(|it| it.pick(lang)).collect();
                format!("{shown} {why} {}", all.join(", "))
            }));
        }
        vec![file.read(LARGEST).map(|bytes| Handed::new(extension, bytes)).map_err(Why::Refused)]
    }

    fn of_repository(&self, url: &str) -> PerLesson {
        match Repository::clone(url, self.folder, self.interrupted) {
            Ok(mut repository) => self.of_files(&mut repository),
            Err(why) => self.refused(&why),
        }
    }

    fn of_files(&self, files: &mut dyn Files) -> PerLesson {
        self.lessons.iter().map(|lesson| self.of_lesson(lesson, files)).collect()
    }

    fn of_lesson(&self, lesson: &Lesson, files: &mut dyn Files) -> Result<Handed, Why> {
        let own = vec![lesson.binary(), format!("homework{}", lesson.number)];
        let folder = lesson.folder.file_name().unwrap_or_default().to_string_lossy();
        // The course's file is in every copy of the course, if only as a stub: a file of the learner's own wins.
        for stems in [own, vec![format!("lessons/{folder}/homework")]] {
            let mut paths: Vec<_> = (self.extensions.iter())
                .flat_map(|extension| stems.iter().map(move |stem| (format!("{stem}.{extension}"), extension)))
                .collect();
            paths.sort();
            paths.dedup();
            let read = |(path, extension): (String, _)| files.read(&path).map(|content| (path, extension, content));
            let mut found: Vec<_> = paths.into_iter().filter_map(read).collect();
            if found.len() > 1 {
                let names: Vec<_> = found.iter().map(|(path, ..)| path.as_str()).collect();
                return Err(Why::Refused(not_only_one(&names)));
            }
            if let Some((_, extension, content)) = found.pop() {
                return content.map(|bytes| Handed::new(extension, bytes)).map_err(Why::Refused);
            }
        }
        let (wanted, label) = (self.wanted(lesson), files.label());
        Err(Why::Missing(Text::each(|lang| {
            let [nothing, is_in] = lang.pick(["nothing handed in: no", "in"], ["ничего не сдано: нет", "в"]);
            format!("{nothing} {} {is_in} {}", wanted.pick(lang), label.pick(lang))
        })))
    }

    /// The names that a lesson's answer can have.
    fn wanted(&self, lesson: &Lesson) -> Text {
        let names: Vec<_> =
            self.extensions.iter().map(|extension| format!("{}.{extension}", lesson.binary())).collect();
        Text::new(names.join(" or "), names.join(" или "))
    }

    fn nothing(&self, why: &Text) -> PerLesson {
        self.lessons.iter().map(|_| Err(Why::Missing(why.clone()))).collect()
    }

    fn refused(&self, why: &Text) -> PerLesson {
        self.lessons.iter().map(|_| Err(Why::Refused(why.clone()))).collect()
    }

    fn answers(&self, contents: PerLesson, handed_in: Option<Timestamp>) -> Vec<Answer> {
        let answer = |(lesson, content): (&Lesson, Result<Handed, Why>)| {
            let content = content.map_err(|why| match why {
                Why::Missing(why) | Why::Refused(why) => why,
            });
            Answer { lesson: lesson.number, handed_in, content }
        };
        self.lessons.iter().zip(contents).map(answer).collect()
    }
}

impl Handed {
    fn new(extension: &str, bytes: Vec<u8>) -> Self {
        let sha256 = name::sha256(&bytes);
        Self { extension: extension.to_owned(), bytes, sha256 }
    }
}

/// Whether something was handed in, be it good or not.
fn is_something(content: &Result<Handed, Why>) -> bool {
    !matches!(content, Err(Why::Missing(_)))
}

fn too_large(shown: &Text, most: u64) -> Text {
    let (size, [en, ru]) =
        if most < 1 << 20 { (most >> 10, ["KiB", "КиБ"]) } else { (most >> 20, ["MiB", "МиБ"]) };
    shown.with(format!("is larger than {size} {en}"), format!("больше {size}\u{a0}{ru}"))
}

fn is_a_folder(shown: &Text) -> Text {
    shown.with("is a folder, not a file", "— папка, а не файл")
}

fn is_a_link(shown: &Text) -> Text {
    shown.with("is a link, and links are not followed", "— ссылка, а по ссылкам проверка не ходит")
}

fn not_there(shown: &str) -> Text {
    Text::new(format!("nothing handed in: there is no {shown}"), format!("ничего не сдано: нет {shown}"))
}

fn not_only_one(names: &[impl AsRef<str>]) -> Text {
    let joined = |word: &str| names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(word);
    Text::new(
        format!("hands in both {}: only one should be there", joined(" and ")),
        format!("сдано сразу несколько: {}, а нужно что-то одно", joined(" и ")),
    )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::io::Write;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use ::zip::ZipWriter;
    use ::zip::write::SimpleFileOptions;
    use tempfile::TempDir;

    use super::*;

    /// A class's folder.
    struct Class {
        root: TempDir,
        lessons: Vec<Lesson>,
        extensions: Vec<String>,
    }

    impl Class {
        fn new(files: &[(&str, &str)]) -> Self {
            let lesson = |number, name: &str| {
                let folder = format!("/course/lessons/{number:02}-{name}").into();
                Lesson { number, name: name.to_owned(), folder }
            };
            let lessons = vec![lesson(3, "tokio"), lesson(12, "limits")];
            let root = TempDir::with_prefix("класс ").unwrap();
            for (path, content) in files {
                let path = root.path().join("in").join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            Self { root, lessons, extensions: vec!["rs".to_owned(), "py".to_owned()] }
        }

        fn path(&self, name: &str) -> std::path::PathBuf {
            self.root.path().join("in").join(name)
        }

        fn one_lesson(mut self) -> Self {
            self.lessons.truncate(1);
            self
        }

        fn take(&self, roster: Option<&str>) -> Result<Vec<Entrant>, String> {
            self.take_part(roster, Shard::WHOLE).map(|taken| taken.entrants)
        }

        fn take_part(&self, roster: Option<&str>, shard: Shard) -> Result<Intake, String> {
            let path = self.root.path().join("roster.csv");
            let roster = roster.map(|text| fs::write(&path, text).map(|()| path.as_path()).unwrap());
            let (lessons, extensions) = (&self.lessons, &self.extensions);
            let interrupted = &AtomicBool::new(false);
            take(&Sources { folder: &self.path(""), roster, lessons, extensions, shard, interrupted })
        }

        /// A line for each learner: the name, then each answer's text or why there is none.
        fn lines(&self, roster: Option<&str>) -> Vec<String> {
            let answer = |answer: Answer| match answer.content {
                Ok(it) => format!("{} {}", it.extension, String::from_utf8(it.bytes).unwrap()),
                Err(why) => why.english(),
            };
            let line = |it: Entrant| {
                let answers: Vec<_> = it.answers.into_iter().map(answer).collect();
                format!("{}: {}", it.name, answers.join("; "))
            };
            self.take(roster).unwrap().into_iter().map(line).collect()
        }
    }

    fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (path, content) in files {
            zip.start_file(*path, SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_learner_has_a_folder_or_a_zip() {
        let class = Class::new(&[
            ("ben/homework03.rs", "b3"),
            ("ben/homework12.py", "b12"),
            ("anna/homework3.rs", "a3"),
            ("anna/lessons/03-tokio/homework.rs", "the stub"),
            ("anna/lessons/12-limits/homework.rs", "a12"),
            ("eve/notes.txt", ""),
            ("README.md", ""),
            ("roster.csv", ""),
            (".git/homework03.rs", "x"),
        ]);
        fs::write(class.path("carl.ZIP"), zip_of(&[("x/homework03.rs", "c3"), ("__MACOSX/y", "")])).unwrap();
        fs::write(class.path("dora.zip"), zip_of(&[("lessons/12-limits/homework.rs", "d12")])).unwrap();
        let none = "nothing handed in: no homework";
        assert_eq!(
            class.lines(None),
            [
                "anna: rs a3; rs a12".to_owned(),
                "ben: rs b3; py b12".to_owned(),
                format!("carl: rs c3; {none}12.rs or homework12.py in carl.ZIP"),
                format!("dora: {none}03.rs or homework03.py in dora.zip; rs d12"),
                format!("eve: {none}03.rs or homework03.py in eve; {none}12.rs or homework12.py in eve"),
            ]
        );
        let first = &class.take(None).unwrap()[0];
        assert_eq!((first.answers[0].lesson, first.answers[0].handed_in), (3, None));
        let sha256 = &first.answers[0].content.as_ref().unwrap().sha256;
        assert_eq!(*sha256, name::sha256(b"a3"));
        assert!(sha256.len() == 64 && name::sha256(b"").starts_with("e3b0c44298fc1c149afb"));
    }

    #[test]
    fn a_learner_has_a_file_where_one_lesson_is_graded() {
        let files = [("anna.rs", "a"), ("ben.py", "b"), ("carl.js", "c"), ("dora.tar.gz", "d")];
        let class = Class::new(&files).one_lesson();
        let not = "dora.tar.gz is no kind of file that is understood: hand in a zip";
        assert_eq!(class.lines(None), ["anna: rs a".to_owned(), "ben: py b".to_owned(), format!("dora: {not}")]);
        let class = Class::new(&[("anna.rs", "a"), ("ben/homework03.rs", "b")]);
        let why = "anna.rs does not say which homework it is: hand in a folder or a zip with homework03.rs or \
                   homework03.py, homework12.rs or homework12.py";
        assert_eq!(class.lines(None)[0], format!("anna: {why}; {why}"));
    }

    #[test]
    fn of_two_answers_none_is_taken() {
        let class = Class::new(&[
            ("anna/homework03.rs", "x"),
            ("anna/homework03.py", "x"),
            ("ben/homework03.rs", "x"),
            ("ben/homework3.rs", "x"),
            ("carl/homework03.rs", "x"),
            ("carl.py", "x"),
        ])
        .one_lesson();
        let only = "only one should be there";
        assert_eq!(
            class.lines(None),
            [
                format!("anna: hands in both homework03.py and homework03.rs: {only}"),
                format!("ben: hands in both homework03.rs and homework3.rs: {only}"),
                format!("carl: hands in both carl and carl.py: {only}"),
            ]
        );
    }

    #[test]
    fn a_folder_without_answers_says_what_is_understood() {
        let what = "it should hold a folder for each learner, such as anna, or a zip, such as anna.zip, with \
                    homework03.rs or homework03.py in it";
        let files = [("README.md", ""), ("anna/x", ""), ("ben.rs", "b")];
        let why = Class::new(&files).take(None).unwrap_err();
        assert!(why.ends_with(&format!(" holds no answers: {what}")), "{why}");
        let why = Class::new(&files[..2]).one_lesson().take(None).unwrap_err();
        assert!(why.ends_with(&format!("{what}, or files such as anna.rs")), "{why}");
        for path in ["homework03.rs", "lessons/12-limits/homework.rs"] {
            let why = Class::new(&[(path, "")]).take(None).unwrap_err();
            assert!(why.ends_with(" is one learner's folder: name the folder that learners' folders are in"), "{why}");
        }
        let why = Class::new(&[]).take(None).unwrap_err();
        assert!(why.contains("can't be read: "), "{why}");
    }

    #[test]
    fn the_class_is_the_rosters() {
        let class = Class::new(&[
            ("anna/homework03.rs", "a"),
            ("1/b/homework03.rs", "b"),
            ("nobody/homework03.rs", "n"),
            ("и\u{306}.rs", "й"),
        ])
        .one_lesson();
        let roster = "learner,path,time,group,lang\n\
                      Ben,1/b,2026-11-25 23:59,A,ru\nanna,,,,\nй,,,,\nEve,,,,\nFay,no/f,,,\nGil,no.git,,,\n";
        let lines = class.lines(Some(roster));
        assert_eq!(
            lines,
            [
                "Ben: rs b",
                "anna: rs a",
                "й: rs й",
                "Eve: nothing handed in: there is nothing named Eve",
                "Fay: nothing handed in: there is no no/f",
                "Gil: nothing handed in: there is no no.git",
            ]
        );
        let ben = &class.take(Some(roster)).unwrap()[0];
        assert_eq!((ben.group.as_deref(), ben.lang), (Some("A"), Some(Lang::Ru)));
        assert_eq!(ben.answers[0].handed_in, "2026-11-25T23:59:00Z".parse().ok());
        let why = class.take(Some("learner,path\nAnna,../x\n")).unwrap_err();
        assert!(why.contains("roster.csv, line 2: the path ../x leads elsewhere"), "{why}");
    }

    #[test]
    fn a_part_takes_its_own_and_knows_everybody() {
        let files = ["anna", "ben", "carl", "dora", "eve"].map(|name| (format!("{name}/homework03.rs"), "x"));
        let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), *content)).collect();
        let class = Class::new(&files).one_lesson();
        let roster = "learner\neve\nanna\ncarl\nben\ndora\n";
        for roster in [None, Some(roster)] {
            let whole = class.take_part(roster, Shard::WHOLE).unwrap();
            let mut together = Vec::new();
            for index in 1..=3 {
                let part = class.take_part(roster, Shard { index, count: 3 }).unwrap();
                assert_eq!(part.names, whole.names);
                together.extend(part.entrants.into_iter().map(|it| (it.position, it.name)));
            }
            together.sort();
            assert_eq!(together, whole.names.into_iter().enumerate().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_link_in_the_class_is_never_followed() {
        let class = Class::new(&[("anna/homework03.rs", "a"), ("anna.txt", "")]).one_lesson();
        fs::write(class.root.path().join("secret.zip"), zip_of(&[("homework03.rs", "secret")])).unwrap();
        for (to, link) in [("anna", "ben"), ("../secret.zip", "carl.zip"), ("/etc/passwd", "dora.rs")] {
            symlink(to, class.path(link)).unwrap();
        }
        let not = "is a link, and links are not followed";
        let expected = [format!("ben: ben {not}"), format!("carl: carl.zip {not}"), format!("dora: dora.rs {not}")];
        assert_eq!(class.lines(None)[1..], expected);
        let lines = class.lines(Some("learner,path\nx,ben/homework03.rs\ncarl,\n"));
        assert_eq!(lines, [format!("x: ben {not}"), format!("carl: carl.zip {not}")]);
    }

    #[test]
    fn reasons_are_said_in_russian_too() {
        let class =
            Class::new(&[("anna/homework03.rs", "a"), ("ben/x", ""), ("carl.rs", ""), ("carl/homework03.rs", "c")]);
        fs::create_dir_all(class.path("dora/homework03.rs")).unwrap();
        fs::write(class.path("eve.zip"), "no zip").unwrap();
        fs::write(class.path("fay.rar"), "").unwrap();
        let large = vec![b' '; usize::try_from(LARGEST).unwrap() + 1];
        fs::create_dir(class.path("gil")).unwrap();
        fs::write(class.path("gil/homework03.rs"), large).unwrap();
        let why = |entrant: Entrant| Some(entrant.answers.into_iter().next()?.content.err()?.pick(Lang::Ru).to_owned());
        let whys: Vec<_> = class.one_lesson().take(None).unwrap().into_iter().filter_map(why).collect();
        assert!(whys[3].starts_with("eve.zip не распаковать: "), "{whys:?}");
        let others: Vec<_> = whys.iter().filter(|why| !why.starts_with("eve")).collect();
        assert_eq!(
            others,
            [
                "ничего не сдано: нет homework03.rs или homework03.py в ben",
                "сдано сразу несколько: carl и carl.rs, а нужно что-то одно",
                "dora/homework03.rs — папка, а не файл",
                "fay.rar — файл неизвестного вида: сдайте zip",
                "gil/homework03.rs больше 256\u{a0}КиБ",
            ]
        );
    }

    #[test]
    fn a_zip_has_at_most_16_mib() {
        let class = Class::new(&[("anna/homework03.rs", "a")]).one_lesson();
        fs::File::create(class.path("ben.zip")).unwrap().set_len(LARGEST_ZIP + 1).unwrap();
        fs::write(class.path("carl.zip"), "no zip").unwrap();
        let lines = class.lines(None);
        assert_eq!(lines[1], "ben: ben.zip is larger than 16 MiB: a zip is to hold the answers only");
        assert!(lines[2].starts_with("carl: carl.zip can't be unpacked: "), "{lines:?}");
    }

    #[test]
    fn a_name_that_is_no_text_is_still_a_learner() {
        let class = Class::new(&[("anna\u{202e}\n/homework03.rs", "a")]).one_lesson();
        let odd = class.path("").join(OsStr::from_bytes(b"b\xff"));
        fs::create_dir(&odd).unwrap();
        fs::write(odd.join("homework03.rs"), "b").unwrap();
        assert_eq!(class.lines(None), ["anna\\u{202e}\\u{a}: rs a", "b\u{fffd}: rs b"]);
    }
}
