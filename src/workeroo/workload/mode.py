"""Is the server that wrote a log a threaded one (workers = 0)?"""

from __future__ import annotations

from workeroo.workload.profile import Profile
from workeroo.workload.story import Event, Story

LIMITS = ("threaded-memory-limit", "threaded-time-limit")
ENDS = ("threaded-reload", "threaded-stop")
"""Lines that odoo/service/server.py writes in ThreadedServer and nowhere else. The latter also at
the end of an update (odoo -u ... --stop-after-init), which is threaded and serves nobody."""

ONLY_PREFORK = ("worker-alive", "worker-exit", "worker-timeout", "evented-running")

ENOUGH_REQUESTS = 20
"""Requests behind "HTTP service running" and still no "Worker ... alive": a prefork server writes
one for each worker before it serves its first request."""


def proof_of_threaded(story: Story, profile: Profile) -> tuple[list[Event], bool]:
    """Lines that prove a threaded server, and whether one of them alone does.

    No lines where the log proves nothing, or where a prefork server wrote in it too.
    """
    if any(story.count(kind) for kind in ONLY_PREFORK):
        return [], False
    sure = story.events(*LIMITS, *(ENDS if profile.requests else ()))
    runner = story.of("queue-runner")
    if runner is not None and "threaded" in runner.values.get("mode", {}):
        sure += [event for event in runner.events if event.values.get("mode") == "threaded"]
    if sure:
        return sorted(sure, key=lambda event: event.at), True
    running = story.events("http-running")
    if running and profile.requests >= ENOUGH_REQUESTS:
        return running, False
    return [], False
