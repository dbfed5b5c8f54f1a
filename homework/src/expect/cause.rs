//! What of a verdict is shown first: the cause of what failed, and the hint for it alone.

use console::Lang;

use super::judgement::{Finding, Hint, Status};
use crate::process::Ended;
use crate::run::{End, Run, Stall};
use crate::words::own_words;

/// The findings in the order in which they are to be read, and the hint where it belongs.
///
/// A panic in a thread that is never joined is a cause, too, though the program ends well: its words are the hint then.
///
/// A program that crashed, gave up with an error, or was stopped for what it took has done nothing after that: this
/// explains what is missing, so it comes first, and hints about what is missing would be idle. When it never gave up the
/// losers of a race, the site let all answers go, and what came after that is a consequence. Otherwise expectations are
/// listed with causes before consequences, and only the first of those that failed has its hint.
pub fn first(mut judged: Vec<(Finding, Hint)>, run: &Run, lang: Lang) -> Vec<Finding> {
    let mut put_first = |name| {
        if let Some(place) = judged.iter().position(|(it, _)| it.name == name && it.status == Status::Unmet) {
            judged[..=place].rotate_right(1);
        }
    };
    if matches!(run.stall, Some(Stall::GivenUp(..))) {
        put_first("others-given-up");
    }
    if ended_early(run) {
        put_first("exit");
    }
    if let Some(words) = panic_of_a_thread(run)
        && let Some((_, hint)) = judged.iter_mut().find(|(finding, _)| finding.status == Status::Unmet)
    {
        *hint = Hint::Words(lang.pick(
            format!("a thread panicked, and the others went on without it: {words}"),
            format!("один из потоков завершился паникой, остальные продолжили без него: {words}"),
        ));
    }
    let shown = judged.iter().enumerate().filter(|(_, (finding, _))| finding.status != Status::Met);
    let place = shown.into_iter().find(|(_, (_, hint))| *hint != Hint::Later).map(|(place, _)| place);
    let give = |(index, (finding, hint))| match hint {
        Hint::Words(hint) if Some(index) == place => Finding { hint: Some(hint), ..finding },
        _ => finding,
    };
    judged.into_iter().enumerate().map(give).collect()
}

/// What a thread said that panicked, if the program ended by itself all the same, and well.
fn panic_of_a_thread(run: &Run) -> Option<String> {
    let act = run.last_act();
    let panicked = act.stderr.beginning.contains("panicked at ");
    let ended_well = act.end == End::Ended(Ended::Status(0));
    if panicked && ended_well { own_words(&act.stderr) } else { None }
}

/// Whether the program ended, or was ended, by its own fault rather than for want of anything more to do.
fn ended_early(run: &Run) -> bool {
    match run.last_act().end {
        End::Ended(Ended::Status(status)) => status != 0,
        End::Ended(Ended::Signal(_)) | End::Exceeded(_) => true,
        // What was asked for again and again is a cause of its own.
        End::Flood(_) | End::Killed | End::Silent | End::TooLong => false,
    }
}
