//! Verdicts as `JUnit` XML. homework/README.md documents it, homework/junit.xsd defines it.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::outcome::{Outcome, Verdict, nothing_written};
use crate::expect::Status;

/// The verdicts as `JUnit` XML: a suite for each lesson, a case for each expectation.
///
/// # Errors
/// Never in practice: nothing in it can fail to be written.
pub fn junit(verdicts: &[Verdict]) -> Result<String, quick_junit::SerializeError> {
    let mut report = quick_junit::Report::new("homework");
    for verdict in verdicts {
        report.add_test_suite(suite(verdict));
    }
    report.to_string()
}

fn suite(verdict: &Verdict) -> TestSuite {
    let name = format!("lesson{:02}", verdict.lesson);
    let mut suite = TestSuite::new(name.clone());
    let mut add = |case: &str, status: TestCaseStatus, time: Duration| {
        let mut case = TestCase::new(case, status);
        case.set_classname(name.clone()).set_time(time);
        suite.add_test_case(case);
    };
    // Some readers show the attribute, others the text.
    let unsuccessful = |kind: NonSuccessKind, r#type: &str, message: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(r#type).set_message(message).set_description(message);
        status
    };
    let mut took = Duration::ZERO;
    let mut walls = Vec::new();
    match &verdict.outcome {
        Outcome::Judged(run, findings) => {
            took = run.took;
            walls.extend(run.walls.iter().map(|wall| wall.name()));
            for finding in findings {
                let status = match finding.status {
                    Status::Met => TestCaseStatus::success(),
                    Status::Unmet | Status::Unknown => {
                        let message = format!("{}: {}", finding.expected, finding.seen);
                        unsuccessful(NonSuccessKind::Failure, finding.name, &message)
                    }
                };
                // There is one run, whose time readers sum up from the cases: it is that of the program's end.
                add(finding.name, status, if finding.name == "exit" { run.took } else { Duration::ZERO });
            }
        }
        Outcome::NothingWritten { todos, .. } => {
            add("written", unsuccessful(NonSuccessKind::Failure, "written", &nothing_written(todos)), Duration::ZERO);
        }
        Outcome::DoesNotCompile => {
            let status = unsuccessful(NonSuccessKind::Failure, "compiles", "it does not compile");
            add("compiles", status, Duration::ZERO);
        }
        Outcome::Error(why) => {
            add("verdict", unsuccessful(NonSuccessKind::Error, "no-verdict", why), Duration::ZERO);
        }
    }
    if !walls.is_empty() {
        suite.add_property(("walls", &*walls.join(",")));
    }
    suite.set_time(took);
    suite
}
