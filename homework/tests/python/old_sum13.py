# Must fail: progress
#
# `total += await …` takes the total before it awaits: what other tasks add meanwhile is lost.

import asyncio

from right13 import get_price, main

total = 0


async def add(client, url, prices):
    global total
    total += (price := await get_price(client, url))
    prices.append(price)
    print(f"Sum: {total} of {len(prices)}", flush=True)


asyncio.run(main(add=add))
