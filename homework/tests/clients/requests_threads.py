# Homework 01, 02, 03 and 06 with requests, and threads.

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

import requests

URL = os.environ["PAGE_URL"]
PAGES = range(1, int(os.environ["PAGES"]) + 1)
FLUSH = "flush" in sys.argv

session = requests.Session()


def get_page(page):
    response = session.get(f"{URL}{page}")
    price = re.search(r'class="price-usd" data-value="(\d+)"', response.text)
    return f"Page: {page} Status: {response.status_code}", f" Price: {price[1]}" if price else ""


def homework01():
    for page in PAGES:
        line, price = get_page(page)
        print(line + price, flush=FLUSH)


def homework02():
    with ThreadPoolExecutor(max_workers=4) as workers:
        for line, _ in workers.map(get_page, PAGES):
            print(line, flush=FLUSH)


def homework03():
    with ThreadPoolExecutor(max_workers=len(PAGES)) as threads:
        for line, price in threads.map(get_page, PAGES):
            print(line + price, flush=FLUSH)


def homework06():
    with ThreadPoolExecutor(max_workers=len(PAGES)) as threads:
        answers = [threads.submit(get_page, page) for page in PAGES]
        for answer in as_completed(answers):
            line, price = answer.result()
            print(line + price, flush=FLUSH)


{"01": homework01, "02": homework02, "03": homework03, "06": homework06}[sys.argv[1]]()
