//! Ordinary right programs in many languages pass behind all walls, as they do without.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use super::can_be_tried;
use super::grade::{Class, package, stderr};

/// Where a cell has programs.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The homework that clients can do, and those that the later ones can do.
const HOMEWORK: [&str; 4] = ["01", "02", "03", "06"];
const LATER: [&str; 4] = ["10", "11", "12", "13"];

/// A right program for several homework, whose number is its first argument.
struct Client {
    /// Its file among the tests' clients.
    file: &'static str,
    homework: [&'static str; 4],
    /// What tells that this machine can run it.
    probe: &'static [&'static str],
    /// How it is started, as `--run` has it: its number comes last.
    run: &'static str,
}

const CLIENTS: [Client; 10] = [
    Client::new("multiprocessing_pool.py", &["python3", "--version"], "python3 {}"),
    Client::new("node_fetch.mjs", &["node", "--version"], "node {}"),
    Client::new("node_http.js", &["node", "--version"], "node {}"),
    Client::new("Pages.java", &["javac", "-version"], "java {}"),
    // Built first: since version 1.20 Go's own library is compiled, too, which takes longer than patience with a run.
    Client::new("pages.go", &["go", "version"], "go build -o program {} && {}"),
    Client::new("pages.rb", &["ruby", "-rnet/http", "-e", ""], "ruby {}"),
    Client::new("pages.pl", &["perl", "-MHTTP::Tiny", "-e", ""], "perl {}"),
    Client::new("curl.sh", &["curl", "--version"], "sh {}"),
    Client { homework: LATER, ..Client::new("limits_to_state.mjs", &["node", "--version"], "node {}") },
    Client { homework: LATER, ..Client::new("limits_to_state.go", &["go", "version"], "go build -o program {} && {}") },
];

impl Client {
    const fn new(file: &'static str, probe: &'static [&'static str], run: &'static str) -> Self {
        Self { file, homework: HOMEWORK, probe, run }
    }

    /// Whether this machine can run it where cells look for programs. Where everything must be tried, it must.
    fn can_be_run(&self) -> bool {
        let mut command = Command::new("env");
        command.args(["-i", &format!("PATH={PATH}")]).args(self.probe).stdout(Stdio::null()).stderr(Stdio::null());
        let can = command.status().is_ok_and(|status| status.success());
        assert!(can || env::var_os("ALL_CLIENTS").is_none(), "there is no {}", self.probe[0]);
        if !can {
            println!("left out, since this machine does not have it: {}", self.probe[0]);
        }
        can
    }
}

/// Judges the clients of a homework that this machine can run, and says what is wrong with their verdicts.
fn objections(homework: &str) -> Vec<String> {
    let (class, mut clients) = (Class::new(), Vec::new());
    let mut command = class.command_for(homework);
    for client in CLIENTS.iter().filter(|client| client.homework.contains(&homework) && client.can_be_run()) {
        // It is started as the end of its name says.
        let (_, extension) = client.file.split_once('.').unwrap();
        let text = fs::read(package().join("tests/clients").join(client.file)).unwrap();
        class.hand_in(&format!("{extension}/homework{homework}.{extension}"), text);
        command.arg("--run").arg(format!("{extension}={} {homework}", client.run));
        clients.push((client.file, extension));
    }
    let ended = command.output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{}", stderr(&ended));
    let verdicts = clients.into_iter().map(|(file, extension)| (file, class.result(extension)));
    let unlike = verdicts.filter(|(_, result)| result["outcome"] != "pass");
    unlike.map(|(file, result)| format!("{file} does not pass homework {homework}: {result:#}")).collect()
}

fn all_pass(homework: &str) {
    if can_be_tried() {
        let objections = objections(homework);
        assert!(objections.is_empty(), "{}", objections.join("\n\n"));
    }
}

#[test]
fn every_client_passes_homework_01() {
    all_pass("01");
}

#[test]
fn every_client_passes_homework_02() {
    all_pass("02");
}

#[test]
fn every_client_passes_homework_03() {
    all_pass("03");
}

#[test]
fn every_client_passes_homework_06() {
    all_pass("06");
}

#[test]
fn later_clients_pass_later_homework() {
    for homework in LATER {
        all_pass(homework);
    }
}
