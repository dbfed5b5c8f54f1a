//! The words of homework.toml that no lesson's homework uses yet, each with a program that meets the expectation and one
//! that does not.

use crate::fixture::Homework;
use crate::support::has_python;

#[test]
fn attempts_at_a_page_that_fails_first() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "attempts",
        "pages = [4]\nlatency = '0ms'\nfaults = ['any:fail-first=2,retry-after=1']",
        "[expect.each-page-once]\n[expect.attempts]\nexactly = 3\napart = '1s'\n[expect.lines]\norder = 'pages'\n\
         [expect.exit]\nsuccess = true",
    );
    let with_pause = |pause: &str, attempts: u32| {
        format!(
            "for page in pages:\n    for _ in range({attempts}):\n        status = status_of(page)\n        \
             if status != 503: break\n        time.sleep({pause})\n    say(page, status)\n"
        )
    };
    homework.passes(&with_pause("1.1", 3));
    homework.fails("attempts", &with_pause("0", 3));
    // A lower bound is one: more attempts than are allowed come as soon as the fault is over, so fewer are tried.
    homework.fails("attempts", &with_pause("1.1", 2));
}

#[test]
fn attempts_that_the_site_kept_waiting_are_not_counted() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "kept waiting",
        "pages = [4]\nhold = 'all'\norder = 'failures-first'\nanswer = 'after-its-line'\n\
         faults = ['1:never', '2:fail-first=1,retry-after=0']",
        "[expect.each-page-once]\n[expect.attempts]\nexactly = 2\nunanswered = 2\n[expect.lines]\norder = 'any'\n\
         errors = true\n[expect.line-at-once]\n[expect.exit]\nsuccess = true",
    );
    // The first attempt is given up before the others are made: that is nobody's fault.
    let program = |attempts: u32, word: &str| {
        format!(
            "def work(page):\n    for _ in range({attempts} if page == 1 else 2):\n        \
             try: status = status_of(page, 2 if page == 1 else 60)\n        except OSError: continue\n        \
             if status == 200: return say(page, status)\n    print(f'Page: {{page}} Error: {word}', flush=True)\n\
             try: status_of(1, 0.2)\nexcept OSError: pass\n\
             with ThreadPoolExecutor(4) as pool: list(pool.map(work, pages))\n"
        )
    };
    homework.passes(&program(2, "timeout"));
    homework.fails("attempts", &program(3, "timeout"));
    homework.fails("lines", &program(2, "gone"));
}

#[test]
fn a_line_that_is_late_because_its_program_is_busy_or_sleeps() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "late line",
        "pages = [3]\nhold = 'all'\norder = 'failures-first'\nanswer = 'after-its-line'\nfaults = ['1:never']",
        "[expect.line-at-once]\n[expect.exit]\nsuccess = true",
    );
    // Page 3 is answered while page 1 waits, and its line is written when page 1 has been asked for again.
    let program = |delay: &str| {
        format!(
            "from threading import Event\nanswered, again = Event(), Event()\n\
             def compute():\n    end = time.thread_time() + 1\n    while time.thread_time() < end: pass\n\
             def work(page):\n    \
             if page == 1:\n        \
             try: status_of(1, 1)\n        except OSError: answered.wait()\n        again.set()\n        \
             try: status_of(1, 3)\n        except OSError: return\n    \
             status = status_of(page)\n    \
             if page == 3: answered.set(), again.wait(), {delay}\n    say(page, status)\n\
             with ThreadPoolExecutor(3) as pool: list(pool.map(work, pages))\n"
        )
    };
    homework.passes(&program("compute()"));
    homework.fails("line-at-once", &program("time.sleep(1)"));
}

#[test]
fn a_page_that_is_never_answered() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "never",
        "pages = [4]\nhold = 2\nanswer = 'one-for-one'\nfaults = ['any:never']",
        "[expect.each-page-once]\n[expect.in-flight]\nreaches = 2\nat-most = 2\n[expect.kept-full]\n[expect.given-up]\n\
         [expect.lines]\norder = 'any'\n[expect.exit]\nsuccess = false",
    );
    let with_timeout = |timeout: &str| {
        format!(
            "failed = False\ndef work(page):\n    global failed\n    try:\n        say(page, status_of(page, {timeout}))\n    \
             except OSError:\n        failed = True\n\nwith ThreadPoolExecutor(2) as pool:\n    list(pool.map(work, pages))\n\
             sys.exit(failed)\n"
        )
    };
    homework.passes(&with_timeout("2"));
    let (missed, result) = homework.judge(&with_timeout("None"));
    assert_eq!(missed, ["given-up", "exit"], "{result:#}");
}

#[test]
fn nothing_after_the_first_failure() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "failure",
        "pages = [6]\nhold = 1\nanswer = 'one-for-one'\norder = 'forwards'\nfaults = ['3:500']",
        "[expect.nothing-after-failure]\n[expect.page-order]\n[expect.exit]\nsuccess = false",
    );
    homework.passes(
        "for page in pages:\n    status = status_of(page)\n    say(page, status)\n    if status >= 400: sys.exit(1)\n",
    );
    homework.fails(
        "nothing-after-failure",
        "statuses = [status_of(page) for page in pages]\nsys.exit(any(status >= 400 for status in statuses))\n",
    );
}

#[test]
fn pages_that_break_off_and_pages_that_drip() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "cut",
        "pages = [5]\nhold = 1\nanswer = 'after-its-line'\norder = 'forwards'\nfaults = ['any:cut', 'any:drip=300ms']",
        "[expect.each-page-once]\n[expect.lines]\norder = 'pages'\n[expect.line-at-once]\n[expect.exit]\nsuccess = true",
    );
    homework.passes(
        "for page in pages:\n    try:\n        say(page, status_of(page))\n    except Exception:\n        pass\n",
    );
    homework.fails(
        "lines",
        "for page in pages:\n    try:\n        say(page, status_of(page))\n    except Exception:\n        say(page, 200)\n",
    );
}

#[test]
fn a_request_that_nobody_asked_for() {
    if !has_python() {
        return;
    }
    let homework = Homework::new(
        "extra",
        "pages = [2]\nlatency = '0ms'",
        "[expect.each-page-once]\n[expect.exit]\nsuccess = true",
    );
    homework.passes("for page in pages: status_of(page)\n");
    homework.fails("each-page-once", "for page in pages: status_of(page)\nstatus_of('3')\n");
    homework.fails("each-page-once", "for page in pages: status_of(page)\npost('1')\n");
}
