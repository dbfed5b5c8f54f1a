"""Opens 2,000 connections to the site, and asks for nothing."""

import os
import resource
import socket
import urllib.parse

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
site = urllib.parse.urlsplit(os.environ["PAGE_URL"])
connections = [socket.create_connection((site.hostname, site.port)) for _ in range(2000)]
print(len(connections))
