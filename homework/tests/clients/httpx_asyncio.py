# Homework 01, 02, 03 and 06 with asyncio and httpx.

import asyncio
import os
import re
import sys

import httpx

URL = os.environ["PAGE_URL"]
PAGES = range(1, int(os.environ["PAGES"]) + 1)
FLUSH = "flush" in sys.argv


async def get_page(client, page):
    response = await client.get(f"{URL}{page}")
    price = re.search(r'class="price-usd" data-value="(\d+)"', response.text)
    return f"Page: {page} Status: {response.status_code}", f" Price: {price[1]}" if price else ""


async def homework01(client):
    for page in PAGES:
        line, price = await get_page(client, page)
        print(line + price, flush=FLUSH)


async def homework02(client):
    pages = iter(PAGES)

    async def work():
        for page in pages:
            line, _ = await get_page(client, page)
            print(line, flush=FLUSH)

    await asyncio.gather(*[work() for _ in range(4)])


async def homework03(client):
    for line, price in await asyncio.gather(*[get_page(client, page) for page in PAGES]):
        print(line + price, flush=FLUSH)


async def homework06(client):
    for answer in asyncio.as_completed([get_page(client, page) for page in PAGES]):
        line, price = await answer
        print(line + price, flush=FLUSH)


async def main():
    homework = {"01": homework01, "02": homework02, "03": homework03, "06": homework06}[sys.argv[1]]
    # Unless told otherwise, httpx gives up after 5 seconds.
    async with httpx.AsyncClient(timeout=60) as client:
        await homework(client)


asyncio.run(main())
