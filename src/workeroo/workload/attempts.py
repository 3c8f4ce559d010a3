"""How many connections to PostgreSQL failed without the log saying why?

Odoo writes one line for each attempt that fails. Why it failed stands in the traceback of whoever
wanted the connection, and often nobody writes that: a request tries twice and answers with the list
of databases.
"""

from __future__ import annotations

from workeroo.workload.story import Story

EXPLAINED = ("too-many-clients", "database-missing", "database-unreachable")


def unexplained_failures(story: Story) -> int:
    """Failed attempts beyond those whose reason is known."""
    explained = sum(story.count(kind) for kind in EXPLAINED)
    return max(story.count("connection-failed") - explained, 0)
