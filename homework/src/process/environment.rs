//! The environment of a program that is judged: the person's own, without secrets and without what would change the run.

use std::ffi::OsString;

/// Parts of the names of variables that hold secrets.
const SECRET: [&str; 9] =
    ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY"];

/// How variables begin that lead to other programs of the person's, or to what they may do elsewhere.
const WAYS_OUT: [&str; 16] = [
    "AWS_",
    "AZURE_",
    "DBUS_",
    "DISPLAY",
    "DOCKER_",
    "GITHUB_",
    "GOOGLE_",
    "GPG_",
    "KUBE",
    "PG",
    "SSH_",
    "STY",
    "TMUX",
    "WAYLAND_",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
];

/// How variables begin that change what a program prints, or that `cargo run` sets for the checker.
const CHANGES_THE_RUN: [&str; 9] = [
    "CARGO",
    "CLICOLOR",
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "OUT_DIR",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_RECURSION_COUNT",
];

/// What the checker itself gives to programs: whatever stands there already is for another one.
const GIVEN: [&str; 5] = ["DATABASE_URL", "HOMEWORK_", "PAGES", "PAGE_LISTS", "PAGE_URL"];

/// The variables that a program keeps of this process's.
pub fn kept() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| is_kept(&name.to_string_lossy()))
}

fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let begins = |with: &[&str]| with.iter().any(|beginning| name.starts_with(beginning));
    // Needed by cargo and rustc where they are started through rustup.
    name == "CARGO_HOME"
        || !(SECRET.iter().any(|part| name.contains(part))
            || name.ends_with("_PROXY")
            || begins(&WAYS_OUT)
            || begins(&CHANGES_THE_RUN)
            || begins(&GIVEN))
}

/// What every program is told: no proxy for this machine, no colours, and where there is no pseudo-terminal, to write a
/// line at a time (of the usual runtimes only Python's can be told so).
pub fn told(is_terminal: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    let always = [("NO_PROXY", LOOPBACK), ("no_proxy", LOOPBACK), ("NO_COLOR", "1"), ("TERM", "dumb")];
    always.into_iter().chain((!is_terminal).then_some(("PYTHONUNBUFFERED", "1")))
}

/// What every program has in a cell, instead of what is kept.
pub const OF_A_CELL: [(&str, &str); 2] = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LANG", "C.UTF-8")];

/// How version managers are told which folder's settings hold: the person's, and not the program's empty one.
pub const FOLDER_OF_VERSIONS: [&str; 6] =
    ["GOENV_DIR", "NODENV_DIR", "PHPENV_DIR", "PLENV_DIR", "PYENV_DIR", "RBENV_DIR"];

const LOOPBACK: &str = "localhost,127.0.0.1,::1";

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn what_programs_need_is_kept_and_what_changes_them_is_not() {
        for name in [
            "CARGO_HOME",
            "CLASSPATH",
            "DENO_DIR",
            "GEM_HOME",
            "GOPATH",
            "HOME",
            "JAVA_HOME",
            "LANG",
            "LD_LIBRARY_PATH",
            "NODE_PATH",
            "PATH",
            "PERL5LIB",
            "PYENV_VERSION",
            "RUBYLIB",
            "SSL_CERT_DIR",
            "SSL_CERT_FILE",
            "SystemRoot",
            "UV_CACHE_DIR",
            "VIRTUAL_ENV",
        ] {
            assert!(is_kept(name), "{name}");
        }
        for name in [
            "AWS_PROFILE",
            "CARGO",
            "CARGO_MANIFEST_DIR",
            "COLUMNS",
            "DATABASE_URL",
            "HTTPS_PROXY",
            "NPM_TOKEN",
            "PAGES",
            "PAGE_URL",
            "SSH_AUTH_SOCK",
            "TMUX",
            "all_proxy",
            "db_password",
            "http_proxy",
        ] {
            assert!(!is_kept(name), "{name}");
        }
    }
}
