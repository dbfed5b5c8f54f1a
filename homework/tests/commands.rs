//! The checker's commands as a learner types them, in a workspace of their own.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{env, fs, process, thread};

/// Generous: it ends a test that has failed.
const PATIENCE: Duration = Duration::from_mins(2);

const SOLUTION: &str = r#"//! Homework 03.

fn main() {
    // #region answer: print "done"
    println!("done");
    // #endregion answer
}
"#;

const STUB: &str = r#"//! Homework 03.

fn main() {
    // TODO: print "done"
    todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))
}
"#;

const TASK: &str = r#"[task]
en = "All pages at once."
ru = "Все страницы сразу."

[site]
pages = [8, 9]
hold = "all"
answer = "at-once"
order = "backwards"

[expect.exit]
success = true

[[hints]]
en = "One."
ru = "Раз."

[[hints]]
en = "Two."
ru = "Два."

[[hints]]
en = "Three."
ru = "Три."
"#;

/// The checker's path, which cargo gives to tests when they run.
fn checker() -> PathBuf {
    env::var_os("CARGO_BIN_EXE_homework").expect("cargo gives the path").into()
}

/// A workspace with one lesson, in a folder with a space and Cyrillic in its name. It is removed when it is dropped.
struct Workspace(PathBuf);

impl Workspace {
    fn new(name: &str) -> Self {
        let root = env::temp_dir().join(format!("homework курс {name} {}", process::id()));
        let lesson = root.join("lessons/03-tokio");
        fs::create_dir_all(&lesson).unwrap();
        let package = "[package]\nname = \"lesson03\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[[bin]]\nname = \
                       \"homework03\"\npath = \"homework.rs\"\n";
        for (path, text) in [
            ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"lessons/*\"]\n"),
            ("lessons/03-tokio/Cargo.toml", package),
            ("lessons/03-tokio/homework.toml", TASK),
            ("lessons/03-tokio/solution.rs", SOLUTION),
            ("lessons/03-tokio/homework.rs", STUB),
        ] {
            fs::write(root.join(path), text).unwrap();
        }
        Self(root)
    }

    fn homework(&self) -> PathBuf {
        self.0.join("lessons/03-tokio/homework.rs")
    }

    /// The command, typed in the lesson's folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(checker());
        // macOS and Windows do not ask the environment for the language.
        let language: &[&str] = if arguments.contains(&"--lang") { &[] } else { &["--lang", "en"] };
        command.args(language).args(arguments).current_dir(self.0.join("lessons/03-tokio")).stdin(Stdio::null());
        // As if it were started by itself, and for this workspace.
        command.env_remove("CARGO_MANIFEST_DIR").env("CARGO_TARGET_DIR", self.0.join("target"));
        command.env("LC_ALL", "en_US.UTF-8").env_remove("CLICOLOR_FORCE");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What is printed by a command that succeeds.
    fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one line of a command that reaches no verdict.
    fn error(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        line.trim_end().strip_prefix("Error: ").expect("an error").to_owned()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_list_says_what_there_is() {
    let workspace = Workspace::new("list");
    let next = "0 of 1 passed. Next: the task is in lessons/03-tokio/README.md, your answer goes\ninto \
                lessons/03-tokio/homework.rs. `cargo homework check 3` checks it,\n`cargo homework watch` does so \
                whenever you save.\n";
    assert_eq!(workspace.stdout(&[]), format!("03  tokio  untouched  All pages at once.\n\n{next}"));
    fs::write(workspace.homework(), "mine").unwrap();
    let russian = workspace.stdout(&["--lang", "ru"]);
    assert!(russian.starts_with("03  tokio  не проверено  Все страницы сразу.\n\nСдано 0 из 1. "), "{russian}");
    assert!(!workspace.0.join(".homework").exists(), "looking writes nothing");
}

#[test]
fn hints_come_one_at_a_time() {
    let workspace = Workspace::new("hint");
    assert_eq!(workspace.stdout(&["hint", "3"]), "Hint 1 of 3\nOne.\n");
    assert_eq!(workspace.stdout(&["hint", "tokio"]), "Hint 1 of 3\nOne.\n\nHint 2 of 3\nTwo.\n");
    let all = "Hint 1 of 3\nOne.\n\nHint 2 of 3\nTwo.\n\nHint 3 of 3\nThree.\n";
    assert_eq!(workspace.stdout(&["hint", "lesson03"]), all);
    let end = "There are no more hints. `cargo homework solution 3 --force` shows a solution.\n";
    assert_eq!(workspace.stdout(&["hint", "03"]), format!("{all}\n{end}"));
    assert!(workspace.stdout(&["hint", "3", "--lang", "ru"]).starts_with("Подсказка 1 из 3\nРаз.\n"));
}

#[test]
fn the_solution_is_shown_to_those_who_passed_or_insist() {
    let workspace = Workspace::new("solution");
    assert_eq!(
        workspace.error(&["solution", "3"]),
        "homework 03 has not passed yet: `cargo homework hint 3` helps on, and --force shows the solution all the same"
    );
    let shown = "//! Homework 03.\n\nfn main() {\n    println!(\"done\");\n}\n";
    assert_eq!(workspace.stdout(&["solution", "3", "--force"]), shown);
}

#[test]
fn a_reset_keeps_what_was_written() {
    let workspace = Workspace::new("reset");
    fs::write(workspace.homework(), "mine").unwrap();
    let output = workspace.run(&["reset", "3"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(workspace.homework()).unwrap(), STUB);
    let said = String::from_utf8(output.stderr).unwrap();
    let copy = said.lines().next().unwrap().strip_prefix("What you had written is in ").unwrap();
    assert!(Path::new(copy).starts_with(".homework/aside"), "{said}");
    assert_eq!(fs::read_to_string(workspace.0.join(copy)).unwrap(), "mine");
    assert!(said.ends_with("\nlessons/03-tokio/homework.rs is the stub.\n"), "{said}");

    // A file that is not there is put back, too.
    fs::remove_file(workspace.homework()).unwrap();
    assert!(workspace.stdout(&["--lang", "en"]).contains("`cargo homework reset 3`"));
    assert!(workspace.run(&["reset", "3"]).status.success());
    assert_eq!(fs::read_to_string(workspace.homework()).unwrap(), STUB);
}

#[test]
fn a_reset_that_can_not_copy_replaces_nothing() {
    let workspace = Workspace::new("full");
    fs::write(workspace.homework(), "mine").unwrap();
    fs::write(workspace.0.join(".homework"), "no folder").unwrap();
    assert!(workspace.error(&["reset", "3"]).contains("can't be created: "));
    assert_eq!(fs::read_to_string(workspace.homework()).unwrap(), "mine");
    // A hint is shown even when it can't be counted.
    fs::remove_file(workspace.0.join(".homework")).unwrap();
    fs::create_dir(workspace.0.join(".homework")).unwrap();
    fs::write(workspace.0.join(".homework/lesson03"), "no folder").unwrap();
    let output = workspace.run(&["hint", "3"]);
    assert!(output.status.success() && output.stdout.starts_with(b"Hint 1 of 3\n"), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("lesson03 can't be created: "));
}

#[test]
fn stubs_are_made_anew() {
    let workspace = Workspace::new("stubs");
    assert_eq!(workspace.stdout(&["stubs", "--print", "3"]), STUB);
    let output = workspace.run(&["stubs"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    fs::write(workspace.homework(), "mine").unwrap();
    let said = String::from_utf8(workspace.run(&["stubs"]).stderr).unwrap();
    assert!(said.contains(".homework/aside/homework03-") && said.ends_with("homework.rs is new.\n"), "{said}");
    assert_eq!(fs::read_to_string(workspace.homework()).unwrap(), STUB);

    let solution = workspace.0.join("lessons/03-tokio/solution.rs");
    fs::write(&solution, "fn main() {}\n// #region answer\n").unwrap();
    assert!(workspace.error(&["stubs"]).ends_with("solution.rs:2: this region does not end: `// #endregion answer`"));
}

#[test]
fn what_is_wrong_is_one_line_and_no_verdict() {
    let workspace = Workspace::new("wrong");
    assert_eq!(workspace.error(&["hint", "7"]), "there is no homework '7': there are 03 tokio");
    assert_eq!(
        workspace.error(&["hint", "tokyo"]),
        "there is no homework 'tokyo': there are 03 tokio; did you mean tokio?"
    );
    for (wrong, meant) in
        [(&["chekc", "3"][..], "check"), (&["3"], "check 3"), (&["Tokio", "--lang", "ru"], "check Tokio")]
    {
        let line = workspace.error(wrong);
        assert!(line.contains(&format!("did you mean `cargo homework {meant}`?")), "{line}");
    }
    for wrong in [&["grub"][..], &["check", "3", "--patience", "no"], &["check", "--", "python3"], &["hint"]] {
        assert!(workspace.error(wrong).ends_with("(see --help)"), "{wrong:?}");
    }
    let elsewhere = workspace.command(&[]).current_dir(env::temp_dir()).output().unwrap();
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(String::from_utf8(elsewhere.stderr).unwrap().contains("is not in the course's workspace"));
    let task = workspace.0.join("lessons/03-tokio/homework.toml");
    fs::write(task, "[task]\nen = \"only English\"\n").unwrap();
    assert!(workspace.error(&[]).contains("homework.toml:1: missing field `ru`"));
}

#[test]
fn only_what_the_learner_broke_is_the_learners_failure() {
    let workspace = Workspace::new("build");
    let check_with = |variable: Option<(&str, PathBuf)>| {
        let output = workspace.command(&["check", "3"]).envs(variable).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    fs::write(workspace.homework(), "fn main() { nothing }").unwrap();
    let (status, said) = check_with(None);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("error[E0425]: cannot find value `nothing` in this scope\n --> lessons/03-tokio"), "{said}");
    assert!(workspace.stdout(&[]).starts_with("03  tokio  failing "));

    // What rustc finds wrong without pointing to a place is still the learner's.
    fs::write(workspace.homework(), b"fn main() {} // \xff").unwrap();
    let (status, said) = check_with(None);
    assert_eq!(status, Some(1), "{said}");

    let (status, said) = check_with(Some(("CARGO", workspace.0.join("no cargo"))));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("cargo can't be run"), "{said}");

    fs::write(workspace.homework(), "fn main() {}").unwrap();
    let (status, said) = check_with(Some(("RUSTFLAGS", "-Clinker=no-such-linker".into())));
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("homework03 was not built, and not because of homework.rs: a linker is missing."), "{said}");

    let package = workspace.0.join("lessons/03-tokio/Cargo.toml");
    let broken = fs::read_to_string(&package).unwrap() + "\n[dependencies]\nbroken = { path = \"../broken\" }\n";
    fs::write(package, broken).unwrap();
    let dependency = workspace.0.join("lessons/broken");
    fs::create_dir_all(dependency.join("src")).unwrap();
    fs::write(dependency.join("Cargo.toml"), "[package]\nname = \"broken\"\n").unwrap();
    fs::write(dependency.join("src/lib.rs"), "broken").unwrap();
    let (status, said) = check_with(None);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("not because of homework.rs"), "{said}");

    fs::remove_file(workspace.homework()).unwrap();
    let (status, said) = check_with(None);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("`cargo homework reset 3` puts it back"), "{said}");

    // A folder, and what else there is nothing to read in.
    fs::create_dir(workspace.homework()).unwrap();
    let refused = |what: &str| {
        for arguments in [&["check", "3"][..], &["check"], &["reset", "3"], &[]] {
            let line = workspace.error(arguments);
            assert!(line.contains(what) && line.ends_with("puts the stub back"), "{arguments:?}: {line}");
        }
    };
    refused("homework.rs is a folder, not a file: ");
    #[cfg(unix)]
    {
        fs::remove_dir(workspace.homework()).unwrap();
        assert!(Command::new("mkfifo").arg(workspace.homework()).status().unwrap().success());
        refused("homework.rs is a pipe or a device, not a file: ");
    }
}

#[test]
fn a_stub_is_told_what_is_to_be_done() {
    let workspace = Workspace::new("stub");
    // The tests' stubs mention a lesson that is not there.
    let solution = workspace.0.join("lessons/03-tokio/solution.rs");
    fs::write(solution, SOLUTION.replace("answer:", "answer():")).unwrap();
    fs::write(workspace.homework(), workspace.stdout(&["stubs", "--print", "3"])).unwrap();
    let output = workspace.run(&["check", "3"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let expected = "\nHomework 03. All pages at once.\n\nNothing is written yet.\nThe task is in \
                    lessons/03-tokio/README.md, your answer goes into\nlessons/03-tokio/homework.rs:\n\n  - print \
                    \"done\"\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    let json = workspace.run(&["check", "3", "--json"]);
    assert_eq!(json.status.code(), Some(1), "{json:?}");
    assert!(String::from_utf8(json.stdout).unwrap().contains("\"status\": \"fail\""));
}

#[cfg(unix)]
#[test]
fn a_crash_of_the_compiler_is_no_verdict() {
    use std::os::unix::fs::PermissionsExt;

    let workspace = Workspace::new("crash");
    fs::write(workspace.homework(), "fn main() {}").unwrap();
    let compiler = workspace.0.join("compiler");
    for (crash, named) in [
        ("kill -9 $$", " (signal 9, SIGKILL: kill)"),
        (
            r#"echo '{"$message_type":"diagnostic","message":"","code":null,"level":"error: internal compiler error","spans":[],"children":[],"rendered":"ICE"}' >&2; exit 101"#,
            "",
        ),
    ] {
        let script = format!("#!/bin/sh\ncase \"$*\" in *'--crate-name homework03'*) {crash};; esac\nexec \"$@\"\n");
        fs::write(&compiler, script).unwrap();
        fs::set_permissions(&compiler, PermissionsExt::from_mode(0o755)).unwrap();
        let output = workspace.command(&["check", "3"]).env("RUSTC_WRAPPER", &compiler).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        let line = format!("Error: the compiler itself crashed while building homework03{named}: that is no verdict.");
        assert!(said.contains(&line), "{said}");
    }
}

/// A program whose lines can be waited for.
struct Watching {
    lines: Receiver<String>,
    _process: Killed,
}

/// A process that is killed when this is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Watching {
    fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (to, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(process.stdout.take().unwrap()), Box::new(process.stderr.take().unwrap())];
        for output in outputs {
            let to = to.clone();
            thread::spawn(move || BufReader::new(output).lines().map_while(Result::ok).try_for_each(|it| to.send(it)));
        }
        Self { lines, _process: Killed(process) }
    }

    /// Waits for lines with these words in them, in whatever order they come from the two outputs.
    fn until(&self, words: [&str; 2]) {
        let mut missing = words.to_vec();
        while !missing.is_empty() {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|why| panic!("no {missing:?}: {why}"));
            missing.retain(|words| !line.contains(words));
        }
    }
}

#[test]
fn watching_checks_whatever_way_a_file_is_saved() {
    let workspace = Workspace::new("watch");
    let path = workspace.homework();
    let text = |word: &str| format!("compile_error!(\"the {word} text\");\nfn main() {{}}\n");
    fs::write(&path, text("first")).unwrap();
    let watching = Watching::start(&mut workspace.command(&["watch"]));
    // rustc's own words, as the file does not compile; and then nothing more is running.
    let until = |error| watching.until([error, "Save lessons/03-tokio/homework.rs"]);
    until("error: the first text");
    fs::write(&path, text("second")).unwrap();
    until("error: the second text");
    fs::write(path.with_extension("new"), text("third")).unwrap();
    fs::rename(path.with_extension("new"), &path).unwrap();
    until("error: the third text");
    fs::remove_file(&path).unwrap();
    fs::write(&path, text("fourth")).unwrap();
    until("error: the fourth text");
}

/// Keys, echo and line ends are a terminal's: script(1) of Linux gives one, and stty(1) tells how it was left.
#[cfg(target_os = "linux")]
#[test]
fn keys_act_while_a_check_runs_and_nothing_is_echoed() {
    use std::io::Write;
    use std::time::Instant;

    let workspace = Workspace::new("keys");
    let waits = "fn main() {\n    loop {\n        std::thread::park();\n    }\n}\n";
    fs::write(workspace.homework(), waits).unwrap();
    let mut script = Command::new("script");
    let watch = format!("stty cols 100 rows 30; '{}' watch 3 --patience 1h --lang en; stty -a", checker().display());
    script.args(["-q", "-e", "-c", &watch, "/dev/null"]).env("SHELL", "/bin/sh").env_remove("COLUMNS");
    let command = workspace.command(&[]);
    script.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("CARGO_MANIFEST_DIR");
    script.current_dir(command.get_current_dir().unwrap());
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut terminal = Killed(script.spawn().unwrap());
    let (mut keyboard, mut screen) = (terminal.0.stdin.take().unwrap(), terminal.0.stdout.take().unwrap());
    let (to, pieces) = mpsc::channel();
    thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = screen.read(&mut piece) {
            let _ = to.send(String::from_utf8_lossy(&piece[..count]).into_owned());
        }
    });
    let mut shown = String::new();
    let mut until = |words: &str| {
        let deadline = Instant::now() + PATIENCE;
        while !shown.contains(words) {
            let piece = pieces.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            shown += &piece.unwrap_or_else(|why| panic!("no {words:?}: {why}: {shown:?}"));
        }
        shown.clone()
    };
    until("nothing has happened for ");
    keyboard.write_all(b"zzh").unwrap();
    let shown = until("\r\nOne.\r\n");
    assert!(!shown.contains("zz"), "{shown}");
    assert!(!shown.replace("\r\n", "").contains('\n'), "{shown:?}");
    // The check goes on: its line is drawn again.
    keyboard.write_all(b"q").unwrap();
    let shown = until("echoctl");
    let modes: Vec<_> = shown.split_once("speed ").unwrap().1.split_whitespace().collect();
    assert!(["icanon", "echo", "isig", "opost"].iter().all(|mode| modes.contains(mode)), "{modes:?}");
    assert!(terminal.0.wait().unwrap().success());
}
