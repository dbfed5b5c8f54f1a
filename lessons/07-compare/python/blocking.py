"""Lesson 01 in Python: one page after another."""

import os
import sys
import time

import requests

URL = os.environ["PAGE_URL"]
PAGES = int(os.environ.get("PAGES", "10"))


def main():
    with requests.Session() as session:
        for page in range(1, PAGES + 1):
            # Without a stream, get() has read the whole body.
            response = session.get(f"{URL}{page}", timeout=60)
            print(f"Page: {page} Status: {response.status_code}")


start = time.perf_counter()
try:
    main()
except requests.RequestException as error:
    sys.exit(f"Error: {error!r}")
print(f"Time: {time.perf_counter() - start:.2f}")
