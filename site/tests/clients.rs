//! The site and third-party clients. A client that is not installed is left out, unless `ALL_CLIENTS` is set.

use std::process::{Command, Output};

use site::{Latency, Outcome, Scenario, Site};

fn site() -> Site {
    let latency: Latency = "0s".parse().unwrap();
    Site::start(Scenario { latency: vec![latency.into()], ..Scenario::default() }).unwrap()
}

/// Runs a client to its end; `None` when it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).env("NO_PROXY", "127.0.0.1").output() {
        Ok(output) => {
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            Some(output)
        }
        Err(why) => left_out(program, &why),
    }
}

fn left_out(program: &str, why: &dyn std::fmt::Display) -> Option<Output> {
    assert!(std::env::var_os("ALL_CLIENTS").is_none(), "{program} is required: {why}");
    eprintln!("left out: {program}: {why}");
    None
}

#[test]
fn curl_reuses_its_connection() {
    let site = site();
    let urls = format!("{}[1-10]", site.url_prefix());
    let Some(output) = run("curl", &["-sS", "--fail", "--compressed", &urls]) else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("<article class=\"car\"").count(), 200);
    let seen = site.log().exchanges();
    assert_eq!(seen.len(), 10);
    assert!(seen.iter().all(|exchange| exchange.connection == 1 && exchange.outcome == Outcome::Answered));
    assert!(seen[0].user_agent.as_deref().is_some_and(|agent| agent.starts_with("curl/")));
}

#[test]
fn pythons_clients_read_every_page() {
    let requests = "import requests as library, sys\nclient = library.Session()";
    let httpx = "import httpx as library, sys\nclient = library.Client()";
    let job = "for page in range(1, 12):\n    answer = client.get(sys.argv[1] + str(page))\n    \
               print(answer.status_code, answer.text.count('<article'), answer.encoding.lower())";
    for library in [requests, httpx] {
        let import = library.lines().next().unwrap();
        let installed = Command::new("python3").args(["-c", import]).output();
        if !installed.as_ref().is_ok_and(|output| output.status.success()) {
            left_out(import, &"python3 can't do that");
            continue;
        }
        let site = site();
        let Some(output) = run("python3", &["-c", &format!("{library}\n{job}"), &site.url_prefix()]) else { continue };
        let text = String::from_utf8(output.stdout).unwrap();
        let expected = "200 20 utf-8\n".repeat(10) + "404 0 utf-8\n";
        assert_eq!(text.replace("\r\n", "\n"), expected, "{import}");
        assert!(site.log().exchanges().iter().all(|exchange| exchange.connection == 1));
    }
}

#[test]
fn wrk_loads_it_without_an_error() {
    let site = site();
    let url = format!("{}1", site.url_prefix());
    let Some(output) = run("wrk", &["-c", "100", "-t", "1", "-d", "2s", &url]) else { return };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("requests in") && !text.contains("Non-2xx") && !text.contains("Socket errors"), "{text}");
    site.settle(std::time::Duration::from_secs(30));
    // wrk ends in the middle of what it asked for last: that is given up, and nothing else is.
    let given_up = site.log().exchanges().iter().filter(|exchange| exchange.outcome != Outcome::Answered).count();
    assert!(given_up <= 100, "{given_up} were not answered");
}
