# Must fail: database-connections
#
# One thread stores what has come, by one connection.

import os
import queue
import re
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.request import urlopen

import psycopg

URL = os.environ["PAGE_URL"]
PAGES = range(1, int(os.environ["PAGES"]) + 1)
DATABASE = os.environ["DATABASE_URL"]
CAR = re.compile(
    r'data-id="(\d+)".*?class="make">(.*?)<.*?class="model">(.*?)<.*?class="price-usd" data-value="(\d+)"'
    r'.*?class="year">(\d+)<',
    re.DOTALL,
)


def get_page(page):
    with urlopen(f"{URL}{page}") as response:
        cars = CAR.findall(response.read().decode())
        return page, response.status, [(int(id), make, model, int(year), int(price)) for id, make, model, price, year in cars]


def store(connection, cars):
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany("INSERT INTO cars (id, make, model, year, price) VALUES (%s, %s, %s, %s, %s)", cars)


def store_all(pages):
    connection = psycopg.connect(DATABASE)
    while (got := pages.get()) is not None:
        page, status, cars = got
        while True:
            try:
                store(connection, cars)
                break
            # A refused transaction and a closed connection alike.
            except psycopg.OperationalError:
                if connection.closed:
                    connection = psycopg.connect(DATABASE)
        print(f"Page: {page} Status: {status}", flush=True)
    connection.close()


with psycopg.connect(DATABASE) as connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS cars (id bigint PRIMARY KEY, make text, model text, year integer, price integer)"
    )

got = queue.Queue()
with ThreadPoolExecutor(max_workers=len(PAGES)) as readers, ThreadPoolExecutor(max_workers=1) as writers:
    stored = [writers.submit(store_all, got) for _ in range(1)]
    for answer in as_completed([readers.submit(get_page, page) for page in PAGES]):
        got.put(answer.result())
    for _ in stored:
        got.put(None)
    for writer in stored:
        writer.result()
