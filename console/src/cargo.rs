//! The environment of a cargo that is started by a program which cargo started.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

/// Keeps from a command the variables by which cargo told this program about itself. A cargo that gets them builds anew
/// what depends on them, such as ring: once for cargo in a terminal, and once for cargo from here.
pub fn hide_own_variables(command: &mut Command) {
    for (name, _) in env::vars_os().filter(|(name, _)| is_own(name)) {
        command.env_remove(name);
    }
}

/// Whether cargo tells a program that it runs about itself in this variable.
fn is_own(name: &OsStr) -> bool {
    const NAMES: [&str; 5] =
        ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR", "RUST_RECURSION_COUNT"];
    const PREFIXES: [&str; 3] = ["CARGO_BIN_EXE_", "CARGO_MANIFEST_", "CARGO_PKG_"];
    let name = name.to_string_lossy();
    NAMES.contains(&&*name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_run_sets_is_its_own() {
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_VERSION", "RUST_RECURSION_COUNT"] {
            assert!(is_own(name.as_ref()), "{name}");
        }
        for name in ["CARGO", "CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_TERM_COLOR", "RUSTUP_TOOLCHAIN", "PATH"] {
            assert!(!is_own(name.as_ref()), "{name}");
        }
    }
}
