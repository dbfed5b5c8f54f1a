//! A program in a cell takes no more of the machine than it may, and is told what it took too much of.

use std::time::Duration;

use homework::process::cell::{Cell, Contents, WORK};
use homework::process::{Ended, Event, Exceeded, Folder, Given, Limits, Program, Reach, Running};

use super::grade::Class;
use super::{can_be_tried, checker, is_ordinary};

/// How long is waited for what should come.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a program in Python, and tells what came before its end, and how that was.
async fn run(program: &str, cell: Option<&Cell>, limits: Limits) -> (Vec<Event>, Ended) {
    let program = Program { command: "/usr/bin/python3".into(), arguments: vec!["-c".into(), program.into()] };
    let given = Given { reach: Reach { cell: cell.map(Cell::keeper), ..Reach::default() }, ..Given::default() };
    let folder = Folder::new().unwrap();
    let own = cell.map_or(folder.path().to_owned(), |cell| cell.reached(WORK));
    let mut running = Running::start_with(&checker(), &program, &given, &own, limits).unwrap();
    let mut events = Vec::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, running.next()).await;
        match next.unwrap_or_else(|_| panic!("nothing after {events:?}; {}", running.stderr().beginning)) {
            Event::Ended(ended) => return (events, ended),
            event => events.push(event),
        }
    }
}

fn cell() -> Cell {
    Cell::start(&checker(), &Contents { room: 64 << 20, ..Contents::default() }, 0).unwrap()
}

/// Each starts processes as fast as it can: one until it fails, one for ever, one for ever and in sessions of their own.
const BOMBS: [(&str, &str); 3] = [
    ("brittle", "import os\nwhile True: os.fork()\n"),
    ("stubborn", "import os\nwhile True:\n try: os.fork()\n except OSError: pass\n"),
    ("in sessions", "import os\nwhile True:\n try:\n  if os.fork() == 0: os.setsid()\n except OSError: pass\n"),
];

#[test]
fn a_fork_bomb_is_stopped_for_its_processes() {
    if !can_be_tried() {
        return;
    }
    let class = Class::new();
    class.hand_in_python("right", "right03.py");
    for (learner, program) in BOMBS {
        class.hand_in(&format!("{learner}/homework03.py"), program);
    }
    // So much that patience is not what ends them.
    assert_eq!(class.judged(&["--patience", "10min"]), BOMBS.len() + 1);
    assert_eq!(class.result("right")["outcome"], "pass", "{:#}", class.result("right"));
    for (learner, _) in BOMBS {
        let result = class.result(learner);
        let exit = result["expectations"].as_array().unwrap().iter().find(|one| one["name"] == "exit").unwrap();
        let seen = exit["seen"].as_str().unwrap();
        let is_told = seen.contains("processes at once, and 128 are allowed");
        // The first process may fail before there are too many at a glance.
        let has_failed = learner == "brittle" && seen.contains("Resource temporarily unavailable");
        assert!(is_told || has_failed, "{learner}: {seen}");
    }
}

/// A thread of it goes on when its first one has ended, with which its folder in `/proc` seems empty.
const WITHOUT_FIRST_THREAD: &str = "import ctypes, platform, threading, time
def work():
    time.sleep(0.3)
    kept = bytearray(200 << 20)
    time.sleep(1000)
threading.Thread(target=work).start()
ctypes.CDLL(None).syscall(60 if platform.machine() == 'x86_64' else 93, 0)
";

#[tokio::test]
async fn a_process_is_watched_whose_first_thread_has_ended() {
    if !is_ordinary("limits::a_process_is_watched_whose_first_thread_has_ended") {
        return;
    }
    let limits = Limits { memory: 100 << 20, ..Limits::default() };
    for cell in [None, Some(cell())] {
        let (events, ended) = run(WITHOUT_FIRST_THREAD, cell.as_ref(), limits).await;
        assert!(matches!(events[..], [Event::Exceeded(Exceeded::Memory(_))]), "{events:?}");
        assert_eq!(ended, Ended::Signal(9));
    }
}

/// Fills memory that no process has mapped, and keeps it.
const FILLERS: [(&str, &str); 3] = [
    (
        "one memfd",
        "import os, time\nfd = os.memfd_create('x')\nfor _ in range(150): os.write(fd, bytes(1 << 20))\ntime.sleep(1000)\n",
    ),
    (
        "a child's memfds",
        "import os, time\nif os.fork() == 0:\n for _ in range(150): os.write(os.memfd_create('x'), bytes(1 << 20))\ntime.sleep(1000)\n",
    ),
    (
        "memfds without a first thread",
        "import ctypes, os, platform, threading, time
def work():
    time.sleep(0.3)
    for _ in range(150): os.write(os.memfd_create('x'), bytes(1 << 20))
    time.sleep(1000)
threading.Thread(target=work).start()
ctypes.CDLL(None).syscall(60 if platform.machine() == 'x86_64' else 93, 0)
",
    ),
];

#[tokio::test]
async fn memory_counts_that_nobody_has_mapped() {
    if !is_ordinary("limits::memory_counts_that_nobody_has_mapped") {
        return;
    }
    let limits = Limits { memory: 100 << 20, ..Limits::default() };
    for (filler, program) in FILLERS {
        for cell in [None, Some(cell())] {
            let (events, ended) = run(program, cell.as_ref(), limits).await;
            let [Event::Exceeded(Exceeded::Memory(bytes))] = events[..] else { panic!("{filler}: {events:?}") };
            assert!((100 << 20..200 << 20).contains(&bytes), "{filler}: {bytes}");
            assert_eq!(ended, Ended::Signal(9), "{filler}");
        }
    }
}

#[tokio::test]
async fn files_in_a_cell_are_memory() {
    if !is_ordinary("limits::files_in_a_cell_are_memory") {
        return;
    }
    let fill = "import os, time\nopen('/work/x', 'wb').write(bytes(50 << 20))\ntime.sleep(1000)\n";
    let limits = Limits { memory: 40 << 20, ..Limits::default() };
    let (events, _) = run(fill, Some(&cell()), limits).await;
    assert!(matches!(events[..], [Event::Exceeded(Exceeded::Memory(_))]), "{events:?}");
}

#[tokio::test]
async fn what_is_mapped_of_a_file_counts_once() {
    if !is_ordinary("limits::what_is_mapped_of_a_file_counts_once") {
        return;
    }
    let program = "import mmap, os, time
fd = os.memfd_create('x')
os.truncate(fd, 60 << 20)
kept = mmap.mmap(fd, 60 << 20)
for page in range(0, 60 << 20, 4096): kept[page] = 1
for _ in range(3): os.fork()
time.sleep(1)
os._exit(0)
";
    let limits = Limits { memory: 110 << 20, ..Limits::default() };
    for cell in [None, Some(cell())] {
        let (events, ended) = run(program, cell.as_ref(), limits).await;
        assert_eq!((events, ended), (Vec::new(), Ended::Status(0)));
    }
}

#[tokio::test]
async fn the_kernel_gives_no_cell_more() {
    if !is_ordinary("limits::the_kernel_gives_no_cell_more") {
        return;
    }
    let hog =
        "import os\nkept = []\nwhile True: kept.append(os.memfd_create('x')); os.write(kept[-1], bytes(1 << 20))\n";
    let limits = Limits { memory: 100 << 20, ..Limits::default() };
    for _ in 0..3 {
        let cell = cell();
        if !cell.is_limited() {
            eprintln!("not tried: no control groups can be made here");
            return;
        }
        let (events, ended) = run(hog, Some(&cell), limits).await;
        let [Event::Exceeded(Exceeded::Memory(bytes))] = events[..] else { panic!("{events:?}") };
        assert!((100 << 20..=(100 << 20) * 9 / 8).contains(&bytes), "{bytes}");
        assert_eq!(ended, Ended::Signal(9));
    }
}
