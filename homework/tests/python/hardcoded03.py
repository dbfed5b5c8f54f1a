# Homework 03 in Python, wrong: the lines that are wanted are printed, and no page is asked for.
# Must fail: each-page-once, in-flight, lines

import os

for page in range(1, int(os.environ["PAGES"]) + 1):
    print(f"Page: {page} Status: 200 Price: 9050")
