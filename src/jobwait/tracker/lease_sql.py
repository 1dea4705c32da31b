"""The statements about leases; a run is named in the column owner, and the column lease says until when."""

from typing import Final

from jobwait.tracker.rows import TABLES

# ruff: noqa: S608 - all parts are constants
WAITING: Final = "state = 'waiting'"
UNDELIVERED: Final = "delivered = 0"
HELD: Final = (WAITING, UNDELIVERED)  # what is leased: jobs to wait for, and outcomes to deliver; each has an index

OWNERS: Final = {held: f"select distinct owner from jobs where {held} and owner is not null" for held in HELD}  # nosec B608
RENEW: Final = tuple(f"update jobs set lease = ? where {held} and owner = ?" for held in HELD)  # nosec B608
SHORTEN: Final = tuple(f"update jobs set lease = ? where {held} and owner is not null and lease > ?" for held in HELD)  # nosec B608
RELEASE: Final = {held: f"update jobs set owner = null where {held} and owner = ?" for held in HELD}  # nosec B608
RELEASE_EXPIRED: Final = {held: f"{statement} and lease < ?" for held, statement in RELEASE.items()}

FREE: Final = f"select id from jobs where {WAITING} and owner is null order by id limit ?"  # nosec B608
UNDELIVERED_FREE: Final = (
    f"select id from jobs where {UNDELIVERED} and (owner is null or owner = ?) order by id limit ?"  # nosec B608
)
HELD_ELSEWHERE: Final = {held: f"select 1 from jobs where {held} and owner != ? limit 1" for held in HELD}  # nosec B608
FOLLOWED: Final = f"select id from jobs where {WAITING} and owner = ?"  # nosec B608
LEASE: Final = "update jobs set owner = ?, lease = ? where id = ?"
JOB: Final = (
    "select jobs.id, service, name, host, job_id, ids, started, token, submitted, deadline "
    f"from {TABLES} where jobs.id = ?"  # nosec B608
)

_IF_LEASED: Final = f"where id = ? and {WAITING} and owner is ?"
SAVE_TOKEN: Final = f"update jobs set token = ? {_IF_LEASED}"  # nosec B608
SET_ENDED: Final = (
    "update jobs set state = ?, reason = ?, error_reason = ?, polls = ?, errors = ?, seen_at = ?, "
    "owner = iif(?, owner, null), "
    f"token = null, last_wait = null, delivered = 0 {_IF_LEASED}"  # nosec B608
)
SET_OPEN: Final = (
    "update jobs set last_wait = ?, reason = ?, error_reason = ?, polls = ?, errors = ?, seen_at = ?, owner = null, "
    f"deadline = null, token = ?, started = coalesce(started, ?) {_IF_LEASED}"  # nosec B608
)
