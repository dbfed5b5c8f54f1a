//! What in a homework contradicts itself.

use std::ops::Range;

use site::{FaultKind, SizeRule, Target};
use toml::Spanned;

use super::Task;
use crate::stage::site::{Answer, Conditions, Count, Details, Place, SizeOf};
use crate::stage::{act, database, files};
use crate::text::Text;

/// A contradiction: where it is in the text, and what it is.
type Contradiction = (Range<usize>, String);

/// The first thing in a homework that contradicts itself.
pub fn contradiction(task: &Task) -> Option<Contradiction> {
    let site = task.site.as_ref();
    site.and_then(of_site)
        .or_else(|| of_database(task))
        .or_else(|| of_files(task))
        .or_else(|| task.acts.iter().find_map(act::contradiction))
        .or_else(|| of_hold_and_site(task))
        .or_else(|| of_held_acts(task))
        .or_else(|| task.expect.get_ref().contradiction(task.parts()))
        .or_else(|| {
            let says = task.expect.get_ref().say_how_to_end();
            (!says).then(|| (task.expect.span(), "[expect.exit] is missing: how the program must end".to_owned()))
        })
        .or_else(|| of_points(task))
        .or_else(|| of_texts(task))
}

fn of_points(task: &Task) -> Option<Contradiction> {
    let points = task.points.as_ref()?;
    let stranger = points.get_ref().keys().find(|name| task.expect.get_ref().names().all(|it| it != name.as_str()))?;
    Some((points.span(), format!("points for {stranger}, which is not expected: add [expect.{stranger}]")))
}

fn of_texts(task: &Task) -> Option<Contradiction> {
    let mut texts = [&task.summary].into_iter().chain(task.hints.get_ref());
    if texts.any(Text::lacks_a_language) {
        return Some((task.hints.span(), "a summary or hint is empty in one of the languages".to_owned()));
    }
    let few = task.hints.get_ref().len() < 3;
    few.then(|| (task.hints.span(), "fewer than three hints: the way from a nudge to the answer".to_owned()))
}

fn of_database(task: &Task) -> Option<Contradiction> {
    let conditions = task.database.as_ref()?;
    if task.site.is_none() {
        return Some((conditions.span(), "the database stands beside a site: add [site]".to_owned()));
    }
    database::contradiction(conditions.get_ref())
}

fn of_files(task: &Task) -> Option<Contradiction> {
    let files = task.files.as_ref()?;
    let Some(site) = &task.site else {
        return Some((files.span(), "pages are served by a site: add [site]".to_owned()));
    };
    if let Some(span) = site.hold.as_ref().map(Spanned::span).or(site.latency.as_ref().map(Spanned::span)) {
        return Some((span, "[files] says when pages are answered: leave out hold and latency".to_owned()));
    }
    if task.acts.len() > 1 {
        return Some((files.span(), "lists are read in one act: leave out [[act]]".to_owned()));
    }
    // A pipe's list must be there whatever page is drawn, and one of the others must be answered.
    let unserved = |kind| kind != FaultKind::Cut;
    if site.faults().len() > 1 || site.has_fault(unserved) {
        let span = site.faults.as_ref().map_or_else(|| files.span(), Spanned::span);
        return Some((span, "the only fault beside [files] is one page that is cut".to_owned()));
    }
    files::contradiction(files.get_ref(), site.fewest_pages())
}

/// Moments of an act that only a site can bring about.
fn of_hold_and_site(task: &Task) -> Option<Contradiction> {
    let moments = task.acts.iter().filter_map(|act| act.kill.as_ref().or(act.interrupt.as_ref()));
    let without_site = moments.into_iter().find(|moment| task.site.is_none() && moment.get_ref().answered.is_some());
    without_site.map(|moment| (moment.span(), "pages are answered by a site: add [site]".to_owned()))
}

fn of_details(conditions: &Conditions) -> Option<Contradiction> {
    let Conditions { hold, queue, details, .. } = conditions;
    let kind = conditions.details();
    if let Some(queue) = queue.as_ref().filter(|_| kind != Some(Details::OneAtATime)) {
        return Some((queue.span(), "a queue goes with details = \"one-at-a-time\"".to_owned()));
    }
    let span = details.as_ref()?.span();
    let all = hold.as_ref().is_some_and(|hold| *hold.get_ref() == Count::All);
    match (kind?, conditions.answer()) {
        (Details::OneAtATime, Some(Answer::OneForOne)) | (Details::AtOnce, _) => None,
        (Details::OneAtATime, _) => Some((span, "details one at a time go with answer = \"one-for-one\"".to_owned())),
        (Details::All, Some(Answer::AtOnce)) if all => None,
        (Details::All, _) => Some((span, "all details at once go with hold = \"all\", answered at once".to_owned())),
    }
}

/// What acts need of a hold.
fn of_held_acts(task: &Task) -> Option<Contradiction> {
    let site = task.site.as_ref()?;
    let hold = site.hold.as_ref().map_or(0, |hold| hold.get_ref().of(site.fewest_pages()));
    if site.anew && (hold == 0 || task.acts.is_empty()) {
        return Some((
            site.pages.span(),
            "anew is about acts in which answers are held: add hold and [[act]]".to_owned(),
        ));
    }
    let moments = task.acts.iter().filter_map(|act| act.kill.as_ref().or(act.interrupt.as_ref()));
    let mut in_flight = moments.filter_map(|moment| Some((moment.span(), moment.get_ref().in_flight?)));
    if let Some((span, count)) = in_flight.find(|(_, count)| *count > hold) {
        return Some((span, format!("{count} in flight are more than are held ({hold})")));
    }
    let one_by_one = matches!(site.answer(), Some(Answer::OneForOne | Answer::AfterItsLine));
    let slow = task.acts.iter().any(|act| act.slow) && !one_by_one;
    slow.then(|| (site.pages.span(), "a slow page is one of those that are held and answered one by one".to_owned()))
}

fn of_site(conditions: &Conditions) -> Option<Contradiction> {
    let Conditions { pages, hold, answer, order, faults, latency, .. } = conditions;
    let fewest = conditions.fewest_pages();
    if fewest == 0 {
        return Some((pages.span(), "pages needs numbers from 1 to draw from".to_owned()));
    }
    if let Some(hold) = hold {
        if let Some(latency) = latency {
            return Some((latency.span(), "a latency beside hold: the hold decides when to answer".to_owned()));
        }
        let count = hold.get_ref().of(fewest);
        if count > fewest {
            return Some((hold.span(), format!("{count} in flight are more than there are pages ({fewest})")));
        }
        let race = answer.as_ref().is_some_and(|answer| *answer.get_ref() == Answer::Race);
        let uneven = |&&pages: &&u32| pages % hold.get_ref().of(pages) != 0;
        if race && let Some(uneven) = pages.get_ref().iter().find(uneven) {
            return Some((pages.span(), format!("{uneven} pages can't be shared out to races evenly")));
        }
    } else if let Some(span) = answer.as_ref().map(Spanned::span).or(order.as_ref().map(Spanned::span)) {
        return Some((span, "answer and order say how held requests are answered: add hold".to_owned()));
    }
    if let Some(details) = of_details(conditions) {
        return Some(details);
    }
    if let Some(sizes) = &conditions.page_size {
        let page = |rule: &SizeOf| if let SizeOf::Rule(SizeRule { page, .. }) = rule { *page } else { None };
        if let Some(page) = sizes.get_ref().iter().filter_map(page).find(|page| *page > fewest) {
            return Some((sizes.span(), format!("a size on page {page}, but there may be only {fewest}")));
        }
    }
    let faults = faults.as_ref()?;
    if faults.get_ref().len() > fewest as usize {
        return Some((faults.span(), format!("more faults than pages ({fewest})")));
    }
    let fixed = faults.get_ref().iter().filter_map(|fault| match fault.place {
        Place::Target(target) => Some(target),
        Place::AnyPage | Place::AnyDetails => None,
    });
    let fixed: Vec<Target> = fixed.collect();
    for (index, target) in fixed.iter().enumerate() {
        if target.page().is_some_and(|page| page > fewest) {
            return Some((faults.span(), format!("a fault on page {target}, but there may be only {fewest}")));
        }
        if fixed[..index].contains(target) {
            return Some((faults.span(), format!("two faults on page {target}: a page has one at most")));
        }
    }
    None
}
