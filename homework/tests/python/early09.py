# Must fail: files
#
# Each page is written under its name from the beginning: a page that is cut off leaves a file that looks whole.

import asyncio

from right09 import URL, main, write


async def save_page(client, page):
    async with client.stream("GET", f"{URL}{page}") as response:
        with open(f"page-{page}.html", "wb") as file:
            async for piece in response.aiter_raw():
                await asyncio.to_thread(write, file, piece)
    print(f"Page: {page} Status: {response.status_code}", flush=True)


asyncio.run(main(save_page=save_page))
