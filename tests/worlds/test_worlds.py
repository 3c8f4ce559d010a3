"""Is every recorded host seen as it was?

Facts that changed on purpose: `scripts/record-world --refresh`, then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import msgspec
import pytest

from workeroo.facts.manager import Manager
from workeroo.facts.snapshot import Facts, decode_facts
from workeroo.probe.collect import look
from workeroo.probe.world import World

HERE = Path(__file__).parent
STORIES = sorted(folder.parent.name for folder in HERE.glob("*/host.txt"))
THEN = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)
REFRESH = "WORKEROO_REFRESH_WORLDS"

Unpack = Callable[[str], World]


def seen(story: str, unpack: Unpack) -> Facts:
    return msgspec.structs.replace(look(unpack(story), THEN), collected_by="workeroo")


@pytest.mark.parametrize("story", STORIES)
def test_a_recorded_host_is_seen_as_it_was(story: str, unpack: Unpack) -> None:
    facts = seen(story, unpack)
    expected = HERE / story / "facts.json"
    if os.environ.get(REFRESH):
        expected.write_bytes(msgspec.json.format(msgspec.json.encode(facts), indent=1) + b"\n")

    assert facts == decode_facts(expected.read_bytes(), str(expected))


def test_at_least_twelve_hosts_are_recorded() -> None:
    assert len(STORIES) >= 12


@pytest.mark.parametrize("story", STORIES)
def test_no_secret_of_a_recorded_host_is_in_its_facts(story: str, unpack: Unpack) -> None:
    host = (HERE / story / "host.txt").read_text(encoding="utf-8")
    told = msgspec.json.encode(seen(story, unpack)).decode()

    assert "pbkdf2" not in told
    assert "pbkdf2" in host or "admin_passwd" not in host or "admin_passwd = admin" in host


@pytest.mark.parametrize(
    ("story", "manager"),
    [
        ("bare-metal", "systemd odoo.service"),
        ("idle-threaded", "systemd odoo.service of user 106"),
        ("virtual-machine", "supervisor erp:odoo18"),
        ("docker-from-host", f"docker {'4f' * 32}"),
        ("python-module", "nobody"),
        ("lab", "nobody"),
        ("container", "unknown"),
        ("container-cgroup-v1", "unknown"),
    ],
)
def test_it_is_seen_who_restarts_an_odoo(story: str, manager: str, unpack: Unpack) -> None:
    found = seen(story, unpack).deployments[0].manager
    if isinstance(found, Manager):
        whose = "" if found.user_id is None else f" of user {found.user_id}"
        assert f"{found.kind} {found.name}{whose}" == manager
    else:
        assert ("nobody" if found is None else "unknown") == manager
