//! Answers in a folder, and how a stranger's file is read: no link is followed, and nothing is waited for.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, open, openat, statat};
use rustix::io::Errno;

use super::{Files, LARGEST, is_a_folder, is_a_link, name, too_large};
use crate::text::Text;

/// Something in a folder.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

/// What something in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link to something, wherever that is.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// What is at a path.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Missing,
    /// A folder.
    Folder,
    /// A file, now open.
    File(Opened),
    /// Something that is not read: one line on why.
    Refused(Text),
}

/// An open file.
#[derive(Debug)]
pub struct Opened {
    file: File,
    label: String,
}

/// A learner's folder.
#[derive(Debug)]
pub struct Folder<'a> {
    root: &'a Path,
    path: &'a Path,
    label: String,
}

/// What is in a folder, in the order of the names.
///
/// # Errors
/// One line when it can't be read.
pub fn list(folder: &Path) -> Result<Vec<Item>, String> {
    let why = |why: io::Error| format!("{} can't be read: {why}", folder.display());
    let item = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.map_err(why)?;
        let kind = entry.file_type().map_err(why)?;
        let kind = match () {
            () if kind.is_symlink() => Kind::Link,
            () if kind.is_dir() => Kind::Folder,
            () if kind.is_file() => Kind::File,
            () => Kind::Other,
        };
        Ok(Item { name: entry.file_name(), kind })
    };
    let mut items: Vec<_> = fs::read_dir(folder).map_err(why)?.map(item).collect::<Result<_, String>>()?;
    items.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(items)
}

/// What is at a path in a stranger's folder. The path has no `..` in it.
pub fn find(root: &Path, path: &Path) -> Found {
    let cannot = |why: io::Error| Found::Refused(unreadable(&shown(path), &why));
    walk(root, path).unwrap_or_else(cannot)
}

/// Each step starts at the folder that the last one opened, so nothing that is swapped meanwhile leads elsewhere.
fn walk(root: &Path, path: &Path) -> io::Result<Found> {
    let mut folder = open(root, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut so_far = PathBuf::new();
    let mut steps = path.components().peekable();
    while let Some(step) = steps.next() {
        so_far.push(step);
        let step = step.as_os_str();
        // What it is is asked first: to open a device can do something.
        let kind = match statat(&folder, step, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return Ok(Found::Missing),
            other => FileType::from_raw_mode(other?.st_mode),
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match kind {
            FileType::Directory => folder = openat(&folder, step, flags | OFlags::DIRECTORY, Mode::empty())?,
            FileType::RegularFile if steps.peek().is_some() => return Ok(Found::Missing),
            FileType::RegularFile => {
                let file = openat(&folder, step, flags, Mode::empty())?;
                if FileType::from_raw_mode(fstat(&file)?.st_mode) != FileType::RegularFile {
                    return Ok(refused(path, false));
                }
                return Ok(Found::File(Opened { file: File::from(file), label: shown(path) }));
            }
            other => return Ok(refused(&so_far, other == FileType::Symlink)),
        }
    }
    Ok(Found::Folder)
}

impl Opened {
    /// What it holds, if that is no more than `most` bytes.
    ///
    /// # Errors
    /// One line when it is larger, or can't be read.
    pub fn read(self, most: u64) -> Result<Vec<u8>, Text> {
        let Self { file, label } = self;
        let cannot = |why: io::Error| unreadable(&label, &why);
        let too_large = || too_large(&Text::same(&label), most);
        if file.metadata().map_err(cannot)?.len() > most {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        // It may grow while it is read.
        file.take(most + 1).read_to_end(&mut bytes).map_err(cannot)?;
        if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
    }
}

impl<'a> Folder<'a> {
    /// The folder at a path in `root`.
    pub fn new(root: &'a Path, path: &'a Path) -> Self {
        Self { root, path, label: shown(path) }
    }
}

impl Files for Folder<'_> {
    fn label(&self) -> Text {
        Text::same(&self.label)
    }

    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Text>> {
        let path: PathBuf = self.path.components().chain(Path::new(path).components()).collect();
        match find(self.root, &path) {
            Found::Missing => None,
            Found::Folder => Some(Err(is_a_folder(&Text::same(shown(&path))))),
            Found::File(file) => Some(file.read(LARGEST)),
            Found::Refused(why) => Some(Err(why)),
        }
    }
}

/// What is said of something that is neither a file nor a folder.
fn refused(path: &Path, is_link: bool) -> Found {
    let path = Text::same(shown(path));
    Found::Refused(if is_link {
        is_a_link(&path)
    } else {
        path.with("is a pipe or a device, not a file", "— канал или устройство, а не файл")
    })
}

fn unreadable(label: &str, why: &io::Error) -> Text {
    Text::same(label).with(format!("can't be read: {why}"), format!("не читается: {why}"))
}

fn shown(path: &Path) -> String {
    name::shown(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    fn read(root: &TempDir, path: &str) -> Option<Result<Vec<u8>, String>> {
        let read = Folder::new(root.path(), Path::new("anna")).read(path)?;
        Some(read.map_err(Text::english))
    }

    fn anna() -> TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("anna")).unwrap();
        root
    }

    #[test]
    fn a_file_has_at_most_256_kib() {
        let root = anna();
        for (size, fits) in [(0, true), (LARGEST, true), (LARGEST + 1, false), (1 << 21, false)] {
            File::create(root.path().join("anna/x.rs")).unwrap().set_len(size).unwrap();
            match read(&root, "x.rs").unwrap() {
                Ok(bytes) => assert!(fits && bytes.len() as u64 == size, "{size}"),
                Err(why) => assert!(!fits && why == "anna/x.rs is larger than 256 KiB", "{size}: {why}"),
            }
        }
    }

    #[test]
    fn what_is_no_file_is_missing_or_a_folder() {
        let root = anna();
        fs::create_dir(root.path().join("anna/x.rs")).unwrap();
        fs::write(root.path().join("anna/lessons"), "").unwrap();
        assert_eq!(read(&root, "x.rs"), Some(Err("anna/x.rs is a folder, not a file".to_owned())));
        assert_eq!(read(&root, "y.rs"), None);
        assert_eq!(read(&root, "y/z.rs"), None);
        assert_eq!(read(&root, "lessons/03-tokio/homework.rs"), None);
    }

    #[test]
    fn a_link_is_never_followed() {
        let root = anna();
        fs::create_dir(root.path().join("ben")).unwrap();
        fs::write(root.path().join("ben/x.rs"), "ben's").unwrap();
        symlink("../ben/x.rs", root.path().join("anna/x.rs")).unwrap();
        symlink("/no/such/file", root.path().join("anna/y.rs")).unwrap();
        symlink("../ben", root.path().join("anna/z")).unwrap();
        for (path, link) in [("x.rs", "x.rs"), ("y.rs", "y.rs"), ("z/x.rs", "z")] {
            let why = format!("anna/{link} is a link, and links are not followed");
            assert_eq!(read(&root, path), Some(Err(why)));
        }
    }

    #[test]
    fn a_pipe_is_not_waited_for() {
        let root = anna();
        let made = std::process::Command::new("mkfifo").arg(root.path().join("anna/x.rs")).status().unwrap();
        assert!(made.success());
        assert_eq!(read(&root, "x.rs"), Some(Err("anna/x.rs is a pipe or a device, not a file".to_owned())));
    }
}
