# Homework 11 in Python: a task for each page, in which its attempts and pauses are.

import asyncio
import os
import sys

import httpx

URL, PAGES = os.environ["PAGE_URL"], int(os.environ["PAGES"])


async def attempt(client, page):
    """Asks once: the status, or else how many attempts there may be, how long to pause, and what the line says."""
    try:
        async with asyncio.timeout(2):
            response = await client.get(f"{URL}{page}")
    except TimeoutError:
        return None, (2, 0, "timeout")
    except httpx.HTTPError:
        return None, (3, 0.1, "connection broken")
    if response.status_code == 503:
        return None, (3, int(response.headers["Retry-After"]), "unavailable")
    return response.status_code, None


async def get_page(client, page, attempt=attempt):
    attempts = 0
    while True:
        attempts += 1
        status, again = await attempt(client, page)
        if status is not None:
            return f"Page: {page} Status: {status}", True
        most, pause, why = again
        if attempts >= most:
            return f"Page: {page} Error: {why}", False
        await asyncio.sleep(pause)


async def print_page(client, page, attempt):
    line, is_there = await get_page(client, page, attempt)
    print(line, flush=True)
    return is_there


async def main(attempt=attempt):
    async with httpx.AsyncClient(timeout=None) as client:
        there = await asyncio.gather(*[print_page(client, page, attempt) for page in range(1, PAGES + 1)])
    if not all(there):
        sys.exit(f"pages that are missing: {there.count(False)}")


if __name__ == "__main__":
    asyncio.run(main())
