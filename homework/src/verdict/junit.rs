//! Verdicts as `JUnit` XML. homework/README.md documents it, homework/junit.xsd defines it.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{Outcome, Verdict};
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
    let unsuccessful = |kind: NonSuccessKind, message: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(message);
        status
    };
    match &verdict.outcome {
        Outcome::Judged(run, findings) => {
            for finding in findings {
                let status = match finding.status {
                    Status::Met => TestCaseStatus::success(),
                    Status::Unmet | Status::Unknown => {
                        unsuccessful(NonSuccessKind::Failure, &format!("{}: {}", finding.expected, finding.seen))
                    }
                };
                add(finding.name, status, run.took);
            }
        }
        Outcome::DoesNotCompile => {
            add("compiles", unsuccessful(NonSuccessKind::Failure, "it does not compile"), Duration::ZERO);
        }
        Outcome::Error(why) => add("verdict", unsuccessful(NonSuccessKind::Error, why), Duration::ZERO),
    }
    suite
}
