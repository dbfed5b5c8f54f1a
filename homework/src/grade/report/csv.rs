//! Grades as CSV: a row for each learner, for a spreadsheet.

use super::super::result::{Learner, Outcome};
use super::{Totals, line, result_of, results_of};

/// The grades: a row for each learner, a column for each of `lessons`. A cell is empty where no verdict was reached.
/// `late` is the greatest lateness in minutes, rounded up.
///
/// # Errors
/// Never in practice: nothing in it can fail to be written.
pub fn grades_csv(learners: &[Learner], lessons: &[u32]) -> Result<String, String> {
    let why = |error: csv::Error| format!("can't write grades: {error}");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["learner".to_owned(), "group".to_owned()];
    header.extend(lessons.iter().map(|lesson| format!("homework{lesson:02}")));
    header.extend(["total", "of", "late"].map(str::to_owned));
    writer.write_record(&header).map_err(why)?;
    for learner in learners {
        let mut row = vec![cell(&learner.name), cell(learner.group.as_deref().unwrap_or_default())];
        row.extend(lessons.iter().map(|lesson| {
            let judged = result_of(learner, *lesson).filter(|result| result.outcome != Outcome::Error);
            judged.map_or_else(String::new, |result| result.points.to_string())
        }));
        let totals = Totals::of(results_of(learner, lessons));
        row.extend([totals.points.to_string(), totals.of.to_string()]);
        row.push(totals.late_s.map_or_else(String::new, |late| late.div_ceil(60).to_string()));
        writer.write_record(&row).map_err(why)?;
    }
    let bytes = writer.into_inner().map_err(|error| format!("can't write grades: {error}"))?;
    String::from_utf8(bytes).map_err(|error| format!("can't write grades: {error}"))
}

/// A stranger's text as a cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text = line(text);
    // Some take the wide forms for the narrow ones.
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{hostile, learner};
    use super::*;

    #[test]
    fn an_error_leaves_its_cell_empty_and_costs_nothing() {
        let mut ungrouped = learner("Борис", "ru");
        ungrouped.group = None;
        ungrouped.results.truncate(1);
        ungrouped.results[0].late_s = None;
        assert_eq!(
            grades_csv(&[learner("Ann", "en"), ungrouped], &[3, 6, 10]).unwrap(),
            "learner,group,homework03,homework06,homework10,total,of,late\n\
             Ann,A,6,2,,8,12,126\n\
             Борис,,6,,,6,6,\n"
        );
    }

    #[test]
    fn an_empty_class_has_a_header() {
        assert_eq!(grades_csv(&[], &[3]).unwrap(), "learner,group,homework03,total,of,late\n");
    }

    #[test]
    fn no_cell_is_a_formula_and_no_name_breaks_its_row() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{202e}=1", "\0=1", " =1", "＝1"] {
            assert!(cell(formula).starts_with('\''), "{formula:?}");
        }
        let text = grades_csv(&[hostile("en"), learner("a\"b,c\nd", "en")], &[3]).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(csv::StringRecord::len).collect::<Vec<_>>(), [6, 6]);
        assert_eq!(&rows[0][1], "'=cmd|' /C calc'!A0");
        assert_eq!(&rows[1][0], "a\"b,c d");
        assert!(!text.contains(['\u{202e}', '\x1b', '\0']));
    }
}
