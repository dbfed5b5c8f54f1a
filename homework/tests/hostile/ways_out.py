# Tries each way out of the walls, and prints which are open: a line for each, its parts apart by tabs: the layers that
# each by itself must shut it, what it is, "open" or "shut", and what came of it. What it reaches for was put there by
# the test, and takes no harm.
#
# The layers: "cell" (namespaces), "seccomp", and Landlock's "files", "tcp" and "signals".

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys

AT = json.loads(sys.argv[1])
OUTSIDE, MARK, JUDGE, VICTIM = AT["outside"], AT["mark"], AT["judge"], AT["victim"]
PORT, PORT6, UDP, ABSTRACT = AT["port"], AT["port6"], AT["udp"], "\0" + MARK
NUMBER = AT["number"]
CALLS = {
    "x86_64": dict(
        add_key=248, bpf=321, io_uring_setup=425, ioprio_set=251, mq_open=240, msgget=68, perf_event_open=298,
        process_vm_readv=310, ptrace=101, semget=64, shmget=29, userfaultfd=323,
    ),
    "aarch64": dict(
        add_key=217, bpf=280, io_uring_setup=425, ioprio_set=30, mq_open=180, msgget=186, perf_event_open=241,
        process_vm_readv=270, ptrace=117, semget=190, shmget=194, userfaultfd=282,
    ),
}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    # As they are, and not shortened.
    arguments = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = libc.syscall(CALLS.get(name, name), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def way(layers, name, attempt):
    try:
        came, of_it = "open", attempt()
    except Exception as why:
        came, of_it = "shut", f"{type(why).__name__}: {why}"
    print(layers, name, came, str(of_it)[:200].replace("\n", " "), sep="\t", flush=True)


def read(path):
    with open(path, "rb") as file:
        return file.read(100)


def write(path):
    with open(path, "x") as file:
        file.write("left behind")


def some(found):
    return found or 1 / 0


def connect(address, family=socket.AF_INET, protocol=0):
    with socket.socket(family, socket.SOCK_STREAM, protocol) as one:
        one.settimeout(5)
        one.connect(address)


def fast_open(option):
    with socket.socket() as one:
        one.settimeout(5)
        if option:
            one.setsockopt(socket.IPPROTO_TCP, 30, 1)  # TCP_FASTOPEN_CONNECT
            one.connect(("127.0.0.1", PORT))
            one.send(b"x")
        else:
            one.setblocking(True)
            one.sendto(b"x", 0x20000000, ("127.0.0.1", PORT))  # MSG_FASTOPEN
        one.getpeername()


def listen(bind):
    with socket.socket() as one:
        if bind:
            one.bind(("127.0.0.1", 0))
        one.listen()
        return one.getsockname()


def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", UDP))


def read_memory():
    class Piece(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    buffer = ctypes.create_string_buffer(8)
    own, other = Piece(ctypes.addressof(buffer), 8), Piece(AT["address"], 8)
    call("process_vm_readv", VICTIM, ctypes.byref(own), 1, ctypes.byref(other), 1, 0)
    return buffer.raw


def schedule():
    os.sched_setscheduler(VICTIM, os.SCHED_BATCH, os.sched_param(0))


def open_descriptors():
    others = [one for one in os.listdir("/proc/self/fd") if int(one) > 2]
    # The one that listed them is closed by now.
    return some([os.readlink(f"/proc/self/fd/{one}") for one in others if os.path.lexists(f"/proc/self/fd/{one}")])


# What it must not read.
way("cell", "another learner's answer", lambda: read(f"{OUTSIDE}/learner/homework03.py"))
way("cell", "other folders", lambda: some(os.listdir(OUTSIDE)))
way("cell", "the solution's program", lambda: subprocess.run([f"{OUTSIDE}/solution"], check=True, capture_output=True))
way("cell", "the course", lambda: read(AT["course"] + "/lessons/03-tokio/solution.rs"))
way("cell", "the machine's users", lambda: read("/etc/passwd"))
way("cell files", "the judge's environment", lambda: some(read(f"/proc/{JUDGE}/environ")))
way("cell files", "the judge's folder", lambda: os.readlink(f"/proc/{JUDGE}/cwd"))
way("cell files", "the judge's open files", lambda: os.readlink(f"/proc/{JUDGE}/fd/0"))
way("cell", "the judge's command line", lambda: read(f"/proc/{JUDGE}/cmdline"))
way("always", "open descriptors", open_descriptors)
way("cell", "the terminal", lambda: some(os.stat("/dev/tty").st_rdev != os.stat("/dev/null").st_rdev))

# What it must not write.
for place in [OUTSIDE, "/var/tmp", "/usr", "/etc"]:
    way("cell files", f"a file in {place}", lambda: write(f"{place}/{MARK}"))
for place in ["/tmp", "/dev/shm"]:
    # Inside a cell these are its own: the test looks outside.
    way("", f"a file in {place}", lambda: write(f"{place}/{MARK}"))
canary = f"{OUTSIDE}/canary"
way("cell files", "writing to a file", lambda: os.close(os.open(canary, os.O_WRONLY)))
way("cell", "a file's rights", lambda: os.chmod(canary, 0o755))
way("cell", "a file's time", lambda: os.utime(canary, (1, 1)))
way("cell", "a file's attributes", lambda: os.setxattr(canary, "user.mark", b"1"))
way("cell files", "a link to a file", lambda: os.link(canary, "linked"))
way("cell files", "taking a file away", lambda: os.rename(f"{OUTSIDE}/movable", "moved"))

# Whom it must not touch.
way("cell signals", "a signal", lambda: os.kill(VICTIM, 0))
way("cell seccomp files", "ptrace", lambda: call("ptrace", 0x4206, VICTIM, 0, 0))  # PTRACE_SEIZE
way("cell seccomp files", "another's memory", read_memory)
way("cell seccomp", "another's limits", lambda: resource.prlimit(VICTIM, resource.RLIMIT_CPU, (1000, 1000)))
way("cell seccomp", "another's priority", lambda: os.setpriority(os.PRIO_PROCESS, VICTIM, 5))
way("cell seccomp", "another's cores", lambda: os.sched_setaffinity(VICTIM, {min(os.sched_getaffinity(0))}))
way("cell seccomp", "another's scheduling", schedule)
way("cell seccomp", "another's disk priority", lambda: call("ioprio_set", 1, VICTIM, 3 << 13))
way("cell seccomp", "a handle on another", lambda: os.pidfd_open(VICTIM))

# Where it must not connect, and how.
way("cell tcp", "TCP", lambda: connect(("127.0.0.1", PORT)))
if PORT6:
    way("cell tcp", "TCP over IPv6", lambda: connect(("::1", PORT6), socket.AF_INET6))
way("cell seccomp", "MPTCP", lambda: connect(("127.0.0.1", PORT), protocol=262))
way("cell seccomp", "SCTP", lambda: connect(("127.0.0.1", PORT), protocol=132))
way("cell seccomp", "data with a connection's first packet", lambda: fast_open(False))
way("cell seccomp", "data with a connection's first packet, by an option", lambda: fast_open(True))
way("seccomp tcp", "listening", lambda: listen(True))
way("seccomp", "listening anywhere", lambda: listen(False))
way("seccomp", "UDP", udp)
way("cell seccomp", "a socket's file", lambda: connect(f"{OUTSIDE}/socket", socket.AF_UNIX))
way("cell seccomp signals", "a socket's name", lambda: connect(ABSTRACT, socket.AF_UNIX))
for name, family in [("netlink", 16), ("packets", 17), ("virtual machines' sockets", 40), ("the kernel's ciphers", 38)]:
    kind = socket.SOCK_STREAM if family == 40 else socket.SOCK_SEQPACKET if family == 38 else socket.SOCK_RAW
    way("seccomp", name, lambda: socket.socket(family, kind).close())

# What outlives a process. Inside a cell they are its own: the test looks outside.
way("seccomp", "shared memory", lambda: call("shmget", NUMBER, 4096, 0o1600))
way("seccomp", "semaphores", lambda: call("semget", NUMBER, 1, 0o1600))
way("seccomp", "a queue", lambda: call("msgget", NUMBER, 0o1600))
way("seccomp", "a named queue", lambda: call("mq_open", MARK.encode(), os.O_CREAT | os.O_RDWR, 0o600, 0))
way("seccomp", "a key", lambda: call("add_key", b"user", MARK.encode(), b"x", 1, -4))  # the user's keyring

# The kernel's larger doors.
way("seccomp", "io_uring", lambda: call("io_uring_setup", 1, ctypes.create_string_buffer(200)))
way("seccomp", "page faults", lambda: call("userfaultfd", 0))
way("seccomp", "programs in the kernel", lambda: call("bpf", 99, 0, 0))
way("seccomp", "counters", lambda: call("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0))
way("cell seccomp", "a user namespace", lambda: subprocess.run(["unshare", "--user", "true"], check=True))
way("seccomp", "typing", lambda: __import__("fcntl").ioctl(1, 0x5412, b"x"))
if os.uname().machine == "x86_64":
    way("seccomp", "calls with short pointers", lambda: call((1 << 30) | 39))
# At last: this makes it a member of another group.
way("cell", "another's group", lambda: os.setpgid(0, os.getpgid(VICTIM)))
