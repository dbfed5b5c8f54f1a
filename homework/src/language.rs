//! The language that a judged program is written in, as far as its command tells: hints speak it, or say nothing.

use std::path::Path;

use console::Lang;

use crate::process::Program;

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The course's own: homework's hints are about it.
    Rust,
    /// One that is started by an interpreter of its own.
    Known(&'static Known),
    /// Any other one.
    Other,
}

/// A language that is started by an interpreter of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// How the names of its commands begin.
    commands: &'static [&'static str],
    /// How its files end.
    extension: &'static str,
    /// How a line is written out at once.
    flush: &'static str,
    /// Whether its programs, or those that they start, may be compiled while they run.
    compiles: bool,
}

const PYTHON: Known = Known {
    commands: &["python"],
    extension: "py",
    flush: "`print(…, flush=True)`, or start it as `python3 -u`",
    compiles: false,
};

const KNOWN: [Known; 9] = [
    PYTHON,
    Known { commands: &["pypy"], compiles: true, ..PYTHON },
    Known {
        commands: &["node", "deno", "bun"],
        extension: "js",
        flush: "`process.stdout.write` or `console.log`",
        compiles: true,
    },
    Known { commands: &["java"], extension: "java", flush: "`System.out.flush()`", compiles: true },
    Known { commands: &["ruby", "jruby"], extension: "rb", flush: "`$stdout.sync = true`", compiles: true },
    Known { commands: &["perl"], extension: "pl", flush: "`$| = 1;`", compiles: false },
    Known { commands: &["go"], extension: "go", flush: "`writer.Flush()`", compiles: false },
    Known { commands: &["php"], extension: "php", flush: "`flush()`", compiles: true },
    Known {
        commands: &["bash", "dash", "sh", "zsh"],
        extension: "sh",
        flush: "`stdbuf -oL` before the command",
        compiles: true,
    },
];

impl Language {
    /// The language of a program that a person names.
    pub fn of(program: &Program) -> Self {
        let command = Path::new(&program.command);
        let [name, extension] = [command.file_name(), command.extension()]
            .map(|text| text.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default());
        let is_command = |begin: &str| {
            name.strip_prefix(begin).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || ".-".contains(c)))
        };
        let known = KNOWN.iter().find(|known| known.commands.iter().any(|begin| is_command(begin)));
        // Where cargo puts what it builds; wherever that is, a list of sources is beside each program.
        let is_cargos =
            command.components().any(|part| part.as_os_str() == "target") || command.with_extension("d").is_file();
        match known.map_or_else(|| Self::of_source(&extension), Self::Known) {
            Self::Other if is_cargos => Self::Rust,
            language => language,
        }
    }

    /// The language of files that end like this.
    pub fn of_source(extension: &str) -> Self {
        match KNOWN.iter().find(|known| known.extension == extension) {
            Some(known) => Self::Known(known),
            None if extension == "rs" => Self::Rust,
            None => Self::Other,
        }
    }

    /// Whether its programs may be compiled while they run, and so use CPU time while they wait.
    pub fn compiles_as_it_runs(self) -> bool {
        match self {
            Self::Rust => false,
            Self::Known(known) => known.compiles,
            Self::Other => true,
        }
    }

    /// What helps when a line comes late, for languages that homework's own hints are not about.
    pub fn late_line(self, lang: Lang) -> Option<String> {
        let flush = match self {
            Self::Rust => return None,
            Self::Known(known) => known.flush,
            Self::Other => lang.pick("flush standard output", "flush стандартного вывода"),
        };
        Some(lang.pick(
            format!(
                "The site waited for the page's line. Print each line as soon as its page has come, not at the end. If you \
                 do, and the line waits in a buffer, write it out at once: {flush}."
            ),
            format!(
                "Сайт ждал строку страницы. Печатайте её сразу, как придёт страница, а не в конце. Если вы так и делаете, \
                 значит, строка осталась в буфере; сбросьте его: {flush}."
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_told_by_its_command() {
        let of = |command: &str| Language::of(&Program { command: command.into(), arguments: Vec::new() });
        for (command, extension) in [
            ("python3", "py"),
            ("/usr/bin/python3.11", "py"),
            ("./mine.py", "py"),
            ("node", "js"),
            ("java", "java"),
            ("ruby", "rb"),
            ("bash", "sh"),
        ] {
            let Language::Known(known) = of(command) else { panic!("{command}") };
            assert_eq!(known.extension, extension, "{command}");
        }
        assert_eq!(of("target/debug/solution03"), Language::Rust);
        assert_eq!(of("./golden"), Language::Other);
        let elsewhere = tempfile::tempdir().unwrap();
        std::fs::write(elsewhere.path().join("mine.d"), "").unwrap();
        assert_eq!(of(&elsewhere.path().join("mine").to_string_lossy()), Language::Rust);
        assert_eq!(of("shellac"), Language::Other);
    }
}
