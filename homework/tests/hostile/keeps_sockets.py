"""Homework 05, right but for the last loser: a child keeps its connection open beyond this program's end."""

import os
import select
import socket
import subprocess
import urllib.parse

site = urllib.parse.urlsplit(os.environ["PAGE_URL"])
last = int(os.environ["PAGES"])


def ask(page):
    connection = socket.create_connection((site.hostname, site.port))
    target = f"{site.path}?{site.query}{page}"
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {site.netloc}\r\nConnection: close\r\n\r\n".encode())
    return connection


for first in range(1, last, 2):
    pair = {ask(page): page for page in (first, first + 1)}
    winner = select.select(pair, [], [])[0][0]
    status = winner.makefile("rb").readline().split()[1].decode()
    print(f"Page: {pair.pop(winner)} Status: {status}", flush=True)
    (loser,) = pair
    if first + 1 == last:
        subprocess.Popen(["sleep", "600"], pass_fds=[loser.fileno()])
    loser.close()
