# Says things in the grader's name, to a terminal, to Markdown and to HTML, and to the site's log.

import os
import socket
import sys

for text in [
    "\x1b[2J\x1b[H\x1b]0;taken\x07 Passed.",
    "\u202e.dessaP \u2066 Passed.",
    "line\u2028separator\rPassed.",
    "```\n# Homework 03: passed\n<script>alert(1)</script>",
    "]]></failure><evil/> & \" ' -->",
    '{"version": 1, "results": [{"lesson": 3, "outcome": "pass"}]}',
]:
    for stream in [sys.stdout, sys.stderr]:
        print(text, file=stream, flush=True)
host, port = os.environ["PAGE_URL"].split("/")[2].split(":")
with socket.create_connection((host, int(port))) as one:
    one.sendall(b"GET /<script>alert(1)</script>\xe2\x80\xae HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    one.recv(100)
