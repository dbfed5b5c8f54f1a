//! A program in a cell reaches nothing but what it is given, and leaves nothing.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;
use std::{fs, thread};

use homework::process::cell::{Cell, Contents, GIVEN, WORK};
use homework::process::{Ended, Event, Given, Limits, Program, Reach, Running};

use super::{checker, is_ordinary};

/// How long is waited for what should come.
const PATIENCE: Duration = Duration::from_mins(1);

struct Run {
    running: Running,
    lines: Vec<String>,
}

impl Run {
    fn start(cell: &Cell, script: &str, ports: Vec<u16>) -> Self {
        let arguments = ["-c".into(), script.into()].into();
        let given = Given { reach: Reach { ports, cache: None, cell: Some(cell.keeper()) }, ..Given::default() };
        let program = Program { command: "sh".into(), arguments };
        let running = Running::start_with(&checker(), &program, &given, &cell.reached(WORK), Limits::default());
        Self { running: running.unwrap(), lines: Vec::new() }
    }

    async fn next(&mut self) -> Event {
        let next = tokio::time::timeout(PATIENCE, self.running.next()).await;
        next.unwrap_or_else(|_| panic!("nothing after {:?}", self.lines))
    }

    async fn ended(mut self) -> (Ended, Vec<String>, String) {
        loop {
            match self.next().await {
                Event::Line(line) => self.lines.push(line),
                Event::Ended(ended) => {
                    self.running.kill().await;
                    return (ended, self.lines, self.running.stderr().beginning);
                }
                Event::Exceeded(_) => {}
            }
        }
    }
}

fn cell(listeners: usize) -> Cell {
    Cell::start(&checker(), &empty(), listeners).unwrap()
}

fn empty() -> Contents {
    Contents { room: 1 << 20, ..Contents::default() }
}

async fn lines(cell: &Cell, script: &str) -> Vec<String> {
    let (ended, lines, stderr) = Run::start(cell, script, Vec::new()).ended().await;
    assert_eq!(ended, Ended::Status(0), "{stderr}");
    lines
}

#[tokio::test]
async fn nothing_of_the_machine_is_inside() {
    if !is_ordinary("cells::nothing_of_the_machine_is_inside") {
        return;
    }
    let cell = cell(0);
    let inside = lines(&cell, "ls -d /home /root /etc/passwd /etc/hosts 2>/dev/null; echo --; ls /proc | grep -c '^[0-9]'; env; pwd; hostname").await;
    let split = inside.iter().position(|line| line == "--").unwrap();
    assert_eq!(split, 0, "{inside:?}");
    let processes: u32 = inside[split + 1].parse().unwrap();
    assert!(processes < 8, "{inside:?}");
    assert!(inside.contains(&"judged".to_owned()) && inside.contains(&WORK.to_owned()), "{inside:?}");
    assert!(!inside.iter().any(|line| line.starts_with("TMPDIR=/tmp/") || line.starts_with("CARGO")), "{inside:?}");
}

#[tokio::test]
async fn it_ends_inside_as_it_ends_outside() {
    if !is_ordinary("cells::it_ends_inside_as_it_ends_outside") {
        return;
    }
    let cell = cell(0);
    for (script, expected) in
        [("exit 7", Ended::Status(7)), ("kill -SEGV $$", Ended::Signal(11)), ("kill -TERM $$", Ended::Signal(15))]
    {
        let (ended, ..) = Run::start(&cell, script, Vec::new()).ended().await;
        assert_eq!(ended, expected, "{script}");
    }
}

#[tokio::test]
async fn what_one_start_leaves_the_next_one_finds_but_for_processes() {
    if !is_ordinary("cells::what_one_start_leaves_the_next_one_finds_but_for_processes") {
        return;
    }
    let cell = cell(0);
    lines(&cell, "echo kept > kept; setsid sh -c 'exec env -i sleep 1000' >/dev/null 2>&1 & until pgrep -x sleep >/dev/null; do :; done").await;
    assert_eq!(fs::read_to_string(cell.reached(WORK).join("kept")).unwrap(), "kept\n");
    fs::write(cell.reached(GIVEN).join("list"), "for it").unwrap();
    let found = lines(&cell, "cat kept /given/list; echo; while pgrep -x sleep >gone; do :; done").await;
    assert_eq!(found, ["kept", "for it"]);
    let keeper = cell.keeper();
    drop(cell);
    assert!(!Path::new(&format!("/proc/{keeper}/cwd")).exists());
}

#[tokio::test]
async fn it_can_be_interrupted() {
    if !is_ordinary("cells::it_can_be_interrupted") {
        return;
    }
    let cell = cell(0);
    // It starts nothing meanwhile: while dash does, it passes over signals.
    let mut run = Run::start(&cell, "trap 'echo told; exit 3' INT; echo ready; while :; do :; done", Vec::new());
    assert_eq!(run.next().await, Event::Line("ready".to_owned()));
    run.running.interrupt().unwrap();
    let (ended, lines, _) = run.ended().await;
    assert_eq!((ended, lines.as_slice()), (Ended::Status(3), &["told".to_owned()][..]));
}

#[tokio::test]
async fn it_reaches_the_sockets_that_were_handed_out() {
    if !is_ordinary("cells::it_reaches_the_sockets_that_were_handed_out") {
        return;
    }
    let outside = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut cell = cell(1);
    let listener = cell.listeners().pop().unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        for _ in 0..2 {
            let (mut one, _) = listener.accept().unwrap();
            let mut bytes = [0; 5];
            one.read_exact(&mut bytes).unwrap();
            one.write_all(b"world").unwrap();
        }
    });
    let mut own = cell.connect(port).unwrap();
    own.write_all(b"hello").unwrap();
    own.read_exact(&mut [0; 5]).unwrap();
    let script = format!(
        "exec python3 -c '
import socket
one = socket.create_connection((\"127.0.0.1\", {port}))
one.send(b\"hello\"); print(one.recv(5).decode())
try:
    socket.create_connection((\"127.0.0.1\", {}), 2); print(\"reached\")
except OSError: print(\"refused\")
'",
        outside.local_addr().unwrap().port()
    );
    let (ended, lines, stderr) = Run::start(&cell, &script, vec![port]).ended().await;
    assert_eq!((ended, lines.join(" ")), (Ended::Status(0), "world refused".to_owned()), "{stderr}");
    server.join().unwrap();
}

/// Ways out, each tried as if the other walls were not there: an expression of Python's that fails where it is shut.
const WAYS_OUT: [&str; 15] = [
    "resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))",
    "os.setpriority(os.PRIO_PROCESS, 1, 5)",
    "os.kill(1, 9) or ([os.stat('/proc/1/cwd') for _ in range(3)], 1 / 0)",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "socket.socket(socket.AF_UNIX)",
    "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)",
    "socket.socket().listen()",
    "os.open('/guard', os.O_RDONLY)",
    "os.open('/usr/x', os.O_CREAT)",
    "os.open('/x', os.O_CREAT)",
    "os.open('/given/x', os.O_CREAT | os.O_WRONLY)",
    "open('/work/x', 'wb').write(bytes(2 << 20))",
    "open('/dev/shm/x', 'wb').write(bytes(17 << 20))",
    "subprocess.run(['unshare', '--user', 'true'], check=True)",
    "subprocess.run(['bwrap', '--ro-bind', '/', '/', 'true'], check=True)",
];

#[tokio::test]
async fn ways_out_are_shut() {
    if !is_ordinary("cells::ways_out_are_shut") {
        return;
    }
    let cell = cell(0);
    for way in WAYS_OUT {
        let script = format!(
            "exec python3 - <<'END'\nimport os, resource, socket, subprocess\ntry:\n    print('open', {way})\n\
             except BaseException as why: print('shut', why)\nEND"
        );
        let found = lines(&cell, &script).await;
        assert!(found[0].starts_with("shut"), "{way}: {found:?}");
    }
    // Its keeper is still there.
    assert_eq!(lines(&cell, "echo here").await, ["here"]);
}

#[tokio::test]
async fn without_room_or_bubblewrap_it_is_said_in_one_line() {
    if !is_ordinary("cells::without_room_or_bubblewrap_it_is_said_in_one_line") {
        return;
    }
    let nowhere = Contents { shown: vec![("/nowhere".into(), "/program".into())], ..empty() };
    let why = Cell::start(&checker(), &nowhere, 0).unwrap_err();
    assert!(why.contains("/nowhere") && !why.contains('\n'), "{why}");
}
