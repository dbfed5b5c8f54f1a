//! Building answers, within walls: those in Rust by rustc alone, once cargo has built what they stand on; others by the
//! command that the teacher names.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use cargo_metadata::{DependencyKind, Message, MetadataCommand, PackageId, TargetKind};
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::time::timeout;

use super::intake::sha256;
use crate::process::cell::Contents;
use crate::process::{Ended, Event, Given, Limits, Program, Reach, Running, guard};
use crate::stage::{Ground, files};
use crate::text::Text;
use crate::words::harmless;
use crate::workspace::Lesson;

/// How many times as long a compiler may take for an answer as nothing may happen in a run: a minute, unless it is said
/// otherwise.
const IN_ALL: u32 = 6;
/// How many bytes of memory it may take.
const MEMORY: u64 = 4 << 30;
/// How many bytes it may write.
const ROOM: u64 = 256 << 20;
/// How many lines of its messages are kept.
const LINES_KEPT: usize = 40;
/// rustc's exit status when it panics.
const CRASHED: i32 = 101;
/// The signal that ends what writes too large a file.
const TOO_LARGE: i32 = Signal::XFSZ.as_raw();
/// How the names of answers in Rust end.
pub const RUST: &str = "rs";

/// What an answer to a lesson's homework is built with.
#[derive(Debug)]
pub struct Toolchain {
    binary: String,
    edition: String,
    /// rustc and the standard library.
    sysroot: PathBuf,
    /// Copies of all libraries that the lesson uses, and of nothing else.
    libraries: PathBuf,
    /// Those that its code can name: by which name, in which file.
    named: BTreeMap<String, String>,
}

/// How answers are built.
#[derive(Clone, Copy, Debug)]
pub struct Building {
    /// Whether there are walls around compilers.
    pub walls: bool,
    /// How long nothing may happen in a run.
    pub patience: Duration,
}

/// An answer that was built: a folder of its own, with the program in it.
#[derive(Debug)]
pub struct Built {
    folder: TempDir,
}

/// What a compiler makes where the teacher names it, in its current folder.
const PROGRAM: &str = "program";

/// Why there is no program.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The answer can't be built: why.
    Answer(Text),
    /// Something else: one line.
    Grader(String),
}

impl Built {
    /// Where the program is.
    pub fn program(&self) -> PathBuf {
        self.folder.path().join(PROGRAM)
    }

    /// The folder that it is in, which is removed when this is dropped.
    pub fn into_folder(self) -> TempDir {
        self.folder
    }
}

impl Toolchain {
    /// Builds what the lesson's homework stands on, in the workspace `root`.
    ///
    /// # Errors
    /// One line that says why it can't be built.
    pub fn of(lesson: &Lesson, root: &Path) -> Result<Self, String> {
        let package = lesson.package();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(&cargo);
        command.args(["build", "--locked", "--package", &package, "--bin", &format!("solution{:02}", lesson.number)]);
        command.args(["--message-format", "json-render-diagnostics"]).current_dir(root);
        console::cargo::hide_own_variables(&mut command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| format!("cargo can't be run ({}): {why}; is Rust installed?", cargo.display()))?;
        let mut artifacts: BTreeMap<PackageId, PathBuf> = BTreeMap::new();
        let mut libraries = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            for message in Message::parse_stream(BufReader::new(stdout)).flatten() {
                let Message::CompilerArtifact(artifact) = message else { continue };
                if artifact.target.kind.iter().any(|kind| matches!(kind, TargetKind::Bin | TargetKind::CustomBuild)) {
                    continue;
                }
                for file in artifact.filenames {
                    if file.extension() == Some("rlib") || artifact.target.kind.contains(&TargetKind::ProcMacro) {
                        artifacts.insert(artifact.package_id.clone(), file.clone().into());
                    }
                    libraries.push(PathBuf::from(file));
                }
            }
        }
        let status = child.wait().map_err(|why| format!("cargo can't be waited for: {why}"))?;
        if !status.success() {
            return Err(format!("what lesson {:02} stands on was not built: cargo says above why", lesson.number));
        }
        let metadata = MetadataCommand::new()
            .cargo_path(&cargo)
            .current_dir(root)
            .other_options(["--locked", "--filter-platform", &said_by_rustc("host-tuple", root)?].map(str::to_owned))
            .exec()
            .map_err(|why| format!("cargo does not say what the lessons stand on: {why}"))?;
        let missing = || format!("cargo does not know {package}");
        let its = metadata.packages.iter().find(|it| it.name.as_str() == package).ok_or_else(missing)?;
        let nodes = metadata.resolve.as_ref().map(|resolve| resolve.nodes.as_slice()).unwrap_or_default();
        let node = nodes.iter().find(|node| node.id == its.id).ok_or_else(missing)?;
        let target = metadata.target_directory.as_std_path();
        let folder = kept_apart(&libraries, &target.join("grade"))?;
        let is_normal = |it: &&cargo_metadata::NodeDep| it.dep_kinds.iter().any(|it| it.kind == DependencyKind::Normal);
        let others = node.deps.iter().filter(is_normal).map(|dependency| (dependency.name.clone(), &dependency.pkg));
        // A lesson may have a library of its own, which is named like it.
        let named = others.chain([(package.clone(), &its.id)]).filter_map(|(name, package)| {
            let file = artifacts.get(package)?.file_name()?.to_str()?.to_owned();
            Some((name, file))
        });
        Ok(Self {
            binary: lesson.binary(),
            edition: its.edition.to_string(),
            sysroot: said_by_rustc("sysroot", root)?.into(),
            libraries: folder,
            named: named.collect(),
        })
    }

    /// Builds an answer in Rust.
    ///
    /// # Errors
    /// Why there is no program.
    pub async fn build(&self, answer: &[u8], building: Building) -> Result<Built, Failure> {
        let shown = vec![(self.sysroot.clone(), "/rust".into()), (self.libraries.clone(), "/libraries".into())];
        let place = BuildGround::new(answer, RUST, shown, building)?;
        let [sysroot, libraries] = if building.walls {
            ["/rust", "/libraries"].map(PathBuf::from)
        } else {
            [self.sysroot.clone(), self.libraries.clone()]
        };
        let program = Program {
            command: sysroot.join("bin/rustc").into(),
            arguments: self.arguments(&libraries, &place.source).into_iter().map(Into::into).collect(),
        };
        place.build(&program, building).await
    }

    fn arguments(&self, libraries: &Path, source: &Path) -> Vec<String> {
        let libraries = libraries.display();
        let mut arguments: Vec<String> = [
            "--crate-type=bin",
            "--color=never",
            "-Funsafe_code",
            "-Cdebuginfo=0",
            "-Cstrip=debuginfo",
            "--crate-name",
            &self.binary,
            "--edition",
            &self.edition,
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("-Ldependency={libraries}"));
        for (name, file) in &self.named {
            arguments.push("--extern".to_owned());
            arguments.push(format!("{name}={libraries}/{file}"));
        }
        arguments.extend(["-o".to_owned(), PROGRAM.to_owned(), source.display().to_string()]);
        arguments
    }
}

/// Builds an answer whose file ends in `extension` by a command: its words, of which `{}` stands for the file.
///
/// # Errors
/// Why there is no program.
pub async fn build_by(
    command: &[String],
    answer: &[u8],
    extension: &str,
    building: Building,
) -> Result<Built, Failure> {
    let place = BuildGround::new(answer, extension, Vec::new(), building)?;
    let source = place.source.to_string_lossy();
    let mut words = command.iter().map(|word| word.replace("{}", &source).into());
    let program = Program { command: words.next().unwrap_or_default(), arguments: words.collect() };
    place.build(&program, building).await
}

/// Where an answer is built.
struct BuildGround {
    folder: TempDir,
    ground: Ground,
    /// The answer's file, as the compiler finds it.
    source: PathBuf,
    /// What that is called in messages.
    name: String,
}

impl BuildGround {
    fn new(
        answer: &[u8],
        extension: &str,
        mut shown: Vec<(PathBuf, PathBuf)>,
        building: Building,
    ) -> Result<Self, Failure> {
        let folder = TempDir::with_prefix("homework-").map_err(|why| not_kept(&why))?;
        let name = format!("homework.{extension}");
        let (outside, inside) = (folder.path().join(&name), Path::new("/").join(&name));
        fs::write(&outside, answer).map_err(|why| not_kept(&why))?;
        shown.push((outside.clone(), inside.clone()));
        let contents = Contents { shown, room: ROOM };
        let ground = Ground::new(building.walls.then_some(&contents), 0, false).map_err(Failure::Grader)?;
        let source = if building.walls { inside } else { outside };
        Ok(Self { folder, ground, source, name })
    }

    /// Runs a compiler, and takes the program that it makes.
    async fn build(self, compiler: &Program, building: Building) -> Result<Built, Failure> {
        let Self { folder, ground, source, name } = self;
        let given = Given { reach: Reach { cell: ground.cell(), ..Reach::default() }, ..Given::default() };
        let limits = Limits { memory: MEMORY, is_wanted: |_| false, terminal: false, ..Limits::default() };
        let mut running = Running::start(compiler, &given, ground.folder(), limits).map_err(Failure::Grader)?;
        let mut exceeded = false;
        let end = async {
            loop {
                match running.next().await {
                    Event::Line(_) => {}
                    Event::Exceeded(_) => exceeded = true,
                    Event::Ended(ended) => return ended,
                }
            }
        };
        let patience = building.patience * IN_ALL;
        let ended = timeout(patience, end).await;
        running.kill().await;
        let source = source.to_string_lossy();
        // Some compilers name it by its path from where they are.
        let said = running.stderr().beginning.replace(&format!("..{source}"), &name).replace(&*source, &name);
        match ended {
            Err(_) => {
                let seconds = patience.as_secs();
                return Err(Failure::Answer(Text::new(
                    format!("the compiler did not come to an end within {seconds} s"),
                    format!("компилятор не закончил за {seconds}\u{a0}с"),
                )));
            }
            Ok(_) if exceeded => {
                return Err(Failure::Answer(Text::new(
                    "the compiler took more than 4 GiB of memory, or too many processes",
                    "компилятор занял больше 4\u{a0}ГиБ памяти или запустил слишком много процессов",
                )));
            }
            Ok(Ended::Status(0)) => {}
            Ok(Ended::Status(guard::CANT_BE_RUN)) => return Err(Failure::Grader(messages(&said))),
            Ok(Ended::Signal(TOO_LARGE)) => {
                return Err(Failure::Answer(Text::new(
                    "what the compiler makes of it is larger than 256 MiB",
                    "после компиляции получилось больше 256\u{a0}МиБ",
                )));
            }
            Ok(Ended::Status(CRASHED) | Ended::Signal(_)) => {
                return Err(Failure::Answer(saying("it crashes the compiler", "компилятор на этом падает", &said)));
            }
            Ok(Ended::Status(_)) => {
                return Err(Failure::Answer(saying("it does not compile", "это не компилируется", &said)));
            }
        }
        take(&ground.folder().join(PROGRAM), &folder.path().join(PROGRAM)).map_err(|why| match why.kind() {
            io::ErrorKind::NotFound => Failure::Grader(format!(
                "{} made no file named {PROGRAM} in its current folder: say so in --run",
                compiler.command.display()
            )),
            _ => not_kept(&why),
        })?;
        Ok(Built { folder })
    }
}

fn not_kept(why: &io::Error) -> Failure {
    Failure::Grader(format!("an answer can't be kept to be built: {why}"))
}

/// What the rustc that is used in `root` says of itself.
fn said_by_rustc(what: &str, root: &Path) -> Result<String, String> {
    let said = Command::new("rustc").args(["--print", what]).current_dir(root).stdin(Stdio::null()).output();
    let said = said.map_err(|why| format!("rustc can't be run: {why}; is Rust installed?"))?;
    let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    if text.is_empty() { Err(format!("rustc does not say its {what}: update it (`rustup update`)")) } else { Ok(text) }
}

/// A folder in `parent` with these files: links to them where that is possible. It is named after what they are, so that other
/// graders can use it at the same time, and is there only when it is complete.
fn kept_apart(files: &[PathBuf], parent: &Path) -> Result<PathBuf, String> {
    let why = |why| format!("{} can't be filled: {why}", parent.display());
    let describe = |file: &PathBuf| {
        let metadata = fs::metadata(file)?;
        Ok(format!("{} {} {:?}\n", file.display(), metadata.len(), metadata.modified()?))
    };
    let described: String = files.iter().map(describe).collect::<io::Result<_>>().map_err(why)?;
    let folder = parent.join(&sha256(described.as_bytes())[..16]);
    if folder.exists() {
        return Ok(folder);
    }
    fs::create_dir_all(parent).map_err(why)?;
    let filled = TempDir::new_in(parent).map_err(why)?;
    for file in files {
        let Some(name) = file.file_name() else { continue };
        let copy = filled.path().join(name);
        if !copy.exists() && fs::hard_link(file, &copy).is_err() {
            fs::copy(file, &copy).map_err(why)?;
        }
    }
    match fs::rename(filled.path(), &folder) {
        // Another grader was faster.
        Err(error) if !folder.exists() => Err(why(error)),
        _ => Ok(folder),
    }
}

/// Takes a program out of where it was built. It is a file, and no larger than what could be written there.
fn take(from: &Path, to: &Path) -> io::Result<()> {
    let built = files::open(from)?;
    let mut copy = File::options().write(true).create_new(true).open(to)?;
    io::copy(&mut built.take(ROOM), &mut copy)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))
}

/// A reason, and under it what the compiler said.
fn saying(en: &str, ru: &str, said: &str) -> Text {
    let said = messages(said);
    Text::new(format!("{en}:\n{said}"), format!("{ru}:\n{said}"))
}

/// The beginning of the compiler's messages, in which nothing can be taken for the grader's own words.
fn messages(said: &str) -> String {
    said.lines().take(LINES_KEPT).map(harmless).collect::<Vec<_>>().join("\n")
}
