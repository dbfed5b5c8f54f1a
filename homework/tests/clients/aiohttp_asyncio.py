# Homework 01, 02, 03 and 06 with asyncio and aiohttp.

import asyncio
import os
import re
import sys

import aiohttp

URL = os.environ["PAGE_URL"]
PAGES = range(1, int(os.environ["PAGES"]) + 1)
FLUSH = "flush" in sys.argv


async def get_page(session, page):
    async with session.get(f"{URL}{page}") as response:
        html = await response.text()
    price = re.search(r'class="price-usd" data-value="(\d+)"', html)
    return f"Page: {page} Status: {response.status}", f" Price: {price[1]}" if price else ""


async def homework01(session):
    for page in PAGES:
        line, price = await get_page(session, page)
        print(line + price, flush=FLUSH)


async def homework02(session):
    four = asyncio.Semaphore(4)

    async def print_page(page):
        async with four:
            line, _ = await get_page(session, page)
        print(line, flush=FLUSH)

    await asyncio.gather(*[print_page(page) for page in PAGES])


async def homework03(session):
    tasks = [asyncio.create_task(get_page(session, page)) for page in PAGES]
    for task in tasks:
        line, price = await task
        print(line + price, flush=FLUSH)


async def homework06(session):
    async def print_page(page):
        line, price = await get_page(session, page)
        print(line + price, flush=FLUSH)

    await asyncio.gather(*[print_page(page) for page in PAGES])


async def main():
    homework = {"01": homework01, "02": homework02, "03": homework03, "06": homework06}[sys.argv[1]]
    async with aiohttp.ClientSession() as session:
        await homework(session)


asyncio.run(main())
