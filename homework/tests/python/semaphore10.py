# Must fail: ahead
# Shows first: ahead
#
# A task for every page, and a semaphore around the request alone: who waits for the queue has given its permit back.

import asyncio

from right10 import URL, main

permits = asyncio.Semaphore(4)


async def ask(client, page, queue):
    async with permits:
        response = await client.get(f"{URL}{page}")
    await queue.put((page, response.status_code, response.text))


async def work(client, pages, queue):
    async with asyncio.TaskGroup() as tasks:
        for page in pages:
            tasks.create_task(ask(client, page, queue))


asyncio.run(main(work))
