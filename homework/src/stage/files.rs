//! Files: lists that the program reads, one of which does not answer for a while, and the pages that it saves. `[files]` of
//! homework.toml.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use serde::Deserialize;
use site::Content;
use toml::Spanned;

use super::pipe::Pipe;

/// What the program finds in files, and how bodies come that it saves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// How many files hold the pages' numbers; one of them, and not the last one, is a pipe.
    pub lists: Spanned<u32>,
    /// In how many drops each body comes. The next one is sent when what came before is on disk.
    pub drops: Spanned<u32>,
}

/// One run's lists.
#[derive(Clone, Debug)]
pub struct Lists {
    /// The pages in each.
    pub pages: Vec<Vec<u32>>,
    /// Which of them is the pipe.
    pub pipe: usize,
    /// In how many drops each body comes.
    pub drops: u32,
}

impl Lists {
    /// Deals out the pages.
    pub fn draw(conditions: &Conditions, pages: u32, random: &mut Rng) -> Self {
        let lists = *conditions.lists.get_ref() as usize;
        let mut numbers: Vec<u32> = (1..=pages).collect();
        random.shuffle(&mut numbers);
        let dealt = (0..lists).map(|list| numbers.iter().copied().skip(list).step_by(lists.max(1)).collect());
        let pipe = random.usize(..lists.saturating_sub(1).max(1));
        Self { pages: dealt.collect(), pipe, drops: *conditions.drops.get_ref() }
    }

    /// The pages that the pipe holds, and all others.
    pub fn of_pipe_and_others(&self) -> [BTreeSet<u32>; 2] {
        let of = |is_pipe: bool| {
            let lists = self.pages.iter().enumerate().filter(|(index, _)| (*index == self.pipe) == is_pipe);
            lists.flat_map(|(_, pages)| pages.iter().copied()).collect()
        };
        [of(true), of(false)]
    }
}

/// The lists' files. They are removed when it is dropped.
#[derive(Debug)]
pub struct ListFiles {
    /// Their paths, as the program knows them.
    names: Vec<PathBuf>,
    pipe: Pipe,
    /// What the pipe is to hold, until it has been given.
    text: Mutex<Option<String>>,
}

impl ListFiles {
    /// Writes the lists, but for the pipe's, into `folder`, which the program knows as `known_as`.
    ///
    /// # Errors
    /// One line that says what can't be made.
    pub fn new(lists: &Lists, folder: &Path, known_as: &Path) -> Result<Self, String> {
        let names = (1..=lists.pages.len()).map(|list| format!("list-{list}"));
        let (paths, names): (Vec<_>, _) = names.map(|name| (folder.join(&name), known_as.join(&name))).unzip();
        let text = |pages: &[u32]| pages.iter().map(u32::to_string).collect::<Vec<_>>().join("\n") + "\n";
        for (index, (path, pages)) in paths.iter().zip(&lists.pages).enumerate() {
            if index != lists.pipe {
                fs::write(path, text(pages)).map_err(|why| format!("{} can't be written: {why}", path.display()))?;
            }
        }
        let pipe = Pipe::new(&paths[lists.pipe])?;
        Ok(Self { names, pipe, text: Mutex::new(Some(text(&lists.pages[lists.pipe]))) })
    }

    /// Their names, as `PATH` has folders.
    ///
    /// # Errors
    /// One line, when a name can't stand there.
    pub fn names(&self) -> Result<OsString, String> {
        std::env::join_paths(&self.names)
            .map_err(|why| format!("the temporary folder's name can't be passed on: {why}"))
    }

    /// Lets the pipe answer, if it has not done so.
    ///
    /// # Errors
    /// One line that says why it can't.
    pub fn give(&self) -> Result<(), String> {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner).take();
        text.map_or(Ok(()), |text| self.pipe.give(&text))
    }

    /// Whether the program has read what the pipe gave.
    pub fn is_read(&self) -> bool {
        self.pipe.is_read()
    }
}

/// What contradicts itself: where, and what.
pub fn contradiction(conditions: &Conditions, fewest_pages: u32) -> Option<(std::ops::Range<usize>, String)> {
    let Conditions { lists, drops } = conditions;
    if *lists.get_ref() < 2 {
        return Some((lists.span(), "a pipe among lists needs two lists at least".to_owned()));
    }
    if 2 * lists.get_ref() > fewest_pages {
        return Some((
            lists.span(),
            format!("two pages for each of {} lists are more than {fewest_pages}", lists.get_ref()),
        ));
    }
    (*drops.get_ref() < 2).then(|| (drops.span(), "a body in drops comes in two at least".to_owned()))
}

/// The name of the file that a page is saved in.
pub fn name_of(page: u32) -> String {
    format!("page-{page}.html")
}

/// How many bytes are compared at a time, and at the ends of what has come.
const WINDOW: u64 = 64 << 10;
/// How many files and folders of a program are looked at, and how far below its own.
const MOST_ENTRIES: usize = 2000;
const DEEPEST: usize = 4;

/// What is on disk of a body when its first `length` bytes are.
#[derive(Debug)]
pub struct Beginning {
    length: u64,
    first: Vec<u8>,
    last: Vec<u8>,
}

impl Beginning {
    /// The first `length` bytes of `content`.
    pub fn of(mut content: Content, length: u64) -> Self {
        let window = WINDOW.min(length);
        let mut beginning = Self { length, first: Vec::new(), last: Vec::new() };
        let mut sent = 0;
        while sent < length {
            let piece = content.take((length - sent).min(WINDOW));
            let place = |from: u64| usize::try_from(from.saturating_sub(sent)).unwrap_or(usize::MAX).min(piece.len());
            beginning.first.extend_from_slice(&piece[..place(window)]);
            beginning.last.extend_from_slice(&piece[place(length - window)..]);
            sent += piece.len() as u64;
        }
        beginning
    }

    /// Whether some file in a folder, or in those below it, begins like this.
    pub fn is_in(&self, folder: &Path) -> bool {
        let mut folders = vec![(folder.to_owned(), 0)];
        let mut left = MOST_ENTRIES;
        while let Some((folder, depth)) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                left = left.saturating_sub(1);
                let Ok(found) = entry.metadata() else { continue };
                if found.is_dir() && depth < DEEPEST && left > 0 {
                    folders.push((entry.path(), depth + 1));
                } else if found.is_file() && found.len() >= self.length && self.begins(&entry.path()) {
                    return true;
                }
            }
        }
        false
    }

    fn begins(&self, path: &Path) -> bool {
        let Ok(mut file) = open(path) else { return false };
        let mut has = |place: u64, expected: &[u8]| {
            let mut bytes = vec![0; expected.len()];
            file.seek(SeekFrom::Start(place)).is_ok() && file.read_exact(&mut bytes).is_ok() && bytes == expected
        };
        has(0, &self.first) && has(self.length - self.last.len() as u64, &self.last)
    }
}

/// What a program has made of a page's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// There is none.
    Absent,
    /// It holds what was served.
    Right,
    /// It ends too soon: it has so many bytes of so many.
    Short(u64, u64),
    /// It has other bytes from this one on.
    Differs(u64),
    /// What has its name is a folder or a link, or can't be read.
    NoFile,
}

/// Whether there is something of this name, whatever it is.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Compares a page's file with what was served.
pub fn compare(path: &Path, mut content: Content) -> Saved {
    if !is_there(path) {
        return Saved::Absent;
    }
    let Ok(mut file) = open(path) else { return Saved::NoFile };
    let size = content.len();
    let mut place = 0;
    while !content.is_empty() {
        let served = content.take(WINDOW);
        let mut bytes = Vec::with_capacity(served.len());
        if (&mut file).take(served.len() as u64).read_to_end(&mut bytes).is_err() {
            return Saved::NoFile;
        }
        // Byte by byte only where it is known to differ: that is slow in a build without optimization.
        if !served.starts_with(&bytes) {
            let index = bytes.iter().zip(&served).take_while(|(one, other)| one == other).count();
            return Saved::Differs(place + index as u64);
        }
        place += bytes.len() as u64;
        if bytes.len() < served.len() {
            return Saved::Short(place, size);
        }
    }
    match file.read(&mut [0]) {
        Ok(0) => Saved::Right,
        Ok(_) => Saved::Differs(size),
        Err(_) => Saved::NoFile,
    }
}

/// Opens a file that a program has made, and nothing else: what a program puts in its place can't keep the checker
/// waiting.
///
/// # Errors
/// When it can't be read, or is no file.
pub fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;

        #[expect(clippy::cast_possible_wrap, reason = "they are bits")]
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits() as i32);
    }
    let file = options.open(path)?;
    let is_file = file.metadata()?.is_file();
    if is_file { Ok(file) } else { Err(std::io::ErrorKind::InvalidInput.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        let scenario = site::Scenario { page_size: vec!["200KB".parse().unwrap()], ..site::Scenario::default() };
        site::content_of(&scenario, 3).unwrap()
    }

    fn bytes() -> Vec<u8> {
        let mut content = content();
        let mut bytes = Vec::new();
        while !content.is_empty() {
            bytes.extend_from_slice(&content.take(u64::MAX));
        }
        bytes
    }

    #[test]
    fn what_has_come_is_found_under_any_name() {
        let (folder, bytes) = (tempfile::TempDir::new().unwrap(), bytes());
        fs::create_dir(folder.path().join("parts")).unwrap();
        let path = folder.path().join("parts/x");
        for length in [1, 100, 70_000, 199_999] {
            let beginning = Beginning::of(content(), length as u64);
            for (written, is_in) in [(length - 1, false), (length, true), (bytes.len(), true)] {
                fs::write(&path, &bytes[..written]).unwrap();
                assert_eq!(beginning.is_in(folder.path()), is_in, "{length} {written}");
            }
            let mut other = bytes.clone();
            other[length - 1] ^= 1;
            fs::write(&path, other).unwrap();
            assert!(!beginning.is_in(folder.path()), "{length}");
        }
    }

    #[test]
    fn a_file_is_compared_byte_for_byte() {
        let (folder, bytes) = (tempfile::TempDir::new().unwrap(), bytes());
        let path = folder.path().join(name_of(3));
        let is = |saved| assert_eq!(compare(&path, content()), saved);
        is(Saved::Absent);
        fs::write(&path, &bytes).unwrap();
        is(Saved::Right);
        fs::write(&path, &bytes[..150_000]).unwrap();
        is(Saved::Short(150_000, 200_000));
        fs::write(&path, [&bytes[..], b"\n"].concat()).unwrap();
        is(Saved::Differs(200_000));
        let mut other = bytes;
        other[150_000] ^= 1;
        fs::write(&path, &other).unwrap();
        is(Saved::Differs(150_000));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        is(Saved::NoFile);
    }

    #[test]
    fn the_pipe_is_not_the_last_list() {
        let conditions: Conditions = toml::from_str("lists = 3\ndrops = 4").unwrap();
        let mut pipes = BTreeSet::new();
        for seed in 0..50 {
            let lists = Lists::draw(&conditions, 8, &mut Rng::with_seed(seed));
            let [of_pipe, others] = lists.of_pipe_and_others();
            assert_eq!(of_pipe.len() + others.len(), 8);
            assert!(of_pipe.len() >= 2 && of_pipe.is_disjoint(&others));
            pipes.insert(lists.pipe);
        }
        assert_eq!(pipes, [0, 1].into());
    }
}
