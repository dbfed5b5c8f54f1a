//! The words of the Russian texts: what `TERMS.ru.md` replaces is found, and so are numbers that part from their units
//! at a line's end.

use std::fs;
use std::path::{Path, PathBuf};

use testing::root;

/// A term as the table has it: what to write, and the beginnings of what not to.
struct Term {
    written: String,
    replaced: Vec<String>,
}

fn terms() -> Vec<Term> {
    let page = fs::read_to_string(root().join("testing/TERMS.ru.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let replaced = cells[3].split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Term { written: cells[2].to_owned(), replaced }
    })
    .collect()
}

/// The files with Russian for learners: Markdown and homework.toml if `prose`, otherwise Rust.
fn files(prose: bool) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![root()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_passed_over = name.starts_with('.') || ["target", "node_modules", "dist", "tests"].contains(&&*name);
            if path.is_dir() && !path.is_symlink() {
                if !is_passed_over {
                    folders.push(path);
                }
            } else if prose {
                let is_slide = path.parent().is_some_and(|folder| folder.ends_with("slides/ru"));
                if name.ends_with(".ru.md") && name != "TERMS.ru.md" || name == "homework.toml" || is_slide {
                    files.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 15, "only {} files were found", files.len());
    files
}

/// The lines of a text as one, in small letters, and where each of them begins in it.
fn joined(text: &str) -> (String, Vec<usize>) {
    let (mut whole, mut starts) = (String::new(), Vec::new());
    for line in text.lines() {
        starts.push(whole.len());
        whole += &line.trim().trim_end_matches('\\').trim_end().to_lowercase().replace('\u{a0}', " ");
        whole.push(' ');
    }
    (whole, starts)
}

fn shown(path: &Path, line: usize) -> String {
    format!("{}:{line}", path.strip_prefix(root()).unwrap().display())
}

/// Where a text has words that the table replaces.
fn replaced_words(path: &Path, text: &str, terms: &[Term]) -> Vec<String> {
    let (whole, starts) = joined(text);
    let mut found = Vec::new();
    for term in terms {
        for replaced in &term.replaced {
            for (at, _) in whole.match_indices(replaced.as_str()) {
                let line = starts.partition_point(|start| *start <= at);
                found.push(format!("{}: '{replaced}': write '{}'", shown(path, line), term.written));
            }
        }
    }
    found
}

/// Where a number of a Russian text can part from what comes after it, or a dash from the word before.
fn breakable_gaps(path: &Path, text: &str) -> Vec<String> {
    const UNITS: [&str; 15] = [
        "мс",
        "с",
        "КБ",
        "МБ",
        "ГБ",
        "КиБ",
        "МиБ",
        "ГиБ",
        "%",
        "страниц",
        "страницы",
        "запросов",
        "потоков",
        "минут",
        "раз",
    ];
    let mut found = Vec::new();
    let mut is_code = false;
    for (index, line) in text.lines().enumerate() {
        is_code ^= line.trim_start().starts_with("```");
        let is_russian = line.chars().any(|char| ('а'..='я').contains(&char));
        if is_code || !is_russian {
            continue;
        }
        // Code spans are left out, with something in their place that is neither a number nor a space.
        let prose: String =
            line.split('`').enumerate().map(|(part, text)| if part % 2 == 0 { text } else { "x" }).collect();
        let words: Vec<&str> = prose.split(' ').collect();
        for pair in words.windows(2) {
            let number = pair[0].trim_start_matches(|char: char| !char.is_ascii_digit());
            let is_number = number.ends_with(|char: char| char.is_ascii_digit());
            let next = pair[1].trim_end_matches(|char: char| !char.is_alphanumeric() && char != '%');
            let is_group = next.len() == 3 && next.bytes().all(|byte| byte.is_ascii_digit()) && number.len() <= 3;
            if is_number && (UNITS.contains(&next) || is_group) {
                found.push(format!("{}: a no-break space after {}", shown(path, index + 1), pair[0]));
            }
            if pair[1].starts_with('—') && !pair[0].is_empty() && !["|", "-", ">"].contains(&pair[0]) {
                found.push(format!("{}: a no-break space before the dash after {}", shown(path, index + 1), pair[0]));
            }
        }
    }
    found
}

#[test]
fn replaced_words_are_not_used() {
    let terms = terms();
    assert!(terms.len() > 20, "only {} terms were read", terms.len());
    let found: Vec<String> = [true, false]
        .into_iter()
        .flat_map(files)
        .flat_map(|path| replaced_words(&path, &fs::read_to_string(&path).unwrap(), &terms))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn numbers_stay_with_their_units() {
    let found: Vec<String> =
        files(true).iter().flat_map(|path| breakable_gaps(path, &fs::read_to_string(path).unwrap())).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn both_are_noticed() {
    let path = root().join("lessons/README.ru.md");
    let words = replaced_words(&path, "Страницы\nрешает\nЖребий, и близнец\nдругой.", &terms());
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words.iter().all(|word| word.contains("README.ru.md:3: ")), "{words:?}");
    let gaps = breakable_gaps(
        &path,
        "Это 10 000 страниц за 5 с — вот.\n`a 5 с`\n```\n5 с\n```\n| — | а |\n5\u{a0}с\u{a0}— да",
    );
    assert_eq!(gaps.len(), 4, "{gaps:?}");
}
