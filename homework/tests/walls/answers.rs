//! Hostile answers, among right ones: each gets the verdict that it deserves, in bounded time; none learns what it must
//! not, touches anything outside or changes another's verdict.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::attacks::{running, text};
use super::grade::{Class, course, package, stderr};
use super::rust::Rust;
use super::{can_be_tried, checker};

/// What no learner may come to know.
const SECRET: &str = "known-to-the-teacher-alone";

/// A class with a secret beside it, and in a right answer.
fn class() -> Class {
    let class = Class::new();
    fs::write(class.path("secret"), SECRET).unwrap();
    let right = fs::read_to_string(package().join("tests/python/right03.py")).unwrap();
    class.hand_in("right/homework03.py", format!("{right}\n# {SECRET}\n"));
    class
}

/// Grades the class, and sees to it that nothing is told or left that must not be.
fn grade(class: &Class, rust: Option<&Rust>, patience: &str, mark: &str) {
    let mut command = class.command();
    if let Some(rust) = rust {
        rust.give(&mut command);
    }
    command.env("GRADER_TOKEN", SECRET);
    command.args(["--run", "py=python3 {}", "--patience", patience]);
    let shared = names("/dev/shm");
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", stderr(&ended));
    for entry in fs::read_dir(class.path("out")).unwrap() {
        let path = entry.unwrap().path();
        let said = fs::read_to_string(&path).unwrap();
        // In JSON a tag is a text, as it is in Markdown where it is fenced.
        let shows_html = path.extension().is_some_and(|extension| extension == "html" || extension == "svg");
        for never in [SECRET, "\u{1b}", "\u{202e}"].into_iter().chain(shows_html.then_some("<script>")) {
            assert!(!said.contains(never), "{} has {never:?}", path.display());
        }
    }
    let mut left = names(class.path("").as_path());
    left.sort();
    assert_eq!(left, ["class", "out", "secret"]);
    assert_eq!(running(mark), [0; 0], "something is left");
    let hogs = names("/dev/shm").into_iter().filter(|name| !shared.contains(name) && name.contains("hog"));
    assert_eq!(hogs.count(), 0);
}

fn names(folder: impl AsRef<Path>) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// What is wrong with the results of these learners, of which each should have an outcome, and say something.
fn objections(class: &Class, expected: &[(&str, &str, &str)]) -> String {
    let mut objections = String::new();
    for (learner, outcome, says) in expected {
        let result = class.result(learner);
        if result["outcome"] != *outcome || !says.split('|').any(|words| result.to_string().contains(words)) {
            let _ = writeln!(objections, "{learner} should be {outcome}, and say {says}: {result:#}");
        }
    }
    objections
}

#[test]
fn programs_change_nothing_and_nobody_elses_verdict() {
    if !can_be_tried() {
        return;
    }
    let class = class();
    let mark = format!("left-by-{}", std::process::id());
    let shown = |path: PathBuf| path.to_string_lossy().into_owned();
    let solution = shown(checker().with_file_name("solution03"));
    let places =
        [class.path("secret"), class.path("class/right/homework03.py"), course().join("Cargo.lock")].map(shown);
    let hand_in = |name: &str, before: &str, program: &str| {
        class.hand_in(&format!("{name}/homework03.py"), format!("{before}\n{}", text(program)));
    };
    hand_in("daemon", &format!("import sys; sys.argv = ['', '{mark}']"), "daemon.py");
    hand_in("escaper", "", "escaper.py");
    hand_in("killer", "", "killer.py");
    hand_in("reader", &format!("PLACES = {places:?}; SOLUTION = {solution:?}"), "reader.py");
    hand_in("spoof", "", "spoof.py");
    class.hand_in("listener/homework03.py", "import socket\nsocket.create_server(('127.0.0.1', 0))\n");
    class.hand_in("missing/homework03.py", "import no_such_library\n");
    let mut expected = vec![
        ("right", "pass", ""),
        ("daemon", "fail", "never asked"),
        ("escaper", "fail", "never asked"),
        ("killer", "fail", "SIGKILL"),
        ("spoof", "fail", "Passed."),
        ("listener", "fail", "It tried to listen on a port, which is not allowed here."),
        ("missing", "not-gradable", "No module named 'no_such_library'"),
        ("reader", "not-gradable", "No such file or directory"),
    ];
    for (what, says) in [
        ("anonymous", "MiB"),
        ("disk", "No space left"),
        ("files", "never asked"),
        ("memfd", "never asked"),
        ("pipes", "never asked"),
        ("shm", "No space left"),
        ("sockets", "never asked"),
        ("threads", "can't start new thread|it was stopped"),
    ] {
        hand_in(what, &format!("WHAT = {what:?}"), "hog.py");
        expected.push((what, "fail", says));
    }
    grade(&class, None, "5s", &mark);
    let objections = objections(&class, &expected);
    assert!(objections.is_empty(), "{objections}");
    assert!(!class.result("escaper").to_string().contains("reached"), "{:#}", class.result("escaper"));
    let read = class.result("reader").to_string();
    assert!(!places.iter().any(|place| read.contains(place)), "{read}");
}

/// How deep brackets are nested that no compiler's stack holds.
const DEEP: usize = 120_000;

/// Answers in Rust, and what is said of them.
fn builds(class: &Class) -> Vec<(&'static str, String, &'static str, &'static str)> {
    let shown = |path: PathBuf| path.to_string_lossy().into_owned();
    let [secret, other] = ["secret", "class/right/homework03.py"].map(|name| shown(class.path(name)));
    let solution = shown(course().join("lessons/03-tokio/solution.rs"));
    let program = shown(checker().with_file_name("solution03"));
    let included = |path: &str| format!("fn main() {{ eprintln!(\"{{}}\", include_str!({path:?})) }}");
    vec![
        ("beside", "include!(\"solution.rs\");".into(), "not-gradable", "couldn't read `/solution.rs`"),
        ("course", format!("include!({solution:?});"), "not-gradable", "couldn't read"),
        ("secret", included(&secret), "not-gradable", "couldn't read"),
        ("other", included(&other), "not-gradable", "couldn't read"),
        ("users", included("/etc/passwd"), "not-gradable", "couldn't read"),
        (
            "binary",
            format!("const _: &[u8] = include_bytes!({program:?});fn main() {{}}"),
            "not-gradable",
            "couldn't read",
        ),
        ("checker", included("/guard"), "not-gradable", "couldn't read"),
        ("parent", included("/proc/1/environ"), "not-gradable", "couldn't read"),
        ("module", "#[path = \"/etc/passwd\"] mod users; fn main() {}".into(), "not-gradable", "couldn't read"),
        (
            "token",
            "fn main() { eprintln!(env!(\"GRADER_TOKEN\")) }".into(),
            "not-gradable",
            "not defined at compile time",
        ),
        (
            "environment",
            "fn main() { eprintln!(\"{}\", include_str!(\"/proc/self/environ\").replace('\\0', \" \")) }".into(),
            "fail",
            "never asked",
        ),
        (
            "runs the solution",
            format!(
                "use std::os::unix::process::CommandExt;\n\
                 fn main() {{ panic!(\"{{}}\", std::process::Command::new({program:?}).exec()) }}"
            ),
            "fail",
            "No such file or directory",
        ),
        ("error", "fn main() { let count: u32 = \"one\"; }".into(), "not-gradable", "mismatched types"),
        (
            "spoof",
            "compile_error!(\"\\x1b[2J\\u{202e}x\\n\\n\\x1b[32mPassed.\\x1b[0m\"); fn main() {}".into(),
            "not-gradable",
            "Passed.",
        ),
        ("feature", "#![feature(box_patterns)]\nfn main() {}".into(), "not-gradable", "may not be used on the stable"),
        ("unsafe", "fn main() { unsafe { *(8 as *mut u8) = 1 } }".into(), "not-gradable", "usage of an `unsafe` block"),
        ("allowed", "#![allow(unsafe_code)]\nfn main() {}".into(), "not-gradable", "incompatible with previous forbid"),
        ("library", "extern crate homework; fn main() {}".into(), "not-gradable", "can't find crate"),
        (
            "zeros",
            "static ZEROS: &[u8] = include_bytes!(\"/dev/zero\"); fn main() { println!(\"{}\", ZEROS.len()) }".into(),
            "not-gradable",
            "out of memory|4 GiB|crashes the compiler|come to an end",
        ),
        (
            "macro",
            "macro_rules! twice { ($($t:tt)*) => { twice!($($t)* $($t)*) } }\nfn main() { twice!(x) }".into(),
            "not-gradable",
            "4 GiB|crashes the compiler|come to an end|recursion limit",
        ),
        (
            "types",
            "#![recursion_limit = \"1000000\"]\ntrait Grow { fn grow(self, n: u32); }\n\
             impl<T: Copy> Grow for T { fn grow(self, n: u32) { if n > 0 { (self, self).grow(n - 1) } } }\n\
             fn main() { ().grow(40) }"
                .into(),
            "not-gradable",
            "4 GiB|crashes the compiler|come to an end|recursion limit|too big",
        ),
        (
            "deep",
            format!("fn main() {{ let _ = {}1{}; }}", "(".repeat(DEEP), ")".repeat(DEEP)),
            "not-gradable",
            "crashes the compiler|4 GiB",
        ),
        ("too long", "(".repeat(300_000), "not-gradable", "256 KiB"),
        (
            "large",
            "static LARGE: [u8; 600 << 20] = [1; 600 << 20];\n\
             fn main() { println!(\"{}\", LARGE[std::env::args().count()]) }"
                .into(),
            "not-gradable",
            "256 MiB|does not compile",
        ),
    ]
}

#[test]
fn builds_change_nothing_and_nobody_elses_verdict() {
    if !can_be_tried() {
        return;
    }
    let class = class();
    let solution = fs::read_to_string(course().join("lessons/03-tokio/solution.rs")).unwrap();
    class.hand_in("right in Rust/homework03.rs", format!("{solution}\n// {SECRET}\n"));
    let builds = builds(&class);
    for (learner, answer, ..) in &builds {
        class.hand_in(&format!("{learner}/homework03.rs"), answer);
    }
    fs::create_dir(class.path("class/pipe")).unwrap();
    let made = Command::new("mkfifo").arg(class.path("class/pipe/homework03.rs")).status().unwrap();
    assert!(made.success());
    let rust = Rust::of(&class);
    grade(&class, Some(&rust), "10s", "no mark");
    let mut expected = vec![("right", "pass", ""), ("right in Rust", "pass", ""), ("pipe", "not-gradable", "file")];
    expected.extend(builds.iter().map(|(learner, _, outcome, says)| (*learner, *outcome, *says)));
    let objections = objections(&class, &expected);
    assert!(objections.is_empty(), "{objections}");
}

#[test]
fn what_never_ends_is_ended() {
    if !can_be_tried() {
        return;
    }
    let class = class();
    let rust = Rust::of(&class);
    class.hand_in(
        "constant/homework03.rs",
        "#![allow(long_running_const_eval)]\n\
         const ENDLESS: u64 = { let mut n = 0u64; while n < u64::MAX { n += 1 } n };\nfn main() { println!(\"{ENDLESS}\") }",
    );
    // It is read as long as nobody writes to it.
    class.hand_in("terminal/homework03.rs", "fn main() { println!(include_str!(\"/dev/ptmx\")) }");
    class.hand_in("drip/homework03.py", text("drip.py"));
    let mark = format!("9{}.25", std::process::id());
    class.hand_in("sleeper/homework03.py", format!("import subprocess\nsubprocess.run(['sleep', '{mark}'])\n"));
    class.hand_in("spinner/homework03.py", "while True: pass\n");
    grade(&class, Some(&rust), "2s", &mark);
    let objections = objections(
        &class,
        &[
            ("right", "pass", ""),
            ("constant", "not-gradable", "did not come to an end within 12 s"),
            ("terminal", "not-gradable", "did not come to an end within 12 s|couldn't read"),
            ("drip", "fail", "it was stopped"),
            ("sleeper", "fail", "it was stopped"),
            ("spinner", "fail", "it was stopped"),
        ],
    );
    assert!(objections.is_empty(), "{objections}");
}
