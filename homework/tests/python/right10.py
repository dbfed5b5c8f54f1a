# Homework 10 in Python: four workers put pages into a queue for two, and one consumer asks for their details pages.

import asyncio
import os
import re
from urllib.parse import urljoin

import httpx

URL = os.environ["PAGE_URL"]
PAGES = int(os.environ["PAGES"])
LINK = re.compile(r'class="car-link" href="([^"]+)"')
PRICE = re.compile(r'class="price-usd" data-value="(\d+)"')


async def work(client, pages, queue):
    for page in pages:
        response = await client.get(f"{URL}{page}")
        await queue.put((page, response.status_code, response.text))


async def finish(client, page, status, html):
    details = await client.get(urljoin(URL, LINK.search(html)[1]))
    print(f"Page: {page} Status: {status} Price: {PRICE.search(details.text)[1]}", flush=True)


async def consume(client, queue):
    for _ in range(PAGES):
        await finish(client, *await queue.get())


async def main(work=work, length=2):
    pages = iter(range(1, PAGES + 1))
    queue = asyncio.Queue(maxsize=length)
    # Unless told otherwise, httpx gives up after 5 seconds.
    async with httpx.AsyncClient(timeout=60) as client, asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(work(client, pages, queue))
        tasks.create_task(consume(client, queue))


if __name__ == "__main__":
    asyncio.run(main())
