//! How long a learner waits for a verdict, in a copy of the workspace whose stubs are the solutions.
//!
//!     cargo bench -p homework
//!
//! From a saved file to its verdict, beside a plain build and run of the same program; the checker's own share of that;
//! and all six solutions.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use serde_json::Value;

const ROUNDS: usize = 7;

fn main() {
    // Cargo runs benches with --bench, and `cargo test --benches` without: then there is nothing to do.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let copy = Copy::make();
    copy.check(&["check", "--json"]);
    saved_to_verdict(&copy);
    all(&copy);
}

/// A copy of the workspace in which every homework is done.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn make() -> Self {
        let package = env::var("CARGO_MANIFEST_DIR").expect("cargo says where it is");
        let original = Path::new(&package).parent().expect("the workspace");
        let root = env::temp_dir().join(format!("homework-bench-{}", std::process::id()));
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(original).output().expect("git");
        for path in String::from_utf8(listed.stdout).expect("names in UTF-8").split_terminator('\0') {
            let to = root.join(path);
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder that can be made");
            // A file that was deleted, and not yet from git.
            let _ = fs::copy(original.join(path), to);
        }
        let copy = Self { root, target: original.join("target/bench") };
        for lesson in fs::read_dir(copy.root.join("lessons")).expect("lessons") {
            let folder = lesson.expect("a lesson").path();
            if folder.join("solution.rs").exists() {
                fs::copy(folder.join("solution.rs"), folder.join("homework.rs")).expect("a stub");
                // So it is no stub any more.
                save(&folder.join("homework.rs"), 0);
            }
        }
        copy
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).env_remove("CARGO_MANIFEST_DIR");
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs the checker, which must find that all is well.
    fn check(&self, arguments: &[&str]) -> (Duration, Value) {
        let checker = env::var_os("CARGO_BIN_EXE_homework").expect("cargo says where it is");
        let began = Instant::now();
        let output = self.command(checker).args(arguments).output().expect("the checker");
        let took = began.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        (took, serde_json::from_slice(&output.stdout).expect("JSON"))
    }

    fn homework(&self) -> PathBuf {
        self.root.join("lessons/03-tokio/homework.rs")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Changes a file so that it must be compiled again.
fn save(path: &Path, round: usize) {
    let text = fs::read_to_string(path).expect("a program");
    let program = text.split("\n// round").next().expect("a first part").trim_end();
    fs::write(path, format!("{program}\n// round {round}\n")).expect("a program that can be written");
}

fn saved_to_verdict(copy: &Copy) {
    let (mut plain, mut checked, mut ratios, mut own) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        save(&copy.homework(), 2 * round);
        let began = Instant::now();
        let built = copy
            .command(env::var_os("CARGO").expect("cargo says where it is"))
            .args(["build", "-p", "lesson03", "--bin", "homework03"])
            .status();
        assert!(built.expect("cargo").success());
        let bare = copy.command(copy.target.join("debug/homework03")).stdout(Stdio::null()).status();
        assert!(bare.expect("the program").success());
        let bare = began.elapsed().as_secs_f64();

        save(&copy.homework(), 2 * round + 1);
        let (took, report) = copy.check(&["check", "3", "--json"]);
        let result = &report["results"][0];
        let elsewhere = result["build_ms"].as_f64().expect("ms") + result["run"]["took_ms"].as_f64().expect("ms");
        plain.push(bare);
        checked.push(took.as_secs_f64());
        ratios.push(took.as_secs_f64() / bare);
        own.push(took.as_secs_f64() * 1e3 - elsewhere);
    }
    println!(
        "from a saved file to its verdict: {:.2} s, {:.2} of build and bare run ({:.2} s); the checker's own share {:.0} ms \
         (medians of {ROUNDS})",
        median(checked),
        median(ratios),
        median(plain),
        median(own)
    );
}

fn all(copy: &Copy) {
    let times = (0..ROUNDS).map(|_| copy.check(&["check", "--json"]).0.as_secs_f64()).collect();
    println!("all six solutions, built: {:.2} s (median of {ROUNDS})", median(times));
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
