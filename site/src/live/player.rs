//! Chosen runs on one axis, to be looked at whole or replayed in slow motion.
//!
//! The server draws every frame from the same model as all other pictures: the runs as they were at one moment. The
//! browser only says which moment it wants.

use console::Lang;
use maud::{Markup, PreEscaped, html};

use super::address::Address;
use super::board::Snapshot;
use super::run::Run;
use super::view;
use crate::timeline::{Picture, Timeline, comparison_svg};

/// The speeds of a replay, with their labels.
const SPEEDS: [(&str, &str, &str); 3] = [("1", "×1", "×1"), ("0.1", "×0.1", "×0,1"), ("0.02", "×0.02", "×0,02")];

/// A moment of a replay, in microseconds since each run began.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// When all is over.
    End,
    At(u64),
    /// When something next happens after this.
    After(u64),
}

impl Moment {
    /// The moment that a query asks for.
    pub fn of(query: &str) -> Self {
        let number = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse().ok());
        number("after=").map(Self::After).or_else(|| number("at=").map(Self::At)).unwrap_or(Self::End)
    }
}

fn runs(address: &Address, snapshot: &Snapshot) -> Vec<(String, Timeline)> {
    let drawn = |timeline: &Timeline| if address.by_page { timeline.clone().by_page() } else { timeline.clone() };
    let name = |run: &Run| address.name_of(run.id).map_or_else(|| view::name_of(run, address.lang), str::to_owned);
    address.chosen(snapshot).iter().map(|run| (name(run), drawn(&run.timeline))).collect()
}

/// The chosen runs as a file to download.
pub fn svg(address: &Address, snapshot: &Snapshot) -> String {
    let runs = runs(address, snapshot);
    let runs: Vec<(&str, &Timeline)> = runs.iter().map(|(name, timeline)| (name.as_str(), timeline)).collect();
    comparison_svg(&runs, address.lang)
}

/// The chosen runs as they were at a moment.
pub fn frame(address: &Address, snapshot: &Snapshot, moment: Moment) -> String {
    frame_of(&runs(address, snapshot), address.lang, moment).into_string()
}

fn frame_of(runs: &[(String, Timeline)], lang: Lang, moment: Moment) -> Markup {
    let end = end_of(runs);
    let at = match moment {
        Moment::End => end,
        Moment::At(at) => at.min(end),
        Moment::After(after) => runs.iter().filter_map(|(_, run)| run.next_change(after)).min().unwrap_or(end),
    };
    let shown = (at < end).then_some(at);
    html! {
        div #frame data-at=(at) data-end=(end) data-text=(lang.millis(at)) {
            @if runs.is_empty() {
                p.empty { (lang.pick("There is no such run, or none any more.", "Такого запуска нет или уже нет.")) }
            } @else {
                (PreEscaped(Picture::of_runs(runs, lang, shown).to_string()))
            }
        }
    }
}

/// When the longest of them ends.
fn end_of(runs: &[(String, Timeline)]) -> u64 {
    runs.iter().map(|(_, timeline)| timeline.span()).max().unwrap_or(0)
}

/// The page of the chosen runs.
pub fn page(address: &Address, snapshot: &Snapshot) -> String {
    let lang = address.lang;
    let runs = runs(address, snapshot);
    let end = end_of(&runs);
    let unnamed: Vec<String> =
        address.chosen.iter().filter(|id| address.name_of(**id).is_none()).map(u64::to_string).collect();
    let controls = html! {
        div #player data-frames=(address.url("/live/frame")) {
            button #play type="button" data-play=(lang.pick("Play", "Пуск")) data-pause=(lang.pick("Pause", "Пауза")) {
                (lang.pick("Play", "Пуск"))
            }
            button #step type="button" { (lang.pick("Step", "Шаг")) }
            label {
                (lang.pick("Speed ", "Скорость "))
                select #speed {
                    @for (speed, en, ru) in SPEEDS {
                        option value=(speed) selected[speed == "0.1"] { (lang.pick(en, ru)) }
                    }
                }
            }
            input #moment type="range" min="0" max=(end) step="1000" value=(end) aria-label=(lang.pick("Moment", "Момент"));
            output #clock for="moment" { (lang.millis(end)) }
        }
    };
    let body = html! {
        nav #tools aria-label=(lang.pick("These runs", "Эти запуски")) {
            a.button href=(address.of(&[]).url("/")) { (lang.pick("All runs", "Все запуски")) }
            a.button download href=(address.url("/live/overlay.svg")) { "SVG" }
        }
        // Nothing comes on it but the sign of life.
        div hx-ext="sse" sse-connect=(address.url("/live/events")) sse-swap="message" hx-swap="none" {}
        main data-unnamed=(unnamed.join(".")) {
            @if !runs.is_empty() { (controls) }
            (frame_of(&runs, lang, Moment::End))
        }
        script src="/live/assets/player.js" {}
    };
    view::document(address, &body)
}
