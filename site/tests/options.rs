//! Nothing that a person can type makes the site panic: any options are either refused in words or do what they say.

use std::path::Path;
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;
use proptest::prelude::*;
use proptest::sample::select;
use site::{Invalid, Scenario, ScenarioOptions, Target};

/// The options of the site and of the lessons that say what the site does.
#[derive(Parser)]
#[command(name = "site")]
struct Options {
    #[arg(long, value_parser = console::options::from_1)]
    pages: Option<u32>,

    #[command(flatten)]
    scenario: ScenarioOptions,
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// Ordinary numbers, and numbers that programs stumble over.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        one_of(&["", "0", "1", "7", "10", "-1", "1.5", "1e9", "214748364", "214748365", "4294967295", "4294967296"]),
        one_of(&["18446744073709551616", "٣", " 3", "+3", "0x10"]),
        any::<u64>().prop_map(|number| number.to_string()),
        (1_u32..20).prop_map(|number| number.to_string()),
    ]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        (number(), one_of(&["", "ns", "us", "ms", "s", "m", "h", "days", "months", "years", "parsecs"]))
            .prop_map(|(number, unit)| number + &unit),
        one_of(&["500000000000years", "24h", "24h 1ns", "1s 1s", "0s", "soon"]),
        (0_u32..300).prop_map(|count| format!("{count}ms")),
    ]
}

fn target() -> impl Strategy<Value = String> {
    // Cars of the first pages, with the usual seed.
    let car = (1_u32..4).prop_map(|page| format!("details/{}", site::car_ids(1, page)[0]));
    prop_oneof![number(), number().prop_map(|id| format!("details/{id}")), car]
}

fn latency() -> impl Strategy<Value = String> {
    let range = prop_oneof![time(), (time(), time()).prop_map(|(from, to)| format!("{from}..{to}"))];
    prop_oneof![range.clone(), (target(), range).prop_map(|(target, range)| format!("{target}:{range}"))]
}

fn gate() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        number().prop_map(|count| format!("in-flight={count}")),
        time().prop_map(|time| format!("quiet={time}")),
        one_of(&["forwards", "backwards", "one-at-a-time", ""]),
    ];
    prop::collection::vec(part, 1..3).prop_map(|parts| parts.join(","))
}

fn fault() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        number(),
        one_of(&["never", "reset", "cut", "drip", "404", "500"]),
        time().prop_map(|time| format!("drip={time}")),
        number().prop_map(|times| format!("cut-first={times}")),
        (number(), number(), number())
            .prop_map(|(times, status, after)| format!("fail-first={times},status={status},retry-after={after}")),
    ];
    (target(), kind).prop_map(|(target, kind)| format!("{target}:{kind}"))
}

/// Options, mostly well formed, and sometimes any text.
fn arguments() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    const NAMES: &[&str] = &["--pages", "--seed", "--latency", "--gate", "--fault"];
    let right = prop_oneof![
        number().prop_map(|value| ("--pages", value)),
        number().prop_map(|value| ("--seed", value)),
        latency().prop_map(|value| ("--latency", value)),
        gate().prop_map(|value| ("--gate", value)),
        fault().prop_map(|value| ("--fault", value)),
    ];
    let any = (select(NAMES), any::<String>());
    prop::collection::vec(prop_oneof![9 => right, 1 => any], 0..4)
}

/// The scenario that a command line asks for, or why there is none.
fn scenario(arguments: &[(&str, String)]) -> Result<Scenario, String> {
    let words = arguments.iter().map(|(name, value)| format!("{name}={value}"));
    let options = Options::try_parse_from(std::iter::once("site".to_owned()).chain(words)).map_err(|error| {
        assert_ne!(error.kind(), ErrorKind::DisplayHelp);
        error.to_string()
    })?;
    let base = Scenario { pages: options.pages.unwrap_or(10), ..Scenario::default() };
    options.scenario.apply(base).map_err(|why| why.to_string())
}

/// Asks a scenario all that a running site asks it.
fn use_it(scenario: &Scenario) {
    const DAY: Duration = Duration::from_hours(24);
    let ends = [1, scenario.pages, scenario.pages.saturating_add(1), u32::MAX];
    let cars = ends.map(|page| site::car_ids(scenario.seed, page)[19]);
    for target in ends.map(Target::Page).into_iter().chain(cars.map(Target::Car)).chain([Target::Car(u32::MAX)]) {
        assert!(scenario.latency_of(target) <= DAY);
        let _ = (scenario.has(target), scenario.fault_of(target));
        assert_eq!(target.to_string().parse(), Ok(target));
    }
    assert!(scenario.has(Target::Page(scenario.pages)) && scenario.has(Target::Car(cars[1])));
    assert!((3_000..40_000).contains(&site::first_price(scenario.seed, scenario.pages)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn every_command_line_is_refused_in_words_or_does_something(arguments in arguments()) {
        match scenario(&arguments) {
            Ok(scenario) => use_it(&scenario),
            Err(why) => prop_assert!(!why.trim().is_empty()),
        }
    }

    #[test]
    fn every_file_is_refused_with_its_line_or_does_something(arguments in arguments(), any in any::<String>()) {
        let key = |name: &str| name.trim_start_matches("--").replace("fault", "faults");
        let written = |(name, value): &(&str, String)| match (key(name).as_str(), value) {
            (name @ ("pages" | "seed"), number) => format!("{name} = {number}\n"),
            (name @ ("faults" | "latency"), text) => format!("{name} = [{text:?}]\n"),
            (name, text) => format!("{name} = {text:?}\n"),
        };
        for text in [arguments.iter().map(written).collect::<String>(), any] {
            match Scenario::from_toml(&text, "a.toml").map_err(|why: Invalid| why.to_string()) {
                Ok(scenario) => use_it(&scenario),
                Err(why) => prop_assert!(why.starts_with("a.toml:"), "{}", why),
            }
        }
    }
}

#[test]
fn every_path_is_refused_in_one_line_or_written() {
    let long = "x".repeat(5_000);
    let odd = [
        "",
        ".",
        "..",
        "/",
        "//",
        "nul\0byte",
        "no-such/..",
        "no-such/../x",
        "\u{202e}\u{7}\n/x",
        &long,
        "/dev/null",
        "~/x",
    ];
    for one in odd.map(Path::new) {
        if let Err(why) = console::OutputFile::create(one) {
            assert!(why.contains("can't be written: "), "{why}");
        }
        for other in odd.map(Path::new) {
            assert_eq!(console::is_same_file(one, other), console::is_same_file(other, one));
        }
        assert!(console::is_same_file(one, one));
    }
}
