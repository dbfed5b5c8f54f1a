//! All processes of a program. In a cell they are those of its [namespace](PidNamespace); elsewhere the program, what descends
//! from it, and what has its environment.
//!
//! A process can leave its group, and its parent can end before it does. It keeps its environment, and in that is a mark
//! that no other run has; one that changes even that is known from the time when its parent lived, if it was seen then.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
#[cfg(target_os = "linux")]
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System, UpdateKind};

#[cfg(target_os = "linux")]
use super::pid_namespace::PidNamespace;
use super::program::{Exceeded, Limits};
#[cfg(target_os = "linux")]
use super::usage::Stat;
use super::usage::{self, Memory, PROC, Usage};

/// Between two attempts to kill those that are left.
pub const AGAIN: Duration = Duration::from_millis(2);

/// How long processes that don't go, because the system holds them, are waited for.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// How often a stranger's environment is read: it is empty for a moment while another program is being started.
const LOOKS: u8 = 3;

/// A program's processes, as they were when last looked at.
pub struct Family {
    system: System,
    main: Pid,
    /// That of its cell, if it is in one: then ids are those inside, and nothing else of the machine is looked at.
    #[cfg(target_os = "linux")]
    namespace: Option<Arc<PidNamespace>>,
    /// The entry of the environment that is the program's alone.
    mark: OsString,
    members: HashMap<Pid, Member>,
    strangers: HashMap<Pid, Stranger>,
    /// CPU time of those that are gone.
    past: Duration,
}

/// Locks a family, whatever became of the last one that did.
pub fn lock(family: &Mutex<Family>) -> MutexGuard<'_, Family> {
    family.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Member {
    /// When it [began](began): with the id, it tells a process from a later one with the same id.
    started: u64,
    /// False when it has ended, and its parent has not asked for its status.
    lives: bool,
    memory: u64,
    cpu_time: Duration,
}

struct Stranger {
    /// In seconds: what is taken for an earlier one here is only looked at less often.
    started: u64,
    looks: u8,
}

impl Family {
    /// The family of the process `main`, which has just been started with the entry `mark` in its environment, in the cell
    /// of `keeper` if it has one.
    pub fn new(main: u32, keeper: Option<u32>, mark: OsString) -> Result<Self, String> {
        let system = System::new().map_err(|why| format!("the program's processes can't be watched here: {why}"))?;
        let mut family = Self {
            system,
            main: Pid::from_u32(main),
            #[cfg(target_os = "linux")]
            namespace: keeper.map(PidNamespace::of).transpose()?.map(Arc::new),
            mark,
            members: HashMap::new(),
            strangers: HashMap::new(),
            past: Duration::ZERO,
        };
        if keeper.is_none() {
            // Known from now on, so another process that gets its id is not taken for it.
            family.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[family.main]), false, nothing());
            if let Some(main) = family.system.process(family.main) {
                family.members.insert(main.pid(), Member::new(main));
            }
        }
        Ok(family)
    }

    /// Looks which processes there are. `thoroughly` reads the environment of earlier strangers again.
    pub fn look(&mut self, thoroughly: bool) {
        #[cfg(target_os = "linux")]
        if let Some(namespace) = &self.namespace {
            let proc = namespace.proc();
            let member = |id| Some((Pid::from_u32(id), Stat::of(&proc, id)?.into()));
            let now = namespace.processes().filter_map(member).collect();
            self.renew(now);
            return;
        }
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, nothing());
        self.bury();
        self.read_environments(thoroughly);
        self.admit();
        self.measure();
    }

    /// Takes those for members that are there `now`.
    #[cfg(target_os = "linux")]
    fn renew(&mut self, now: HashMap<Pid, Member>) {
        let is_there = |id: &Pid, member: &Member| now.get(id).is_some_and(|now| now.started == member.started);
        let gone = self.members.iter().filter(|(id, member)| !is_there(id, member));
        self.past += gone.map(|(_, member)| member.cpu_time).sum::<Duration>();
        self.members = now;
    }

    /// Forgets those that are gone.
    fn bury(&mut self) {
        let system = &self.system;
        let past = &mut self.past;
        self.members.retain(|&id, member| {
            let there = system.process(id).is_some_and(|now| began(now) == member.started);
            if !there {
                *past += member.cpu_time;
            }
            there
        });
        self.strangers
            .retain(|&id, stranger| system.process(id).is_some_and(|now| now.start_time() == stranger.started));
    }

    /// Reads the environments that have not been read often enough.
    fn read_environments(&mut self, thoroughly: bool) {
        let mut to_read = Vec::new();
        for (&id, process) in self.system.processes() {
            if self.members.contains_key(&id) {
                continue;
            }
            let new = Stranger { started: process.start_time(), looks: 0 };
            let stranger = self.strangers.entry(id).or_insert(new);
            if thoroughly || stranger.looks < LOOKS {
                stranger.looks = stranger.looks.saturating_add(1);
                to_read.push(id);
            }
        }
        if !to_read.is_empty() {
            let environment = nothing().with_environ(UpdateKind::Always);
            self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&to_read), false, environment);
        }
    }

    /// Takes in those with the mark, and the children of members.
    fn admit(&mut self) {
        let own = Pid::from_u32(std::process::id());
        loop {
            let belongs = |process: &&Process| {
                let child = process.parent().is_some_and(|parent| self.members.contains_key(&parent));
                let id = process.pid();
                id != own && !self.members.contains_key(&id) && (child || process.environ().contains(&self.mark))
            };
            let new: Vec<_> =
                self.system.processes().values().filter(belongs).map(|it| (it.pid(), Member::new(it))).collect();
            if new.is_empty() {
                return;
            }
            for (id, _) in &new {
                self.strangers.remove(id);
            }
            self.members.extend(new);
        }
    }

    /// Reads what the members use.
    fn measure(&mut self) {
        let ids: Vec<_> = self.members.keys().copied().collect();
        let use_of_them = nothing().with_cpu().with_memory();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&ids), false, use_of_them);
        for (&id, member) in &mut self.members {
            if let Some(process) = self.system.process(id).filter(|now| began(now) == member.started) {
                let cpu_time = Duration::from_millis(process.accumulated_cpu_time());
                // One that has ended is measured no more.
                member.cpu_time = member.cpu_time.max(cpu_time);
                member.memory = process.memory();
                member.lives = !matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
                // That is so of its first thread. Others may go on.
                #[cfg(target_os = "linux")]
                if !member.lives
                    && let Some(stat) = Stat::of(PROC.as_ref(), id.as_u32())
                {
                    (member.lives, member.memory) = (stat.lives, stat.memory);
                }
            }
        }
    }

    /// What all have used, when last looked at, and their threads up to now.
    pub fn usage(&self) -> Usage {
        let cpu = self.past + self.members.values().map(|member| member.cpu_time).sum::<Duration>();
        let living = self.members.iter().filter(|(_, member)| member.lives);
        let proc = self.proc();
        Usage { cpu, threads: living.flat_map(|(id, _)| usage::threads_of(&proc, id.as_u32())).collect() }
    }

    /// Linux's folder with what it says about the members, each by its id.
    #[cfg(target_os = "linux")]
    fn proc(&self) -> PathBuf {
        self.namespace.as_ref().map_or_else(|| PathBuf::from(PROC), |namespace| namespace.proc())
    }

    /// Other systems have none.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "Linux's has to do with the cell")]
    fn proc(&self) -> PathBuf {
        PathBuf::from(PROC)
    }

    /// How much memory they take, when last looked at; what they share counts once, where the system can tell.
    pub fn memory(&self) -> u64 {
        let Memory { own, shared } = self.proportional_memory();
        own + shared
    }

    fn proportional_memory(&self) -> Memory {
        let proc = self.proc();
        let living = self.members.iter().filter(|(_, member)| member.lives);
        let of_each = living.map(|(id, member)| {
            let unknown = Memory { own: member.memory, shared: 0 };
            usage::proportional_memory(&proc, id.as_u32()).unwrap_or(unknown)
        });
        of_each.fold(Memory::default(), |sum, one| Memory { own: sum.own + one.own, shared: sum.shared + one.shared })
    }

    /// How much memory they take with their files, if it may be more than `most`, else less than that.
    fn memory_beyond(&self, most: u64) -> u64 {
        // Counted for each, what forked processes share counts often, and all files may be theirs. To count what is theirs,
        // and once, takes longer; files take longest.
        let living = self.members.values().filter(|member| member.lives);
        let (sum, of_files) = (living.map(|member| member.memory).sum::<u64>(), usage::memory_of_files());
        if sum + of_files <= most {
            return sum;
        }
        let Memory { own, shared } = self.proportional_memory();
        if own + shared.max(of_files) <= most {
            return own + shared;
        }
        // Most of what is mapped of files is in those that are counted here, too.
        own + shared.max(self.files())
    }

    /// How much memory their files take: memfds, and what is in their cell.
    #[cfg(target_os = "linux")]
    fn files(&self) -> u64 {
        let proc = self.proc();
        let living = self.members.iter().filter(|(_, member)| member.lives);
        // Several processes can have the same one open.
        let memfds: HashMap<_, _> = living.flat_map(|(id, _)| usage::memfds(&proc, id.as_u32())).collect();
        memfds.values().sum::<u64>() + self.namespace.as_ref().map_or(0, |namespace| namespace.files())
    }

    /// Only Linux says.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "Linux's are its members'")]
    fn files(&self) -> u64 {
        0
    }

    /// Which limit they are beyond.
    pub fn exceeded(&self, limits: Limits) -> Option<Exceeded> {
        let processes = self.members.values().filter(|member| member.lives).count();
        let memory = self.memory_beyond(limits.memory);
        if processes > limits.processes {
            Some(Exceeded::Processes(processes))
        } else if memory > limits.memory {
            Some(Exceeded::Memory(memory))
        } else {
            None
        }
    }

    /// That of the cell that they are in.
    #[cfg(target_os = "linux")]
    pub fn namespace(&self) -> Option<Arc<PidNamespace>> {
        self.namespace.clone()
    }

    /// Ends the cell with all that is in it, if they are in one.
    #[cfg(target_os = "linux")]
    pub fn end_cell(&self) {
        if let Some(namespace) = &self.namespace {
            namespace.end();
        }
    }

    /// Looks again, and kills the members that live; true when there was none.
    ///
    /// To be called until that is so: they may start others until the moment when they are killed.
    pub fn kill(&mut self) -> bool {
        self.look(true);
        self.kill_known()
    }

    /// Kills the members that lived when last looked at; true when there was none.
    pub fn kill_known(&mut self) -> bool {
        let living: Vec<_> = self.members.iter().filter(|(_, member)| member.lives).map(|(&id, _)| id).collect();
        for &id in &living {
            self.kill_one(id);
        }
        living.is_empty()
    }

    /// Whether the id still belongs to the process that was looked at: ids are used again, quickly under a fork bomb, and
    /// threads have some too.
    fn is_same(&mut self, id: Pid) -> bool {
        let parent = self.system.process(id).and_then(Process::parent);
        let environment = nothing().with_environ(UpdateKind::Always);
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[id]), true, environment);
        let (Some(member), Some(now)) = (self.members.get(&id), self.system.process(id)) else { return false };
        now.thread_kind().is_none()
            && began(now) == member.started
            && (now.parent() == parent || now.environ().contains(&self.mark))
    }

    /// Kills a member, and the group that it is in.
    #[cfg(unix)]
    fn kill_one(&mut self, id: Pid) {
        use rustix::process::{Pid as Id, Signal, getpgid, kill_process, kill_process_group};

        #[cfg(target_os = "linux")]
        if let Some(namespace) = &self.namespace {
            namespace.kill(id.as_u32());
            return;
        }
        let Some(raw) = i32::try_from(id.as_u32()).ok().and_then(Id::from_raw) else { return };
        // Held before it is looked at again, so that what is looked at is what is killed.
        #[cfg(target_os = "linux")]
        let held = rustix::process::pidfd_open(raw, rustix::process::PidfdFlags::empty());
        if !self.is_same(id) {
            return;
        }
        // Nothing can be started in a group while it is killed, which a fork bomb would do. A member can join the
        // checker's group: their own are those that a member has founded.
        if let Ok(group) = getpgid(Some(raw))
            && u32::try_from(group.as_raw_pid()).is_ok_and(|group| self.is_founder(Pid::from_u32(group)))
        {
            let _ = kill_process_group(group, Signal::KILL);
        }
        // It fails if the process is gone, of the group or by itself.
        #[cfg(target_os = "linux")]
        if let Ok(held) = held {
            let _ = rustix::process::pidfd_send_signal(held, Signal::KILL);
            return;
        }
        let _ = kill_process(raw, Signal::KILL);
    }

    #[cfg(unix)]
    fn is_founder(&self, id: Pid) -> bool {
        id == self.main || self.members.contains_key(&id)
    }

    /// Kills a member.
    #[cfg(not(unix))]
    fn kill_one(&mut self, id: Pid) {
        if self.is_same(id)
            && let Some(process) = self.system.process(id)
        {
            process.kill();
        }
    }
}

impl Member {
    fn new(process: &Process) -> Self {
        Self { started: began(process), lives: true, memory: 0, cpu_time: Duration::ZERO }
    }
}

#[cfg(target_os = "linux")]
impl From<Stat> for Member {
    fn from(Stat { started, lives, cpu_time, memory }: Stat) -> Self {
        Self { started, lives, memory, cpu_time }
    }
}

/// When a process began, as exactly as Linux says it. Within a second, of which `sysinfo` tells, a fork bomb can have used
/// all ids and begun again.
#[cfg(target_os = "linux")]
fn began(process: &Process) -> u64 {
    Stat::of(PROC.as_ref(), process.pid().as_u32()).map_or(0, |stat| stat.started)
}

/// When a process began, in seconds.
#[cfg(not(target_os = "linux"))]
fn began(process: &Process) -> u64 {
    process.start_time()
}

/// Reads only which processes there are, and their parents.
fn nothing() -> ProcessRefreshKind {
    ProcessRefreshKind::nothing().without_tasks()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Child, Command};
    use std::{fs, thread};

    use super::*;

    /// Something that runs until it is ended.
    fn sleeper() -> Child {
        Command::new("sleep").arg("1000").spawn().unwrap()
    }

    fn end(mut process: Child) {
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// One with this id, if this machine lets one choose. Others that are started meanwhile may take it.
    fn sleeper_with(id: u32) -> Option<Child> {
        for _ in 0..100 {
            fs::write("/proc/sys/kernel/ns_last_pid", (id - 1).to_string()).ok()?;
            let process = sleeper();
            if process.id() == id {
                return Some(process);
            }
            end(process);
        }
        None
    }

    #[test]
    fn one_that_has_a_members_id_later_is_no_member() {
        for _ in 0..10 {
            let main = sleeper();
            let id = main.id();
            let mut family = Family::new(id, None, "NOBODYS=mark".into()).unwrap();
            family.look(false);
            assert_eq!(family.members.len(), 1);
            end(main);
            // All ids can't be used up within a tick of the clock that they are told apart by.
            #[expect(clippy::disallowed_methods, reason = "it is a test's own thread")]
            thread::sleep(Duration::from_millis(20));
            let Some(mut other) = sleeper_with(id) else { return };
            family.kill();
            assert!(other.try_wait().unwrap().is_none() && family.members.is_empty(), "{id} was killed");
            end(other);
        }
    }
}
