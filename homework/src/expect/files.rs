//! Expectations of files: those that the program reads, and those that it saves.

use console::Lang;
use serde::Deserialize;
use site::Outcome;

use super::judgement::{Expectation, Judgement, plain};
use crate::plan::Plan;
use crate::run::{Run, Stall};
use crate::stage::Parts;
use crate::stage::files::{Saved, name_of};
use crate::text::Text;

plain! {
    /// While one list gives nothing, the pages of all others are in flight, and answered.
    Lists,
    /// Each page that was answered whole is in its file, and no other page is.
    Files,
}

/// What has come of a body is on disk before more of it comes, and not in memory.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Streamed {
    /// How much the program's memory may grow meanwhile.
    grows_at_most: Size,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

/// A size, written as people do: `64MB`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Size(u64);

impl TryFrom<String> for Size {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        site::bytes(&text).map(Self).map_err(|why| why.to_string())
    }
}

/// Bytes in millions.
fn megabytes(bytes: u64, lang: Lang) -> String {
    let count = lang.number(bytes.div_ceil(1_000_000));
    lang.pick(format!("{count} MB"), format!("{count}\u{a0}МБ"))
}

fn needs_files(parts: Parts<'_>, name: &str) -> Option<String> {
    parts.files.is_none().then(|| format!("{name} is about files: add [files]"))
}

impl Expectation for Lists {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_files(parts, "lists")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "while one of the lists does not answer, the pages of all others are in flight; and then its own",
            "пока один из списков не отвечает, страницы всех остальных в работе, а потом и его страницы",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        match &run.stall {
            Some(Stall::Lists { wanted, reached }) => Judgement::unmet(lang.pick(
                format!("one list did not answer, and {reached} of the {wanted} pages of the others were in flight"),
                format!("один список не отвечал, и из страниц остальных ({wanted}) в работе было {reached}"),
            )),
            Some(Stall::Unread) => Judgement::unmet(lang.pick(
                "the list that was late has answered, and was not read to its end",
                "опоздавший список ответил, но до конца не прочитан",
            )),
            Some(Stall::LateList { wanted, reached }) => Judgement::unmet(lang.pick(
                format!("of the {wanted} pages of the list that was late, {reached} were in flight when others waited"),
                format!("из страниц опоздавшего списка ({wanted}) в работе, пока остальные ждали, было {reached}"),
            )),
            _ if run.files.as_ref().is_some_and(|files| files.list_was_read) => {
                Judgement::met(lang.pick("nobody waited for the one that was late", "опоздавшего никто не ждал"))
            }
            // It was stopped before the list could answer.
            Some(Stall::OnDisk { .. }) if run.files.as_ref().is_some_and(|files| files.others_in_flight) => {
                Judgement::met(lang.pick("the others did not wait for it", "остальные его не ждали"))
            }
            _ => Judgement::not_so_far(lang),
        }
    }
}

impl Expectation for Streamed {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_files(parts, "streamed")
    }

    fn expected(&self, plan: &Plan, lang: Lang) -> String {
        let drops = lang.number(plan.lists.as_ref().map_or(0, |lists| lists.drops.into()));
        let most = megabytes(self.grows_at_most.0, lang);
        lang.pick(
            format!("a body comes in {drops} drops, each on disk before the next; memory grows by less than {most}"),
            format!("тело приходит {drops} порциями, каждая на диске до следующей; память растёт меньше чем на {most}"),
        )
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        if let Some(Stall::OnDisk { page, drop, drops }) = run.stall {
            return Judgement::unmet(lang.pick(
                format!("drop {drop} of {drops} of page {page} had been sent, and did not get to disk"),
                format!("порция {drop} из {drops} страницы {page} отправлена, но на диске не появилась"),
            ));
        }
        let Some(files) = run.files.as_ref().filter(|files| files.drops > 0) else {
            return Judgement::not_so_far(lang);
        };
        let grown = megabytes(files.grown, lang);
        if files.grown > self.grows_at_most.0 {
            return Judgement::unmet(lang.pick(
                format!("what had come was on disk, and memory had grown by {grown}"),
                format!("всё пришедшее было на диске, но память выросла на {grown}"),
            ));
        }
        Judgement::met(lang.pick(
            format!("each drop was on disk in time; memory grew by {grown}"),
            format!("каждая порция вовремя на диске; память выросла на {grown}"),
        ))
    }
}

impl Expectation for Files {
    fn contradiction(&self, parts: Parts<'_>) -> Option<String> {
        needs_files(parts, "files")
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "each page that came whole is in page-N.html, as served; that name is there for no other page, and not before",
            "каждая целиком полученная страница лежит в page-N.html, байт в байт; раньше и у других такого файла нет",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let Some(files) = &run.files else { return Judgement::not_so_far(lang) };
        if let Some(page) = files.too_soon {
            let name = name_of(page);
            return Judgement::unmet(lang.pick(
                format!("{name} was there before the page was whole"),
                format!("{name} появился раньше, чем страница пришла целиком"),
            ));
        }
        let mut right = 0;
        for &(page, saved) in &files.saved {
            let name = name_of(page);
            let of_page = || run.requests().filter(move |(other, _)| *other == page);
            let is_whole = of_page().any(|(_, exchange)| exchange.outcome == Outcome::Answered);
            if !is_whole {
                if saved != Saved::Absent {
                    return Judgement::unmet(lang.pick(
                        format!("page {page} did not come whole, but there is {name}"),
                        format!("страница {page} не пришла целиком, но {name} есть"),
                    ));
                }
                continue;
            }
            let wrong = match saved {
                Saved::Right => {
                    right += 1;
                    continue;
                }
                Saved::Absent => lang.pick(
                    format!("page {page} came whole, but there is no {name} in the program's folder"),
                    format!("страница {page} получена, но {name} в папке программы нет"),
                ),
                Saved::Short(bytes, of) => {
                    let [bytes, of] = [bytes, of].map(|count| lang.number(count));
                    lang.pick(
                        format!("{name} has {bytes} bytes of the {of} that were served"),
                        format!("в {name} байтов {bytes}, а отдано {of}"),
                    )
                }
                Saved::Differs(place) => {
                    let place = lang.number(place);
                    lang.pick(
                        format!("{name} is not what was served from byte {place} on"),
                        format!("{name} отличается от отданного начиная с байта {place}"),
                    )
                }
                Saved::NoFile => lang.pick(
                    format!("{name} is no file that can be read"),
                    format!("{name} — не файл, который можно прочитать"),
                ),
            };
            return Judgement::unmet(wrong);
        }
        if right == 0 {
            return Judgement::not_so_far(lang);
        }
        let count = lang.count(right, ["file", "files"], ["файл", "файла", "файлов"]);
        Judgement::met(lang.pick(format!("{count}, all as served"), format!("{count}, всё сходится")))
    }
}
