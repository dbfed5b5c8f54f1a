//! The scenario in a viewer's words.

use std::time::Duration;

use console::Lang;

use crate::scenario::{Gate, Latency, LatencyRule, Release, Target};

/// A latency, such as `100–300 ms`.
pub fn latency(latency: Latency, lang: Lang) -> String {
    let (shortest, longest) = latency.range();
    let in_seconds = longest >= Duration::from_secs(1);
    let unit = if in_seconds { lang.pick("s", "с") } else { lang.pick("ms", "мс") };
    let number = |time: Duration| {
        let number = if in_seconds { time.as_secs_f64() } else { time.as_secs_f64() * 1e3 };
        // At most three decimals, and none that are 0.
        let text = format!("{number:.3}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        lang.pick(text.to_owned(), text.replace('.', ","))
    };
    let range =
        if shortest == longest { number(longest) } else { format!("{}–{}", number(shortest), number(longest)) };
    format!("{range}\u{a0}{unit}")
}

/// A latency with what it is for, if not for all.
pub fn rule(rule: LatencyRule, lang: Lang) -> String {
    let time = latency(rule.latency, lang);
    match rule.target {
        None => time,
        Some(Target::Page(page)) => format!("{} {page}: {time}", lang.pick("page", "страница")),
        Some(Target::Car(id)) => format!("{} {id}: {time}", lang.pick("car", "объявление")),
    }
}

/// What a gate waits for.
pub fn gate(gate: Gate, lang: Lang) -> String {
    match gate {
        Gate::InFlight { count, release } => {
            let order = match release {
                Release::Forwards => "",
                Release::Backwards => lang.pick(", backwards", ", в обратном порядке"),
                Release::OneAtATime => lang.pick(", one at a time", ", по одному"),
            };
            let count = lang.number(count.into());
            lang.pick(format!("{count} in flight{order}"), format!("{count} в работе{order}"))
        }
        Gate::Quiet(time) => {
            let time = Latency::new(time..=time).map_or_else(|why| why.to_string(), |time| latency(time, lang));
            lang.pick(format!("{time} without a request"), format!("{time} без запросов"))
        }
        Gate::Manual => lang.pick("by hand", "вручную").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_written_as_each_language_does() {
        for (text, en, ru) in [
            ("100ms..300ms", "100–300\u{a0}ms", "100–300\u{a0}мс"),
            ("500ms..2s", "0.5–2\u{a0}s", "0,5–2\u{a0}с"),
            ("1s", "1\u{a0}s", "1\u{a0}с"),
            ("0s..1500us", "0–1.5\u{a0}ms", "0–1,5\u{a0}мс"),
            ("3:2s", "page 3: 2\u{a0}s", "страница 3: 2\u{a0}с"),
            ("details/7:20ms", "car 7: 20\u{a0}ms", "объявление 7: 20\u{a0}мс"),
        ] {
            let parsed = text.parse().unwrap();
            assert_eq!([rule(parsed, Lang::En), rule(parsed, Lang::Ru)], [en, ru]);
        }
    }

    #[test]
    fn a_gate_says_what_it_waits_for() {
        for (text, en, ru) in [
            ("in-flight=1000", "1,000 in flight", "1\u{a0}000 в работе"),
            ("in-flight=3,one-at-a-time", "3 in flight, one at a time", "3 в работе, по одному"),
            ("quiet=200ms", "200\u{a0}ms without a request", "200\u{a0}мс без запросов"),
        ] {
            let parsed = text.parse().unwrap();
            assert_eq!([gate(parsed, Lang::En), gate(parsed, Lang::Ru)], [en, ru]);
        }
    }
}
