//! Walls around strangers' programs: a cell by itself, a class that is judged in cells, right programs in many languages
//! there, hostile ones, and what each layer holds by itself.
#![cfg(target_os = "linux")]

// Tests run in the order of their names: those that take longest are in here.
mod answers;
mod attacks;
mod cells;
mod clients;
mod grade;
mod limits;
mod rust;

use std::env;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A user that no machine has.
const STRANGER: u32 = 41_234;

/// The checker that cargo built for these tests.
fn checker() -> PathBuf {
    env::var_os("CARGO_BIN_EXE_homework").expect("cargo says where the checker is").into()
}

/// Whether there are bubblewrap, user namespaces and a Python to try them with. Where everything must be tried, they must
/// be there.
fn can_be_tried() -> bool {
    let mut command = Command::new("bwrap");
    command.args(["--unshare-user", "--ro-bind", "/", "/", "/usr/bin/python3", "-c", ""]);
    let can = env::var_os("ALL_CLIENTS").is_some() || command.status().is_ok_and(|status| status.success());
    if !can {
        eprintln!("not tried: there is no bubblewrap, or it is not allowed to make namespaces");
    }
    can
}

/// True when this is not root's process. Namespaces keep nobody in who is root: in root's process, the test of this path is
/// run again as somebody else's.
fn is_ordinary(test: &str) -> bool {
    if !can_be_tried() {
        return false;
    }
    if !rustix::process::geteuid().is_root() {
        return true;
    }
    let folder = TempDir::new().unwrap();
    chown(folder.path(), Some(STRANGER), Some(STRANGER)).unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env("TMPDIR", folder.path()).env("HOME", folder.path());
    command.env("CARGO_BIN_EXE_homework", checker()).current_dir("/").uid(STRANGER).gid(STRANGER);
    let ended = command.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&ended.stderr));
    false
}
