# Must fail: given-up-at-once
# May fail: lines
#
# Each request is shielded from the cancellation and then waited for: the pages in flight are to be finished.

import asyncio

import right12
from right12 import URL, main, run


async def work(client, pages):
    for page in pages:
        request = asyncio.ensure_future(client.get(f"{URL}{page}"))
        try:
            response = await asyncio.shield(request)
        except asyncio.CancelledError:
            await request
            raise
        print(f"Page: {page} Status: {response.status_code}", flush=True)
        right12.printed += 1


run(lambda: main(work))
