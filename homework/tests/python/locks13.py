# Must fail: details-in-flight
#
# The lock is held while a details page is awaited: the other tasks wait for the lock, and have not asked.

import asyncio

from right13 import get_price, main

lock = asyncio.Lock()


async def add(client, url, prices):
    async with lock:
        prices.append(await get_price(client, url))
        print(f"Sum: {sum(prices)} of {len(prices)}", flush=True)


asyncio.run(main(add=add))
