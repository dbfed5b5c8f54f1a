# Must fail: line-at-once
# May fail: each-page-once, lines, attempts
#
# gather gives all results at once, when the last page is given up: until then nothing is printed.

import asyncio
import sys

import httpx

from right11 import PAGES, get_page


async def main():
    async with httpx.AsyncClient(timeout=None) as client:
        results = await asyncio.gather(*[get_page(client, page) for page in range(1, PAGES + 1)])
    for line, _ in results:
        print(line)
    sys.exit(not all(is_there for _, is_there in results))


asyncio.run(main())
