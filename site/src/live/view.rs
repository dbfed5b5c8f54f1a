//! The live page's HTML. The templates escape all text, because agents, paths and hosts come from clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::address::{Address, LONGEST_NAME};
use super::board::Snapshot;
use super::run::Run;
use super::words;
use crate::listing::{LISTING_PATH, url_prefix};
use crate::program;
use crate::scenario::{Latency, Scenario};
use crate::timeline::{Axis, DatabaseFigures, PALETTES, Picture, RULES};
use console::Lang;

/// htmx's settings: without features that the page does not use or that its content security policy forbids. Events
/// consist of elements that replace those with the same ids, as a whole.
const HTMX: &str =
    r#"{"includeIndicatorStyles":false,"allowEval":false,"historyCacheSize":0,"allowNestedOobSwaps":false}"#;

/// How many pictures are cached.
const PICTURES: usize = 256;

/// What determines a picture: the run's id and version, the language, the axis, and whether bars are
/// sorted by page.
type PictureKey = (u64, u64, Lang, Axis, bool);

/// What has already been sent to a browser.
#[derive(Default)]
pub struct Shown {
    header: String,
    /// The version and axis of each run; `None` before the first event.
    runs: Option<HashMap<u64, (u64, Axis)>>,
}

/// What the page is drawn from, apart from the runs.
pub struct View {
    scenario: Scenario,
    /// The practice database's URL, if viewers can reach one.
    database_url: Option<String>,
    /// How many exchanges the log keeps.
    capacity: usize,
    pictures: Mutex<HashMap<PictureKey, Arc<str>>>,
}

impl View {
    pub fn new(scenario: Scenario, database_url: Option<String>, capacity: usize) -> Self {
        Self { scenario, database_url, capacity, pictures: Mutex::default() }
    }

    /// A run's picture, from the cache if it has been drawn before.
    fn picture(&self, run: &Run, address: &Address, axis: Axis) -> Arc<str> {
        let Address { lang, by_page, .. } = *address;
        let key = (run.id, run.version, lang, axis, by_page);
        let mut pictures = self.pictures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = pictures.get(&key) {
            return Arc::clone(picture);
        }
        if pictures.len() == PICTURES {
            pictures.clear();
        }
        let picture: Arc<str> = picture(run, lang, axis, by_page).into();
        pictures.insert(key, Arc::clone(&picture));
        picture
    }
}

/// A page with the header that all have.
pub fn document(address: &Address, body: &Markup) -> String {
    let lang = address.lang;
    let title = lang.pick("Practice site", "Учебный сайт");
    let mut other = address.clone();
    other.lang = lang.pick(Lang::Ru, Lang::En);
    let other_code = lang.pick("ru", "en");
    html! {
        (DOCTYPE)
        html lang=(lang.pick("en", "ru")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="htmx-config" content=(HTMX);
                title { (title) }
                link rel="icon" href="/live/assets/icon.svg";
                link rel="stylesheet" href="/live/assets/page.css";
                script src="/live/assets/page.js" {}
                script src="/live/assets/htmx.js" defer {}
                script src="/live/assets/htmx-sse.js" defer {}
            }
            body hx-ext="sse" {
                header.top {
                    h1 { (title) }
                    p #link role="status"
                        data-on=(lang.pick("live", "на связи"))
                        data-off=(lang.pick("no connection, trying again", "нет связи, подключаемся снова")) {}
                    nav aria-label=(lang.pick("This page", "Эта страница")) {
                        a.button href=(other.url("/")) lang=(other_code) hreflang=(other_code) {
                            (lang.pick("Русский", "English"))
                        }
                        button #theme type="button" { (lang.pick("Light or dark", "Светлая или тёмная")) }
                        button #screen type="button" hidden { (lang.pick("Full screen", "Во весь экран")) }
                    }
                }
                (body)
            }
        }
    }
    .into_string()
}

/// The page of all runs. `full` is the reason why the client can't watch, if it can't.
pub fn page(view: &View, address: &Address, snapshot: &Snapshot, hosts: &[String], full: Option<String>) -> String {
    let lang = address.lang;
    let body = html! {
        @if let Some(why) = full {
            p.notice {
                (why) " "
                (lang.pick(
                    "This is how things were when the page was loaded: load it again for more.",
                    "Здесь то, что было при загрузке: обновите страницу, когда нужно.",
                ))
            }
        }
        (how_to(lang, hosts, view.database_url.as_deref(), snapshot.runs.is_empty()))
        (tools(address))
        div hx-ext="sse" sse-connect=(address.url("/live/events")) sse-swap="message" hx-swap="none" {}
        (main_part(view, address, snapshot))
        p.hint {
            (lang.pick(
                "A request says more when it is pointed at. By keyboard: ",
                "Наведите курсор на запрос — появятся подробности. С клавиатуры: ",
            ))
            kbd { "Tab" } ", " kbd { "↑" } " " kbd { "↓" }
            (lang.pick("; where many are drawn as a band, ", "; на графике — "))
            kbd { "←" } " " kbd { "→" } "."
        }
        p.hint {
            a href={ (LISTING_PATH) "?page=1" } {
                (lang.pick("The listing that lessons download", "Объявления, которые скачивают уроки"))
            }
        }
    };
    document(address, &body)
}

/// The addresses and commands to copy.
fn how_to(lang: Lang, hosts: &[String], database_url: Option<&str>, open: bool) -> Markup {
    let copied = |text: &str| {
        html! {
            span.copied {
                code { (text) }
                button type="button" data-copy=(text) data-done=(lang.pick("Copied", "Скопировано")) {
                    (lang.pick("Copy", "Копировать"))
                }
            }
        }
    };
    let host = hosts.first().map_or("", String::as_str);
    let command = |lesson| format!("cargo run -p {lesson} -- --url '{}'", program::url_prefix(host, lesson));
    html! {
        details.how-to open[open] {
            summary { (lang.pick("What to run", "Что запустить")) }
            dl {
                div {
                    dt { (lang.pick("Try", "Попробуйте")) }
                    dd {
                        @for lesson in ["lesson01", "lesson03", "lesson09", "lesson10"] {
                            (copied(&command(lesson)))
                        }
                        @if let Some(url) = database_url {
                            (copied(&format!("{} --database {url}", command("lesson08"))))
                        }
                    }
                }
                div {
                    dt {
                        (lang.pick(
                            "Any other program: a page’s number is appended to",
                            "Любая другая программа: номер страницы дописывается к адресу",
                        ))
                    }
                    dd { @for host in hosts { (copied(&url_prefix(host))) } }
                }
            }
        }
    }
}

/// What the viewer can do with the page as a whole.
fn tools(address: &Address) -> Markup {
    let lang = address.lang;
    let choice = |id: &str, text: &str, is_chosen: bool, url: String| {
        html! { a.button id=(id) href=(url) aria-current=[is_chosen.then_some("true")] { (text) } }
    };
    let with = |change: fn(&mut Address)| {
        let mut changed = address.clone();
        change(&mut changed);
        changed.url("/")
    };
    html! {
        nav #tools aria-label=(lang.pick("All runs", "Все запуски")) {
            a.button #new-run href=(address.with_new_run())
                title=(lang.pick(
                    "What is asked from now on is a run of its own, on this page only",
                    "Всё, что запросят дальше, будет новым запуском; только на этой странице",
                )) { (lang.pick("New run", "Новый запуск")) }
            a.button #clear href=(address.cleared())
                title=(lang.pick("On this page only: the site keeps its runs", "Только на этой странице: на сайте запуски останутся")) {
                (lang.pick("Clear", "Очистить"))
            }
            form #overlay action="/" {
                @for (name, value) in address.fields() { input type="hidden" name=(name) value=(value); }
                button { (lang.pick("Chosen runs on one axis", "Выбранные на одной оси")) }
            }
            span.group role="group" aria-label=(lang.pick("Scale", "Масштаб")) {
                span { (lang.pick("Scale:", "Масштаб:")) }
                (choice("common-scale", lang.pick("common", "общий"), !address.own_scale, with(|address| address.own_scale = false)))
                (choice("own-scale", lang.pick("own", "свой"), address.own_scale, with(|address| address.own_scale = true)))
            }
            span.group role="group" aria-label=(lang.pick("Order", "Порядок")) {
                span { (lang.pick("Order:", "Порядок:")) }
                (choice("by-arrival", lang.pick("by arrival", "по времени"), !address.by_page, with(|address| address.by_page = false)))
                (choice("by-page", lang.pick("by page", "по страницам"), address.by_page, with(|address| address.by_page = true)))
            }
        }
    }
}

/// The part of the page that changes.
fn main_part(view: &View, address: &Address, snapshot: &Snapshot) -> Markup {
    let lang = address.lang;
    html! {
        main #live hx-swap-oob="true" {
            (now(view, lang, snapshot))
            div #runs {
                @for run in address.shown(snapshot) { (article(view, address, run, address.axis(snapshot, run))) }
            }
            (rest(view, address, snapshot))
        }
    }
}

/// The figures of the site as a whole.
fn now(view: &View, lang: Lang, snapshot: &Snapshot) -> Markup {
    let scenario = &view.scenario;
    let waits = if let Some(gate) = scenario.gate {
        (lang.pick("gate", "барьер"), words::gate(gate, lang))
    } else {
        let for_all = scenario.latency.iter().all(|rule| rule.target.is_some()).then(|| Latency::default().into());
        let rules: Vec<String> = for_all.iter().chain(&scenario.latency).map(|rule| words::rule(*rule, lang)).collect();
        (lang.pick("latency", "задержка"), rules.join(", "))
    };
    html! {
        dl #now.figures hx-swap-oob="true" {
            (figure(lang.pick("pages", "страниц"), &lang.number(scenario.pages.into())))
            (figure(waits.0, &waits.1))
            @if !scenario.faults.is_empty() {
                (figure(lang.pick("faults", "сбоев задано"), &lang.number(scenario.faults.len() as u64)))
            }
            (figure(lang.pick("requests", "запросов"), &lang.number(snapshot.requests)))
            (figure(lang.pick("in flight", "в работе"), &lang.number(snapshot.in_flight as u64)))
            (figure(lang.pick("peak in flight", "одновременно до"), &lang.number(snapshot.peak_in_flight as u64)))
            (figure(lang.pick("connections", "соединений"), &lang.number(snapshot.connections)))
            @if snapshot.queries > 0 {
                (figure(lang.pick("queries", "запросов к базе"), &lang.number(snapshot.queries)))
                (figure(
                    lang.pick("queries in flight", "из них в работе"),
                    &lang.number(snapshot.queries_in_flight as u64),
                ))
            }
        }
    }
}

fn figure(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn article(view: &View, address: &Address, run: &Run, axis: Axis) -> Markup {
    let lang = address.lang;
    let name = name_of(run, lang);
    let began_at = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(run.id)).to_string();
    html! {
        article.run id={ "run-" (run.id) } aria-label=(name) {
            header {
                input.name id={ "name-" (run.id) } type="text" maxlength=(LONGEST_NAME) autocomplete="off" placeholder=(name)
                    aria-label=(lang.pick("Name of the run, for this browser only", "Имя запуска, только для этого браузера"));
                time datetime=(began_at) { (began_at) }
                nav aria-label=(lang.pick("This run", "Этот запуск")) {
                    label {
                        input type="checkbox" form="overlay" name="overlay" value=(run.id);
                        (lang.pick(" choose", " выбрать"))
                    }
                    a.button.replay href=(address.of(&[run.id]).url("/")) { (lang.pick("Replay", "Повтор")) }
                    @for format in ["svg", "har", "json"] {
                        a.button download href=(address.url(&format!("/live/runs/{}.{format}", run.id)))
                            aria-label={ (lang.pick("Download as ", "Скачать как ")) (format.to_uppercase()) } {
                            (format.to_uppercase())
                        }
                    }
                    a.button href=(address.without(run.id).url("/"))
                        title=(lang.pick(
                            "From this page only: the site keeps it",
                            "Только с этой страницы: на сайте он останется",
                        )) {
                        (lang.pick("Remove", "Убрать"))
                    }
                }
            }
            (body(view, address, run, axis))
        }
    }
}

/// The part of a run that changes: its figures and picture.
fn body(view: &View, address: &Address, run: &Run, axis: Axis) -> Markup {
    html! {
        div.body id={ "body-" (run.id) } hx-swap-oob="true" { (PreEscaped(view.picture(run, address, axis))) }
    }
}

/// A run's figures and its picture.
fn picture(run: &Run, lang: Lang, axis: Axis, by_page: bool) -> String {
    let figures = run.timeline.figures();
    let statuses = run.timeline.statuses().iter().map(|(status, count)| {
        let status = status.map_or_else(|| lang.pick("none", "нет").to_owned(), |status| status.to_string());
        if run.timeline.statuses().len() == 1 && *count == figures.requests {
            status
        } else {
            format!("{status} × {}", lang.number(*count))
        }
    });
    let mut statuses: Vec<String> = statuses.collect();
    // Requests without a status sort first in the map; they go last here.
    let none = usize::from(run.timeline.statuses().contains_key(&None));
    statuses.rotate_left(none);
    let statuses = if statuses.is_empty() { "—".to_owned() } else { statuses.join(", ") };
    let ids = format!("bar-{}", run.id);
    let of_queries_alone = figures.requests == 0 && !run.queries.is_empty();
    html! {
        dl.figures {
            @if of_queries_alone {
                (figure(lang.pick("took", "заняло"), &lang.seconds(run.timeline.span())))
            } @else {
                (figure(lang.pick("requests", "запросов"), &lang.number(figures.requests)))
                (figure(lang.pick("took", "заняло"), &lang.seconds(run.timeline.span())))
                (figure(lang.pick("peak in flight", "одновременно до"), &lang.number(figures.peak_in_flight)))
                (figure(lang.pick("connections", "соединений"), &lang.number(figures.connections)))
                (figure(lang.pick("status", "статус"), &statuses))
                (figure(lang.pick("floor: slowest answer", "нижняя граница: самый долгий ответ"), &lang.seconds(figures.slowest)))
                (figure(lang.pick("sum of all answers", "сумма всех ответов"), &lang.seconds(figures.sum)))
            }
        }
        (queries(run, lang))
        @for (dropped, en, ru) in [
            (run.dropped[0], "Requests", "Первых запросов"),
            (run.dropped[1], "Queries", "Первых запросов к базе"),
        ] {
            @if dropped > 0 {
                p.notice {
                    (lang.pick("The log is full. ", "Журнал полон. "))
                    (lang.pick(en, ru))
                    (lang.pick(" at the beginning that it keeps no more: ", ", которых в нём уже нет: "))
                    (lang.number(dropped))
                }
            }
        }
        @if by_page {
            (PreEscaped(Picture::of_page(&run.timeline.clone().by_page(), lang, axis, &ids).to_string()))
        } @else {
            (PreEscaped(Picture::of_page(&run.timeline, lang, axis, &ids).to_string()))
        }
    }
    .into_string()
}

/// The figures of a run's queries, if it has any.
fn queries(run: &Run, lang: Lang) -> Markup {
    let DatabaseFigures { queries, peak_in_flight, connections, committed, rolled_back } =
        run.timeline.database_figures();
    html! {
        @if queries > 0 {
            dl.figures {
                (figure(lang.pick("queries", "запросов к базе"), &lang.number(queries)))
                (figure(
                    lang.pick("peak of queries in flight", "запросов к базе одновременно до"),
                    &lang.number(peak_in_flight),
                ))
                (figure(lang.pick("database connections", "соединений с базой"), &lang.number(connections)))
                @if committed + rolled_back > 0 {
                    (figure(
                        lang.pick("transactions committed", "транзакций зафиксировано"),
                        &lang.number(committed),
                    ))
                    (figure(lang.pick("rolled back", "отменено"), &lang.number(rolled_back)))
                }
            }
        }
    }
}

/// The default name of a run: its program's or else its number, with the client's address unless that is this machine.
pub fn name_of(run: &Run, lang: Lang) -> String {
    let client = run.asker.client.to_canonical();
    let program = run.asker.program.as_deref();
    let program = program.map_or_else(|| format!("{} {}", lang.pick("Run", "Запуск"), run.number), str::to_owned);
    if client.is_loopback() { program } else { format!("{client} · {program}") }
}

/// Links to and notes about the runs that are not shown.
fn rest(view: &View, address: &Address, snapshot: &Snapshot) -> Markup {
    let lang = address.lang;
    let (shown, removed) = (address.shown(snapshot).count(), address.removed(snapshot));
    let earlier = snapshot.runs.len() - shown - removed;
    html! {
        div #rest hx-swap-oob="true" {
            @if snapshot.runs.is_empty() {
                p.empty { (lang.pick("Nothing has been asked for yet.", "Запросов пока не было.")) }
            }
            @if earlier > 0 {
                @let text = lang.pick("Show earlier runs: ", "Показать более ранние запуски: ").to_owned() + &lang.number(earlier as u64);
                @match address.with_more() {
                    Some(more) => a.button href=(more.url("/")) { (text) },
                    None => p { (text) },
                }
            }
            @if removed > 0 {
                a.button href=(address.with_all().url("/")) {
                    (lang.pick("Show removed runs: ", "Вернуть убранные запуски: ")) (lang.number(removed as u64))
                }
            }
            @if snapshot.dropped > 0 {
                p {
                    (lang.pick("Requests that the log keeps: ", "Запросов в журнале: "))
                    (lang.number(view.capacity as u64))
                    (lang.pick(". Dropped before them: ", ". Отброшено до них: "))
                    (lang.count(snapshot.dropped, ["request", "requests"], ["запрос", "запроса", "запросов"]))
                    @if snapshot.dropped_runs > 0 {
                        ", "
                        (lang.count(
                            snapshot.dropped_runs,
                            ["whole run", "whole runs"],
                            ["целый запуск", "целых запуска", "целых запусков"],
                        ))
                    }
                    "."
                }
            }
        }
    }
}

/// The changes since `shown`, as elements that replace those with the same ids; the first time, everything.
pub fn changes(view: &View, address: &Address, snapshot: &Snapshot, shown: &mut Shown) -> Option<String> {
    let lang = address.lang;
    let axis = |run: &Run| address.axis(snapshot, run);
    let now = now(view, lang, snapshot).into_string() + &rest(view, address, snapshot).into_string();
    let runs: HashMap<u64, (u64, Axis)> =
        address.shown(snapshot).map(|run| (run.id, (run.version, axis(run)))).collect();
    let Some(before) = shown.runs.replace(runs) else {
        shown.header = now;
        return Some(main_part(view, address, snapshot).into_string());
    };
    let mut changes = String::new();
    // The oldest first, because each new run is inserted at the top.
    for run in address.shown(snapshot).collect::<Vec<_>>().into_iter().rev() {
        match before.get(&run.id) {
            Some(drawn) if *drawn == (run.version, axis(run)) => {}
            Some(_) => changes += &body(view, address, run, axis(run)).into_string(),
            None => {
                let new = html! { div hx-swap-oob="afterbegin:#runs" { (article(view, address, run, axis(run))) } };
                changes += &new.into_string();
            }
        }
    }
    for gone in before.keys().filter(|id| !address.shown(snapshot).any(|run| run.id == **id)) {
        changes += &html! { article id={ "run-" (gone) } hx-swap-oob="delete" {} }.into_string();
    }
    if now != shown.header {
        changes += &now;
        shown.header = now;
    }
    (!changes.is_empty()).then_some(changes)
}

/// The page's style sheet. It shares its colours with the pictures.
pub fn style_sheet() -> String {
    let [light, dark] = PALETTES;
    format!(
        ":root{{color-scheme:light;{light}}}\n\
         @media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n\
         :root[data-theme=dark]{{color-scheme:dark;{dark}}}\n{RULES}\n{}",
        include_str!("../../assets/page.css")
    )
}
