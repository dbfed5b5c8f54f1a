# Must fail: streamed
#
# Each page is read to its end, and then written: until then it is in memory.

import asyncio
import os
from pathlib import Path

from right09 import URL, main


async def save_page(client, page):
    part = f"page-{page}.html.part"
    response = await client.get(f"{URL}{page}")
    await asyncio.to_thread(Path(part).write_bytes, response.content)
    os.replace(part, f"page-{page}.html")
    print(f"Page: {page} Status: {response.status_code}", flush=True)


asyncio.run(main(save_page=save_page))
