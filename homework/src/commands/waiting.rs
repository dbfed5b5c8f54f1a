//! The line that says what a run waits for, while it lasts.

use std::io::{self, IsTerminal};
use std::pin::pin;
use std::time::Duration;

use console::Lang;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::run::Waiting;
use crate::terminal;

/// A run that is over by then needs no line.
const SOON: Duration = Duration::from_millis(500);
/// How often the line is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Does what `run` does, and shows meanwhile what it waits for, if standard error is a terminal.
pub async fn show_while<T>(run: impl Future<Output = T>, waiting: watch::Receiver<Waiting>, lang: Lang) -> T {
    if !io::stderr().is_terminal() {
        return run.await;
    }
    let mut line = Line { is_shown: false };
    follow(run, waiting, lang, |text| line.show(text)).await
}

/// The line on the terminal. Dropped, also by giving up the run, it is cleared.
struct Line {
    is_shown: bool,
}

impl Line {
    fn show(&mut self, text: &str) {
        self.is_shown = true;
        terminal::show_line(text);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.is_shown {
            terminal::clear_line();
        }
    }
}

/// Does what `run` does, and calls `show` with each new text of the line.
async fn follow<T>(
    run: impl Future<Output = T>,
    mut waiting: watch::Receiver<Waiting>,
    lang: Lang,
    mut show: impl FnMut(&str),
) -> T {
    let mut run = pin!(run);
    let mut happened = Instant::now();
    let mut looks = interval_at(happened + SOON, LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shown = String::new();
    loop {
        tokio::select! {
            biased;
            output = &mut run => return output,
            Ok(()) = waiting.changed() => happened = Instant::now(),
            _ = looks.tick() => {
                let text = text(&waiting.borrow(), happened.elapsed(), lang);
                if text != shown {
                    show(&text);
                    shown = text;
                }
            }
        }
    }
}

/// The line, when nothing has happened for so long.
fn text(waiting: &Waiting, quiet: Duration, lang: Lang) -> String {
    let (en, ru) = match waiting {
        Waiting::Start => ("waiting for the first request".to_owned(), "жду первого запроса".to_owned()),
        Waiting::InFlight { now, wanted } => (
            format!("held until {wanted} are in flight: {now} so far"),
            format!("держу ответы, пока в работе не окажется одновременно {wanted}: сейчас {now}"),
        ),
        Waiting::Line(target) if is_page(target) => (
            format!("page {target} has been answered: waiting for its line"),
            format!("страница {target} отдана: жду её строку"),
        ),
        Waiting::Line(target) => (
            format!("{target} has been answered: waiting for its line"),
            format!("ответ на {target} отдан: жду строку"),
        ),
        Waiting::Details { now, wanted } => (
            format!("held until {wanted} details pages are in flight: {now} so far"),
            format!("держу ответы, пока в работе не окажется одновременно {wanted} страниц машин: сейчас {now}"),
        ),
        Waiting::Sum(count) => (
            format!("details page {count} has been answered: waiting for the line with the sum"),
            format!("страница машины номер {count} отдана: жду строку с суммой"),
        ),
        Waiting::Interrupted => (
            "interrupted: waiting until the program gives up what it has in flight".to_owned(),
            "программа прервана: жду, пока она откажется от начатых запросов".to_owned(),
        ),
        Waiting::GivenUp(targets) => {
            let targets = targets.join(", ");
            (
                format!("waiting until the program gives up the requests for {targets}"),
                format!("жду, пока программа откажется от запросов: {targets}"),
            )
        }
        Waiting::List => (
            "the late list has answered: waiting until it is read".to_owned(),
            "опоздавший список ответил: жду, пока его прочитают".to_owned(),
        ),
        Waiting::OnDisk(page) => (
            format!("part of page {page} has been sent: waiting until it is on disk"),
            format!("часть страницы {page} отправлена: жду, пока она появится на диске"),
        ),
        Waiting::Idle => (
            "watching whether the program sleeps while it waits".to_owned(),
            "смотрю, спит ли программа, пока ждёт".to_owned(),
        ),
        Waiting::End => (
            "nothing is held any more: waiting for the program to end".to_owned(),
            "ответы больше не держу: жду, пока программа завершится".to_owned(),
        ),
    };
    match quiet.as_secs() {
        0 => lang.pick(en, ru),
        seconds => lang.pick(
            format!("{en}; nothing has happened for {seconds} s"),
            format!("{ru}; уже {seconds} с ничего не происходит"),
        ),
    }
}

/// Whether a target is a page, which is written as its number alone.
fn is_page(target: &str) -> bool {
    target.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_line_follows_the_run_and_counts_seconds() {
        let (sender, receiver) = watch::channel(Waiting::Start);
        let in_flight = |now| Waiting::InFlight { now, wanted: 10 };
        let run = async {
            sender.send_replace(in_flight(1));
            sleep(Duration::from_millis(2_050)).await;
            sender.send_replace(in_flight(2));
            sleep(Duration::from_millis(500)).await;
            // Nothing is sent any more, and the run goes on all the same.
            drop(sender);
            sleep(Duration::from_secs(1)).await;
            "done"
        };
        let mut lines = Vec::new();
        assert_eq!(follow(run, receiver, Lang::En, |line| lines.push(line.to_owned())).await, "done");
        assert_eq!(
            lines,
            [
                "held until 10 are in flight: 1 so far",
                "held until 10 are in flight: 1 so far; nothing has happened for 1 s",
                "held until 10 are in flight: 1 so far; nothing has happened for 2 s",
                "held until 10 are in flight: 2 so far",
                "held until 10 are in flight: 2 so far; nothing has happened for 1 s",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_run_shows_no_line() {
        let (_sender, receiver) = watch::channel(Waiting::Start);
        follow(sleep(SOON / 2), receiver, Lang::En, |line| panic!("{line}")).await;
    }

    #[test]
    fn each_state_has_words_in_both_languages() {
        for (waiting, en, ru) in [
            (Waiting::Start, "waiting for the first request", "жду первого запроса"),
            (
                Waiting::InFlight { now: 1, wanted: 10 },
                "held until 10 are in flight: 1 so far",
                "держу ответы, пока в работе не окажется одновременно 10: сейчас 1",
            ),
            (
                Waiting::Line("7".to_owned()),
                "page 7 has been answered: waiting for its line",
                "страница 7 отдана: жду её строку",
            ),
            (
                Waiting::Line("details/1234".to_owned()),
                "details/1234 has been answered: waiting for its line",
                "ответ на details/1234 отдан: жду строку",
            ),
            (
                Waiting::GivenUp(vec!["3".to_owned(), "5".to_owned()]),
                "waiting until the program gives up the requests for 3, 5",
                "жду, пока программа откажется от запросов: 3, 5",
            ),
            (
                Waiting::Details { now: 3, wanted: 9 },
                "held until 9 details pages are in flight: 3 so far",
                "держу ответы, пока в работе не окажется одновременно 9 страниц машин: сейчас 3",
            ),
            (
                Waiting::Sum(4),
                "details page 4 has been answered: waiting for the line with the sum",
                "страница машины номер 4 отдана: жду строку с суммой",
            ),
            (
                Waiting::Interrupted,
                "interrupted: waiting until the program gives up what it has in flight",
                "программа прервана: жду, пока она откажется от начатых запросов",
            ),
            (
                Waiting::Idle,
                "watching whether the program sleeps while it waits",
                "смотрю, спит ли программа, пока ждёт",
            ),
            (
                Waiting::End,
                "nothing is held any more: waiting for the program to end",
                "ответы больше не держу: жду, пока программа завершится",
            ),
        ] {
            assert_eq!(text(&waiting, Duration::ZERO, Lang::En), en);
            assert_eq!(
                text(&waiting, Duration::from_millis(3_999), Lang::Ru),
                format!("{ru}; уже 3 с ничего не происходит")
            );
            assert!(text(&waiting, Duration::from_hours(1), Lang::En).chars().count() < 120);
        }
    }
}
