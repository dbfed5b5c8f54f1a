# Must fail: rows
#
# What the database refuses is forgotten.

import psycopg

from right08 import DATABASE, run, store


def store_all(pages):
    connection = psycopg.connect(DATABASE)
    while (got := pages.get()) is not None:
        page, status, cars = got
        try:
            store(connection, cars)
        except psycopg.OperationalError:
            if connection.closed:
                connection = psycopg.connect(DATABASE)
        print(f"Page: {page} Status: {status}", flush=True)
    connection.close()


run(store_all, connections=3)
