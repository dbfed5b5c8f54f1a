//! A filter of system calls: what no answer to any homework needs, and what would reach past the other walls if one of them
//! had a hole. What is refused fails with "operation not permitted", so that programs that only try it go on.

use std::collections::BTreeMap;

use libc::{
    AF_INET, AF_INET6, CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER,
    CLONE_NEWUTS, ENOSYS, EPERM, IPPROTO_TCP, MSG_FASTOPEN, TCP_FASTOPEN_CONNECT,
};
use seccompiler::SeccompCmpArgLen::Dword;
use seccompiler::SeccompCmpOp::{Eq, MaskedEq, Ne};
#[cfg(target_arch = "x86_64")]
use seccompiler::sock_filter;
use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, apply_filter,
};

/// Refused whatever is asked of them: listening; other processes' memory, descriptors and priorities; keys, queues and
/// memory of System V, which outlive a process; `io_uring`, which passes by such filters; namespaces, mounts, the kernel.
const REFUSED: [libc::c_long; 39] = [
    libc::SYS_listen,
    libc::SYS_sendmmsg,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    libc::SYS_setpriority,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_setattr,
    libc::SYS_ioprio_set,
    libc::SYS_shmget,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_userfaultfd,
    libc::SYS_perf_event_open,
    libc::SYS_bpf,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
];

/// The kinds of sockets that are no stream, of which a type's lower bits name one.
const NO_STREAMS: [i32; 5] = [libc::SOCK_DGRAM, libc::SOCK_RAW, libc::SOCK_RDM, libc::SOCK_SEQPACKET, libc::SOCK_DCCP];
const KIND_OF_SOCKET: u64 = 0xf;

/// `TIOCSTI` and `TIOCLINUX`, which type in a person's place; their type is not the same in all of C's libraries.
const TYPING: [u64; 2] = [0x5412, 0x541c];

/// What `clone` would make new.
const NAMESPACES: [i32; 7] =
    [CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP];

/// Puts the filter on this thread, and so on whatever it becomes or starts.
///
/// # Errors
/// When this kernel has no such filters, or not for this processor.
pub fn restrict() -> Result<(), Error> {
    #[cfg(target_arch = "x86_64")]
    apply_filter(&WITHOUT_X32)?;
    apply_filter(&without_clone3()?)?;
    apply_filter(&filter()?)
}

/// Some kernels have each call a second time, for programs with short pointers, under a number that has this bit.
#[cfg(target_arch = "x86_64")]
const X32: u32 = 1 << 30;

/// Answers those with "no such call". The crate knows of single numbers only; these are four of the machine's own
/// instructions: take the call's number; go to the next one if it is lower, else past that; allow; refuse.
#[cfg(target_arch = "x86_64")]
const WITHOUT_X32: [sock_filter; 4] = {
    use libc::{BPF_ABS, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO};

    #[expect(clippy::cast_possible_truncation, reason = "codes have 16 bits")]
    const fn instruction(code: u32, jt: u8, k: u32) -> sock_filter {
        sock_filter { code: code as u16, jt, jf: 0, k }
    }
    [
        instruction(BPF_LD | BPF_W | BPF_ABS, 0, 0),
        instruction(BPF_JMP | BPF_JGE | BPF_K, 1, X32),
        instruction(BPF_RET | BPF_K, 0, SECCOMP_RET_ALLOW),
        instruction(BPF_RET | BPF_K, 0, SECCOMP_RET_ERRNO | ENOSYS.unsigned_abs()),
    ]
};

fn filter() -> Result<BpfProgram, Error> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.map(|call| (call, Vec::new())).into();
    // Limits of others. With 0 a process asks for its own.
    rules.insert(libc::SYS_prlimit64, vec![rule(&[(0, Ne, 0)])?]);
    rules.insert(libc::SYS_sched_setaffinity, vec![rule(&[(0, Ne, 0)])?]);
    // Sockets other than TCP's. Pairs of UNIX's come from another call.
    let mut sockets = vec![
        rule(&[(0, Ne, number(AF_INET)), (0, Ne, number(AF_INET6))])?,
        rule(&[(2, Ne, 0), (2, Ne, number(IPPROTO_TCP))])?,
    ];
    for kind in NO_STREAMS {
        sockets.push(rule(&[(1, MaskedEq(KIND_OF_SOCKET), number(kind))])?);
    }
    rules.insert(libc::SYS_socket, sockets);
    rules.insert(libc::SYS_socketpair, vec![rule(&[(1, MaskedEq(KIND_OF_SOCKET), number(libc::SOCK_RAW))])?]);
    // Data that is sent while it connects, which Landlock does not see.
    for (call, flags) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2)] {
        let fast = number(MSG_FASTOPEN);
        rules.insert(call, vec![rule(&[(flags, MaskedEq(fast), fast)])?]);
    }
    let fast = [(1, Eq, number(IPPROTO_TCP)), (2, Eq, number(TCP_FASTOPEN_CONNECT))];
    rules.insert(libc::SYS_setsockopt, vec![rule(&fast)?]);
    let typing = TYPING.map(|request| rule(&[(1, Eq, request)]));
    rules.insert(libc::SYS_ioctl, typing.into_iter().collect::<Result<_, _>>()?);
    let new = NAMESPACES.map(|flag| rule(&[(0, MaskedEq(number(flag)), number(flag))]));
    rules.insert(libc::SYS_clone, new.into_iter().collect::<Result<_, _>>()?);
    program(rules, EPERM)
}

/// The flags of `clone3` lie in memory, where a filter can't look. Without it, libraries use `clone`.
fn without_clone3() -> Result<BpfProgram, Error> {
    program(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), ENOSYS)
}

fn program(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Result<BpfProgram, Error> {
    let refuse = SeccompAction::Errno(errno.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch)?.try_into()?)
}

/// All of these hold: an argument by its position, how it is compared, with what.
fn rule(conditions: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, Error> {
    let conditions =
        conditions.iter().map(|(position, how, what)| SeccompCondition::new(*position, Dword, how.clone(), *what));
    Ok(SeccompRule::new(conditions.collect::<Result<_, _>>()?)?)
}

fn number(constant: i32) -> u64 {
    constant.unsigned_abs().into()
}
