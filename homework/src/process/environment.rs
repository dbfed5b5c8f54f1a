//! The environment of a program that is judged.

use std::path::Path;

use tokio::process::Command;

/// What a program needs of the environment to run: where programs, libraries and its user's things are, and the
/// language. Nothing else of it gets through.
const KEPT: [&str; 26] = [
    "APPDATA",
    "CARGO_HOME",
    "ComSpec",
    "HOME",
    "JAVA_HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
    "PATH",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "PYTHONPATH",
    "ProgramData",
    "ProgramFiles",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "SystemDrive",
    "SystemRoot",
    "TZ",
    "USERPROFILE",
    "VIRTUAL_ENV",
];

/// Gives a program what it needs of the environment, and what it is to do.
pub fn set_environment(command: &mut Command, folder: &Path, page_url: &str, pages: u32) {
    command.env_clear();
    command.envs(KEPT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    // What programs keep aside goes where it is removed with the rest, and where the guard lets them write.
    command.envs(["TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"].map(|name| (name, folder)));
    command.envs(["NO_PROXY", "no_proxy"].map(|name| (name, "localhost,127.0.0.1,::1")));
    command.env("PAGE_URL", page_url).env("PAGES", pages.to_string());
}
