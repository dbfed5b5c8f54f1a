//! What a learner starts from: the solution with its marked regions cut out.

/// What stands in for an answer inside a function. It mentions the lesson, so that the stub compiles without a warning.
const TODO_FOR_PAGES: &str = r#"todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))"#;

/// What a line begins with that says what is to be done.
const TODO: &str = "// TODO: ";

/// The stub of a solution.
///
/// A region inside a function, `// #region answer: TEXT` to `// #endregion answer`, becomes `// TODO: TEXT` and a
/// `todo!` that mentions `lesson`. Where the answer is about other variables, they are named:
/// `// #region answer(future, waker): TEXT`; `answer()` names none. A region at the left margin becomes the comment
/// alone; without a TEXT it vanishes, together with a blank line after it. Other regions are the deck's, and stay.
///
/// # Errors
/// When regions are not balanced: where, in `file`.
pub fn stub(solution: &str, file: &str) -> Result<String, String> {
    let mut stub = String::new();
    let mut lines = solution.lines().enumerate().map(|(index, line)| (index + 1, line)).peekable();
    while let Some((start, line)) = lines.next() {
        if is_end(line) {
            return Err(format!("{file}:{start}: this region was not begun with `// #region answer`"));
        }
        let Some(Region { names, text }) = region(line) else {
            stub += line;
            stub.push('\n');
            continue;
        };
        loop {
            match lines.next() {
                Some((_, line)) if is_end(line) => break,
                Some((inside, line)) if region(line).is_some() => {
                    return Err(format!("{file}:{inside}: a region in the one that began in line {start}"));
                }
                Some(_) => {}
                None => return Err(format!("{file}:{start}: this region does not end: `// #endregion answer`")),
            }
        }
        let margin = &line[..line.len() - line.trim_start().len()];
        match (margin, text) {
            ("", "") => {
                lines.next_if(|(_, line)| line.trim().is_empty());
            }
            ("", text) => stub.extend([TODO, text, "\n"]),
            (_, "") => return Err(format!("{file}:{start}: say what is to do: `// #region answer: TEXT`")),
            (margin, text) => {
                stub.extend([margin, TODO, text, "\n"]);
                for line in todo(names) {
                    stub.extend([margin, &line, "\n"]);
                }
            }
        }
    }
    Ok(stub)
}

/// What the TODOs of a stub ask for, a line each.
pub fn todos(stub: &str) -> String {
    stub.lines().filter_map(|line| line.trim().strip_prefix(TODO)).collect::<Vec<_>>().join("\n")
}

/// A solution as it is shown: without the lines that mark regions.
pub fn without_marks(solution: &str) -> String {
    let is_mark = |line: &str| ["// #region", "// #endregion"].iter().any(|mark| line.trim_start().starts_with(mark));
    solution.split_inclusive('\n').filter(|line| !is_mark(line)).collect()
}

/// The line that begins an answer.
struct Region<'a> {
    /// The variables that the answer is about; without them it is about the pages of a lesson.
    names: Option<&'a str>,
    /// What is to be done.
    text: &'a str,
}

fn region(line: &str) -> Option<Region<'_>> {
    let rest = line.trim().strip_prefix("// #region answer")?;
    let (names, rest) = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')').map(|(names, rest)| (Some(names.trim()), rest))?,
        None => (None, rest),
    };
    let text = if rest.is_empty() { "" } else { rest.strip_prefix(':')?.trim() };
    Some(Region { names, text })
}

/// The code in the place of an answer. It mentions what the answer is about, so that the stub compiles without a
/// warning; by reference, which any type allows.
fn todo(names: Option<&str>) -> Vec<String> {
    let Some(names) = names else { return vec![TODO_FOR_PAGES.to_owned()] };
    let names: Vec<_> = names.split(',').map(|name| format!("&{}", name.trim())).collect();
    let mention = match names.as_slice() {
        [none] if none == "&" => None,
        [one] => Some(format!("let _ = {one};")),
        several => Some(format!("let _ = ({});", several.join(", "))),
    };
    mention.into_iter().chain(["todo!()".to_owned()]).collect()
}

fn is_end(line: &str) -> bool {
    line.trim() == "// #endregion answer"
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = "\
//! Homework 03.

use shared::Lesson;
// #region answer
use tokio::task::JoinSet;
// #endregion answer

fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: ask for all pages
    // #region tasks
    let tasks = spawn(lesson);
    // #endregion tasks
    tasks.wait()
    // #endregion answer
}

// #region answer: functions of your own
fn spawn() {}
// #endregion answer

// #region answers
fn kept() {}
// #endregion answers

// #region answer
fn last() {}
// #endregion answer
";

    #[test]
    fn marked_regions_are_cut_out() {
        let stub = stub(SOLUTION, "solution.rs").unwrap();
        let expected = "\
//! Homework 03.

use shared::Lesson;
fn answer(lesson: &Lesson) -> shared::Result {
    // TODO: ask for all pages
    todo!(\"pages {:?}, the first of them is {}\", lesson.pages(), lesson.url(1))
}

// TODO: functions of your own

// #region answers
fn kept() {}
// #endregion answers

";
        assert_eq!(stub, expected);
        assert_eq!(super::stub(&SOLUTION.replace('\n', "\r\n"), "solution.rs").unwrap(), expected);
    }

    #[test]
    fn a_region_names_what_its_answer_is_about() {
        let stub = |region: &str| {
            let solution = format!("fn block_on() {{\n    {region}\n    answer\n    // #endregion answer\n}}\n");
            stub(&solution, "solution.rs").unwrap()
        };
        for (region, code) in [
            ("// #region answer(future): poll it", "    let _ = &future;\n    todo!()\n"),
            ("// #region answer(future, waker): poll it", "    let _ = (&future, &waker);\n    todo!()\n"),
            ("// #region answer(): poll it", "    todo!()\n"),
        ] {
            let expected = format!("fn block_on() {{\n    // TODO: poll it\n{code}}}\n");
            assert_eq!(stub(region), expected);
            assert_eq!(todos(&expected), "poll it");
        }
    }

    #[test]
    fn a_solution_is_shown_without_marks() {
        let shown = without_marks(SOLUTION);
        assert!(!shown.contains("region"), "{shown}");
        assert!(shown.contains("\n    let tasks = spawn(lesson);\n    tasks.wait()\n}\n"), "{shown}");
        assert_eq!(without_marks("a\r\n  // #region x\r\nb"), "a\r\nb");
    }

    #[test]
    fn unbalanced_regions_are_found() {
        let error = |text: &str| stub(text, "lessons/03-tokio/solution.rs").unwrap_err();
        let begin = "\n// #region answer\n";
        assert_eq!(error(begin), "lessons/03-tokio/solution.rs:2: this region does not end: `// #endregion answer`");
        assert_eq!(error(&begin.repeat(2)), "lessons/03-tokio/solution.rs:4: a region in the one that began in line 2");
        assert_eq!(
            error("// #endregion answer"),
            "lessons/03-tokio/solution.rs:1: this region was not begun with `// #region answer`"
        );
        assert_eq!(
            error("    // #region answer\n    // #endregion answer\n"),
            "lessons/03-tokio/solution.rs:1: say what is to do: `// #region answer: TEXT`"
        );
    }
}
