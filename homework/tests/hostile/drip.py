# Never ends, and asks for a page whenever patience with it is about to be over.

import os
import time
from urllib.request import urlopen

while True:
    try:
        urlopen(os.environ["PAGE_URL"] + "1", timeout=0.5).read()
    except OSError:
        pass
    time.sleep(0.1)
