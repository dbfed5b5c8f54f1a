# Takes much of one thing, named by WHAT in a line before this, and says how far it got.

import mmap
import os
import socket
import sys
import threading
import time

MIB = 1 << 20
held = []


def fill(path, mib):
    with open(path, "wb") as file:
        for _ in range(mib):
            file.write(bytes(MIB))


def anonymous():
    memory = mmap.mmap(-1, 1500 * MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for place in range(0, len(memory), 4096):
        memory[place] = 1
    time.sleep(1000)


def in_memory():
    for _ in range(200):
        held.append(os.memfd_create("hog"))
        os.write(held[-1], bytes(MIB))


def pipes():
    for _ in range(400):
        held.append(os.pipe())
        os.set_blocking(held[-1][1], False)
        os.write(held[-1][1], bytes(65536))


def sockets():
    for _ in range(400):
        held.append(socket.socketpair())
        held[-1][0].setblocking(False)
        try:
            while True:
                held[-1][0].send(bytes(65536))
        except BlockingIOError:
            pass


def threads():
    for _ in range(2000):
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()


def files():
    for number in range(20_000):
        open(f"file-{number}", "w").close()
    os.makedirs("deep/" * 500)


try:
    {
        "anonymous": anonymous,
        "disk": lambda: fill("hog", 100),
        "files": files,
        "memfd": in_memory,
        "pipes": pipes,
        "shm": lambda: fill("/dev/shm/hog", 100),
        "sockets": sockets,
        "threads": threads,
    }[WHAT]()
except Exception as why:
    print(type(why).__name__, why, file=sys.stderr)
os._exit(0)
