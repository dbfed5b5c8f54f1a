# Must fail: attempts
#
# Every error gets three attempts, the page that does not answer as well.

import asyncio

from right11 import attempt, main


async def thrice(client, page):
    status, again = await attempt(client, page)
    return status, again and (3, *again[1:])


asyncio.run(main(thrice))
