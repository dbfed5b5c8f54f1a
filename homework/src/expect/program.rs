//! Expectations of the program itself.

use console::Lang;
use serde::Deserialize;

use super::failures::first_failure;
use super::judgement::{Expectation, Hint, Judgement, Status, met_if, plain};
use crate::plan::Plan;
use crate::process::{Ended, Exceeded, Limits};
use crate::run::{End, Run, Spell};
use crate::stage::Parts;
use crate::text::Text;
use crate::words::{own_words, time};

plain! {
    /// While answers are held, the program neither uses CPU time nor is woken again and again.
    IdleWhileWaiting,
}

/// How the program ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// With status 0; or with another.
    success: bool,
    /// With this one in acts that are interrupted.
    interrupted: Option<u8>,
    /// Shown when it is not met.
    pub(super) hint: Option<Text>,
}

impl Expectation for IdleWhileWaiting {
    fn contradiction(&self, Parts { site: conditions, .. }: Parts<'_>) -> Option<String> {
        let holds = conditions.is_some_and(|conditions| conditions.hold.is_some());
        (!holds).then(|| "idle-while-waiting goes with hold".to_owned())
    }

    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        lang.pick(
            "while the site holds its answers, the program sleeps: no CPU time, no waking to look",
            "пока сайт держит ответы, программа спит: не занимает процессор и не просыпается, чтобы проверить",
        )
        .to_owned()
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        let Some(idle) = run.idle else { return Judgement::not_so_far(lang) };
        let Some(Spell { cpu, wakes_per_second }) = idle.busiest else {
            return Judgement::met(lang.pick("it slept each time", "каждый раз спала"));
        };
        let (cpu, spell) = (time(cpu, lang), time(Spell::LENGTH, lang));
        Judgement::unmet(lang.pick(
            format!(
                "{cpu} of CPU time, while a busy loop beside it used {spell}; one thread was woken {wakes_per_second:.0} \
                 times a second"
            ),
            format!(
                "процессорного времени занято {cpu}, холостой цикл рядом занял бы {spell}; один из потоков просыпался \
                 {wakes_per_second:.0} раз в секунду"
            ),
        ))
    }
}

/// A crash: what no program does on purpose.
#[derive(Clone, Copy)]
enum Crash {
    /// A Rust program's panic.
    Panic,
    /// A signal that the system sends to a program with a defect, or that ends it by its own will.
    Signal(i32),
}

/// The crash that a program ended with. A shell reports a signal as a status of 128 and its number.
fn crash(ended: Ended, panicked: bool) -> Option<Crash> {
    match ended {
        Ended::Status(101) if panicked => Some(Crash::Panic),
        Ended::Status(status @ (132..=136 | 139)) => Some(Crash::Signal(status - 128)),
        Ended::Signal(signal) => Some(Crash::Signal(signal)),
        Ended::Status(_) => None,
    }
}

/// A signal's name, of those that crashes come with.
fn name_of(signal: i32) -> String {
    let name = match signal {
        2 => "SIGINT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 | 10 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        _ => return signal.to_string(),
    };
    format!("{signal} ({name})")
}

impl Expectation for Exit {
    fn expected(&self, _plan: &Plan, lang: Lang) -> String {
        let expected = if self.success {
            lang.pick("it ends by itself with status 0", "программа завершается сама с кодом 0")
        } else {
            lang.pick(
                "it ends by itself with a status that says that something failed, not 0",
                "программа завершается сама с ненулевым кодом",
            )
        };
        let interrupted = self.interrupted.map_or_else(String::new, |status| {
            lang.pick(format!("; interrupted, with {status}"), format!("; прерванная — с кодом {status}"))
        });
        format!("{expected}{interrupted}")
    }

    fn judge(&self, run: &Run, lang: Lang) -> Judgement {
        if let Some(wanted) = self.interrupted {
            let interrupted = run.acts.iter().filter(|act| act.interrupted.is_some()).map(|act| act.end);
            if let Some(end) = interrupted.into_iter().find(|end| *end != End::Ended(Ended::Status(wanted.into()))) {
                return Judgement::unmet(after_interrupt(end, wanted, lang));
            }
        }
        let act = run.last_act();
        let words = own_words(&act.stderr);
        let said = |text: String| words.as_ref().map_or(text.clone(), |words| format!("{text}: {words}"));
        let panicked = act.stderr.beginning.contains("panicked at ") || act.stderr.end.contains("panicked at ");
        let ended = match act.end {
            End::Ended(ended) => ended,
            // The act says how it ends, so nothing is to be told of the program.
            End::Killed => return Judgement::met(lang.pick("it was killed, as its act says", "завершена по сценарию")),
            other => return Judgement::unmet(stopped(other, lang)).hinting(Hint::Later),
        };
        if let Some(crash) = crash(ended, panicked) {
            let how = match crash {
                Crash::Panic => {
                    lang.pick("it panicked (status 101)".to_owned(), "программа запаниковала (код 101)".to_owned())
                }
                Crash::Signal(signal) => lang.pick(
                    format!("it crashed: signal {}", name_of(signal)),
                    format!("программа упала: сигнал {}", name_of(signal)),
                ),
            };
            return Judgement::unmet(said(how)).hinting(Hint::None);
        }
        let Ended::Status(status) = ended else { return Judgement::unmet(String::new()) };
        let seen =
            lang.pick(format!("it ended with status {status}"), format!("программа завершилась с кодом {status}"));
        match met_if((status == 0) == self.success) {
            Status::Met => Judgement::met(seen),
            // The homework's hint is about pages that fail: it helps where one had.
            _ if status != 0 && first_failure(run).is_none() => Judgement::unmet(said(seen)).hinting(Hint::None),
            _ if status != 0 => Judgement::unmet(said(seen)),
            _ => Judgement::unmet(seen),
        }
    }
}

/// How an interrupted program ended that was to end with a certain status, in words.
fn after_interrupt(end: End, wanted: u8, lang: Lang) -> String {
    match end {
        End::Ended(Ended::Status(status)) => lang.pick(
            format!("interrupted, it ended with status {status}, and not with {wanted}"),
            format!("прерванная программа завершилась с кодом {status}, а не {wanted}"),
        ),
        End::Ended(Ended::Signal(signal)) => lang.pick(
            format!("the interrupt ended it by signal {}: it did not see to that itself", name_of(signal)),
            format!("её завершил сам сигнал {}: программа его не обработала", name_of(signal)),
        ),
        other => stopped(other, lang),
    }
}

/// How a program was stopped, in words.
fn stopped(end: End, lang: Lang) -> String {
    let Limits { memory: most_memory, processes: most_processes, .. } = Limits::default();
    match end {
        End::Exceeded(Exceeded::Memory(bytes)) => {
            let [taken, allowed] = [bytes, most_memory].map(|bytes| lang.number(bytes >> 20));
            lang.pick(
                format!("it was stopped: it had taken {taken} MiB of memory, and {allowed} are allowed"),
                format!("остановлена: заняла {taken} МиБ памяти, а можно {allowed}"),
            )
        }
        End::Exceeded(Exceeded::Processes(count)) => {
            let [started, allowed] = [count, most_processes].map(|count| lang.number(count as u64));
            lang.pick(
                format!("it was stopped: it had {started} processes at once, and {allowed} are allowed"),
                format!("остановлена: одновременно было процессов {started}, а можно {allowed}"),
            )
        }
        End::Flood(requests) => {
            let requests = lang.number(requests);
            lang.pick(
                format!("it was stopped: it had sent {requests} requests"),
                format!("остановлена: успела отправить запросов: {requests}"),
            )
        }
        End::TooLong => lang.pick(
            "it was stopped: it was busy for long, and got nowhere".to_owned(),
            "остановлена: долго занимала процессор, но не продвигалась".to_owned(),
        ),
        _ => lang.pick(
            "it was stopped: it did not end, and nothing happened any more".to_owned(),
            "остановлена: не завершалась, хотя больше ничего не происходило".to_owned(),
        ),
    }
}
