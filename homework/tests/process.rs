//! Programs that behave badly are stopped, with all that they started, and leave nothing.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use homework::process::{Ended, Event, Exceeded, Folder, Given, Limits, Program, Running, guard};
use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

/// How long is waited for what should come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program that runs, and what it must not leave.
struct Run {
    running: Running,
    /// An entry of its environment that nobody else has.
    mark: String,
    events: Vec<Event>,
    folder: Folder,
}

/// What the programs of these tests are given: no site, and a mark.
fn given(mark: &str) -> Given {
    Given { environment: vec![("MARK_OF_TEST", mark.into())], ..Given::default() }
}

/// The checker, which guards programs.
fn checker() -> PathBuf {
    std::env::var_os("CARGO_BIN_EXE_homework").expect("cargo says where the checker is").into()
}

impl Run {
    /// Starts a shell script.
    async fn start(script: &str) -> Self {
        Self::start_within(script, Limits::default()).await
    }

    async fn start_within(script: &str, limits: Limits) -> Self {
        let arguments = ["-c".into(), format!("echo started\n{script}").into()].into();
        let mut run = Self::start_program(&Program { command: "sh".into(), arguments }, limits);
        run.line().await;
        run.events.clear();
        run
    }

    fn start_program(program: &Program, limits: Limits) -> Self {
        let mark = format!("{:016x}", fastrand::u64(..));
        let folder = Folder::new().expect("a folder");
        let running = Running::start_with(&checker(), program, &given(&mark), folder.path(), limits);
        Self { running: running.expect("a program that can be run"), mark, events: Vec::new(), folder }
    }

    async fn next(&mut self) -> Event {
        let next = tokio::time::timeout(PATIENCE, self.running.next()).await;
        let event = next.unwrap_or_else(|_| panic!("nothing happens after {:?}", self.events));
        self.events.push(event.clone());
        event
    }

    /// The next event, which is a line.
    async fn line(&mut self) -> String {
        match self.next().await {
            Event::Line(line) => line,
            other => panic!("{other:?} instead of a line; on stderr: {}", self.running.stderr().beginning),
        }
    }

    /// Waits for its end.
    async fn ended(&mut self) -> Ended {
        loop {
            if let Event::Ended(ended) = self.next().await {
                return ended;
            }
        }
    }

    /// The lines that it has printed.
    fn lines(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| if let Event::Line(line) = event { Some(&**line) } else { None })
            .collect()
    }

    /// Kills it, and makes sure that this was its end and nothing is left.
    async fn kill(mut self) -> Ended {
        self.running.kill().await;
        self.assert_nobody();
        let ended = self.ended().await;
        self.leave();
        ended
    }

    /// Makes sure that nothing is left.
    fn leave(self) {
        let Self { running, mark, folder, .. } = self;
        drop(running);
        assert_eq!(living(&mark), Vec::<String>::new());
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists(), "the folder is left");
    }

    fn assert_nobody(&self) {
        assert_eq!(living(&self.mark), Vec::<String>::new());
    }

    /// Waits until so many of its processes live.
    #[cfg(target_os = "linux")]
    fn until_living(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while living(&self.mark).len() != count {
            assert!(Instant::now() < deadline, "{:?}", living(&self.mark));
        }
    }
}

/// The names of the living processes that have this mark.
fn living(mark: &str) -> Vec<String> {
    let mut system = System::new().expect("a system that shows its processes");
    let what = ProcessRefreshKind::nothing().without_tasks().with_environ(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
    let mark = format!("MARK_OF_TEST={mark}");
    let given = system.processes().values().filter(|process| process.environ().iter().any(|entry| *entry == *mark));
    given.filter(|process| process.status() != ProcessStatus::Zombie).map(|process| format!("{process:?}")).collect()
}

#[tokio::test]
async fn lines_come_before_the_end() {
    let mut run = Run::start("echo one; echo two >&2; printf 'three\\r\\nfour'; exit 7").await;
    assert_eq!(run.ended().await, Ended::Status(7));
    assert_eq!(run.lines(), ["one", "three", "four"]);
    assert_eq!(run.running.stderr().beginning, "two\n");
    assert!(tokio::time::timeout(Duration::from_millis(1), run.running.next()).await.is_err());
    run.leave();
}

#[tokio::test]
async fn one_that_exits_at_once() {
    let mut run = Run::start_program(&Program { command: "true".into(), arguments: [].into() }, Limits::default());
    assert_eq!(run.ended().await, Ended::Status(0));
    assert_eq!(run.events.len(), 1);
    run.leave();
}

#[tokio::test]
async fn it_has_an_environment_of_its_own() {
    let mut run = Run::start("env; echo \"in $(pwd -P)\"; readlink /proc/self/fd/0 || echo /dev/null").await;
    run.ended().await;
    let lines = run.lines();
    assert!(lines.contains(&format!("MARK_OF_TEST={}", run.mark).as_str()));
    assert!(lines.contains(&"TERM=dumb") && lines.contains(&"NO_COLOR=1"));
    assert!(lines.contains(&"/dev/null"));
    let folder = run.folder.path().canonicalize().expect("the folder");
    assert!(lines.contains(&format!("in {}", folder.display()).as_str()));
    let inherited = lines.iter().filter(|line| line.starts_with("CARGO_") && !line.starts_with("CARGO_HOME="));
    assert_eq!(inherited.count(), 0, "{lines:#?}");
    run.leave();
}

#[tokio::test]
async fn an_endless_loop() {
    let run = Run::start("while :; do :; done").await;
    let deadline = Instant::now() + PATIENCE;
    while run.running.usage().cpu < Duration::from_millis(200) {
        assert!(Instant::now() < deadline, "{:?} of CPU time", run.running.usage().cpu);
    }
    assert_eq!(run.kill().await, Ended::Signal(9));
}

#[tokio::test]
async fn cpu_time_of_those_that_ended() {
    let mut run = Run::start("sh -c 'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; sleep 1'; sleep 1").await;
    run.ended().await;
    let spent = run.running.usage().cpu;
    assert!(spent >= Duration::from_millis(50), "{spent:?}");
    assert_eq!(run.running.usage().cpu, spent);
    run.leave();
}

#[tokio::test]
async fn endless_output() {
    let limits = Limits { is_wanted: |line| line == b"started", ..Limits::default() };
    let mut run = Run::start_within("yes >&2 & yes", limits).await;
    let much = async {
        while run.running.stdout().bytes < 1 << 22 || run.running.stderr().bytes < 1 << 22 {
            let _ = tokio::time::timeout(Duration::from_millis(20), run.running.next()).await;
        }
    };
    tokio::time::timeout(PATIENCE, much).await.expect("megabytes");
    let (stdout, stderr) = (run.running.stdout(), run.running.stderr());
    for kept in [stdout.beginning, stdout.end, stderr.beginning, stderr.end] {
        assert!(kept.len() <= limits.kept);
    }
    assert_eq!(run.kill().await, Ended::Signal(9));
}

#[tokio::test]
async fn endless_output_of_one_that_outlives_its_parent() {
    let mut run = Run::start("echo parent; yes & exit 3").await;
    assert_eq!(run.ended().await, Ended::Status(3));
    assert!(run.lines().contains(&"parent"));
    run.leave();
}

#[tokio::test]
async fn a_line_after_much_else_is_read() {
    let limits = Limits { kept: 4096, is_wanted: |line| line.ends_with(b"whole"), ..Limits::default() };
    let arguments = ["-c".into(), "echo first whole; yes | head -c 1000000; echo last whole".into()].into();
    let mut run = Run::start_program(&Program { command: "sh".into(), arguments }, limits);
    assert_eq!(run.ended().await, Ended::Status(0));
    assert_eq!(run.lines(), ["first whole", "last whole"]);
    let stdout = run.running.stdout();
    assert_eq!((stdout.beginning.len(), stdout.end.len()), (4096, 4096));
    assert!(stdout.beginning.starts_with("first whole\ny\n") && stdout.end.ends_with("y\nlast whole\n"));
    run.leave();
}

#[cfg(target_os = "linux")] // macOS has no setsid(1)
#[tokio::test]
async fn grandchildren_that_outlive_their_parent() {
    // One stays in the group, one leaves it.
    let mut run = Run::start("sleep 1000 & setsid sleep 1000 & echo started").await;
    assert_eq!(run.ended().await, Ended::Status(0));
    assert_eq!(run.lines(), ["started"]);
    run.until_living(2);
    run.running.kill().await;
    run.assert_nobody();
    run.leave();
}

#[cfg(target_os = "linux")] // macOS has no setsid(1)
#[tokio::test]
async fn a_grandchild_without_the_environment() {
    let mut run = Run::start("setsid env -i sh -c 'echo $$; exec sleep 1000' & exec sleep 1000").await;
    let id: u32 = run.line().await.parse().expect("a process id");
    assert_eq!(run.kill().await, Ended::Signal(9));
    let mut system = System::new().expect("a system that shows its processes");
    let id = sysinfo::Pid::from_u32(id);
    system.refresh_processes(ProcessesToUpdate::Some(&[id]), true);
    assert!(system.process(id).is_none_or(|process| process.status() == ProcessStatus::Zombie));
}

#[cfg(target_os = "linux")] // macOS has no setsid(1)
#[tokio::test]
async fn dropped_while_it_runs() {
    let mut run = Run::start("setsid sleep 1000 & echo started; sleep 1000").await;
    assert_eq!(run.line().await, "started");
    run.until_living(3);
    run.leave();
}

#[tokio::test]
async fn one_that_ignores_sigterm() {
    let mut run = Run::start("trap '' TERM INT HUP; kill -TERM $$; echo alive; while :; do sleep 1; done").await;
    assert_eq!(run.line().await, "alive");
    assert_eq!(run.kill().await, Ended::Signal(9));
}

#[tokio::test]
async fn one_that_closes_its_outputs() {
    let mut run = Run::start("echo said; exec >&- 2>&-; sleep 1000").await;
    assert_eq!(run.line().await, "said");
    assert!(tokio::time::timeout(Duration::from_millis(300), run.running.next()).await.is_err());
    assert_eq!(run.kill().await, Ended::Signal(9));
}

#[tokio::test]
async fn invalid_utf_8() {
    let mut run = Run::start("printf 'a\\377b\\n\\320'; sleep 0.1; printf '\\237\\n\\320'").await;
    assert_eq!(run.ended().await, Ended::Status(0));
    assert_eq!(run.lines(), ["a\u{fffd}b", "П", "\u{fffd}"]);
    run.leave();
}

#[tokio::test]
async fn killed_by_a_signal() {
    let mut run = Run::start("echo before; kill -SEGV $$").await;
    assert_eq!(run.ended().await, Ended::Signal(11));
    assert_eq!(run.lines(), ["before"]);
    run.leave();
}

#[tokio::test]
async fn one_that_allocates_without_end() {
    let limits = Limits { memory: 256 << 20, ..Limits::default() };
    let mut run = Run::start_within("tail /dev/zero", limits).await;
    let Event::Exceeded(Exceeded::Memory(memory)) = run.next().await else { panic!("{:?}", run.events) };
    assert!(memory > limits.memory);
    assert!(matches!(run.ended().await, Ended::Signal(9) | Ended::Status(137)));
    run.leave();
}

#[tokio::test]
async fn one_that_starts_processes_without_end() {
    let mut run = Run::start("while :; do sleep 1000 & done").await;
    let Event::Exceeded(Exceeded::Processes(processes)) = run.next().await else { panic!("{:?}", run.events) };
    assert!(processes > Limits::default().processes);
    run.ended().await;
    run.leave();
}

#[tokio::test]
#[ignore = "root has no limit on processes: to be run as another user"]
async fn a_fork_bomb() {
    let mut run = Run::start("bomb() { bomb & bomb & sleep 1000; }; bomb & sleep 1000").await;
    while !matches!(run.next().await, Event::Exceeded(Exceeded::Processes(257..))) {}
    run.leave();
}

#[cfg(target_os = "linux")] // macOS has no setsid(1)
#[tokio::test]
#[ignore = "root has no limit on processes: to be run as another user"]
async fn a_fork_bomb_in_ever_new_sessions() {
    let mut run = Run::start(
        "printf '%s\\n' 'setsid sh ./bomb & setsid sh ./bomb & sleep 1000' > bomb; setsid sh ./bomb & sleep 1000",
    )
    .await;
    while !matches!(run.next().await, Event::Exceeded(Exceeded::Processes(257..))) {}
    run.leave();
}

#[tokio::test]
async fn a_folder_that_it_locked() {
    let mut run = Run::start("mkdir -p a/b; touch a/b/c; chmod 0 a/b a; ln -s /etc link").await;
    assert_eq!(run.ended().await, Ended::Status(0));
    run.leave();
}

#[test]
fn what_cannot_be_run_is_said_in_a_line() {
    let start = |command: &str| {
        let program = Program { command: command.into(), arguments: [].into() };
        Running::start_with(&checker(), &program, &Given::default(), Path::new("."), Limits::default()).err()
    };
    let said = |why: &str| Some(why.to_owned());
    assert_eq!(start("no-such-program"), said("no-such-program can't be run: there is no such program in PATH"));
    assert_eq!(
        start("Cargo.toml"),
        said("Cargo.toml can't be run: it is not in PATH; for the one in this folder, write ./Cargo.toml")
    );
    assert_eq!(start("./src"), said("./src can't be run: it is a folder"));
    assert_eq!(start("./none"), said("./none can't be run: No such file or directory (os error 2)"));
    assert_eq!(
        start("./Cargo.toml"),
        said("./Cargo.toml can't be run: it is not executable; `chmod +x ./Cargo.toml` makes it so")
    );
    assert_eq!(start(""), said("the program to judge has no name"));
}

#[tokio::test]
async fn a_missing_interpreter_shows_in_the_status() {
    use std::os::unix::fs::PermissionsExt;

    let script = std::env::temp_dir().join(format!("сценарий {:016x}", fastrand::u64(..)));
    std::fs::write(&script, "#!/no/such/interpreter\n").expect("a script");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("an executable script");
    let program = Program { command: script.clone().into(), arguments: [].into() };
    let mut run = Run::start_program(&program, Limits::default());
    let ended = run.ended().await;
    std::fs::remove_file(&script).expect("the script");
    assert_eq!(ended, Ended::Status(guard::CANT_BE_RUN));
    assert!(run.running.stderr().beginning.contains("can't be run: No such file or directory"));
    run.leave();
}

#[tokio::test]
async fn arguments_that_name_files_are_found() {
    // The tests run in the package's folder.
    let arguments = ["./Cargo.toml", "Cargo.toml", "src", "./src", "--none", "none", "."];
    let script = "pwd -P; for each; do echo \"$each\"; done";
    let arguments = ["-c", script, "sh"].into_iter().chain(arguments).map(Into::into).collect();
    let mut run = Run::start_program(&Program { command: "sh".into(), arguments }, Limits::default());
    run.ended().await;
    let here = std::env::current_dir().expect("the package's folder");
    let here = here.display();
    let toml = format!("{here}/Cargo.toml");
    let src = format!("{here}/./src");
    assert_eq!(
        run.lines()[1..],
        [&format!("{here}/./Cargo.toml"), &toml, "src", &src, "--none", "none", &format!("{here}/.")]
    );
    run.leave();
}

/// What the guard takes away, as far as this kernel can.
#[cfg(target_os = "linux")]
mod linux {
    use std::net::TcpListener;

    use homework::process::Reach;

    use super::*;

    /// Whether the kernel restricts what a program asks for.
    async fn confined() -> bool {
        let mut run = Run::start("cat /sys/kernel/security/lsm; grep NoNewPrivs /proc/self/status").await;
        run.ended().await;
        let confined = run.lines().contains(&"NoNewPrivs:\t1");
        run.leave();
        confined
    }

    #[tokio::test]
    async fn it_writes_only_to_its_own_folder() {
        if !confined().await {
            eprintln!("this kernel has no Landlock");
            return;
        }
        let other = std::env::temp_dir().join(format!("homework-test-{:016x}", fastrand::u64(..)));
        let script = format!(
            "echo x > '{0}' || echo denied; echo y > mine && mkdir sub && mv mine sub && cat sub/mine; \
             echo z > \"$TMPDIR/t\" && echo kept; echo w > /dev/null && echo null; kill -0 {1} || echo no signal",
            other.display(),
            std::process::id()
        );
        let mut run = Run::start(&script).await;
        run.ended().await;
        assert_eq!(run.lines(), ["denied", "y", "kept", "null", "no signal"], "{}", run.running.stderr().beginning);
        assert!(!other.exists());
        run.leave();
    }

    #[tokio::test]
    async fn it_connects_only_to_the_site() {
        if !confined().await {
            eprintln!("this kernel has no Landlock");
            return;
        }
        let (site, other) = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port")).into();
        let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
        let script = "for port; do (exec 3<>/dev/tcp/127.0.0.1/$port) && echo connected || echo denied; done";
        let ports = [port(&site).to_string(), port(&other).to_string()];
        let arguments = ["-c", script, "bash"].into_iter().map(Into::into).chain(ports.map(Into::into)).collect();
        let program = Program { command: "bash".into(), arguments };
        let given = Given { reach: Reach { ports: vec![port(&site)], cache: None, cell: None }, ..given("bash") };
        let folder = Folder::new().expect("a folder");
        let running = Running::start_with(&checker(), &program, &given, folder.path(), Limits::default());
        let mut run = Run { running: running.expect("bash"), mark: "bash".to_owned(), events: Vec::new(), folder };
        run.ended().await;
        assert_eq!(run.lines(), ["connected", "denied"], "{}", run.running.stderr().beginning);
        run.leave();
    }
}
