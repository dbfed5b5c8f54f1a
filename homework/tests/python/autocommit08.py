# Must fail: whole-pages
#
# Each INSERT is committed by itself: what was stored before a failure stays, half a page.

import psycopg

from right08 import DATABASE, run


def store(connection, cars):
    for car in cars:
        connection.execute(
            "INSERT INTO cars (id, make, model, year, price) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING", car
        )


def store_all(pages):
    connection = psycopg.connect(DATABASE, autocommit=True)
    while (got := pages.get()) is not None:
        page, status, cars = got
        while True:
            try:
                store(connection, cars)
                break
            except psycopg.OperationalError:
                if connection.closed:
                    connection = psycopg.connect(DATABASE, autocommit=True)
        print(f"Page: {page} Status: {status}", flush=True)
    connection.close()


run(store_all, connections=3)
