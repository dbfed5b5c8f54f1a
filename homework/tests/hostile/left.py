# Looks for what ways_out.py leaves behind where nothing keeps it in, and removes it: a line for each, the layers that
# must keep it in and what it is.

import ctypes
import os
import sys

mark, number = sys.argv[1], int(sys.argv[2])
libc = ctypes.CDLL(None)


def left(layers, name, remove):
    print(layers, name, sep="\t")
    remove()


for place, layers in [("/tmp", "cell files"), ("/var/tmp", "cell files"), ("/dev/shm", "cell")]:
    if os.path.exists(f"{place}/{mark}"):
        left(layers, f"a file in {place}", lambda: os.unlink(f"{place}/{mark}"))
for kind, remove in [("shm", libc.shmctl), ("sem", libc.semctl), ("msg", libc.msgctl)]:
    with open(f"/proc/sysvipc/{kind}") as table:
        for line in table.readlines()[1:]:
            key, one = map(int, line.split()[:2])
            if key == number:
                arguments = [one, 0, 0] if kind == "sem" else [one, 0, None]
                left("cell seccomp", kind, lambda: remove(*arguments))
if libc.mq_open(f"/{mark}".encode(), os.O_RDONLY) >= 0:
    left("cell seccomp", "a named queue", lambda: libc.mq_unlink(f"/{mark}".encode()))
with open("/proc/keys") as keys:
    for line in keys:
        if mark in line:
            call = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
            left("seccomp", "a key", lambda: libc.syscall(call, 9, int(line.split()[0], 16), -4))  # KEYCTL_UNLINK
