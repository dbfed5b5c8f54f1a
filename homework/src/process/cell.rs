//! A cell: Linux's namespaces around a program, made by bubblewrap. What is inside sees the system's programs, what it is
//! given, and nothing else: no other process, no network, no home.
//!
//! Its first process, the [keeper](keep), makes the sockets that the program finds the stage's servers by, hands them out,
//! and keeps the namespaces alive between the program's starts. A start [enters](enter) them.

#[cfg(target_os = "linux")]
use std::path::Path;
use std::path::PathBuf;

#[cfg(target_os = "linux")]
use super::{environment, resolve};

/// What is in a cell, besides the system's own programs.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Files and folders of the machine, and where they can be read inside.
    pub shown: Vec<(PathBuf, PathBuf)>,
    /// How many bytes can be written to [`WORK`].
    pub room: u64,
}

/// How many threads may be in it. The system gives no more: a fork bomb comes no further than this, and the fewer processes
/// run, the sooner the checker is given a core to end them.
pub const THREADS: u64 = 256;

/// The program's own folder inside, and the only one on a disk that it can write to.
pub const WORK: &str = "/work";

/// Where files are that the stage gives it.
pub const GIVEN: &str = "/given";

/// Whether a cell has a program of this name, or at this path: one of the system's.
#[cfg(target_os = "linux")]
pub fn has_program(command: &str) -> bool {
    const SYSTEMS: [&str; 3] = ["/usr", "/bin", "/sbin"];
    let [(_, folders), _] = environment::OF_A_CELL;
    let found = resolve::find(command.as_ref(), folders.as_ref(), Path::new("/"));
    found.is_some_and(|path| SYSTEMS.iter().any(|folder| path.starts_with(folder)))
}

/// The folders whose files are in memory.
pub const TMPFS: [&str; 3] = ["/dev/shm", WORK, GIVEN];

/// Where the checker itself is, as a guard. The program can't read it.
pub const GUARD: &str = "/guard";

#[cfg(target_os = "linux")]
pub use linux::{Cell, enter, keep};

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{self, IoSlice, IoSliceMut, Read, Write};
    use std::mem::MaybeUninit;
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::os::unix::fs::FileExt;
    use std::os::unix::net::UnixStream;
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, ExitStatus, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::cmsg_space;
    use rustix::net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
        recvmsg, sendmsg,
    };
    use rustix::process::{Pid, PidfdFlags, Signal};
    use rustix::thread::{ThreadNameSpaceType, move_into_thread_name_spaces};

    use super::{Contents, GUARD, TMPFS, WORK};
    use crate::process::cgroup::{self, Group};
    use crate::process::{family, guard};

    /// How long bubblewrap may take to make a cell.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// How many bytes of shared memory a cell has.
    const SHARED_MEMORY: u64 = 16 << 20;
    /// How many bytes can be written to [`GIVEN`], where only the checker writes.
    const GIVEN_ROOM: u64 = 1 << 20;

    /// What of the system's settings programs need, as far as it is there.
    const SETTINGS: [&str; 6] = [
        "/etc/alternatives",
        "/etc/ca-certificates",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/etc/nsswitch.conf",
        "/etc/ssl",
    ];

    /// A cell. Everything in it ends when this is dropped.
    #[derive(Debug)]
    pub struct Cell {
        bubblewrap: Child,
        keeper: Pid,
        orders: UnixStream,
        listeners: Vec<TcpListener>,
        root: PathBuf,
        /// That in which the kernel limits it, where there are such.
        group: Option<Group>,
    }

    impl Cell {
        /// Makes a cell in which so many sockets listen.
        ///
        /// To be called on a thread that lives as long as the cell: the system ends it with the thread.
        ///
        /// # Errors
        /// One line that says why none can be made.
        pub fn start(checker: &Path, contents: &Contents, listeners: usize) -> Result<Self, String> {
            let why = |why: io::Error| format!("no cell can be made for the program: {why}");
            let (orders, inside) = UnixStream::pair().map_err(why)?;
            orders.set_read_timeout(Some(PATIENCE)).map_err(why)?;
            // What bubblewrap says of the cell goes into memory. Nothing may end it while it makes one, neither a closed pipe
            // nor `--die-with-parent`: it would leave a process behind that waits for it for ever. If the checker is
            // killed, the keeper sees that, and ends.
            let info = rustix::fs::memfd_create("cell", rustix::fs::MemfdFlags::CLOEXEC).map(File::from);
            let info = info.map_err(|error| why(error.into()))?;
            // Before anything else is in the checker's group.
            let _ = cgroup::place();
            let mut command = Command::new("bwrap");
            command.env_clear().args(arguments(checker, contents)).args([GUARD, guard::KEEPER]);
            command.arg(listeners.to_string());
            command.stdin(OwnedFd::from(inside)).stderr(Stdio::piped());
            command.stdout(info.try_clone().map_err(why)?);
            let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
            let mut bubblewrap = command.env("PATH", path).spawn().map_err(|why| match why.kind() {
                io::ErrorKind::NotFound => "bubblewrap is missing: install it (Debian, Ubuntu: `sudo apt install \
                     bubblewrap`; Fedora: `sudo dnf install bubblewrap`; Arch: `sudo pacman -S bubblewrap`)"
                    .to_owned(),
                _ => format!("bubblewrap can't be run: {why}"),
            })?;
            // The command has this process's copy of the other end, whose end would be waited for otherwise.
            drop(command);
            match Self::receive(&info, &orders, listeners) {
                Ok((keeper, listeners)) => {
                    let root = PathBuf::from(format!("/proc/{}/root", keeper.as_raw_nonzero()));
                    let group = Group::of_new_cell(keeper.as_raw_nonzero().get().unsigned_abs());
                    Ok(Self { bubblewrap, keeper, orders, listeners, root, group })
                }
                Err(why) => {
                    let _ = bubblewrap.kill();
                    let mut said = String::new();
                    if let Some(stderr) = bubblewrap.stderr.take() {
                        let _ = stderr.take(4096).read_to_string(&mut said);
                    }
                    let _ = bubblewrap.wait();
                    let said = said.lines().next().map_or_else(|| why.to_string(), str::to_owned);
                    Err(format!("no cell can be made for the program: {said}"))
                }
            }
        }

        /// What bubblewrap and the keeper say when the cell is complete.
        fn receive(info: &File, mut orders: &UnixStream, count: usize) -> io::Result<(Pid, Vec<TcpListener>)> {
            let listeners = (0..count).map(|_| receive_one(orders.as_fd()).map(TcpListener::from));
            let listeners = listeners.collect::<io::Result<_>>()?;
            orders.read_exact(&mut [0])?;
            let mut bytes = vec![0; 4096];
            let length = info.read_at(&mut bytes, 0)?;
            let info: serde_json::Value = serde_json::from_slice(&bytes[..length])?;
            let keeper = info["child-pid"].as_i64().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
            Ok((keeper.ok_or(io::ErrorKind::InvalidData)?, listeners))
        }

        /// The sockets that listen inside, once.
        pub fn listeners(&mut self) -> Vec<TcpListener> {
            std::mem::take(&mut self.listeners)
        }

        /// A connection from inside to one of them.
        ///
        /// # Errors
        /// When it can't be made.
        pub fn connect(&self, port: u16) -> io::Result<TcpStream> {
            (&self.orders).write_all(&port.to_be_bytes())?;
            receive_one(self.orders.as_fd()).map(TcpStream::from)
        }

        /// The process that keeps it, and takes in whatever its parent leaves.
        pub fn keeper(&self) -> u32 {
            self.keeper.as_raw_nonzero().get().unsigned_abs()
        }

        /// Whether the kernel limits what is in it, as a whole.
        pub fn is_limited(&self) -> bool {
            self.group.is_some()
        }

        /// A path inside, as it is reached from outside.
        pub fn reached(&self, inside: &str) -> PathBuf {
            self.root.join(inside.trim_start_matches('/'))
        }
    }

    impl Drop for Cell {
        fn drop(&mut self) {
            // With the first process of its namespace all others go, and bubblewrap ends when they have gone.
            let _ = rustix::process::kill_process(self.keeper, Signal::KILL);
            let deadline = Instant::now() + family::PATIENCE;
            while self.bubblewrap.try_wait().is_ok_and(|ended| ended.is_none()) {
                if Instant::now() > deadline {
                    let _ = self.bubblewrap.kill();
                }
                #[expect(clippy::disallowed_methods, reason = "a drop can not await")]
                thread::sleep(family::AGAIN);
            }
            if let Some(group) = &self.group {
                group.remove();
            }
        }
    }

    fn arguments(checker: &Path, contents: &Contents) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = "--unshare-user --unshare-pid --unshare-net --unshare-ipc --unshare-uts \
             --unshare-cgroup-try --disable-userns --as-pid-1 --new-session --info-fd 1 --cap-drop ALL \
             --hostname judged --clearenv --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
             --symlink usr/bin /bin --symlink usr/sbin /sbin --proc /proc --dev /dev"
            .split_whitespace()
            .map(Into::into)
            .collect();
        let mut add =
            |words: &[&dyn AsRef<std::ffi::OsStr>]| arguments.extend(words.iter().map(|it| it.as_ref().into()));
        for settings in SETTINGS {
            add(&[&"--ro-bind-try", &settings, &settings]);
        }
        // Java's settings, a folder for each of its versions.
        for entry in std::fs::read_dir("/etc").into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("java") {
                add(&[&"--ro-bind", &entry.path(), &entry.path()]);
            }
        }
        for (room, folder) in [SHARED_MEMORY, contents.room, GIVEN_ROOM].into_iter().zip(TMPFS) {
            add(&[&"--size", &room.to_string(), &"--tmpfs", &folder]);
        }
        // The program starts in the checker's session, whose terminal is the person's.
        add(&[&"--ro-bind", &"/dev/null", &"/dev/tty"]);
        add(&[&"--symlink", &WORK, &"/tmp", &"--ro-bind", &checker, &GUARD]);
        for (outside, inside) in &contents.shown {
            add(&[&"--ro-bind", outside, inside]);
        }
        add(&[&"--remount-ro", &"/", &"--chdir", &WORK, &"--"]);
        arguments
    }

    fn send_one(to: BorrowedFd<'_>, one: BorrowedFd<'_>) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let ones = [one];
        ancillary.push(SendAncillaryMessage::ScmRights(&ones));
        sendmsg(to, &[IoSlice::new(&[0])], &mut ancillary, SendFlags::empty())?;
        Ok(())
    }

    fn receive_one(from: BorrowedFd<'_>) -> io::Result<OwnedFd> {
        let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut byte = [0];
        recvmsg(from, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
        let rights = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut ones) => ones.next(),
            _ => None,
        });
        rights.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Is the first process of a cell: makes so many listening sockets and hands them out on standard input, says that
    /// it is ready, makes connections when it is told a port, and buries what ends without a parent. Ends when the checker does.
    ///
    /// # Errors
    /// When a socket can't be made or handed out.
    pub fn keep(listeners: usize) -> io::Result<()> {
        // The system passes over what would end the first process of a namespace, unless it comes from outside.
        thread::Builder::new().name("bury".to_owned()).spawn(|| {
            loop {
                if rustix::process::wait(rustix::process::WaitOptions::empty()).is_err() {
                    #[expect(clippy::disallowed_methods, reason = "it is a thread of its own")]
                    thread::sleep(Duration::from_millis(50));
                }
            }
        })?;
        let stdin = io::stdin();
        for _ in 0..listeners {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            send_one(stdin.as_fd(), listener.as_fd())?;
        }
        rustix::io::write(&stdin, &[0])?;
        let mut port = [0; 2];
        while stdin.lock().read_exact(&mut port).is_ok() {
            let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, u16::from_be_bytes(port)))?;
            send_one(stdin.as_fd(), connection.as_fd())?;
        }
        Ok(())
    }

    /// Enters the cell of a keeper, runs the guard there with `arguments`, and ends as that does.
    ///
    /// # Errors
    /// When the cell can't be entered.
    pub fn enter(keeper: i32, arguments: &[OsString]) -> io::Result<std::convert::Infallible> {
        let keeper = Pid::from_raw(keeper).ok_or(io::ErrorKind::InvalidInput)?;
        // What this process starts is limited with it.
        if let Some(group) = Group::of(keeper.as_raw_nonzero().get().unsigned_abs()) {
            group.join()?;
        }
        let keeper = rustix::process::pidfd_open(keeper, PidfdFlags::empty())?;
        let all = ThreadNameSpaceType::USER
            | ThreadNameSpaceType::MOUNT
            | ThreadNameSpaceType::PROCESS_ID
            | ThreadNameSpaceType::NETWORK
            | ThreadNameSpaceType::INTER_PROCESS_COMMUNICATION
            | ThreadNameSpaceType::HOST_NAME_AND_NIS_DOMAIN_NAME;
        move_into_thread_name_spaces(keeper.as_fd(), all)?;
        drop(keeper);
        // Not before: a change of user namespace makes the system forget it.
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        // A process changes its namespace of processes for its children only. The program has a group of its own, which
        // can be interrupted without this process.
        let status = Command::new(GUARD).args(arguments).current_dir(WORK).process_group(0).status()?;
        end_like(status)
    }

    fn end_like(status: ExitStatus) -> ! {
        if let Some(signal) = status.signal().and_then(Signal::from_named_raw) {
            // The standard library takes the first one of those that tell of a stack's overflow.
            for _ in 0..2 {
                let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
            }
        }
        std::process::exit(status.code().unwrap_or(guard::CANT_BE_RUN))
    }
}
