"""Sends the site what is no HTTP."""

import os
import socket
import urllib.parse

site = urllib.parse.urlsplit(os.environ["PAGE_URL"])
for text in [b"\0" * 100, b"GET\r\n\r\n", b"GET /search/all/?page=1 HTTP/9.9\r\n\r\n", b"\xff\xfe /\r\n" * 50]:
    with socket.create_connection((site.hostname, site.port)) as connection:
        connection.sendall(text)
        connection.settimeout(2)
        try:
            connection.recv(1000)
        except OSError:
            pass
