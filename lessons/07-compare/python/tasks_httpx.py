"""Lesson 03 in Python, with the library of the original deck: a task for every page, then gather."""

import asyncio
import os
import sys
import time

import httpx

URL = os.environ["PAGE_URL"]
PAGES = int(os.environ.get("PAGES", "10"))

# By default no more than 100 connections are open, and a request that gets none within 5 seconds fails.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=None)
TIMEOUT = httpx.Timeout(600)


async def get_page(client, page):
    # Without a stream, get() has read the whole body.
    response = await client.get(f"{URL}{page}")
    return page, response.status_code


async def main():
    async with httpx.AsyncClient(limits=LIMITS, timeout=TIMEOUT) as client:
        tasks = [asyncio.create_task(get_page(client, page)) for page in range(1, PAGES + 1)]
        for page, status in await asyncio.gather(*tasks):
            print(f"Page: {page} Status: {status}")


start = time.perf_counter()
try:
    asyncio.run(main())
except httpx.HTTPError as error:
    sys.exit(f"Error: {error!r}")
print(f"Time: {time.perf_counter() - start:.2f}")
