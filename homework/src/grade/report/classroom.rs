//! Results for Classroom 50: the `result.json` that its runner reads after a custom autograder, `classroom50/result/v1`.
//! <https://github.com/foundation50/classroom50/wiki/Advanced-Autograding> describes it.

use std::time::SystemTime;

use serde::Serialize;

use super::super::result::{Expectation, Graded, Learner, Outcome, Status};
use super::line;

/// What Classroom 50's runner says of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    classroom: String,
    assignment: String,
    assignment_type: String,
    owner: String,
    tag: String,
    commit: String,
    release: String,
    review: String,
    datetime: String,
}

impl Submission {
    /// The submission that the runner describes by environment variables. `now` stands for its time, which the runner
    /// itself puts in afterwards.
    ///
    /// # Errors
    /// If a variable is not set.
    pub fn of(variable: impl Fn(&str) -> Option<String>, now: SystemTime) -> Result<Self, String> {
        let get = |name: &str| {
            let value = variable(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| format!("{name} is not set: results for Classroom 50 are made in its runner"))
        };
        let commit = get("COMMIT_URL")?;
        Ok(Self {
            classroom: get("CLASSROOM")?,
            assignment: get("ASSIGNMENT")?,
            assignment_type: get("ASSIGNMENT_TYPE")?,
            owner: get("OWNER").or_else(|_| get("USERNAME"))?,
            tag: get("SUBMISSION_TAG")?,
            release: get("RELEASE_URL")?,
            review: get("REVIEW_URL").unwrap_or_else(|_| commit.clone()),
            commit,
            datetime: humantime::format_rfc3339_seconds(now).to_string(),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'a> {
    schema: &'static str,
    classroom: &'a str,
    assignment: &'a str,
    #[serde(rename = "assignment_type")]
    assignment_type: &'a str,
    owner: &'a str,
    submission: &'a str,
    commit: &'a str,
    release: &'a str,
    review: &'a str,
    datetime: &'a str,
    score: u64,
    max_score: u64,
    tests: Vec<Test>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Test {
    #[serde(rename = "test-name")]
    name: String,
    passed: bool,
    score: u32,
    max_score: u32,
    /// The format leaves room for more, and the runner keeps it.
    message: String,
}

/// A learner's results as one submission of Classroom 50: a test for each expectation.
///
/// # Errors
/// If no verdict was reached on some homework: Classroom 50 has no result that costs nothing, and its runner says itself
/// that there is none.
pub fn classroom(learner: &Learner, submission: &Submission) -> Result<String, String> {
    let mut all = Vec::new();
    for result in &learner.results {
        if result.outcome == Outcome::Error {
            let why = result.message.as_deref().map(line).unwrap_or_default();
            return Err(format!("no verdict on homework {:02} of {}: {why}", result.lesson, line(&learner.name)));
        }
        all.extend(cases(result));
    }
    let report = Report {
        schema: "classroom50/result/v1",
        classroom: &submission.classroom,
        assignment: &submission.assignment,
        assignment_type: &submission.assignment_type,
        owner: &submission.owner,
        submission: &submission.tag,
        commit: &submission.commit,
        release: &submission.release,
        review: &submission.review,
        datetime: &submission.datetime,
        // There, totals are the sums of the tests.
        score: all.iter().map(|test| u64::from(test.score)).sum(),
        max_score: all.iter().map(|test| u64::from(test.max_score)).sum(),
        tests: all,
    };
    serde_json::to_string_pretty(&report).map_err(|error| format!("can't write results for Classroom 50: {error}"))
}

fn cases(result: &Graded) -> Vec<Test> {
    let name = |name: &str| format!("homework{:02}: {name}", result.lesson);
    if result.outcome == Outcome::NotGradable {
        let message = result.message.as_deref().map(line).unwrap_or_default();
        return vec![Test { name: name("gradable"), passed: false, score: 0, max_score: result.of, message }];
    }
    let test = |it: &Expectation| {
        let passed = it.status == Status::Pass;
        Test {
            name: name(&it.name),
            passed,
            score: if passed { it.points } else { 0 },
            max_score: it.points,
            message: format!("{}: {}", line(&it.expected), line(&it.seen)),
        }
    };
    result.expectations.iter().map(test).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::examples::{hostile, learner};
    use super::*;

    fn submission() -> Submission {
        let variable = |name: &str| match name {
            "REVIEW_URL" | "OWNER" => None,
            "ASSIGNMENT_TYPE" => Some("individual".to_owned()),
            "SUBMISSION_TAG" => Some("submit/2026-06-01T14-32-05Z-a1b2c3d".to_owned()),
            _ => Some(name.to_lowercase()),
        };
        Submission::of(variable, SystemTime::UNIX_EPOCH + Duration::from_secs(1)).unwrap()
    }

    #[test]
    fn a_result_has_what_the_format_asks_for() {
        let text = classroom(&hostile("en"), &submission()).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "assignment",
                "assignment_type",
                "classroom",
                "commit",
                "datetime",
                "max-score",
                "owner",
                "release",
                "review",
                "schema",
                "score",
                "submission",
                "tests"
            ]
        );
        assert_eq!(json["schema"], "classroom50/result/v1");
        assert_eq!(json["owner"], "username");
        assert_eq!(json["review"], json["commit"]);
        assert_eq!(json["datetime"], "1970-01-01T00:00:01Z");
        assert_eq!((&json["score"], &json["max-score"]), (&8.into(), &18.into()));
        assert_eq!(json["tests"][4]["test-name"], "homework06: in-flight");
        assert_eq!(json["tests"][4]["passed"], false);
        assert_eq!(json["tests"][6]["test-name"], "homework10: gradable");
        assert_eq!(json["tests"][6]["max-score"], 6);
    }

    #[test]
    fn an_error_is_no_result() {
        let why = classroom(&learner("Ann", "en"), &submission()).unwrap_err();
        assert_eq!(why, "no verdict on homework 10 of Ann: the site did not start");
    }

    #[test]
    fn outside_of_the_runner_there_is_no_submission() {
        let why = Submission::of(|_| None, SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(why, "COMMIT_URL is not set: results for Classroom 50 are made in its runner");
    }
}
