//! Results as `JUnit` XML, as those of `cargo homework check` are; homework/junit.xsd defines it.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::super::result::{Graded, Learner, Outcome, Status};
use super::line;

/// The results as `JUnit` XML: a suite for each learner and homework, a case for each expectation.
///
/// # Errors
/// Never in practice: nothing in it can fail to be written.
pub fn junit(learners: &[Learner]) -> Result<String, String> {
    let mut report = quick_junit::Report::new("homework");
    for learner in learners {
        report.add_test_suites(learner.results.iter().map(|result| suite(&learner.name, result)));
    }
    report.to_string().map_err(|error| format!("can't write JUnit XML: {error}"))
}

fn suite(learner: &str, result: &Graded) -> TestSuite {
    let name = format!("{}: homework{:02}", line(learner), result.lesson);
    let mut suite = TestSuite::new(name.clone());
    let took = result.run.as_ref().map_or(Duration::ZERO, |run| Duration::from_millis(run.took_ms));
    let mut add = |case: &str, status: TestCaseStatus| {
        let mut case = TestCase::new(case, status);
        // There is one run, whose time readers sum up from the cases: it is that of the program's end.
        let time = if &*case.name == "exit" { took } else { Duration::ZERO };
        case.set_classname(name.clone()).set_time(time);
        suite.add_test_case(case);
    };
    for expectation in &result.expectations {
        let status = match expectation.status {
            Status::Pass => TestCaseStatus::success(),
            Status::Fail | Status::Unknown => {
                let message = format!("{}: {}", line(&expectation.expected), line(&expectation.seen));
                unsuccessful(NonSuccessKind::Failure, &expectation.name, &message)
            }
        };
        add(&expectation.name, status);
    }
    let message = result.message.as_deref().map(line).unwrap_or_default();
    match result.outcome {
        Outcome::NotGradable => add("gradable", unsuccessful(NonSuccessKind::Failure, "gradable", &message)),
        Outcome::Error => add("verdict", unsuccessful(NonSuccessKind::Error, "no-verdict", &message)),
        Outcome::Pass | Outcome::Fail => {}
    }
    if let Some(run) = &result.run {
        suite.add_property(("walls", &*line(&run.walls.join(","))));
    }
    suite.set_time(took);
    suite
}

/// Some readers show the attribute, others the text.
fn unsuccessful(kind: NonSuccessKind, r#type: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(r#type).set_message(message).set_description(message);
    status
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::super::examples::{hostile, learner};
    use super::*;

    #[test]
    fn each_outcome_has_its_cases() {
        let xml = junit(&[learner("Ann", "en"), hostile("en")]).unwrap();
        assert!(xml.contains(r#"<testsuites name="homework" tests="14" skipped="0" failures="5" errors="1""#), "{xml}");
        assert!(xml.contains(r#"<testsuite name="Ann: homework06" tests="3" "#), "{xml}");
        assert!(xml.contains(r#"errors="0" failures="2" time="0.312">"#), "{xml}");
        assert!(xml.contains(r#"<property name="walls" value="files,tcp"/>"#), "{xml}");
        assert!(xml.contains(r#"<error message="the site did not start" type="no-verdict">"#), "{xml}");
        assert!(xml.contains(r#"<testcase name="gradable" classname="#), "{xml}");
    }

    #[test]
    fn what_xml_can_not_have_is_left_out() {
        let xml = junit(&[hostile("ru"), learner("a\u{ffff}\x0b]]>\"<b>", "ru")]).unwrap();
        assert!(!xml.contains(['\u{ffff}', '\x0b', '\x1b', '\0', '\u{202e}']), "{xml}");
        assert!(!xml.contains("<script>") && !xml.contains("]]>"), "{xml}");
        assert!(xml.contains("a]]&gt;&quot;&lt;b&gt;: homework03"), "{xml}");
    }

    #[test]
    fn it_is_as_its_schema_says() {
        if Command::new("xmllint").arg("--version").output().is_err() {
            return;
        }
        let folder = tempfile::TempDir::with_prefix("homework junit ").unwrap();
        let schema = folder.path().join("junit.xsd");
        fs::write(&schema, include_str!("../../../junit.xsd")).unwrap();
        for (index, class) in [vec![], vec![learner("Ann", "en"), hostile("ru")]].iter().enumerate() {
            let file = folder.path().join(format!("{index}.xml"));
            fs::write(&file, junit(class).unwrap()).unwrap();
            let mut xmllint = Command::new("xmllint");
            let ended = xmllint.args(["--noout", "--schema"]).arg(&schema).arg(&file).output().unwrap();
            assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        }
    }
}
