"""Which processes wrote in which hour, from when until when?

So a server that lives on is told from one that died: whose workers still write was not restarted.
Small however long the log, and the same however it is cut.
"""

from __future__ import annotations

import numpy as np

from workeroo.workload.block import Lines

HOUR_SECONDS = 3600

MOST_PIDS = 1000
"""Processes that are kept of one hour, those with the least numbers: which these are does not hang
on how a log is cut. More are no server's."""

Presence = dict[tuple[str, int], dict[int, tuple[float, float]]]
"""By log (see `Event.log`) and hour (Unix time // 3600): by pid the times of its first and last
line in it, in seconds."""


def presence_of(lines: Lines) -> Presence:
    """The processes of one block."""
    if not len(lines.pid):
        return {}
    pids, place = np.unique(lines.pid, return_inverse=True)
    hours, hour_place = np.unique(lines.at_ms // (HOUR_SECONDS * 1000), return_inverse=True)
    key = hour_place * len(pids) + place
    found, group = np.unique(key, return_inverse=True) if len(hours) > 1 else (pids, place)
    first = np.full(len(found), np.iinfo(np.int64).max)
    last = np.zeros(len(found), dtype=np.int64)
    np.minimum.at(first, group, lines.at_ms)
    np.maximum.at(last, group, lines.at_ms)
    keys = found if len(hours) > 1 else np.arange(len(pids))
    told: Presence = {}
    for one, low, high in zip(keys.tolist(), first.tolist(), last.tolist(), strict=True):
        hour, pid = int(hours[one // len(pids)]), int(pids[one % len(pids)])
        told.setdefault(("", hour), {})[pid] = (low / 1000, high / 1000)
    return {hour: _fewest(there) for hour, there in told.items()}


def add_presence(whole: Presence, other: Presence, log: str = "") -> None:
    """Add what another part of the logs tells; what names no log is of this one."""
    for (named, hour), there in other.items():
        known = whole.setdefault((named or log, hour), {})
        for pid, (first, last) in there.items():
            low, high = known.get(pid, (first, last))
            known[pid] = (min(low, first), max(high, last))
        whole[named or log, hour] = _fewest(known)


def _fewest(there: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    if len(there) <= MOST_PIDS:
        return there
    return {pid: there[pid] for pid in sorted(there)[:MOST_PIDS]}
