"""Which processes make up an Odoo server, and what is each one's part?"""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.evidence import Maybe, Unknown

Part = Literal["master", "http worker", "cron worker", "evented", "threaded server", "other"]
"""What a process does: `master` and its children, or the one process of a threaded server."""


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One live process of an Odoo server.

    Attributes:
        part: its role in the server.
        why: how the part was recognised: "titled odoo: WorkerHTTP", "argv has gevent".
        started_at: Unix time in seconds.
        rss_bytes, pss_bytes, uss_bytes, vms_bytes: resident, proportional, unshared, virtual.
        cpu_seconds: user and system time used so far.
        address_space_limit_bytes: RLIMIT_AS in force, None when unlimited: limit_memory_hard as
            the kernel sees it.
        open_files_limit: RLIMIT_NOFILE in force.
        listens_on: TCP ports it holds a listening socket of.
    """

    pid: int
    parent_pid: int
    part: Part
    why: str
    user: str
    started_at: float
    rss_bytes: int
    vms_bytes: int
    pss_bytes: Maybe[int] = Unknown("not looked at")
    uss_bytes: Maybe[int] = Unknown("not looked at")
    cpu_seconds: float = 0.0
    threads: int = 1
    address_space_limit_bytes: int | Unknown | None = None
    open_files_limit: int | Unknown | None = None
    listens_on: list[int] = []
