//! What the READMEs promise: both languages say the same, links lead somewhere, and every command runs.

use std::fs;
use std::path::{Path, PathBuf};

use testing::root;

/// The folders that have a README: the workspace, grading, homework, the site and each lesson.
fn folders() -> Vec<PathBuf> {
    let lessons = fs::read_dir(root().join("lessons")).unwrap().map(|entry| entry.unwrap().path());
    let others = ["grading", "homework", "site"].map(|name| root().join(name));
    let mut folders: Vec<_> = lessons.filter(|path| path.is_dir()).chain([root()]).chain(others).collect();
    folders.sort();
    folders
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// A line of a block of shell commands.
#[derive(Debug, PartialEq, Eq)]
struct Command {
    text: String,
    /// Whether the line before it says so.
    fails_on_purpose: bool,
}

/// Whether a comment says that the command after it fails on purpose.
fn is_marked(comment: &str) -> bool {
    ["# fails on purpose: ", "# нарочно с ошибкой: "].iter().any(|mark| comment.starts_with(mark))
}

fn commands(readme: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let (mut inside, mut fails_on_purpose) = (false, false);
    for line in readme.lines() {
        match line.trim() {
            fence if fence.starts_with("```") => inside = !inside && fence == "```sh",
            comment if comment.starts_with('#') => fails_on_purpose = is_marked(comment),
            "" => {}
            text if inside => {
                commands.push(Command { text: text.to_owned(), fails_on_purpose });
                fails_on_purpose = false;
            }
            _ => {}
        }
    }
    commands
}

/// The targets of Markdown's links and pictures, without anchors.
fn links(readme: &str) -> Vec<&str> {
    readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|link| !link.is_empty())
        .collect()
}

fn outline(readme: &str) -> Vec<usize> {
    let mut inside = false;
    readme
        .lines()
        .filter(|line| {
            inside ^= line.trim_start().starts_with("```");
            !inside && line.starts_with('#')
        })
        .map(|line| line.bytes().take_while(|&byte| byte == b'#').count())
        .collect()
}

#[test]
fn both_languages_say_the_same() {
    for folder in folders() {
        let (en, ru) = (read(&folder.join("README.md")), read(&folder.join("README.ru.md")));
        let name = folder.display();
        assert_eq!(outline(&en), outline(&ru), "{name}: headings");
        assert_eq!(en.matches("<details>").count(), ru.matches("<details>").count(), "{name}: questions");
        let neutral = |commands: Vec<Command>| -> Vec<String> {
            let neutral = |text: &str| text.replace(" --lang ru", "").trim_end_matches(" --").to_owned();
            commands.iter().map(|command| neutral(&command.text)).collect()
        };
        assert_eq!(neutral(commands(&en)), neutral(commands(&ru)), "{name}: commands");
        let cyrillic = en.lines().find(|line| {
            let foreign = line.chars().any(|c| ('а'..='я').contains(&c));
            foreign && !line.contains("README.ru.md") && !line.contains("ru = \"")
        });
        assert_eq!(cyrillic, None, "{name}: Russian in the English README");
    }
}

#[test]
fn links_lead_somewhere() {
    for folder in folders() {
        for name in ["README.md", "README.ru.md"] {
            let text = read(&folder.join(name));
            for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
                assert!(folder.join(link).exists(), "{}/{name}: {link}", folder.display());
            }
        }
    }
}

#[test]
fn a_block_is_read_as_commands() {
    let readme = "# T\n```sh\na b\n\n# fails on purpose: no\nc\nd\n```\n```console\n$ e\n```\n```\nf\n```\n";
    let command = |text: &str, fails_on_purpose| Command { text: text.to_owned(), fails_on_purpose };
    assert_eq!(commands(readme), [command("a b", false), command("c", true), command("d", false)]);
    assert_eq!(outline(readme), [1]);
    assert_eq!(links("[a](b) ![c](d#e) [f](#g)"), ["b", "d"]);
}

#[cfg(unix)]
#[test]
#[ignore = "builds and runs everything: some minutes; .ci/run does it"]
fn readme_commands_run() {
    // What runs this test itself.
    const NOT_HERE: [&str; 3] = ["cargo test --workspace", "cargo test -p homework", ".ci/run"];
    const SITE: &str = "cargo run -p site";
    let mut seen = std::collections::BTreeSet::new();
    for folder in folders() {
        for name in ["README.md", "README.ru.md"] {
            let mut site = None;
            for command in commands(&read(&folder.join(name))) {
                // What comes after a site was started is about that site.
                let known = !seen.insert(command.text.clone()) && site.is_none() && command.text != SITE;
                if known || NOT_HERE.contains(&command.text.as_str()) {
                    continue;
                }
                eprintln!("{}$ {}", folder.strip_prefix(root()).unwrap().display(), command.text);
                if command.text == SITE {
                    site = Some(unix::Site::start());
                } else {
                    unix::run(&command);
                }
            }
            if let Some(site) = site {
                site.stop();
            }
        }
    }
    assert!(seen.len() > 20, "only {} commands were found", seen.len());
}

#[cfg(unix)]
mod unix {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Child, Command as Process, Stdio};

    /// A shell in which `exec` makes the command the process that signals reach.
    fn shell(text: &str) -> Process {
        let mut process = Process::new("sh");
        process.args(["-c", text]).current_dir(testing::root()).stdin(Stdio::null());
        console::cargo::hide_own_variables(&mut process);
        process
    }

    pub fn run(command: &super::Command) {
        let output = shell(&command.text).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), !command.fails_on_purpose, "$ {}\n{stderr}", command.text);
        let stdout = String::from_utf8_lossy(&output.stdout);
        // A failure is said in one line, and a verdict on stdout.
        let verdicts = ["Not yet: ", "Пока нет: ", "Nothing is written yet.", "Ещё ничего не написано."];
        let said = stderr.contains("Error: ") || verdicts.iter().any(|verdict| stdout.contains(verdict));
        assert!(!command.fails_on_purpose || said, "$ {}\n{stderr}", command.text);
    }

    /// The practice site of a README's `cargo run -p site`, for the commands after it.
    pub struct Site(Child);

    impl Site {
        pub fn start() -> Self {
            assert!(shell("cargo build --quiet -p site").status().unwrap().success());
            let mut process =
                shell("exec cargo run --quiet -p site").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut prefix = String::new();
            BufReader::new(process.stdout.take().unwrap()).read_line(&mut prefix).unwrap();
            assert_eq!(prefix.trim_end(), "http://127.0.0.1:8080/search/all/?page=");
            Self(process)
        }

        pub fn stop(mut self) {
            // On a terminal Ctrl-C reaches cargo and the site; here cargo has replaced itself by the site.
            assert!(Process::new("kill").args(["-INT", &self.0.id().to_string()]).status().unwrap().success());
            let mut stderr = String::new();
            self.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            assert!(self.0.wait().unwrap().success(), "{stderr}");
            assert!(stderr.contains("peak in flight 10"), "{stderr}");
        }
    }
}
