# Must fail: nothing-after-interrupt
# May fail: given-up-at-once, in-flight
#
# `except BaseException` takes a cancellation for a page that failed, and goes on with the next one.

import right12
from right12 import URL, main, run


async def work(client, pages):
    for page in pages:
        try:
            response = await client.get(f"{URL}{page}")
        except BaseException:
            continue
        print(f"Page: {page} Status: {response.status_code}", flush=True)
        right12.printed += 1


run(lambda: main(work))
