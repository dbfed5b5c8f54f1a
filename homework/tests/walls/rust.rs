//! Rust for a user who can't reach this one's.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::grade::{Class, course};

/// A compiler, and a cargo that repeats what this user's says of lesson 03. As anybody but root, it is this user's own.
pub struct Rust(Option<TempDir>);

impl Rust {
    /// For the user that a class is graded as.
    pub fn of(class: &Class) -> Self {
        let Some(user) = class.user else { return Self(None) };
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        for name in ["sysroot", "bin", "target"] {
            fs::create_dir(path(name)).unwrap();
        }
        chown(path("target"), Some(user), Some(user)).unwrap();
        let sysroot = PathBuf::from(said("rustc", &["--print", "sysroot"]));
        copy(&[&sysroot.join("bin"), &sysroot.join("lib")], &path("sysroot"));

        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let build = "build --locked --package lesson03 --bin solution03 --message-format json-render-diagnostics";
        fs::write(path("build.json"), said(&cargo, &words(build))).unwrap();
        let host = said("rustc", &["--print", "host-tuple"]);
        let metadata = format!("metadata --format-version 1 --locked --offline --filter-platform {host}");
        let mut metadata: Value = serde_json::from_str(&said(&cargo, &words(&metadata))).unwrap();
        metadata["target_directory"] = path("target").to_string_lossy().into();
        fs::write(path("metadata.json"), metadata.to_string()).unwrap();
        let repeat = format!("#!/bin/sh\nexec cat {}/$1.json\n", folder.path().display());
        fs::write(path("bin/cargo"), repeat).unwrap();
        fs::set_permissions(path("bin/cargo"), Permissions::from_mode(0o755)).unwrap();
        Self(Some(folder))
    }

    /// Lets a command find it.
    pub fn give(&self, command: &mut Command) {
        let Some(folder) = &self.0 else {
            command.env("PATH", std::env::var_os("PATH").unwrap());
            return;
        };
        let [bin, sysroot] = ["bin", "sysroot/bin"].map(|name| folder.path().join(name));
        command.env("CARGO", bin.join("cargo"));
        command.env("PATH", format!("{}:{}:/usr/bin:/bin", bin.display(), sysroot.display()));
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// What a tool says on standard output.
fn said(tool: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(tool);
    command.args(arguments).current_dir(course());
    console::cargo::hide_own_variables(&mut command);
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap().trim_end().to_owned()
}

/// Copies folders, by links to their files where that is possible.
fn copy(folders: &[&Path], to: &Path) {
    let copied = |how: &str| Command::new("cp").arg(how).args(folders).arg(to).output().unwrap().status.success();
    assert!(copied("-al") || copied("-a"), "the compiler can't be copied to {}", to.display());
}
