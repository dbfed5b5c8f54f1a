//! Answers in a git repository. It is cloned, shallow and bare: no file of it is ever written out, so neither its links
//! nor its attributes do anything.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::path::{self, Path};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use tempfile::TempDir;

use super::folder::{self, Found};
use super::{Files, INTERRUPTED, LARGEST, is_a_folder, is_a_link, name, not_there, too_large};
use crate::text::Text;

/// How long git may take for one repository.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long output is waited for when git has ended: a process that it started may keep the pipe open.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How much is kept of what git says, in bytes.
const KEPT: u64 = 64 << 10;

/// The most bytes of what a clone brings, and of any other file that git writes then.
const LARGEST_PACK: u64 = 64 << 20;

/// What a repository, and the one who wrote it, could make git do.
const SETTINGS: [&str; 7] = [
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
    "core.fsmonitor=false",
    "filter.lfs.process=",
    "filter.lfs.smudge=",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
];

/// A clone of a learner's repository.
#[derive(Debug)]
pub struct Repository<'a> {
    clone: TempDir,
    bounds: Bounds<'a>,
}

/// Until when git may run.
#[derive(Clone, Copy, Debug)]
struct Bounds<'a> {
    end: Instant,
    interrupted: &'a AtomicBool,
}

impl<'a> Repository<'a> {
    /// Clones a repository. A path that is not absolute is one in `folder`, without `..`. When `interrupted` becomes true,
    /// git is ended.
    ///
    /// # Errors
    /// One line when that fails.
    pub fn clone(url: &str, folder: &Path, interrupted: &'a AtomicBool) -> Result<Self, Text> {
        let no_folder = |why| Text::new(format!("no folder for a clone: {why}"), format!("нет папки для клона: {why}"));
        let clone = TempDir::with_prefix("homework-").map_err(no_folder)?;
        let bounds = Bounds { end: Instant::now() + PATIENCE, interrupted };
        // Without this, git takes objects from a repository on this machine as they are, and all of them.
        let options = ["--quiet", "--bare", "--depth", "1", "--no-local", "--no-tags", "--no-recurse-submodules"];
        let shown = name::shown(&without_password(url));
        let it = Text::same(&shown);
        let mut git = git();
        git.arg("clone").args(options).args(["--template=", "--"]);
        if is_elsewhere(url) || Path::new(url).is_absolute() {
            git.arg(url);
        } else {
            match folder::find(folder, Path::new(url)) {
                Found::Missing => return Err(not_there(&shown)),
                Found::Refused(why) => return Err(why),
                Found::File(_) => return Err(it.with("is a file, not a repository", "— файл, а не репозиторий")),
                Found::Folder => {}
            }
            let lost = |why| it.with(format!("can't be found: {why}"), format!("не найти: {why}"));
            git.arg(path::absolute(folder.join(url)).map_err(lost)?);
        }
        git.arg(clone.path());
        run(git, 0, bounds).map_err(|why| {
            let why = Text::each(|lang| without(why.pick(lang), url));
            because(&it, ["can't be cloned", "не клонируется"], &why)
        })?;
        let it = Self { clone, bounds };
        let empty =
            |_| Text::new(format!("nothing handed in: {shown} is empty"), format!("ничего не сдано: в {shown} пусто"));
        it.git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], KEPT).map_err(empty)?;
        Ok(it)
    }

    fn git<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>, most: u64) -> Result<Vec<u8>, Text> {
        let mut git = git();
        git.arg("--git-dir").arg(self.clone.path()).args(arguments);
        run(git, most, self.bounds)
    }

    /// What a path's entry is: its mode, and its object's name.
    fn entry(&self, path: &str) -> Result<Option<(String, String)>, Text> {
        let line = self.git(["ls-tree", "-z", "--full-tree", "HEAD", "--", path], KEPT)?;
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split_ascii_whitespace();
        let (mode, object) = (words.next(), words.nth(1));
        Ok(mode.zip(object).map(|(mode, object)| (mode.to_owned(), object.to_owned())))
    }

    fn content(&self, shown: &Text, mode: &str, object: &str) -> Result<Vec<u8>, Text> {
        match mode {
            "120000" => return Err(is_a_link(shown)),
            "100644" | "100755" | "100664" => {}
            _ => return Err(is_a_folder(shown)),
        }
        let broken = |why| unreadable(shown, &why);
        let size = self.git(["cat-file", "-s", object], KEPT).map_err(broken)?;
        let no_size = |_| broken(Text::new("git does not say its size", "git не говорит его размер"));
        let size: u64 = String::from_utf8_lossy(&size).trim().parse().map_err(no_size)?;
        if size > LARGEST {
            return Err(too_large(shown, LARGEST));
        }
        let bytes = self.git(["cat-file", "blob", object], LARGEST).map_err(broken)?;
        let in_part = || broken(Text::new("git gave a part of it", "git отдал только часть"));
        if bytes.len() as u64 == size { Ok(bytes) } else { Err(in_part()) }
    }
}

impl Files for Repository<'_> {
    fn label(&self) -> Text {
        Text::new("the repository", "репозитории")
    }

    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Text>> {
        let shown = Text::same(path).with("in the repository", "в репозитории");
        match self.entry(path) {
            Ok(entry) => entry.map(|(mode, object)| self.content(&shown, &mode, &object)),
            Err(why) => Some(Err(unreadable(&shown, &why))),
        }
    }
}

fn unreadable(shown: &Text, why: &Text) -> Text {
    because(shown, ["can't be read", "не читается"], why)
}

/// Something, what is the matter with it in English and in Russian, and why.
fn because(shown: &Text, [en, ru]: [&str; 2], why: &Text) -> Text {
    Text::each(|lang| format!("{} {}: {}", shown.pick(lang), lang.pick(en, ru), why.pick(lang)))
}

fn git() -> Command {
    let mut git = Command::new("git");
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    // Those of a hook that this may run in.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_TEMPLATE_DIR"] {
        git.env_remove(variable);
    }
    git.env("GIT_ALLOW_PROTOCOL", "file:http:https:ssh");
    git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_LFS_SKIP_SMUDGE", "1").env("GIT_TERMINAL_PROMPT", "0");
    git.env("LC_ALL", "C");
    git
}

/// Runs git, and gives up to `most` bytes of what it prints.
fn run(mut git: Command, most: u64, bounds: Bounds) -> Result<Vec<u8>, Text> {
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // One group, that the programs which git starts end with it.
    git.process_group(0);
    let cannot = |why: io::Error| {
        Text::new(
            format!("git can't be run: {why}; is it installed?"),
            format!("git не запустить: {why}; он установлен?"),
        )
    };
    let mut child = git.spawn().map_err(cannot)?;
    // Before it has started others, which have its limits. If that fails, it has ended.
    let limit = Rlimit { current: Some(LARGEST_PACK), maximum: Some(LARGEST_PACK) };
    let _ = prlimit(Some(Pid::from_child(&child)), Resource::Fsize, limit);
    let output = child.stdout.take().map(|pipe| collect(pipe, most));
    let words = child.stderr.take().map(|pipe| collect(pipe, KEPT));
    let status = loop {
        if let Some(status) = child.try_wait().map_err(cannot)? {
            break status;
        }
        let is_interrupted = bounds.interrupted.load(Ordering::Relaxed);
        if is_interrupted || Instant::now() >= bounds.end {
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            let _ = child.kill();
            let _ = child.wait();
            let seconds = PATIENCE.as_secs();
            let took_too_long = || {
                Text::new(format!("git took longer than {seconds} s"), format!("git не закончил за {seconds}\u{a0}с"))
            };
            return Err(if is_interrupted { Text::same(INTERRUPTED) } else { took_too_long() });
        }
        #[expect(clippy::disallowed_methods, reason = "no task runs on this thread")]
        thread::sleep(Duration::from_millis(2));
    };
    let all = |bytes: Option<Receiver<Vec<u8>>>| {
        bytes.and_then(|bytes| bytes.recv_timeout(LAST_WORDS).ok()).unwrap_or_default()
    };
    if status.success() {
        return Ok(all(output));
    }
    let words = String::from_utf8_lossy(&all(words)).into_owned();
    if words.contains("index-pack died of signal 25") || words.contains("invalid index-pack output") {
        return Err(too_large(&Text::new("it", "он"), LARGEST_PACK));
    }
    let mut lines = words.lines().filter(|line| !line.trim().is_empty());
    let fatal = lines.clone().find_map(|line| line.strip_prefix("fatal: "));
    let why = fatal.or_else(|| lines.next_back()).map_or_else(|| format!("git ended with {status}"), str::to_owned);
    Err(Text::same(name::shown(&why)))
}

/// Reads a pipe to its end, and keeps its beginning.
fn collect(mut pipe: impl Read + Send + 'static, most: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.by_ref().take(most).read_to_end(&mut bytes);
        // What is not read would stop the one who writes it.
        let _ = read.and_then(|_| io::copy(&mut pipe, &mut io::sink()));
        let _ = sender.send(bytes);
    });
    receiver
}

/// Whether this is a URL, or `user@host:path`, and not a path.
pub fn is_elsewhere(url: &str) -> bool {
    let host = url.split('/').next().and_then(|begin| begin.split_once(':')).map_or("", |(host, _)| host);
    // A single letter is a drive.
    url.contains("://") || host.len() > 1
}

/// What is between a URL's scheme and its host: a name, and maybe a password.
fn user(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rfind('@').map_or("", |at| &authority[..=at])
}

fn without_password(url: &str) -> String {
    without(url, url)
}

/// A text without the password in a URL.
fn without(text: &str, url: &str) -> String {
    match user(url) {
        "" => text.to_owned(),
        user => text.replace(user, ""),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    static GOES_ON: AtomicBool = AtomicBool::new(false);

    fn within(time: Duration) -> Bounds<'static> {
        Bounds { end: Instant::now() + time, interrupted: &GOES_ON }
    }

    /// A repository `anna.git` in a folder, with what `fill` puts into its working tree.
    fn repository(fill: impl Fn(&Path)) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        let work = root.path().join("anna.git");
        fs::create_dir(&work).unwrap();
        let git = |arguments: &[&str]| {
            let mut git = git();
            git.current_dir(&work).args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.symlinks=true"]);
            git.args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"]).args(arguments);
            assert!(git.output().unwrap().status.success());
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        fill(&work);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--allow-empty", "--message=x"]);
        root
    }

    #[test]
    fn answers_are_taken_from_the_last_commit() {
        let root = repository(|work| {
            fs::create_dir_all(work.join("lessons/03-tokio")).unwrap();
            fs::write(work.join("lessons/03-tokio/homework.rs"), "mine\r\n\0").unwrap();
            fs::write(work.join(".gitattributes"), "* text eol=lf filter=lfs ident\n").unwrap();
            let most = usize::try_from(LARGEST).unwrap();
            fs::write(work.join("fits.rs"), vec![b'x'; most]).unwrap();
            fs::write(work.join("more.rs"), vec![b'x'; most + 1]).unwrap();
            symlink("fits.rs", work.join("link.rs")).unwrap();
        });
        fs::write(root.path().join("anna.git/later.rs"), "").unwrap();
        let mut it = Repository::clone("anna.git", root.path(), &GOES_ON).unwrap();
        assert_eq!(it.read("fits.rs").unwrap().unwrap().len() as u64, LARGEST);
        assert!(it.read("lessons/03-tokio/homework.rs").unwrap().unwrap().starts_with(b"mine"));
        for path in ["later.rs", "no/x.rs", "fits.rs/x", "*.rs"] {
            assert_eq!(it.read(path), None, "{path}");
        }
        let why = |what: &str| Some(Err(what.to_owned()));
        let mut read = |path| Some(it.read(path)?.map_err(Text::english));
        assert_eq!(read("more.rs"), why("more.rs in the repository is larger than 256 KiB"));
        assert_eq!(read("lessons"), why("lessons in the repository is a folder, not a file"));
        assert_eq!(read("link.rs"), why("link.rs in the repository is a link, and links are not followed"));
        assert!(!it.clone.path().join("fits.rs").exists());
    }

    #[test]
    fn a_clone_that_fails_is_one_line() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("marker.git")).unwrap();
        let marker = root.path().join("marker");
        let command = format!("ext::sh -c \"touch {}\" x.git", marker.display());
        assert_eq!(
            Repository::clone("no.git", root.path(), &GOES_ON).unwrap_err().english(),
            "nothing handed in: there is no no.git"
        );
        fs::write(root.path().join("file.git"), "gitdir: marker.git").unwrap();
        let why = Repository::clone("file.git", root.path(), &GOES_ON).unwrap_err().english();
        assert_eq!(why, "file.git is a file, not a repository");
        symlink("marker.git", root.path().join("link.git")).unwrap();
        let why = Repository::clone("link.git", root.path(), &GOES_ON).unwrap_err().english();
        assert_eq!(why, "link.git is a link, and links are not followed");
        fs::create_dir(root.path().join("--upload-pack=touch x.git")).unwrap();
        for url in ["--upload-pack=touch x.git", "marker.git", &command, "/no/x.git", "nonsense://a:secret@localhost/x"]
        {
            let why = Repository::clone(url, root.path(), &GOES_ON).unwrap_err().english();
            assert!(why.contains(" can't be cloned: ") && !why.contains('\n') && !why.contains("secret"), "{why}");
        }
        assert!(!marker.exists());
    }

    #[test]
    fn an_empty_repository_hands_in_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut init = git();
        init.args(["init", "--quiet", "--bare"]).arg(root.path().join("anna.git"));
        run(init, 0, within(PATIENCE)).unwrap();
        let why = Repository::clone("anna.git", root.path(), &GOES_ON).unwrap_err().english();
        assert_eq!(why, "nothing handed in: anna.git is empty");
    }

    #[test]
    fn git_is_not_waited_for_forever() {
        let mut endless = Command::new("sh");
        endless.args(["-c", "sleep 100000 & sleep 100000"]);
        let why = run(endless, 0, within(Duration::from_millis(100))).unwrap_err().english();
        assert_eq!(why, "git took longer than 60 s");
    }

    #[test]
    fn git_ends_when_the_grader_is_interrupted() {
        let mut endless = Command::new("sh");
        endless.args(["-c", "sleep 100000 & sleep 100000"]);
        let interrupted = &AtomicBool::new(false);
        let why = thread::scope(|scope| {
            let git = scope.spawn(|| run(endless, 0, Bounds { interrupted, ..within(PATIENCE) }));
            interrupted.store(true, Ordering::Relaxed);
            git.join().unwrap().unwrap_err()
        });
        assert_eq!(why.english(), INTERRUPTED);
    }

    #[test]
    fn a_repository_has_a_largest_size() {
        let root = repository(|work| {
            let mut bytes = vec![0; usize::try_from(LARGEST_PACK).unwrap() + 1];
            fastrand::Rng::with_seed(1).fill(&mut bytes);
            fs::write(work.join("large"), bytes).unwrap();
        });
        let why = Repository::clone("anna.git", root.path(), &GOES_ON).unwrap_err().english();
        assert_eq!(why, "anna.git can't be cloned: it is larger than 64 MiB");
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("https://a:b@example.org/x.git", "https://example.org/x.git"),
            ("https://example.org/x@y", "https://example.org/x@y"),
            ("git@example.org:x.git", "git@example.org:x.git"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
