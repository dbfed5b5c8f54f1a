"""`one-client` in Python: so many pages in flight at most, through one session of aiohttp."""

import asyncio
import os
import sys
import time

import aiohttp

URL = os.environ["PAGE_URL"]
PAGES = int(os.environ.get("PAGES", "10"))
AT_ONCE = int(os.environ.get("AT_ONCE", "100"))


async def worker(session, pages):
    for page in pages:
        async with session.get(f"{URL}{page}") as response:
            await response.read()
            print(f"Page: {page} Status: {response.status}")


async def main():
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        pages = iter(range(1, PAGES + 1))
        await asyncio.gather(*(worker(session, pages) for _ in range(AT_ONCE)))


start = time.perf_counter()
try:
    asyncio.run(main())
except (aiohttp.ClientError, TimeoutError) as error:
    sys.exit(f"Error: {error!r}")
print(f"Time: {time.perf_counter() - start:.2f}")
