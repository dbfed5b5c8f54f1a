# Homework 01, 02, 03 and 06 with multiprocessing, and http.client in each process.

import http.client
import multiprocessing
import os
import re
import sys
from urllib.parse import urlsplit

URL = urlsplit(os.environ["PAGE_URL"])
PAGES = range(1, int(os.environ["PAGES"]) + 1)
FLUSH = "flush" in sys.argv


def connect():
    global connection
    connection = http.client.HTTPConnection(URL.netloc)


def get_page(page):
    connection.request("GET", f"{URL.path}?{URL.query}{page}")
    response = connection.getresponse()
    price = re.search(r'class="price-usd" data-value="(\d+)"', response.read().decode())
    return f"Page: {page} Status: {response.status}", f" Price: {price[1]}" if price else ""


def homework01():
    connect()
    for page in PAGES:
        line, price = get_page(page)
        print(line + price, flush=FLUSH)


def homework02():
    with multiprocessing.Pool(4, initializer=connect) as pool:
        for line, _ in pool.imap_unordered(get_page, PAGES):
            print(line, flush=FLUSH)


def homework03():
    with multiprocessing.Pool(len(PAGES), initializer=connect) as pool:
        for line, price in pool.map(get_page, PAGES, chunksize=1):
            print(line + price, flush=FLUSH)


def homework06():
    with multiprocessing.Pool(len(PAGES), initializer=connect) as pool:
        for line, price in pool.imap_unordered(get_page, PAGES):
            print(line + price, flush=FLUSH)


if __name__ == "__main__":
    {"01": homework01, "02": homework02, "03": homework03, "06": homework06}[sys.argv[1]]()
