"""A drop-in for PostgreSQL: enough connections, and memory that fits."""

from __future__ import annotations

from workeroo.render.postgresql import postgresql_files
from workeroo.render.target import Target

TARGET = Target(
    name="postgresql",
    title="max_connections from the connection budget, and the memory that follows from it",
    render=postgresql_files,
    runs_on="postgresql",
)
