"""What each of many processes does to one tracker's file: it takes its turns within one limit, and counts them."""

CROWD = """
import json, sys, time
from jobwait import Limit
from jobwait.tracker.shared_limits import SharedRateLimiter
from jobwait.tracker.database import Database

path, count, number = sys.argv[1], int(sys.argv[2]), sys.argv[3]
database, longest = Database(path), 0.0
limiter = SharedRateLimiter(database, "all", Limit(10**9))

def turn(db):
    limiter._reserve(db)
    db.execute("insert into buckets (name, seen) values (?, 1) on conflict do update set seen = seen + 1", [number])

for _ in range(count):
    began = time.monotonic()
    database.write(turn)
    longest = max(longest, time.monotonic() - began)
database.close()
print(json.dumps(longest))
"""
