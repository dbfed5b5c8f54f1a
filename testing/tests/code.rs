//! What the lessons' READMEs say about code: blocks of Rust are parts of programs, and the compiler says what they
//! claim that it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use testing::root;

/// The rustc whose words the READMEs quote. Others may use other words, but not another error code.
const QUOTED: &str = "rustc 1.95.";

/// The folders of the lessons, and the READMEs of each.
fn lessons() -> Vec<(PathBuf, [String; 2])> {
    let mut folders: Vec<_> =
        fs::read_dir(root().join("lessons")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    // A checkout may have Windows' ends of lines.
    let read = |folder: &Path, name| fs::read_to_string(folder.join(name)).unwrap().replace("\r\n", "\n");
    folders
        .into_iter()
        .map(|folder| {
            let readmes = ["README.md", "README.ru.md"].map(|name| read(&folder, name));
            (folder, readmes)
        })
        .collect()
}

/// The Rust files in a folder and those below it.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// The code of a text without indentation, comments at the ends of lines, and empty lines.
fn bare(code: &str) -> String {
    let lines = code.lines().map(|line| line.split(" // ").next().unwrap_or(line).trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn rust_in_a_readme_is_part_of_a_program() {
    let mut count = 0;
    for (folder, readmes) in lessons() {
        let programs: Vec<String> =
            rust_files(&folder).iter().map(|file| bare(&fs::read_to_string(file).unwrap())).collect();
        for block in readmes.iter().flat_map(|readme| readme.split("```rust\n").skip(1)) {
            let block = bare(block.split("```").next().unwrap());
            assert!(
                programs.iter().any(|program| program.contains(&block)),
                "{}: no program of the lesson has this part of its README:\n{block}",
                folder.display()
            );
            count += 1;
        }
    }
    assert!(count > 0, "no blocks of Rust were found");
}

/// The first error that the compiler finds in each of these examples: its code, if it has one, and its words.
fn compile(examples: &BTreeMap<String, PathBuf>, feature: &str) -> BTreeMap<String, (String, String)> {
    let mut cargo = Command::new("cargo");
    console::cargo::hide_own_variables(&mut cargo);
    cargo.args(["build", "--workspace", "--locked", "--keep-going", "--message-format=json"]).current_dir(root());
    for (name, folder) in examples {
        let folder = folder.file_name().unwrap().to_string_lossy();
        cargo.args(["--example", name]).arg(format!("--features=lesson{}/{feature}", &folder[..2]));
    }
    let output = cargo.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut errors = BTreeMap::new();
    for line in stdout.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        let message = &line["message"];
        if line["reason"] == "compiler-message" && message["level"] == "error" {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let error = (text(&message["code"]["code"]), text(&message["message"]));
            errors.entry(text(&line["target"]["name"])).or_insert(error);
        }
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), errors.is_empty(), "{stderr}");
    errors
}

/// What `<summary>` says about a program, and what it links to.
fn summary(error: &(String, String), name: &str) -> String {
    let (code, words) = error;
    let code = if code.is_empty() { String::new() } else { format!("[{code}]") };
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // Markdown has no code spans within HTML, so the quotes around names are no marks there.
    format!("<summary><code>error{code}: {words}</code></summary>\n\n[compiler/{name}.rs](compiler/{name}.rs)")
}

#[test]
fn the_compiler_says_what_the_readmes_quote() {
    let lessons = lessons();
    let examples: BTreeMap<String, PathBuf> = lessons
        .iter()
        .flat_map(|(folder, _)| rust_files(&folder.join("compiler")).into_iter().map(|file| (file, folder.clone())))
        .map(|(file, folder)| (file.file_stem().unwrap().to_string_lossy().into_owned(), folder))
        .collect();
    assert!(examples.len() > 10, "{examples:?}");
    let version = Command::new("rustc").arg("--version").output().unwrap();
    let words_are_quoted = String::from_utf8_lossy(&version.stdout).starts_with(QUOTED);

    let errors = compile(&examples, "compiler");
    assert!(errors.keys().eq(examples.keys()), "only in these were errors found: {:?}", errors.keys());
    for (folder, readmes) in &lessons {
        for readme in readmes {
            let quoted = readme.matches("](compiler/").count();
            assert_eq!(quoted, examples.values().filter(|of| *of == folder).count(), "{}", folder.display());
        }
    }
    for (name, error) in &errors {
        for readme in &lessons.iter().find(|(folder, _)| *folder == examples[name]).unwrap().1 {
            let expected = if words_are_quoted { summary(error, name) } else { format!("<code>error[{}]", error.0) };
            let expected = expected.replace("error[]", "error: ");
            assert!(readme.contains(&expected), "{} lacks\n{expected}", examples[name].display());
        }
    }
    assert_eq!(compile(&examples, "cured"), BTreeMap::new());
}
