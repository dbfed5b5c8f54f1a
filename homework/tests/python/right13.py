# Homework 13 in Python: a task for each page, and one for each details page. Between two awaits no other task runs, so
# the prices need no lock.

import asyncio
import os
import re

import httpx

URL = os.environ["PAGE_URL"]
PAGES = range(1, int(os.environ["PAGES"]) + 1)
DETAILS = re.compile(r'class="car-link" href="(.*?)"')
PRICE = re.compile(r'class="price-usd" data-value="(\d+)"')


async def get_page(client, page):
    response = await client.get(f"{URL}{page}")
    print(f"Page: {page} Status: {response.status_code}", flush=True)
    return response.url.join(DETAILS.search(response.text)[1])


async def get_price(client, url):
    response = await client.get(url)
    return int(PRICE.search(response.text)[1])


async def add(client, url, prices):
    prices.append(await get_price(client, url))
    print(f"Sum: {sum(prices)} of {len(prices)}", flush=True)


async def main(add=add):
    prices = []
    # Unless told otherwise, httpx gives up after 5 seconds.
    async with httpx.AsyncClient(timeout=60) as client:
        urls = await asyncio.gather(*[get_page(client, page) for page in PAGES])
        await asyncio.gather(*[add(client, url, prices) for url in urls])
    print(f"Total: {sum(prices)} Min: {min(prices)} Max: {max(prices)}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
