# Must fail: ahead
# Shows first: ahead
#
# `asyncio.Queue()` has no limit unless it is told one: nobody ever waits for the consumer.

import asyncio

from right10 import main

asyncio.run(main(length=0))
