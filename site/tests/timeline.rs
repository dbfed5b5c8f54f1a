//! Timelines compared with golden files; `UPDATE_EXPECT=1 cargo test -p site --test timeline` rewrites those.

use std::time::Duration;

use console::{Canvas, Lang};
use expect_test::{ExpectFile, expect_file};
use site::{Exchange, Outcome, Target, Timeline, comparison_svg};

/// A request in milliseconds: when it arrived, when its answer began, and when it ended.
fn exchange(page: u32, arrived: u64, answered: Option<u64>, finished: Option<u64>) -> Exchange {
    Exchange {
        id: u64::from(page),
        target: Some(Target::Page(page)),
        attempt: 1,
        client: std::net::Ipv4Addr::LOCALHOST.into(),
        connection: u64::from(page),
        method: "GET".into(),
        path: format!("/search/all/?page={page}"),
        user_agent: None,
        arrived: arrived * 1000,
        gated: false,
        released: None,
        due: None,
        answered: answered.map(|answered| answered * 1000),
        finished: finished.map(|finished| finished * 1000),
        status: answered.map(|_| 200),
        bytes: 0,
        outcome: if finished.is_some() { Outcome::Answered } else { Outcome::Held },
    }
}

fn staircase() -> Timeline {
    let mut exchanges = Vec::new();
    let mut now = 5;
    for page in 1..=10 {
        let end = now + 100 + u64::from(page) * 37 % 200;
        exchanges.push(Exchange { connection: 1, ..exchange(page, now, Some(end), Some(end)) });
        now = end + 1;
    }
    Timeline::new(&exchanges)
}

fn all_at_once() -> Timeline {
    let exchanges: Vec<_> = (1..=10)
        .map(|page| {
            let end = 105 + u64::from(page) * 37 % 200;
            exchange(page, 5, Some(end), Some(end))
        })
        .collect();
    Timeline::new(&exchanges)
}

/// Every way in which a request can end.
fn mishaps() -> Timeline {
    let second_attempt = |exchange| Exchange { attempt: 2, connection: 2, ..exchange };
    let failed = |exchange| Exchange { status: Some(503), ..exchange };
    Timeline::new(&[
        exchange(1, 0, Some(100), Some(100)),
        failed(exchange(2, 0, Some(50), Some(50))),
        exchange(3, 0, Some(80), Some(300)),
        Exchange { outcome: Outcome::GivenUp, ..exchange(4, 0, None, Some(200)) },
        Exchange { outcome: Outcome::Reset, ..exchange(5, 0, Some(90), Some(120)) },
        exchange(6, 0, None, None),
        second_attempt(exchange(2, 150, Some(250), Some(250))),
        Exchange { target: None, ..exchange(7, 0, Some(1), Some(1)) },
    ])
}

/// Every part that a bar can have: held by a gate, waiting, being answered, and missed.
fn parts() -> Timeline {
    let gated = |released: Option<u64>, exchange| Exchange {
        gated: true,
        released: released.map(|released| released * 1000),
        ..exchange
    };
    let given_up = |due: u64, exchange| Exchange { outcome: Outcome::GivenUp, due: Some(due * 1000), ..exchange };
    Timeline::new(&[
        gated(Some(100), exchange(1, 0, Some(100), Some(100))),
        gated(Some(100), exchange(2, 20, Some(150), Some(200))),
        Exchange { status: Some(503), ..gated(Some(101), exchange(3, 40, Some(101), Some(101))) },
        gated(None, Exchange { outcome: Outcome::GivenUp, ..exchange(4, 60, None, Some(160)) }),
        gated(None, exchange(5, 80, None, None)),
        given_up(260, exchange(6, 0, None, Some(160))),
        given_up(90_000, exchange(7, 0, None, Some(160))),
        // Answered, however late: nothing is missed.
        Exchange { due: Some(120_000), ..exchange(8, 0, Some(130), Some(130)) },
        // Too little to be seen.
        gated(Some(1), given_up(161, exchange(9, 0, None, Some(160)))),
    ])
}

/// A page, and then pages of its cars.
fn details() -> Timeline {
    let mut exchanges = vec![exchange(1, 0, Some(100), Some(100))];
    for (id, end) in [(7, 300), (2_654_435_760, 250), (12_345, 400)] {
        exchanges.push(Exchange { target: Some(Target::Car(id)), ..exchange(2, 110, Some(end), Some(end)) });
    }
    exchanges.push(Exchange { attempt: 2, ..exchanges[2].clone() });
    Timeline::new(&exchanges)
}

/// Two thousand requests: half of them at once, the others as room is made.
fn crowd() -> Timeline {
    let exchanges: Vec<_> = (0..2_000)
        .map(|page| {
            let start = u64::from(page).saturating_sub(1_000) * 2;
            exchange(page + 1, start, Some(start + 1_000), Some(start + 1_000))
        })
        .collect();
    Timeline::new(&exchanges)
}

fn canvas(width: usize) -> Canvas {
    Canvas { width, unicode: true, colour: false, lang: Lang::En }
}

fn check(name: &str, timeline: &Timeline, canvas: Canvas) {
    let drawn = timeline.draw(canvas);
    for line in drawn.lines().filter(|_| !canvas.colour) {
        assert!(line.chars().count() <= canvas.width, "{name}: wider than {}: {line}", canvas.width);
        assert_eq!(line, line.trim_end(), "{name}: blanks at the end");
    }
    golden(&format!("{name}.txt")).assert_eq(&drawn);
}

fn golden(name: &str) -> ExpectFile {
    let folder = std::env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    expect_file![format!("{folder}/tests/golden/{name}")]
}

#[test]
fn each_picture_fits_40_80_and_120_columns() {
    for width in [40, 80, 120] {
        check(&format!("staircase-{width}"), &staircase(), canvas(width));
        check(&format!("all-at-once-{width}"), &all_at_once(), canvas(width));
        check(&format!("mishaps-{width}"), &mishaps(), canvas(width));
        check(&format!("parts-{width}"), &parts(), canvas(width));
        check(&format!("details-{width}"), &details(), canvas(width));
        check(&format!("crowd-{width}"), &crowd(), canvas(width));
    }
}

#[test]
fn a_terminal_without_unicode_gets_ascii() {
    for (name, timeline) in [("mishaps-ascii", mishaps()), ("parts-ascii", parts()), ("crowd-ascii", crowd())] {
        let canvas = Canvas { unicode: false, ..canvas(80) };
        assert!(timeline.draw(canvas).is_ascii());
        check(name, &timeline, canvas);
    }
}

#[test]
fn it_speaks_russian() {
    let canvas = Canvas { lang: Lang::Ru, ..canvas(80) };
    check("mishaps-ru", &mishaps(), canvas);
    check("parts-ru", &parts(), canvas);
    check("crowd-ru", &crowd(), canvas);
}

#[test]
fn colours_change_nothing_else() {
    let coloured = mishaps().draw(Canvas { colour: true, ..canvas(80) });
    golden("mishaps-colour.txt").assert_eq(&coloured);
    let mut plain = String::new();
    for part in coloured.split('\x1b') {
        plain += part.split_once('m').filter(|(code, _)| code.starts_with('[')).map_or(part, |(_, text)| text);
    }
    assert_eq!(plain, mishaps().draw(canvas(80)));
}

#[test]
fn a_terminal_of_no_width_is_drawn_on_all_the_same() {
    for width in 0..30 {
        assert!(staircase().draw(canvas(width)).lines().count() > 10);
        assert!(crowd().draw(canvas(width)).lines().count() > 8);
    }
}

#[test]
fn nothing_seen_is_said_and_not_drawn() {
    assert_eq!(
        Timeline::new(&[]).draw(canvas(120)),
        "0 requests · peak in flight 0 · 0 connections · 0.00 s · slowest answer 0.00 s · sum 0.00 s\n"
    );
}

#[test]
fn the_same_is_drawn_as_svg() {
    for (name, timeline, lang) in [
        ("staircase", staircase(), Lang::En),
        ("mishaps", mishaps(), Lang::En),
        ("mishaps-ru", mishaps(), Lang::Ru),
        ("parts", parts(), Lang::En),
        ("parts-ru", parts(), Lang::Ru),
        ("details", details(), Lang::En),
        ("crowd", crowd(), Lang::En),
        ("nothing", Timeline::new(&[]), Lang::En),
    ] {
        golden(&format!("{name}.svg")).assert_eq(&timeline.svg(lang));
    }
}

#[test]
fn a_legend_explains_what_there_is() {
    let [held, missed] = ["held by the gate", "would have gone on"];
    let explains = |timeline: &Timeline| {
        let svg = timeline.svg(Lang::En);
        [svg.contains(held), svg.contains(missed), timeline.draw(canvas(80)).contains(held)]
    };
    assert_eq!(explains(&parts()), [true; 3]);
    for plain in [staircase(), mishaps()] {
        assert_eq!(explains(&plain), [false; 3]);
    }
}

#[test]
fn a_picture_has_room_for_what_was_missed_up_to_three_times_what_was_seen() {
    let given_up = |due: u64| {
        let exchange = Exchange { outcome: Outcome::GivenUp, ..exchange(1, 0, None, Some(100)) };
        Timeline::new(&[Exchange { due: Some(due * 1000), ..exchange }]).svg(Lang::En)
    };
    let missed =
        |due| given_up(due).split("<path class=\"missed\" d=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // The axis is 726 units long, from 84 on.
    assert_eq!(missed(200), "M447.0 56.0H810.0V76.0H447.0");
    // What ends beyond it has no end.
    assert_eq!(missed(900), "M326.0 56.0H810.0M810.0 76.0H326.0");
    assert!(!given_up(100).contains("<path class=\"missed\""));
}

#[test]
fn two_runs_are_compared_on_one_axis() {
    let svg = comparison_svg(&[("one & one", &staircase()), ("all at once", &all_at_once())], Lang::En);
    golden("comparison.svg").assert_eq(&svg);
    // The same bar is as long as in a picture that spans as much.
    let wall = all_at_once().spanning(Duration::from_micros(staircase().figures().span)).svg(Lang::En);
    let widths = |svg: &str| -> Vec<String> {
        let bars = svg.split("class=\"waiting\" x=").skip(1);
        bars.map(|bar| bar.split("width=").nth(1).unwrap().split(' ').next().unwrap().to_owned()).collect()
    };
    let bars = |svg: &str| widths(svg).into_iter().rev().take(10).collect::<Vec<_>>();
    assert_eq!(bars(&svg), bars(&wall));
    assert_ne!(bars(&svg), bars(&all_at_once().svg(Lang::En)));
}

#[test]
fn a_scale_makes_the_axis_longer_and_never_shorter() {
    let draw = |scale: u64| all_at_once().spanning(Duration::from_millis(scale)).draw(canvas(80));
    assert_eq!(draw(0), draw(100));
    let longest = |drawn: &str| drawn.lines().map(|line| line.matches('█').count()).max().unwrap();
    assert!((9..=11).contains(&(longest(&draw(0)) / longest(&draw(2_900)))));
    assert!(draw(2_900).lines().next().unwrap().ends_with("2.90 s"), "{}", draw(2_900));
    assert!(draw(2_900).contains("10 requests · peak in flight 10 · 10 connections · 0.28 s"));
    assert!(crowd().spanning(Duration::from_secs(6)).draw(canvas(80)).lines().next().unwrap().ends_with("6.00 s"));
}

#[test]
fn no_connection_number_is_cut_off() {
    let many = Timeline::new(&[Exchange { connection: 123_456, ..exchange(1, 0, Some(100), Some(100)) }]);
    let svg = many.svg(Lang::En);
    let end: f64 = svg
        .split(">#123456<")
        .next()
        .unwrap()
        .rsplit("x=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(svg.contains(">#123456<") && end <= 950.0, "{svg}");
}

#[test]
fn figures_are_those_of_the_requests_for_pages() {
    let figures = mishaps().figures();
    assert_eq!((figures.requests, figures.peak_in_flight, figures.connections), (7, 6, 6));
    assert_eq!((figures.span, figures.slowest, figures.sum), (300_000, 300_000, 550_000));
    let figures = crowd().figures();
    assert_eq!((figures.peak_in_flight, figures.span), (1_500, 2_998_000));
    assert_eq!(crowd().band(3, figures.span), [1_500, 1_500, 500]);
}
