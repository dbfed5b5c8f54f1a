//! What a learner starts from: the solution with its marked regions cut out.

/// What stands in for an answer inside a function. It mentions the lesson, so that the stub compiles without a warning.
const TODO: &str = r#"todo!("pages {:?}, the first of them is {}", lesson.pages(), lesson.url(1))"#;

/// The stub of a solution.
///
/// A region inside a function, `// #region answer: TEXT` to `// #endregion answer`, becomes `// TODO: TEXT` and a
/// `todo!`. A region at the left margin becomes the comment alone; without a TEXT it vanishes, together with a blank
/// line after it. Other regions are the deck's, and stay.
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
        let Some(text) = region(line) else {
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
            ("", text) => stub.extend(["// TODO: ", text, "\n"]),
            (_, "") => return Err(format!("{file}:{start}: say what is to do: `// #region answer: TEXT`")),
            (margin, text) => stub.extend([margin, "// TODO: ", text, "\n", margin, TODO, "\n"]),
        }
    }
    Ok(stub)
}

/// The text of a line that begins an answer.
fn region(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("// #region answer")?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix(':').map(str::trim) }
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
