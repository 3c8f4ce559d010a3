"""A unit of systemd, or a drop-in for the one that stands."""

from __future__ import annotations

from workeroo.render.systemd import systemd_files
from workeroo.render.target import Target

TARGET = Target(
    name="systemd",
    title="a unit with memory limits, a graceful stop and hardening; a drop-in where one stands",
    render=systemd_files,
)
