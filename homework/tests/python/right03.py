# Homework 03 in Python: a thread for every page, all in flight at once, printed in page order with the first price.

import os
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import urlopen

URL = os.environ["PAGE_URL"]
PAGES = range(1, int(os.environ["PAGES"]) + 1)


def get_page(page):
    try:
        response = urlopen(f"{URL}{page}")
    except HTTPError as error:
        # A status that is no success comes as an exception, which is a response as well.
        response = error
    with response:
        return response.status, response.read().decode()


with ThreadPoolExecutor(max_workers=len(PAGES)) as threads:
    for page, (status, html) in zip(PAGES, threads.map(get_page, PAGES)):
        price = re.search(r'class="price-usd" data-value="(\d+)"', html)
        print(f"Page: {page} Status: {status}" + (f" Price: {price[1]}" if price else ""), flush=True)
