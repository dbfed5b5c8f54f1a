//! Every homework.rs is the stub of its solution, so that a change of one without the other is noticed.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What git prints, if there is git and all is well.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_homework_is_the_stub_of_its_solution() {
    let package = env::var("CARGO_MANIFEST_DIR").expect("cargo says where it is");
    let root = Path::new(&package).parent().unwrap();
    let checker = env::var_os("CARGO_BIN_EXE_homework").expect("cargo says where it is");
    for entry in fs::read_dir(root.join("lessons")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("lessons/{name}/homework.rs");
        if !root.join("lessons").join(&name).join("homework.toml").is_file() {
            continue;
        }
        let output = Command::new(&checker).args(["stubs", "--print", &name]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let stub = String::from_utf8(output.stdout).unwrap();
        let is_stub = |text: Option<String>| text.is_some_and(|text| text.lines().eq(stub.lines()));
        if is_stub(fs::read_to_string(root.join(&path)).ok()) {
            continue;
        }
        // A learner may edit the file, and has not broken the course then. Where there is no git to ask, the course was
        // copied without its history, which only learners do.
        let is_edited = git(root, &["diff", "--quiet", "HEAD", "--", &path]).is_none();
        let committed = git(root, &["show", &format!("HEAD:{path}")]);
        let has_git = git(root, &["rev-parse", "--verify", "HEAD"]).is_some();
        assert!(
            !has_git || is_edited && is_stub(committed),
            "{path} is not the stub of its solution.rs: run `cargo homework stubs`"
        );
    }
}
