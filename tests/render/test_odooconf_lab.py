"""Does the real Odoo start with the article's file once the plan is in it?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.lossless import decode, encode
from workeroo.facts.odooconf import parse_conf
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import OdooDied
from workeroo.lab.process import PROC, works_in
from workeroo.lab.wait import wait_until
from workeroo.plan.make import make_plan
from workeroo.render.odooconf_mend import mend_conf
from workeroo.render.subject import Subject
from workeroo.render.targets import TARGETS
from workeroo.units import GIB

pytestmark = pytest.mark.lab

BEFORE = Path(__file__).parent / "confs" / "article.conf"
HOST = Host(
    cores=Cores(logical=2, declared=True), memory=Memory(total_bytes=8 * GIB, declared=True)
)


def workers_of(lab: Lab) -> int:
    """The HTTP workers of a lab, by their titles."""
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]
    own = [pid for pid in pids if works_in(pid, lab.folder.work)]
    return sum(b"odoo: WorkerHTTP" in (PROC / str(pid) / "cmdline").read_bytes() for pid in own)


def test_the_article_s_file_with_the_plan_in_it_starts_the_server(
    lab_factory: Callable[[str], Lab], tmp_path: Path
) -> None:
    lab = lab_factory("odooconf")
    with pytest.raises(OdooDied):
        lab.up(conf=BEFORE)
    conf = parse_conf(BEFORE.read_bytes(), str(BEFORE))
    deployment = Deployment(name="odoo", mode="not running", series=19, conf=conf)
    plan = make_plan(HOST, deployment=deployment)
    files = {str(BEFORE): decode(BEFORE.read_bytes())}
    (rendered,) = TARGETS["odoo.conf"].render(
        Subject(plan=plan, deployment=deployment, files=files)
    )
    after = tmp_path / "odoo.conf"
    after.write_bytes(rendered.data())
    assert lab.up(conf=after).healthy
    assert plan.value("workers") == 5
    wait_until(lambda: workers_of(lab) == 5, seconds=60, what="five HTTP workers")


def test_mending_alone_is_enough_for_the_server_to_start(
    lab_factory: Callable[[str], Lab], tmp_path: Path
) -> None:
    after = tmp_path / "odoo.conf"
    after.write_bytes(encode(mend_conf(decode(BEFORE.read_bytes()), 19).text))
    lab = lab_factory("odooconf")
    assert lab.up(conf=after).healthy
    wait_until(lambda: workers_of(lab) == 9, seconds=60, what="the article's nine HTTP workers")
