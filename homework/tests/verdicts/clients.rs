//! Ordinary right programs in many languages pass as the solutions do: all that this machine can run.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use crate::assert_none;
use crate::support::{Candidate, each, has, objection, program, root};

/// The homework that each client can do: its first argument.
const HOMEWORK: [&str; 4] = ["01", "02", "03", "06"];

/// The homework that other ones can do.
const LATER: [&str; 4] = ["10", "11", "12", "13"];

static CLIENTS: LazyLock<Vec<Candidate>> = LazyLock::new(|| {
    let mut clients = Vec::new();
    let mut add = |command: &[&str], arguments: &[&str]| {
        clients.extend(HOMEWORK.map(|homework| candidate(command, homework, arguments)));
    };

    for (library, name) in [
        ("requests", "requests_threads.py"),
        ("httpx", "httpx_asyncio.py"),
        ("aiohttp", "aiohttp_asyncio.py"),
        ("multiprocessing", "multiprocessing_pool.py"),
    ] {
        if has(&format!("Python with {library}"), &["python3", "-c", &format!("import {library}")]) {
            add(&["python3", &file(name)], &[]);
            add(&["python3", &file(name)], &["flush"]);
        }
    }
    if has("Node.js", &["node", "--version"]) {
        add(&["node", &file("node_fetch.mjs")], &[]);
        add(&["node", &file("node_http.js")], &[]);
    }
    if has_java() {
        add(&java(), &[]);
    }
    if has("Go", &["go", "version"]) {
        let pages = compiled("pages-in-go");
        compile(&["go", "build", "-o", &pages, &file("pages.go")]);
        add(&[&pages], &[]);
    }
    if has("Ruby", &["ruby", "-rnet/http", "-e", ""]) {
        add(&["ruby", &file("pages.rb")], &[]);
    }
    if has("Perl with HTTP::Tiny", &["perl", "-MHTTP::Tiny", "-e", ""]) {
        add(&["perl", &file("pages.pl")], &[]);
    }
    if has_curl() {
        add(&["sh", &file("curl.sh")], &[]);
    }
    let rust = program("examples/clients06");
    add(&[&rust], &["tasks"]);
    add(&[&rust], &["stream"]);
    if has("Node.js", &["node", "--version"]) {
        let program = file("limits_to_state.mjs");
        clients.extend(LATER.map(|homework| candidate(&["node", &program], homework, &[])));
    }
    if has("Go", &["go", "version"]) {
        let program = compiled("limits-to-state-in-go");
        compile(&["go", "build", "-o", &program, &file("limits_to_state.go")]);
        clients.extend(LATER.map(|homework| candidate(&[&program], homework, &[])));
    }
    clients
});

/// Right programs in all languages that this machine has.
pub fn clients() -> Vec<Candidate> {
    CLIENTS.clone()
}

fn candidate(command: &[&str], homework: &str, arguments: &[&str]) -> Candidate {
    let command = [command, &[homework], arguments].concat();
    Candidate {
        lesson: homework.to_owned(),
        command: command.into_iter().map(str::to_owned).collect(),
        ..Candidate::default()
    }
}

/// The path of a client's text.
fn file(name: &str) -> String {
    root().join("homework/tests/clients").join(name).to_string_lossy().into_owned()
}

fn has_java() -> bool {
    has("Java's compiler", &["javac", "-version"])
}

/// The command of the client in Java.
fn java() -> [&'static str; 4] {
    static CLASSES: LazyLock<String> = LazyLock::new(|| {
        let classes = compiled("java");
        compile(&["javac", "-d", &classes, &file("Pages.java")]);
        classes
    });
    ["java", "-cp", &CLASSES, "Pages"]
}

/// Programs that their runtime compiles first, each time: they are slow to begin.
pub fn slow_to_begin() -> Vec<Candidate> {
    let begin = |homework| candidate(&["java", &file("Pages.java")], homework, &[]);
    if has_java() { HOMEWORK.map(begin).to_vec() } else { Vec::new() }
}

fn has_curl() -> bool {
    has("curl with a shell", &["sh", "-c", "curl --version"])
}

/// Where something compiled goes: beside what cargo builds.
fn compiled(name: &str) -> String {
    let test = env::current_exe().expect("this test's program");
    let folder: PathBuf = test.ancestors().nth(2).expect("a folder for a profile").join("clients");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name).with_extension(env::consts::EXE_EXTENSION).to_string_lossy().into_owned()
}

fn compile(command: &[&str]) {
    let ended = Command::new(command[0]).args(&command[1..]).output().expect("a compiler");
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn every_client_passes() {
    assert_none(&each(clients(), 3, objection));
}

#[test]
fn twelve_java_programs_at_once_pass() {
    if has_java() {
        let twelve = HOMEWORK.repeat(3).into_iter().map(|homework| candidate(&java(), homework, &[])).collect();
        assert_none(&each(twelve, 12, objection));
    }
}

/// The bound on connections has room for pools, and none for these.
#[test]
fn a_curl_for_each_page_has_too_many_connections() {
    let script =
        r#"seq $PAGES | xargs -P 4 -I @ curl -s -o /dev/null -w 'Page: @ Status: %{http_code}\n' "$PAGE_URL@""#;
    let candidate = Candidate {
        lesson: "02".to_owned(),
        command: ["sh", "-c", script].map(str::to_owned).to_vec(),
        misses: ["connections".to_owned()].into(),
        ..Candidate::default()
    };
    if has_curl() {
        assert_none(&each(vec![candidate], 1, objection));
    }
}
