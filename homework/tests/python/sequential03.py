# Homework 03 in Python, wrong: each page is asked for when the one before has been printed.
# Must fail: in-flight

import os
import re
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


for page in PAGES:
    status, html = get_page(page)
    price = re.search(r'class="price-usd" data-value="(\d+)"', html)
    print(f"Page: {page} Status: {status}" + (f" Price: {price[1]}" if price else ""), flush=True)
