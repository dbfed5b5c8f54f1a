# Must fail: kept-full
# May fail: in-flight, details-in-flight, ahead
# Shows first: kept-full
#
# Each worker asks for its page's details page itself, behind a lock, and for no other page meanwhile.

import asyncio

import httpx

from right10 import PAGES, URL, finish


async def main():
    pages = iter(range(1, PAGES + 1))
    lock = asyncio.Lock()

    async def work(client):
        for page in pages:
            response = await client.get(f"{URL}{page}")
            async with lock:
                await finish(client, page, response.status_code, response.text)

    async with httpx.AsyncClient(timeout=60) as client:
        await asyncio.gather(*[work(client) for _ in range(4)])


asyncio.run(main())
