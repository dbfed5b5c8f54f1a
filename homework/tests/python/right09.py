# Homework 09 in Python: a task for each list reads it on a thread, and saves its pages all at once, piece by piece.

import asyncio
import os
import sys
from pathlib import Path

import httpx

URL = os.environ["PAGE_URL"]
LISTS = os.environ["PAGE_LISTS"].split(os.pathsep)


def write(file, piece):
    file.write(piece)
    file.flush()


async def save_page(client, page):
    part = f"page-{page}.html.part"
    async with client.stream("GET", f"{URL}{page}") as response:
        with open(part, "wb") as file:
            async for piece in response.aiter_raw():
                await asyncio.to_thread(write, file, piece)
    os.replace(part, f"page-{page}.html")
    print(f"Page: {page} Status: {response.status_code}", flush=True)


async def read(path):
    return await asyncio.to_thread(Path(path).read_text)


async def save_list(client, path, read, save_page):
    text = await read(path)
    return await asyncio.gather(*[save_page(client, page) for page in text.split()], return_exceptions=True)


async def main(read=read, save_page=save_page):
    # Unless told otherwise, httpx gives up after 5 seconds.
    async with httpx.AsyncClient(timeout=60) as client:
        lists = await asyncio.gather(*[save_list(client, path, read, save_page) for path in LISTS])
    failed = [why for results in lists for why in results if why is not None]
    if failed:
        sys.exit(f"not all pages were saved: {failed}")


if __name__ == "__main__":
    asyncio.run(main())
