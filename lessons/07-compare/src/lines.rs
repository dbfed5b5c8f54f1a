//! What a program prints: the lesson's lines.

use site::PageLine;

/// Checks that `stdout` has a line `Page: N Status: 200` for each page, once, and a line `Time: ..`. Other lines do no harm.
///
/// # Errors
/// What is missing or wrong, in a line.
pub fn check(stdout: &str, pages: u32) -> Result<(), String> {
    let mut seen = vec![false; pages as usize];
    for PageLine { page, status, .. } in stdout.lines().filter_map(PageLine::read) {
        let place = page.checked_sub(1).and_then(|index| seen.get_mut(index as usize));
        match place {
            None => return Err(format!("page {page}, which was not asked for, was printed")),
            Some(true) => return Err(format!("page {page} was printed twice")),
            Some(_) if status != 200 => return Err(format!("page {page}: status {status}")),
            Some(seen) => *seen = true,
        }
    }
    if let Some(first) = seen.iter().position(|seen| !seen) {
        let missing = seen.iter().filter(|seen| !**seen).count();
        return Err(format!("no line 'Page: {} Status: ..' ({missing} of {pages} are missing)", first + 1));
    }
    if !stdout.lines().any(is_time_line) {
        return Err("no line 'Time: ..'".to_owned());
    }
    Ok(())
}

fn is_time_line(line: &str) -> bool {
    line.trim().strip_prefix("Time: ").is_some_and(|seconds| seconds.parse::<f64>().is_ok())
}

/// The line of `stderr` that says why a program failed, as far as it can be told.
pub fn reason(stderr: &str) -> Option<&str> {
    let mut lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    // A Rust program's own word, else the last: a Python traceback ends with what happened, a panic with a note.
    let error = lines.clone().find(|line| line.starts_with("Error: "));
    error.or_else(|| lines.rfind(|line| !line.starts_with("note: ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_line() {
        let good = "Page: 2 Status: 200\nsomething else\nPage: 1 Status: 200\r\nTime: 0.31\n";
        assert_eq!(check(good, 2), Ok(()));
        let why = |stdout: &str| check(stdout, 2).unwrap_err();
        assert_eq!(why("Page: 1 Status: 200\nTime: 0.31\n"), "no line 'Page: 2 Status: ..' (1 of 2 are missing)");
        assert_eq!(why(&good.replace("Page: 2 Status: 200", "Page: 2 Status: 503")), "page 2: status 503");
        assert_eq!(why(&good.replace("Page: 2", "Page: 3")), "page 3, which was not asked for, was printed");
        assert_eq!(why(&good.replace("Page: 2", "Page: 1")), "page 1 was printed twice");
        assert_eq!(why(&good.replace("0.31", "soon")), "no line 'Time: ..'");
        assert_eq!(why(""), "no line 'Page: 1 Status: ..' (2 of 2 are missing)");
    }

    #[test]
    fn a_failure_is_said_in_one_line() {
        assert_eq!(reason("progress\nError: no thread\n\n1 request\n"), Some("Error: no thread"));
        assert_eq!(reason("Traceback:\n  File\nValueError: bad\n"), Some("ValueError: bad"));
        assert_eq!(reason("thread 'main' panicked at a.rs:\nno\nnote: run with `RUST_BACKTRACE=1`\n"), Some("no"));
        assert_eq!(reason("\n"), None);
    }
}
