# Homework 08 in Python: all pages in flight at once; three threads with a connection each store what has come, a page in
# one transaction, and again when the database refuses it or closes the connection.

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


def run(store_all, connections):
    """Gets all pages at once; so many threads have `store_all` store what has come."""
    with psycopg.connect(DATABASE) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS cars (id bigint PRIMARY KEY, make text, model text, year integer, price integer)"
        )
    got = queue.Queue()
    with ThreadPoolExecutor(max_workers=len(PAGES)) as readers, ThreadPoolExecutor(max_workers=connections) as writers:
        stored = [writers.submit(store_all, got) for _ in range(connections)]
        for answer in as_completed([readers.submit(get_page, page) for page in PAGES]):
            got.put(answer.result())
        for _ in stored:
            got.put(None)
        for writer in stored:
            writer.result()


if __name__ == "__main__":
    run(store_all, connections=3)
