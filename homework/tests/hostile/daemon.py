# Leaves a process behind that nothing tells of: its parents are gone, its session is its own, its environment and its
# open files are none of the program's. It listens, and counts in a file.

import os
import sys

BODY = """
import os, socket, sys, time
try: one = socket.create_server(("127.0.0.1", 0))
except OSError: pass
count = 0
while count < 3000:
    count += 1
    try:
        with open(f"/dev/shm/{sys.argv[1]}", "w") as file: file.write(str(count))
    except OSError: pass
    time.sleep(0.1)
"""
MARK = sys.argv[1] if len(sys.argv) > 1 else "left-by-a-daemon"
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        os.closerange(0, 256)
        for _ in range(3):
            os.open("/dev/null", os.O_RDWR)
        os.execve("/usr/bin/python3", ["python3", "-c", BODY, MARK], {})
    os._exit(0)
os.wait()
print("done")
