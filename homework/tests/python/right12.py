# Homework 12 in Python: three workers share the pages. The first Ctrl-C cancels the main task, as asyncio does by itself.

import asyncio
import os
import signal
import sys

import httpx

URL = os.environ["PAGE_URL"]
PAGES = int(os.environ["PAGES"])

printed = 0


async def work(client, pages):
    global printed
    for page in pages:
        response = await client.get(f"{URL}{page}")
        print(f"Page: {page} Status: {response.status_code}", flush=True)
        printed += 1


async def main(work=work):
    pages = iter(range(1, PAGES + 1))
    # Unless told otherwise, httpx gives up after 5 seconds.
    async with httpx.AsyncClient(timeout=60) as client, asyncio.TaskGroup() as workers:
        for _ in range(3):
            workers.create_task(work(client, pages))


def run(main):
    # Windows: the checker sends Ctrl-Break, of which asyncio knows nothing.
    if hasattr(signal, "SIGBREAK"):
        signal.signal(signal.SIGBREAK, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print(f"Interrupted: {printed} of {PAGES}", flush=True)
        sys.exit(130)


if __name__ == "__main__":
    run(main)
