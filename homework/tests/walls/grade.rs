//! A class is judged behind walls, one answer apart from another, and what is done is done.
//!
//! Walls hold nobody who is root, so as root the checker is started as an ordinary user. That one may not be able to reach
//! this user's Rust, so most answers are in Python.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::DirEntry;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal};
use serde_json::Value;
use tempfile::TempDir;

use super::{can_be_tried, checker};

/// How long is waited for what should come.
const PATIENCE: Duration = Duration::from_mins(10);

/// The first of the users that no machine has.
const STRANGERS: u32 = 42_000;

pub fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is").into()
}

pub fn course() -> PathBuf {
    package().parent().unwrap().to_owned()
}

/// A class's folder, the one for its results, and whom the checker runs as.
pub struct Class {
    folder: TempDir,
    pub user: Option<u32>,
}

impl Class {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("class")).unwrap();
        let is_root = rustix::process::geteuid().is_root();
        let user = is_root.then(|| STRANGERS + NEXT.fetch_add(1, Ordering::Relaxed));
        if let Some(user) = user {
            chown(folder.path(), Some(user), Some(user)).unwrap();
        }
        Self { folder, user }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Hands in a file.
    pub fn hand_in(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path("class").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Hands in one of the tests' answers in Python.
    pub fn hand_in_python(&self, learner: &str, answer: &str) {
        let answer = fs::read(package().join("tests/python").join(answer)).unwrap();
        self.hand_in(&format!("{learner}/homework03.py"), answer);
    }

    /// The grader of homework 03.
    pub fn command(&self) -> Command {
        self.command_for("3")
    }

    pub fn command_for(&self, lesson: &str) -> Command {
        let mut command = self.command_without_class();
        command.arg("grade").arg(self.path("class")).arg("--out").arg(self.path("out"));
        command.args(["--lesson", lesson, "--lang", "en"]);
        command
    }

    /// The checker as it is typed.
    fn command_without_class(&self) -> Command {
        let mut command = Command::new(checker());
        command.current_dir(course());
        command.env("TMPDIR", self.folder.path()).env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// What is in the class's folder and beside it.
    fn left(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut left: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        left
    }

    fn grade(&self, options: &[&str]) -> Output {
        self.command().args(["--run", "py=python3 {}"]).args(options).output().unwrap()
    }

    /// Grades, and tells how many answers were judged.
    pub fn judged(&self, options: &[&str]) -> usize {
        let ended = self.grade(options);
        let said = stderr(&ended);
        assert_eq!(ended.status.code(), Some(0), "{said}");
        assert!(said.contains("Walls: bubblewrap, seccomp, files, tcp"), "{said}");
        judged_now(&said)
    }

    /// What is kept of a learner.
    pub fn kept(&self, learner: &str) -> Value {
        let path = self.path("out").join(format!("{learner}.json"));
        serde_json::from_slice(&fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))).unwrap()
    }

    pub fn result(&self, learner: &str) -> Value {
        self.kept(learner)["results"][0].clone()
    }

    fn table(&self) -> String {
        fs::read_to_string(self.path("out/grades.csv")).unwrap()
    }
}

/// How many answers were judged, of what was said.
fn judged_now(said: &str) -> usize {
    let (_, after) = said.split_once("judged now: ").unwrap();
    after.split(',').next().unwrap().parse().unwrap()
}

pub fn stderr(ended: &Output) -> String {
    String::from_utf8_lossy(&ended.stderr).into_owned()
}

/// A result without what differs from run to run.
fn timeless(mut result: Value) -> Value {
    for one in result["results"].as_array_mut().unwrap() {
        for expectation in one["expectations"].as_array_mut().unwrap() {
            expectation["seen"] = Value::Null;
        }
        if let Some(run) = one.get_mut("run") {
            run["took_ms"] = Value::Null;
            run["timeline"] = Value::Null;
        }
    }
    result
}

#[test]
fn a_class_is_judged_once() {
    if !can_be_tried() {
        return;
    }
    let class = Class::new();
    class.hand_in_python("Анна Ли", "right03.py");
    class.hand_in_python("boris", "sequential03.py");
    class.hand_in("=1+1/note.txt", "");
    class.hand_in("link/x", "");
    symlink("/etc/passwd", class.path("class/link/homework03.py")).unwrap();
    assert_eq!(class.judged(&[]), 4);
    let table = class.table();
    let (header, lines) = table.split_once('\n').unwrap();
    assert_eq!(header, "learner,group,homework03,total,of,late");
    let lines: Vec<_> = lines.lines().collect();
    assert!(lines[1].starts_with("boris,,"), "{table}");
    assert_eq!([lines[0], lines[2], lines[3]], ["'=1+1,,0,0,4,", "link,,0,0,4,", "Анна Ли,,4,4,4,"]);
    assert_eq!(class.result("boris")["outcome"], "fail");
    let anna = class.result("Анна Ли");
    assert_eq!((&anna["outcome"], &anna["points"]), (&"pass".into(), &4.into()), "{anna:#}");
    let walls = anna["run"]["walls"].as_array().unwrap();
    assert!(walls.contains(&"bubblewrap".into()) && walls.contains(&"seccomp".into()), "{walls:?}");
    assert!(anna["run"]["timeline"].as_str().unwrap().starts_with("<svg"));
    assert_eq!(class.result("link")["outcome"], "not-gradable");
    let read = |name: &str| fs::read_to_string(class.path("out").join(name)).unwrap();
    assert!(read("Анна Ли.md").contains("-03.svg)") && read("Анна Ли-03.svg").starts_with("<svg"));
    assert!(read("junit.xml").contains("Анна Ли: homework03"));
    assert!(read("report.html").contains("Анна Ли") && !read("report.html").contains("<script"));

    let before = class.kept("Анна Ли");
    assert_eq!(class.judged(&[]), 0);
    assert_eq!(class.kept("Анна Ли"), before);
    class.hand_in_python("boris", "right03.py");
    assert_eq!(class.judged(&[]), 1);
    assert_eq!(class.result("boris")["outcome"], "pass");
    class.hand_in("boris/homework03.py", "print('nothing')\n");
    assert_eq!(class.judged(&[]), 1);
    assert_eq!(class.result("boris")["run"]["timeline"], "", "what asks for nothing has no picture");
    assert!(!class.path("out/boris-03.svg").exists() && !read("boris.md").contains("svg"));
    assert_eq!(class.judged(&["--again"]), 4);
    assert_eq!(timeless(class.kept("Анна Ли")), timeless(before), "the same answer is judged in the same way");
}

#[test]
fn lateness_is_told_and_costs_nothing() {
    if !can_be_tried() {
        return;
    }
    let class = Class::new();
    class.hand_in_python("anna", "right03.py");
    let roster = class.path("class.csv");
    fs::write(&roster, "learner,time,group,lang\nanna,2026-11-25T12:01:30Z,A1,ru\nnobody,,A1,ru\n").unwrap();
    let roster = roster.to_string_lossy();
    assert_eq!(class.judged(&["--roster", &roster, "--due", "2026-11-25T12:00:00Z"]), 2);
    assert!(class.table().contains("anna,A1,4,4,4,2\nnobody,A1,0,0,4,\n"), "{}", class.table());
    let kept = class.kept("anna");
    assert_eq!(kept["lang"], "ru");
    assert!(kept["results"][0]["expectations"][0]["seen"].as_str().unwrap().chars().any(|c| ('а'..='я').contains(&c)));
    let why = class.kept("nobody")["results"][0]["message"].as_str().unwrap().to_owned();
    assert!(why.starts_with("ничего не сдано: "), "{why}");
}

/// What strangers' programs do, and cost nobody else anything.
const HOSTILE: [(&str, &str); 5] = [
    (
        "daemon",
        "import os, subprocess\nif os.fork() == 0:\n os.setsid(); os.execve('/bin/sleep', ['sleep', '987654'], {})\n",
    ),
    (
        "killer",
        "import os, signal\nfor n in range(1, 400):\n try: os.kill(n, 9)\n except OSError: pass\nos.kill(-1, 9)\n",
    ),
    ("limits", "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))\n"),
    (
        "reader",
        "import glob, os\nprint(glob.glob('/home/*') + glob.glob('/tmp/homework-*') + glob.glob('/root/*'))\nprint(open('/etc/passwd').read())\n",
    ),
    (
        "writer",
        "import os\nfor f in ['/tmp', '/dev/shm', '/work']:\n os.makedirs(f + '/d/' * 300, exist_ok=True)\n open(f + '/hog', 'wb').write(bytes(100 << 20))\n",
    ),
];

#[test]
fn one_answer_changes_no_other() {
    if !can_be_tried() {
        return;
    }
    let class = Class::new();
    for (learner, program) in HOSTILE {
        class.hand_in(&format!("{learner}/homework03.py"), program);
    }
    class.hand_in_python("right", "right03.py");
    assert_eq!(class.judged(&["--patience", "5s"]), HOSTILE.len() + 1);
    assert_eq!(class.result("right")["outcome"], "pass");
    for (learner, _) in HOSTILE {
        assert_eq!(class.result(learner)["outcome"], "fail", "{:#}", class.result(learner));
    }
    assert_eq!(class.left(), ["class", "out"]);
    let is_left = |process: &Path| {
        fs::read(process.join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains("987654"))
    };
    let processes = fs::read_dir("/proc").unwrap().flatten();
    assert!(!processes.into_iter().any(|process| is_left(&process.path())), "a daemon is left");
}

/// A class of which some pass.
fn class_of<S: AsRef<str>>(learners: &[S]) -> Class {
    let class = Class::new();
    for (number, learner) in learners.iter().enumerate() {
        if number % 3 < 2 {
            class.hand_in_python(learner.as_ref(), "right03.py");
        } else {
            class.hand_in(&format!("{}/homework03.py", learner.as_ref()), "print('Page 1: 200, 0.1 s')");
        }
    }
    class
}

/// How many processes of a user there are.
fn processes_of(user: u32) -> usize {
    let is_theirs = |process: &DirEntry| process.metadata().is_ok_and(|it| it.uid() == user);
    let is_process = |process: &DirEntry| process.file_name().to_string_lossy().parse::<u32>().is_ok();
    fs::read_dir("/proc").unwrap().flatten().filter(|entry| is_process(entry) && is_theirs(entry)).count()
}

/// What is in the folder for results, without what differs from run to run.
fn results(class: &Class) -> BTreeMap<String, String> {
    let content = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let content = match path.extension().unwrap().to_str().unwrap() {
            "json" if name != "class.json" => {
                timeless(serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()).to_string()
            }
            "json" | "csv" => fs::read_to_string(&path).unwrap(),
            // They are made of the others, and full of times.
            _ => String::new(),
        };
        (name, content)
    };
    fs::read_dir(class.path("out")).unwrap().map(|entry| content(entry.unwrap().path())).collect()
}

#[test]
fn a_kill_loses_nothing() {
    if !can_be_tried() {
        return;
    }
    let learners: Vec<String> = (0..8).map(|number| format!("learner {number}")).collect();
    let undisturbed = class_of(&learners);
    let began = Instant::now();
    undisturbed.judged(&[]);
    // On a busy machine a part of it will do.
    let whole = began.elapsed().min(Duration::from_secs(4));
    let class = class_of(&learners);
    let mut random = fastrand::Rng::new();
    let mut finished = BTreeSet::new();
    for _ in 0..20 {
        let mut grader = class.command().args(["--run", "py=python3 {}"]).stderr(Stdio::null()).spawn().unwrap();
        #[expect(clippy::disallowed_methods, reason = "any moment will do")]
        thread::sleep(whole.mul_f64(random.f64() / 2.0));
        grader.kill().unwrap();
        grader.wait().unwrap();
        let mut now = BTreeSet::new();
        for entry in fs::read_dir(class.path("out")).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "json") {
                assert!(serde_json::from_slice::<Value>(&fs::read(entry.path()).unwrap()).is_ok(), "{entry:?}");
                now.insert(entry.file_name());
            }
        }
        assert!(now.is_superset(&finished), "{finished:?} {now:?}");
        finished = now;
    }
    fs::write(class.path("out/.partial-of-a-result"), "{").unwrap();
    class.judged(&[]);
    assert_eq!(results(&class), results(&undisturbed));
    if let Some(user) = class.user {
        while processes_of(user) > 0 {
            assert!(began.elapsed() < PATIENCE, "processes are left");
            thread::yield_now();
        }
    }
}

#[test]
fn ctrl_c_ends_it_cleanly() {
    if !can_be_tried() {
        return;
    }
    let class = class_of(&["anna"]);
    class.hand_in("endless/homework03.py", "import time\nwhile True: time.sleep(1)\n");
    let mut command = class.command();
    let mut grader =
        command.args(["--run", "py=python3 {}", "--patience", "10min"]).stderr(Stdio::piped()).spawn().unwrap();
    while !class.path("out/anna.json").exists() {
        assert_eq!(grader.try_wait().unwrap(), None);
        thread::yield_now();
    }
    rustix::process::kill_process(Pid::from_child(&grader), Signal::INT).unwrap();
    let ended = grader.wait_with_output().unwrap();
    let said = stderr(&ended);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.ends_with("Interrupted. What is done is kept: the same command goes on from there.\n"), "{said}");
    assert_eq!(class.left(), ["class", "out"]);
    assert!(!class.path("out/endless.json").exists());
    class.hand_in_python("endless", "right03.py");
    assert_eq!(class.judged(&[]), 1);
}

#[test]
fn parts_together_are_the_whole() {
    if !can_be_tried() {
        return;
    }
    let mut learners: Vec<String> = (0..7).map(|number| format!("learner {number}")).collect();
    learners.extend(["class", "Анна", "o'Neil \"q\"", "a b..c"].map(str::to_owned));
    let whole = class_of(&learners);
    assert_eq!(whole.judged(&[]), learners.len());
    let class = class_of(&learners);
    let part = |number: u32| class.path(&format!("part {number}"));
    let mut sum = 0;
    for (number, variables) in [
        (1, [("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "3"), ("", "")]),
        (2, [("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_COUNT", "3")]),
        (3, [("JOB_COMPLETION_INDEX", "2"), ("JOB_COMPLETIONS", "3"), ("", "")]),
    ] {
        let mut command = class.command_without_class();
        command.arg("grade").arg(class.path("class")).arg("--out").arg(part(number));
        command.args(["--lesson", "3", "--lang", "en", "--run", "py=python3 {}"]);
        command.envs(variables.into_iter().filter(|(name, _)| !name.is_empty()));
        let ended = command.output().unwrap();
        let said = stderr(&ended);
        assert!(ended.status.success() && said.contains(&format!("Part {number}/3 of the class")), "{said}");
        sum += judged_now(&said);
    }
    assert_eq!(sum, learners.len());
    let merge = |parts: &[u32]| {
        let mut command = class.command_without_class();
        command.args(["grade", "merge", "--lang", "en", "--out"]).arg(class.path("out"));
        command.args(parts.iter().map(|number| part(*number))).output().unwrap()
    };
    let ended = merge(&[1, 2, 3]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert_eq!(results(&class), results(&whole));

    // A machine was lost, and with it its folder.
    fs::remove_dir_all(class.path("out")).unwrap();
    fs::remove_dir_all(part(2)).unwrap();
    let ended = merge(&[1, 2, 3]);
    let said = stderr(&ended);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    assert!(said.contains("part 2 holds no results\n"), "{said}");
    let missing: Vec<_> = said.lines().filter(|line| line.ends_with(" (part 2/3)")).collect();
    let rows = class.table().lines().count() - 1;
    assert!(!missing.is_empty() && missing.len() + rows == learners.len(), "{said}");
    assert!(said.contains(&format!("Learners: {rows}, missing: {}, ", missing.len())), "{said}");
    let nothing = merge(&[2]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(stderr(&nothing).starts_with("Error: there are no results of `grade` in "), "{}", stderr(&nothing));
}

#[test]
fn what_was_judged_without_walls_is_judged_again_within_them() {
    if !can_be_tried() {
        return;
    }
    let class = class_of(&["anna"]);
    let ended = class.grade(&["--unsafe-no-sandbox"]);
    assert!(ended.status.success() && stderr(&ended).contains("Walls: no-sandbox"), "{}", stderr(&ended));
    assert_eq!(class.judged(&[]), 1);
    assert_eq!(class.judged(&[]), 0);
}

#[test]
fn names_lead_nowhere() {
    if !can_be_tried() {
        return;
    }
    let class = Class::new();
    class.hand_in_python("x", "right03.py");
    let roster = class.path("class.csv");
    let names = ["../../up", "a b", "Анна", "it's", "\"\"quoted\"\"", "/etc/passwd", "CON", "$(touch pwned)"];
    let lines = names.map(|name| format!("\"{name}\",x\n"));
    fs::write(&roster, format!("learner,path\n{}", lines.concat())).unwrap();
    assert_eq!(class.judged(&["--roster", &roster.to_string_lossy()]), names.len());
    assert_eq!(class.left(), ["class", "class.csv", "out"]);
    for row in class.table().lines().skip(1) {
        assert!(row.ends_with(",,4,4,4,"), "{row}");
    }
    assert_eq!(class.table().lines().count(), names.len() + 1);
}

#[test]
fn where_results_can_not_be_kept_it_is_said_in_one_line() {
    if !can_be_tried() {
        return;
    }
    let class = class_of(&["anna", "boris"]);
    assert_eq!(class.judged(&[]), 2);
    let before = results(&class);
    class.hand_in("boris/homework03.py", "print('Page 2: 200, 0.1 s')");
    class.hand_in_python("carl", "right03.py");
    let is_one_line = |ended: &Output| {
        let said = stderr(ended);
        let last = said.lines().last().unwrap_or_default();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(last.starts_with("Error: ") && last.contains("/out"), "{said}");
        assert_eq!(said.matches("Error: ").count(), 1, "{said}");
    };
    let mut permissions = fs::metadata(class.path("out")).unwrap().permissions();
    permissions.set_mode(0o555);
    fs::set_permissions(class.path("out"), permissions.clone()).unwrap();
    is_one_line(&class.grade(&[]));
    permissions.set_mode(0o755);
    fs::set_permissions(class.path("out"), permissions).unwrap();
    assert_eq!(results(&class), before);
    if let Some(user) = class.user {
        let mounted = class.path("out");
        let options = format!("size=64k,uid={user},gid={user},mode=755");
        let mount =
            |arguments: &[&str]| Command::new("mount").args(arguments).arg(&mounted).status().unwrap().success();
        if mount(&["-t", "tmpfs", "-o", &options, "none"]) {
            let ended = class.grade(&[]);
            let json = fs::read_dir(&mounted)
                .unwrap()
                .flatten()
                .filter(|entry| entry.path().extension().is_some_and(|it| it == "json"));
            for entry in json {
                assert!(serde_json::from_slice::<Value>(&fs::read(entry.path()).unwrap()).is_ok(), "{entry:?}");
            }
            assert!(Command::new("umount").arg(&mounted).status().unwrap().success());
            is_one_line(&ended);
        }
    }
    assert_eq!(class.judged(&[]), 2);
}

#[test]
fn without_walls_it_refuses() {
    if !can_be_tried() {
        return;
    }
    let mut class = Class::new();
    class.hand_in_python("anna", "right03.py");
    let without_bubblewrap = class.command().env("PATH", class.folder.path()).output().unwrap();
    let said = stderr(&without_bubblewrap);
    assert_eq!(without_bubblewrap.status.code(), Some(2), "{said}");
    assert!(said.contains("bubblewrap is missing: install it") && said.contains("--unsafe-no-sandbox"), "{said}");
    if class.user.take().is_some() {
        let as_root = class.grade(&[]);
        assert_eq!(as_root.status.code(), Some(2));
        assert!(stderr(&as_root).contains("be an ordinary user"), "{}", stderr(&as_root));
    }
    assert!(!class.path("out").exists());
}

#[test]
fn what_can_not_be_read_or_written_is_one_line() {
    if !can_be_tried() {
        return;
    }
    let class = Class::new();
    class.hand_in_python("anna", "right03.py");
    fs::write(class.path("out"), "").unwrap();
    for (options, named) in [
        (&[][..], "out is no folder: name another with --out"),
        (&["--roster", "/nowhere.csv"], "/nowhere.csv"),
        (&["--run", "py"], "--run 'py' is not understood"),
        (&["--run", "js=nodd {}"], "--run: there is no nodd under /usr"),
        (&["--run", "go=gocc build {} && {}"], "--run: there is no gocc under /usr"),
        (&["--run", "js=/opt/node {}"], "--run: there is no /opt/node under /usr"),
    ] {
        let ended = class.grade(options);
        let said = stderr(&ended);
        assert_eq!(ended.status.code(), Some(2), "{said}");
        let line = said.lines().last().unwrap();
        assert!(line.starts_with("Error: ") && line.contains(named), "{said}");
    }
}

#[test]
fn answers_in_rust_are_built_by_rustc_alone() {
    if !can_be_tried() {
        return;
    }
    let mut class = Class::new();
    let solution = fs::read(course().join("lessons/03-tokio/solution.rs")).unwrap();
    class.hand_in("anna/lessons/03-tokio/homework.rs", solution);
    class.hand_in("boris/homework03.rs", "fn main() { let count: u32 = \"one\"; }");
    class.hand_in("other/homework03.rs", "include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/solution.rs\"));");
    class.hand_in("risky/homework03.rs", "fn main() { unsafe { std::hint::unreachable_unchecked() } }");
    // This user's Rust is needed, and root's is nobody else's.
    class.user = None;
    let is_root = rustix::process::geteuid().is_root();
    let walls: &[&str] = if is_root { &["--unsafe-no-sandbox"] } else { &[] };
    let mut command = class.command();
    command.args(walls).env("PATH", std::env::var_os("PATH").unwrap());
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", stderr(&ended));
    assert_eq!(class.result("anna")["outcome"], "pass", "{:#}", class.result("anna"));
    for (learner, why) in
        [("boris", "mismatched types"), ("other", "CARGO_MANIFEST_DIR"), ("risky", "usage of an `unsafe` block")]
    {
        let result = class.result(learner);
        assert_eq!(result["outcome"], "not-gradable");
        let message = result["message"].as_str().unwrap();
        assert!(message.contains(why) && message.contains("homework.rs:1:"), "{message}");
    }
    assert_eq!(class.result("anna")["run"]["walls"].as_array().unwrap().contains(&"no-sandbox".into()), is_root);
}
