# Must fail: lists
#
# The lists are read in the coroutine: the one that does not answer stops the loop, and with it all others.

import asyncio

from right09 import main


async def read(path):
    with open(path) as file:
        return file.read()


asyncio.run(main(read=read))
