"""Is a trial hopeless before its time is over? A queue that only grows need not be waited for."""

from __future__ import annotations

import msgspec

LEAST_OVER = 20
"""Requests over the target before anything is said of them."""

MOST_SHARE_OVER = 0.5
"""Of the requests that were answered last: ten times what is allowed."""

LAST_PART = 1 / 3
"""Of all answered requests: what is looked at. A queue that shrinks again is seen there."""

MOST_FAILED = 5
"""Failed requests: one is too many already, and so many need no more."""


MOST_TIMES_THE_TARGET = 3.0
"""By Little's law, rate x time in the server = requests in flight: so many are in flight only where
they take this many times the target on average."""


class Moment(msgspec.Struct, frozen=True):
    """How a trial stands.

    Attributes:
        over: for each request that ended after the warm-up, in that order, whether it was over the
            target.
        failed: how many of them failed.
        in_flight: requests that wait for their answer.
        due_in_target: how many become due within the target.
    """

    over: list[bool]
    failed: int = 0
    in_flight: int = 0
    due_in_target: float = 0.0


def hopeless(moment: Moment) -> str | None:
    """Why a trial above the knee need not go on; None where it should."""
    if moment.failed >= MOST_FAILED:
        return f"{moment.failed} requests failed"
    if moment.in_flight > max(LEAST_OVER, MOST_TIMES_THE_TARGET * moment.due_in_target):
        return f"{moment.in_flight} requests were waiting for their answers"
    if sum(moment.over) < LEAST_OVER:
        return None
    last = moment.over[-max(LEAST_OVER, int(LAST_PART * len(moment.over))) :]
    share = sum(last) / len(last)
    if share < MOST_SHARE_OVER:
        return None
    return f"{share:.0%} of the last {len(last)} requests were over the target"
