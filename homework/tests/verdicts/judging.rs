//! What was once judged wrongly, each as a kind: wrong programs that passed, right ones that failed, programs that never
//! ran, and verdicts that did not say what they knew.

use std::fs;

use serde_json::Value;

use crate::fixture::Homework;
use crate::support::has_python;

const ONE_BY_ONE: &str = "pages = [4]\nhold = 1\nanswer = 'after-its-line'\norder = 'forwards'";
const ALL_AT_ONCE: &str = "pages = [6]\nhold = 'all'\nanswer = 'after-its-line'";
const PRINTED: &str = "[expect.lines]\norder = 'answers'\n[expect.line-at-once]\n[expect.exit]\nsuccess = true";

/// What a verdict shows of an expectation.
fn shown<'a>(result: &'a Value, name: &str, of: &str) -> &'a str {
    let all = result["expectations"].as_array().expect("expectations");
    let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {result:#}"));
    one[of].as_str().unwrap_or_default()
}

// Wrong programs do not pass.

#[test]
fn a_program_that_gives_up_does_not_pass() {
    if !has_python() {
        return;
    }
    let homework = Homework::new("gives up", ONE_BY_ONE, PRINTED);
    let patient = "for page in pages: say(page, status_of(page))\n";
    homework.passes(patient);
    // The first page is held for longer than that: it is given up while the site looks whether more are coming.
    let impatient = "said = []\nfor page in pages:\n    try: said.append((page, status_of(page, 0.1)))\n    \
                     except OSError: pass\nfor page, status in said: say(page, status)\n";
    let (missed, result) = homework.judge(impatient);
    assert!(missed.contains(&"lines".to_owned()) || missed.contains(&"line-at-once".to_owned()), "{result:#}");

    let homework = Homework::new("gives up some", ALL_AT_ONCE, PRINTED);
    let all_at_once = |timeout: &str| {
        format!(
            "from concurrent.futures import as_completed\ndef get(page):\n    try: return page, status_of(page, {timeout})\n    \
             except OSError: return page, None\nwith ThreadPoolExecutor(len(pages)) as pool:\n    for done in \
             as_completed([pool.submit(get, page) for page in pages]):\n        page, status = done.result()\n        \
             if status: say(page, status)\n        time.sleep(0.4)\n"
        )
    };
    homework.passes(&all_at_once("60"));
    let (missed, result) = homework.judge(&all_at_once("1"));
    assert!(missed.contains(&"lines".to_owned()), "{result:#}");
    assert!(shown(&result, "lines", "seen").contains("was given up before its answer had come"), "{result:#}");
}

#[test]
fn a_page_that_is_never_answered_does_not_fill_the_hold_alone() {
    if !has_python() {
        return;
    }
    let site = format!("{ONE_BY_ONE}\nfaults = ['1:never']");
    let homework = Homework::new("never", &site, PRINTED);
    let gives_up = |print: &str| {
        format!(
            "said = []\nfor page in pages:\n    try: status = status_of(page, 5 if page > 1 else 1)\n    \
             except OSError: continue\n    {print}\nfor page, status in said: say(page, status)\n"
        )
    };
    homework.passes(&gives_up("say(page, status)"));
    let (missed, result) = homework.judge(&gives_up("said.append((page, status))"));
    assert!(missed.contains(&"line-at-once".to_owned()), "{result:#}");
}

#[test]
fn asking_for_one_page_again_and_again_fills_no_hold() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "again",
        "pages = [4]\nhold = 'all'",
        "[expect.in-flight]\nreaches = 'all'\n[expect.exit]\nsuccess = true",
    );
    homework.fails(
        "in-flight",
        "with ThreadPoolExecutor(4) as pool: list(pool.map(status_of, [1, 1, 1, 1]))\nfor page in pages: status_of(page)\n",
    );
}

#[test]
fn waiting_is_sleeping_in_every_hold() {
    if !has_python() {
        return;
    }
    let idle = format!("[expect.idle-while-waiting]\n{PRINTED}");
    let homework = Homework::new("idle", ALL_AT_ONCE, &idle);
    let with = |wait: &str| {
        format!(
            "from concurrent.futures import wait, FIRST_COMPLETED\npool = ThreadPoolExecutor(len(pages))\n\
             left = {{pool.submit(status_of, page): page for page in pages}}\nfirst = True\nwhile left:\n    {wait}\n    \
             for future in [it for it in left if it.done()]:\n        say(left.pop(future), future.result())\n        \
             first = False\n"
        )
    };
    homework.passes(&with("wait(left, return_when=FIRST_COMPLETED)"));
    for polls in [
        "time.sleep(0.005)",
        "time.sleep(0.01)",
        "pass",
        // Only after the first answer.
        "wait(left, return_when=FIRST_COMPLETED) if first else None",
        "wait(left, return_when=FIRST_COMPLETED) if first else time.sleep(0.005)",
    ] {
        // Wake-ups are counted on Linux only.
        if cfg!(target_os = "linux") || !polls.contains("sleep") {
            homework.fails("idle-while-waiting", &with(polls));
        }
    }
}

// Ordinary right programs pass.

#[test]
fn spare_connections_do_no_harm_and_a_client_for_each_page_does() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "connections",
        "pages = [10]\nhold = 1\nanswer = 'one-for-one'\norder = 'forwards'",
        "[expect.connections]\nat-most = 1\n[expect.exit]\nsuccess = true",
    );
    let client = "import http.client, socket\nfrom urllib.parse import urlsplit\nurl = urlsplit(prefix)\nspare = []\n\
                  def connect(): return http.client.HTTPConnection(url.hostname, url.port)\n\
                  def get(connection, page):\n    connection.request('GET', f'{url.path}?{url.query}{page}')\n    \
                  connection.getresponse().read()\n";
    // A spare one for each request, and two that take turns, as Node's pool does.
    homework.passes(&format!(
        "{client}two = [connect(), connect()]\nfor page in pages:\n    \
         spare.append(socket.create_connection((url.hostname, url.port)))\n    get(two[page % 2], page)\n"
    ));
    homework.fails("connections", &format!("{client}for page in pages: get(connect(), page)\n"));
}

#[test]
fn lines_are_read_to_the_end_and_as_a_terminal_shows_them() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "looks",
        "pages = [3]\nlatency = '0ms'",
        "[expect.lines]\norder = 'pages'\n[expect.exit]\nsuccess = true",
    );
    homework
        .passes("for page in pages:\n    status = status_of(page)\n    print('<p>' * 100000)\n    say(page, status)\n");
    for line in [
        "'\\ufeff' * (page == 1) + f'Page: {page} Status: {status}'",
        "f'\\x1b[32mPage: {page}\\x1b[0m Status: {status}'",
        "f'Page: {page} Status: {status}  '",
        "f'Pages to fetch: {len(pages)}\\nPage {page} of 3\\nPage: {page} Status: {status}\\r'",
    ] {
        homework.passes(&format!("for page in pages:\n    status = status_of(page)\n    print({line})\n"));
    }
    let (missed, result) = homework.judge("for page in pages: print(f'Page: {page}, Status: {status_of(page)} OK')\n");
    assert_eq!(missed, ["lines"], "{result:#}");
    let seen = shown(&result, "lines", "seen");
    assert!(
        seen.starts_with("`Page: 1, Status: 200 OK` was printed") && seen.contains("`Page: 1 Status: 200`"),
        "{seen}"
    );
}

/// `print` in Python writes a line and its end one after the other, and another thread may write in between.
#[test]
fn lines_that_threads_wrote_at_once_are_told_apart() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "threads",
        "pages = [3]\nlatency = '0ms'",
        "[expect.lines]\norder = 'any'\n[expect.exit]\nsuccess = true",
    );
    let write =
        |text: &str| format!("for page in pages: assert status_of(page) == 200\nos.write(1, {text:?}.encode())\n");
    let [one, two, three] = [1, 2, 3].map(|page| format!("Page: {page} Status: 200"));
    homework.passes(&write(&format!("{one}{two}\n\n{three}\n")));
    homework.passes(&write(&format!("{one}{two}{three}\n\n\n")));
    homework.passes(&write(&format!("{one}{two}\n{three}\n\n")));
    // Without an end for each they are no lines.
    homework.fails("lines", &write(&format!("{one}{two}\n{three}\n")));
    homework.fails("lines", &write(&format!("{one}{two}{three}\n\n")));
    homework.fails("lines", &write(&format!("{one}, {two}\n\n{three}\n")));
}

#[test]
fn a_line_that_was_written_before_anothers_end_is_there() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "before its end",
        "pages = [3]\nhold = 'all'\norder = 'failures-first'\nanswer = 'after-its-line'\n\
         faults = ['1:fail-first=1,retry-after=0']",
        "[expect.lines]\norder = 'any'\n[expect.line-at-once]\n[expect.exit]\nsuccess = true",
    );
    homework.passes(
        "from threading import Event\nbegun, ended = Event(), Event()\ndef work(page):\n    \
         while (status := status_of(page)) == 503: pass\n    line = f'Page: {page} Status: {status}'.encode()\n    \
         if page == 1: os.write(1, line), begun.set(), ended.wait(), os.write(1, b'\\n')\n    \
         else: begun.wait(), os.write(1, line + b'\\n'), ended.set()\n\
         with ThreadPoolExecutor(3) as pool: list(pool.map(work, pages))\n",
    );
}

#[test]
#[cfg(unix)]
fn output_is_as_at_a_terminal() {
    if !has_python() {
        return;
    }
    let homework = Homework::new("terminal", ONE_BY_ONE, PRINTED);
    homework.passes("for page in pages: print('Page:', page, 'Status:', status_of(page))\n");
    let (_, result) = homework.judge(
        "out = open(sys.stdout.fileno(), 'w', buffering=1 << 16)\n\
         for page in pages: print('Page:', page, 'Status:', status_of(page), file=out)\n",
    );
    assert!(shown(&result, "line-at-once", "hint").contains("`print(…, flush=True)`"), "{result:#}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_that_is_shared_counts_once_and_many_helpers_are_allowed() {
    if !has_python() {
        return;
    }
    let homework = Homework::new("workers", "pages = [3]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    // A hundred of 30 MiB each, which they share, would be 3 GiB.
    homework.passes(
        "import subprocess\nshared = bytearray(30 << 20)\nfor page in pages: status_of(page)\nchildren = []\n\
         for _ in range(100):\n    child = os.fork()\n    if child == 0:\n        time.sleep(1)\n        os._exit(0)\n    \
         children.append(child)\nfor child in children: os.waitpid(child, 0)\n",
    );
    let (_, result) =
        homework.judge("import subprocess\n[subprocess.Popen(['sleep', '60']) for _ in range(300)]\ntime.sleep(60)\n");
    assert!(shown(&result, "exit", "seen").contains("128 are allowed"), "{result:#}");
}

#[test]
fn the_environment_is_the_persons_own_without_secrets_and_proxies() {
    if !has_python() {
        return;
    }
    let homework = Homework::new("environment", "pages = [1]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    let program = homework.folder().join("environment.py");
    let checks = "import os\nfor name in ['SSL_CERT_FILE', 'PERL5LIB', 'NODE_PATH', 'GEM_HOME', 'GOPATH', 'DENO_DIR']:\n    \
                  assert os.environ[name] == 'kept', name\nfor name in ['NPM_TOKEN', 'HTTP_PROXY', 'AWS_PROFILE']:\n    \
                  assert name not in os.environ, name\nopen(os.environ['XDG_CACHE_HOME'] + '/built', 'a').write('x')\n\
                  print(open(os.environ['XDG_CACHE_HOME'] + '/built').read())\n";
    fs::write(&program, checks).unwrap();
    for times in 1..=2 {
        let mut checker = homework.check(&["--json"], &["python3", &program.to_string_lossy()]);
        for name in ["SSL_CERT_FILE", "PERL5LIB", "NODE_PATH", "GEM_HOME", "GOPATH", "DENO_DIR"] {
            checker.env(name, "kept");
        }
        for name in ["NPM_TOKEN", "HTTP_PROXY", "AWS_PROFILE"] {
            checker.env(name, "gone");
        }
        let ended = checker.output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        let cache = fs::read_to_string(homework.folder().join(".homework/cache/built")).unwrap();
        assert_eq!(cache, "x".repeat(times), "what is built for one run is there for the next");
    }
}

/// One that sleeps before it begins for less than patience allows, and one that is busy for longer than that.
#[test]
fn a_slow_start_is_no_silence() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "slow",
        "pages = [6]\nhold = 'all'",
        "[expect.in-flight]\nreaches = 'all'\n[expect.exit]\nsuccess = true",
    );
    let all = "with ThreadPoolExecutor(len(pages)) as pool: list(pool.map(status_of, pages))\n";
    let judge = |wait: &str| {
        let program = homework.folder().join("slow.py");
        fs::write(&program, format!("{}\n{wait}\n{all}", crate::fixture::PRELUDE)).unwrap();
        let mut checker = homework.check(&[], &["python3", &program.to_string_lossy()]);
        checker.output().unwrap()
    };
    // The patience is 4 s.
    let slept = judge("time.sleep(3)");
    assert!(slept.status.success(), "{}", String::from_utf8_lossy(&slept.stdout));
    let busy = judge("while time.process_time() < 5: pass");
    assert!(busy.status.success(), "{}", String::from_utf8_lossy(&busy.stdout));
}

/// A line now and then is no progress, or a program could go on for ever.
#[test]
fn other_lines_are_no_progress() {
    if !has_python() {
        return;
    }
    let homework = Homework::new("drip", "pages = [2]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    let program = "while True:\n    print('still working')\n    time.sleep(0.2)\n";
    let (_, result) = homework.judge(program);
    assert_eq!(result["run"]["end"]["how"], "silent", "{result:#}");
}

#[test]
fn a_client_that_asks_again_by_itself_is_named() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "again after a reset",
        "pages = [3]\nlatency = '0ms'\nfaults = ['2:reset']",
        "[expect.each-page-once]\n[expect.exit]\nsuccess = true",
    );
    let again = "for page in pages:\n    for _ in range(2):\n        try:\n            status_of(page)\n            break\n        \
                 except Exception: pass\n";
    let (missed, result) = homework.judge(again);
    assert_eq!(missed, ["each-page-once"], "{result:#}");
    assert!(shown(&result, "each-page-once", "hint").contains("Ruby's Net::HTTP"), "{result:#}");
}

// What never ran is an error.

#[test]
fn what_never_ran_is_an_error_with_its_reason() {
    let homework = Homework::new("never ran", "pages = [2]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    let why = |command: &[&str]| {
        let ended = homework.check(&[], command).output().unwrap();
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{command:?}: {stderr}{}", String::from_utf8_lossy(&ended.stdout));
        assert_eq!(stderr.lines().filter(|line| line.starts_with("Error: ")).count(), 1, "{stderr}");
        stderr
    };
    assert!(why(&["no-such-program"]).contains("there is no such program"));
    if cfg!(unix) {
        assert!(why(&["sh", "-c", "exec no-such-program"]).contains("the program never ran"));
    }
    assert!(why(&["cargo", "run"]).contains("build first"));
    if has_python() {
        let mistyped = why(&["python3", "mian.py"]);
        assert!(mistyped.contains("can't open file") && mistyped.contains("an empty folder of its own"), "{mistyped}");
        assert!(why(&["python3", "-m", "mine"]).contains("-- .venv/bin/python mine.py"));
        assert!(why(&["python3", "-c", "import no_such_package"]).contains("the Python that has its packages"));
        // One that ran, and was wrong.
        let result = homework.result(&["python3", "-c", "raise SystemExit(3)"]);
        assert_eq!(result["status"], "fail", "{result:#}");
    }
}

#[test]
#[cfg(unix)]
fn too_few_open_files_are_not_the_programs_fault() {
    let homework = Homework::new("files", "pages = [60]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    let checker = homework.check(&[], &["true"]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]).arg(checker.get_program()).args(checker.get_args());
    let ended = limited.current_dir(homework.folder()).env_remove("CARGO_MANIFEST_DIR").output().unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), stderr.contains("open files")), (Some(2), true), "{stderr}");
}

// A verdict says what it knows.

#[test]
fn the_first_and_last_lines_of_stderr_are_shown_and_harmless() {
    if !has_python() {
        return;
    }
    let homework = Homework::new("stderr", "pages = [1]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    let program = homework.folder().join("says much.py");
    let text = "import sys\nprint('TypeError: the cause \\x1b[2J\\u202e!', file=sys.stderr)\nfor i in range(5000): \
                print(f'    at frame {i}', file=sys.stderr)\nsys.exit(3)\n";
    fs::write(&program, text).unwrap();
    let ended = homework.check(&["--seed", "7"], &["python3", &program.to_string_lossy()]).output().unwrap();
    let said = String::from_utf8(ended.stdout).unwrap();
    for part in ["TypeError: the cause !", "at frame 3\n", "…", "at frame 4999"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains(['\u{1b}', '\u{202e}']) && !said.contains("at frame 2500\n"), "{said}");
    // The same run again, in full.
    let again = said.lines().find(|line| line.contains("the same run again")).expect("how to run it again");
    assert!(
        again.contains("check 1 --seed 7 --patience 4s -- python3 '") && again.contains("says much.py'"),
        "{again}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn walls_are_named_and_what_they_refuse() {
    let homework = Homework::new("walls", "pages = [1]\nlatency = '0ms'", "[expect.exit]\nsuccess = true");
    let command = ["sh", "-c", "echo x > /tmp/outside-of-its-folder"];
    let run = homework.result(&command)["run"].clone();
    let ended = homework.check(&[], &command).output().unwrap();
    let [said, before] = [ended.stdout, ended.stderr].map(|said| String::from_utf8(said).unwrap());
    if run["walls"].as_array().expect("walls").contains(&"files".into()) {
        assert!(before.contains("Walls: it writes only to its folder"), "{before}");
        assert_eq!(run["refused"], serde_json::json!(["file"]));
        assert!(said.contains("It tried to open or make a file that it has no right to"), "{said}");
    } else {
        assert!(before.contains("No walls: "), "{before}");
    }
}

#[test]
fn a_crash_comes_first_with_its_words_and_holds_hints_back() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "crash",
        "pages = [3]\nlatency = '0ms'",
        "[expect.each-page-once]\nhint = { en = 'idle', ru = 'x' }\n[expect.lines]\norder = 'pages'\n[expect.exit]\nsuccess = true",
    );
    let (missed, result) = homework.judge("status_of(1)\nraise ValueError('no price')\n");
    assert_eq!(missed, ["exit", "each-page-once", "lines"], "{result:#}");
    assert_eq!(shown(&result, "exit", "seen"), "it ended with status 1: ValueError: no price");
    assert!(!result.to_string().contains("idle"), "{result:#}");
    if cfg!(unix) {
        let result = homework.result(&["sh", "-c", "kill -SEGV $$"]);
        assert!(shown(&result, "exit", "seen").contains("11 (SIGSEGV)"), "{result:#}");
        let result = homework.result(&["sh", "-c", "sh -c 'kill -ABRT $$'; exit $?"]);
        assert!(shown(&result, "exit", "seen").contains("6 (SIGABRT)"), "{result:#}");
    }
}

// Acts.

#[test]
fn acts_share_site_and_folder_and_end_when_they_are_told() {
    if !has_python() {
        return;
    }
    let rules = |acts: &str| {
        format!(
            "[site]\npages = [6]\nhold = 1\nanswer = 'after-its-line'\norder = 'forwards'\n{acts}\n[expect.each-page-once]\n\
             [expect.lines]\norder = 'pages'\n[expect.exit]\nsuccess = true"
        )
    };
    // It keeps what is done in its folder, and goes on there. After so many lines of its first act it waits for its end.
    let resumes = |lines: u32| {
        format!(
            "first = not os.path.exists('done')\ndone = [] if first else open('done').read().split()\n\
             for page in pages:\n    if str(page) in done: continue\n    status = status_of(page)\n    \
             with open('done', 'a') as out: out.write(f'{{page}}\\n')\n    done.append(str(page))\n    \
             say(page, status)\n    if first and len(done) == {lines}: time.sleep(1000)\n"
        )
    };
    let killed = Homework::of("killed", &rules("[[act]]\nkill = { lines = 2 }\n[[act]]"));
    killed.passes(&resumes(2));
    let forgets = "for page in pages: say(page, status_of(page))\n";
    let (missed, result) = killed.judge(forgets);
    assert_eq!(missed, ["each-page-once", "lines"], "{result:#}");

    if cfg!(unix) {
        let interrupted =
            Homework::of("interrupted", &rules("[[act]]\ninterrupt = { lines = 3 }\narguments = ['first']\n[[act]]"));
        let stops = format!(
            "import signal\nif sys.argv[1:] == ['first']: signal.signal(signal.SIGINT, lambda *_: sys.exit(0))\n{}",
            resumes(3)
        );
        interrupted.passes(&stops);
        // The first act is not interrupted before: one that never asks waits for nothing.
        let (missed, result) = interrupted.judge("sys.exit(3)\n");
        assert!(missed.contains(&"exit".to_owned()), "{result:#}");
    }
}

#[test]
fn a_homework_needs_no_site() {
    if !has_python() {
        return;
    }
    let homework = Homework::of("no site", "[[act]]\narguments = ['alone']\n[expect.exit]\nsuccess = true");
    let result = homework.result(&[
        "python3",
        "-c",
        "import os, sys; sys.exit(sys.argv[1:] != ['alone'] or 'PAGES' in os.environ)",
    ]);
    assert_eq!(result["status"], "pass", "{result:#}");
    let result = homework.result(&["python3", "-c", "raise SystemExit(1)"]);
    assert_eq!(result["status"], "fail", "{result:#}");
}

#[test]
fn details_pages_may_be_part_of_the_job() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "details",
        "pages = [3]\ndetails = 'at-once'\nhold = 1\nanswer = 'after-its-line'\norder = 'forwards'\nfaults = ['details/any:fail-first=1']",
        "[expect.each-page-once]\n[expect.attempts]\nexactly = 2\n[expect.lines]\norder = 'pages'\n[expect.exit]\nsuccess = true",
    );
    let program = |times: u32| {
        format!(
            "import re\nfrom urllib.parse import urlsplit\nhost = urlsplit(prefix).netloc\nfor page in pages:\n    \
             html = urllib.request.urlopen(f'{{prefix}}{{page}}').read().decode()\n    say(page, 200)\n    \
             car = re.search(r'data-id=\"(\\d+)\"', html)[1]\n    for _ in range({times}):\n        \
             try:\n            urllib.request.urlopen(f'http://{{host}}/details/{{car}}').read()\n            break\n        \
             except urllib.error.HTTPError: pass\n"
        )
    };
    homework.passes(&program(2));
    homework.fails("attempts", &program(1));
    let plain = Homework::new(
        "no details",
        "pages = [3]\nlatency = '0ms'",
        "[expect.each-page-once]\n[expect.exit]\nsuccess = true",
    );
    let (missed, result) = plain.judge(&program(1));
    assert_eq!(missed, ["each-page-once"], "{result:#}");
    assert!(
        shown(&result, "each-page-once", "seen").starts_with("something else was asked for: GET /details/"),
        "{result:#}"
    );
}
