"""Does a restart run what stands in the lab's folder?"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from workeroo.errors import Unavailable
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import OdooDied

pytestmark = pytest.mark.lab


def test_a_restart_runs_the_odoo_conf_as_it_stands(lab_factory: Callable[[str], Lab]) -> None:
    lab = lab_factory("restart")
    before = lab.up()
    text = lab.conf_path.read_text(encoding="utf-8")
    lab.conf_path.write_text(text.replace("workers = 2", "workers = 3"), encoding="utf-8")

    after = lab.restart()

    assert after.master_pid != before.master_pid
    assert after.url == before.url
    alive = set(re.findall(r"WorkerHTTP \((\d+)\) alive", lab.log_path.read_text()))
    assert len(alive) == 3

    lab.conf_path.write_text(text + "workers = four\n", encoding="utf-8")
    with pytest.raises(OdooDied):
        lab.restart()
    assert not lab.status().running

    lab.up()
    assert lab.conf_path.read_text(encoding="utf-8") == text.replace("workers = 3", "workers = 2")


def test_what_was_never_up_cannot_be_restarted(lab_factory: Callable[[str], Lab]) -> None:
    with pytest.raises(Unavailable, match="there is no lab"):
        lab_factory("never-up").restart()
