"""Lesson 03 in Python, with the faster of its two common libraries: a task for every page, then gather."""

import asyncio
import os
import sys
import time

import aiohttp

URL = os.environ["PAGE_URL"]
PAGES = int(os.environ.get("PAGES", "10"))

TIMEOUT = aiohttp.ClientTimeout(total=600)


async def get_page(session, page):
    async with session.get(f"{URL}{page}") as response:
        await response.read()
        return page, response.status


async def main():
    # By default no more than 100 connections are open.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as session:
        tasks = [asyncio.create_task(get_page(session, page)) for page in range(1, PAGES + 1)]
        for page, status in await asyncio.gather(*tasks):
            print(f"Page: {page} Status: {status}")


start = time.perf_counter()
try:
    asyncio.run(main())
except (aiohttp.ClientError, TimeoutError) as error:
    sys.exit(f"Error: {error!r}")
print(f"Time: {time.perf_counter() - start:.2f}")
