# Must fail: database-connections
#
# One thread stores what has come, by one connection.

from right08 import run, store_all

run(store_all, connections=1)
