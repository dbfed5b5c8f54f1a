//! Each way out of the walls is shut by each layer that must shut it by itself: in each combination of a cell, the filter
//! of system calls and Landlock.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use homework::process::cell::{Cell, Contents, WORK};
use homework::process::{Event, Given, Layers, Limits, Program, Reach, Running, Wall, guard};
use serde_json::json;
use tempfile::TempDir;

use super::grade::{course, package};
use super::{checker, is_ordinary};

/// How long is waited for what should come.
const PATIENCE: Duration = Duration::from_mins(1);

const PYTHON: &str = "/usr/bin/python3";

/// Ways that are open where there are no walls at all, so that it is known to be the walls that shut them.
const OPEN_WITHOUT: [&str; 12] = [
    "a signal",
    "a socket's file",
    "a socket's name",
    "another learner's answer",
    "another's limits",
    "another's priority",
    "listening anywhere",
    "shared memory",
    "the judge's folder",
    "the solution's program",
    "TCP",
    "UDP",
];

/// Some of the walls.
#[derive(Clone, Copy, Debug)]
struct Combination {
    cell: bool,
    seccomp: bool,
    landlock: bool,
}

impl Combination {
    fn all() -> impl Iterator<Item = Self> {
        (0..8).map(|bits| Self { cell: bits & 4 != 0, seccomp: bits & 2 != 0, landlock: bits & 1 != 0 })
    }

    fn layers(self) -> Layers {
        Layers { landlock: self.landlock, seccomp: self.seccomp }
    }

    /// Whether one of these layers, as the programs name them, stands here.
    fn has_any_of(self, names: &str) -> bool {
        let of_landlock = |wall| self.landlock && guard::walls().contains(&wall);
        names.split(' ').any(|name| match name {
            "always" => true,
            "cell" => self.cell,
            "seccomp" => self.seccomp,
            "files" => of_landlock(Wall::Files),
            "tcp" => of_landlock(Wall::Tcp),
            "signals" => of_landlock(Wall::Signals),
            _ => false,
        })
    }
}

/// What is around a program that must not be touched: files, servers, a process.
struct Outside {
    folder: TempDir,
    mark: String,
    number: u32,
    victim: Child,
    tcp: TcpListener,
    tcp6: Option<TcpListener>,
    udp: UdpSocket,
    by_file: UnixListener,
    by_name: UnixListener,
}

impl Outside {
    fn new(number: u32) -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        let number = std::process::id() * 100 + number;
        let mark = format!("left-by-{number}");
        fs::create_dir(path("learner")).unwrap();
        for (name, text) in
            [("learner/homework03.py", "an answer"), ("canary", "sings"), ("movable", ""), ("solution", "#!/bin/sh\n")]
        {
            fs::write(path(name), text).unwrap();
        }
        fs::set_permissions(path("solution"), Permissions::from_mode(0o755)).unwrap();
        let by_file = UnixListener::bind(path("socket")).unwrap();
        let by_name = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&mark).unwrap()).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp6 = TcpListener::bind("[::1]:0").ok();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        by_file.set_nonblocking(true).unwrap();
        by_name.set_nonblocking(true).unwrap();
        if let Some(tcp6) = &tcp6 {
            tcp6.set_nonblocking(true).unwrap();
        }
        let victim = Command::new("sleep").arg("1000").spawn().unwrap();
        Self { folder, mark, number, victim, tcp, tcp6, udp, by_file, by_name }
    }

    /// What a program is told of it.
    fn told(&self) -> String {
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.victim.id())).unwrap_or_default();
        let address = maps.split_once('-').and_then(|(address, _)| u64::from_str_radix(address, 16).ok());
        json!({
            "outside": self.folder.path(),
            "course": course(),
            "mark": self.mark,
            "number": self.number,
            "judge": std::process::id(),
            "victim": self.victim.id(),
            "address": address.unwrap_or(0x40_0000),
            "port": self.tcp.local_addr().unwrap().port(),
            "port6": self.tcp6.as_ref().map(|tcp6| tcp6.local_addr().unwrap().port()),
            "udp": self.udp.local_addr().unwrap().port(),
        })
        .to_string()
    }

    /// What can be seen of it that would change with it.
    fn state(&self) -> String {
        let about = |path: PathBuf| {
            let its = fs::symlink_metadata(&path).unwrap();
            let content = if its.is_file() { fs::read_to_string(&path).unwrap() } else { String::new() };
            format!("{} {:o} {} {} {content}", path.display(), its.mode(), its.nlink(), its.mtime())
        };
        let mut files: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| about(entry.unwrap().path())).collect();
        files.sort();
        let of_victim = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", self.victim.id())).unwrap();
        let status = of_victim("status");
        let cores = status.lines().find(|line| line.starts_with("Cpus_allowed:")).unwrap();
        // Its group, its priority, and how it is scheduled.
        let numbers = of_victim("stat");
        let numbers: Vec<_> = numbers.split(' ').collect();
        let numbers = [4, 17, 18, 39, 40].map(|place| numbers[place]).join(" ");
        format!("{files:#?}\n{}\n{cores}\n{numbers}", of_victim("limits"))
    }

    /// How many connections and packets have come.
    fn reached(&self) -> usize {
        let refused = [
            self.tcp.accept().err(),
            self.tcp6.as_ref().map_or(Some(ErrorKind::WouldBlock.into()), |tcp6| tcp6.accept().err()),
            self.udp.recv(&mut [0; 1]).err(),
            self.by_file.accept().err(),
            self.by_name.accept().err(),
        ];
        refused.iter().filter(|why| why.as_ref().is_none_or(|why| why.kind() != ErrorKind::WouldBlock)).count()
    }

    /// What programs have left behind: by which layers that should have been kept in, and what. It is removed.
    fn left(&self) -> Vec<(String, String)> {
        let number = self.number.to_string();
        let ended = Command::new(PYTHON).args(["-c", &text("left.py"), &self.mark, &number]).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let said = String::from_utf8_lossy(&ended.stdout);
        said.lines().map(|line| line.split_once('\t').unwrap()).map(|(by, what)| (by.into(), what.into())).collect()
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
    }
}

/// A hostile program's text.
pub fn text(name: &str) -> String {
    fs::read_to_string(package().join("tests/hostile").join(name)).unwrap()
}

/// Runs a hostile program inside these walls to its end, and gives its lines.
async fn run(name: &str, argument: &str, combination: Combination) -> Vec<String> {
    let contents = Contents { room: 1 << 20, ..Contents::default() };
    let cell = combination.cell.then(|| Cell::start(&checker(), &contents, 0).unwrap());
    let own = TempDir::new().unwrap();
    let folder = cell.as_ref().map_or_else(|| own.path().to_owned(), |cell| cell.reached(WORK));
    let arguments = vec!["-c".into(), text(name).into(), argument.into()];
    let program = Program { command: PYTHON.into(), arguments };
    let reach = Reach { cell: cell.as_ref().map(Cell::keeper), ..Reach::default() };
    let given = Given { reach, layers: Some(combination.layers()), ..Given::default() };
    let mut running = Running::start_with(&checker(), &program, &given, &folder, Limits::default()).unwrap();
    let mut lines = Vec::new();
    loop {
        match tokio::time::timeout(PATIENCE, running.next()).await.expect("it ends") {
            Event::Line(line) => lines.push(line),
            Event::Ended(ended) => {
                running.kill().await;
                let stderr = running.stderr().beginning;
                assert_eq!(ended, homework::process::Ended::Status(0), "{name}, {combination:?}: {stderr}");
                return lines;
            }
            Event::Exceeded(_) => {}
        }
    }
}

#[tokio::test]
async fn each_layer_shuts_its_ways_out_by_itself() {
    if !is_ordinary("attacks::each_layer_shuts_its_ways_out_by_itself") {
        return;
    }
    let mut objections = Vec::new();
    for (number, combination) in (0..).zip(Combination::all()) {
        let outside = Outside::new(number);
        let before = outside.state();
        let lines = run("ways_out.py", &outside.told(), combination).await;
        let mut open = Vec::new();
        for line in &lines {
            let [layers, name, came, of_it] = line.splitn(4, '\t').collect::<Vec<_>>().try_into().unwrap();
            if came == "open" {
                open.push(name);
                if combination.has_any_of(layers) {
                    objections.push(format!("{combination:?}: {name} is open: {of_it}"));
                }
            }
        }
        assert!(lines.last().is_some_and(|line| line.contains("another's group")), "not all were tried: {lines:#?}");
        for (layers, what) in outside.left() {
            if combination.has_any_of(&layers) {
                objections.push(format!("{combination:?}: {what} is left"));
            }
        }
        if combination.cell {
            assert_eq!(outside.state(), before, "{combination:?}");
        }
        if combination.cell || combination.seccomp && combination.has_any_of("tcp") {
            assert_eq!(outside.reached(), 0, "{combination:?}");
        }
        if let Combination { cell: false, seccomp: false, landlock: false } = combination {
            let shut: Vec<_> = OPEN_WITHOUT.iter().filter(|name| !open.contains(name)).collect();
            assert!(shut.is_empty(), "without walls these should be open: {shut:?}: {lines:#?}");
        }
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

/// The ids of processes that have `mark` among their arguments.
pub fn running(mark: &str) -> Vec<i32> {
    let has = |process: &Path| {
        fs::read(process.join("cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes()))
    };
    let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    processes.filter(|path| has(path)).filter_map(|path| path.file_name()?.to_str()?.parse().ok()).collect()
}

#[tokio::test]
async fn a_cell_leaves_no_daemon() {
    if !is_ordinary("attacks::a_cell_leaves_no_daemon") {
        return;
    }
    for (number, combination) in (0..).zip(Combination::all()) {
        let mark = format!("daemon-{}-{number}", std::process::id());
        run("daemon.py", &mark, combination).await;
        let left = running(&mark);
        for id in &left {
            let id = rustix::process::Pid::from_raw(*id).unwrap();
            let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        }
        let _ = fs::remove_file(format!("/dev/shm/{mark}"));
        assert!(left.is_empty() || !combination.cell, "{combination:?}");
    }
}
