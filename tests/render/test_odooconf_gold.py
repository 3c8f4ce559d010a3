"""Do whole files come out as a person has read and approved them?"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.lossless import decode
from workeroo.facts.odooconf import parse_conf
from workeroo.plan.make import make_plan
from workeroo.render.product import OWNER_ONLY
from workeroo.render.subject import CONF_PATH, Subject
from workeroo.render.targets import TARGETS
from workeroo.units import GIB

HERE = Path(__file__).parent
HOST = Host(
    cores=Cores(logical=4, declared=True), memory=Memory(total_bytes=8 * GIB, declared=True)
)
CASES = {
    "article": 19,
    "docker-template-18-edited": 18,
    "install-script-14": 14,
    "queue-job": 17,
    "windows-bom-crlf": 16,
    "saved-by-odoo-13": 13,
    "empty": 19,
}
"""Files of `confs/` by name, each with the series that it is for."""


def subject(name: str, series: int, path: str = "/srv/odoo/odoo.conf") -> Subject:
    """The golden rule's plan for four cores, and a file of the corpus."""
    data = (HERE / "confs" / f"{name}.conf").read_bytes()
    conf: ConfFile = parse_conf(data, path)
    deployment = Deployment(name="odoo", mode="not running", series=series, conf=conf)
    plan = make_plan(HOST, series=series)
    return Subject(plan=plan, deployment=deployment, files={path: decode(data)})


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_as_its_golden_file(name: str) -> None:
    (rendered,) = TARGETS["odoo.conf"].render(subject(name, CASES[name]))
    assert rendered.path == "/srv/odoo/odoo.conf"
    gold = HERE / "gold" / "odooconf" / f"{name}-{CASES[name]}.conf"
    assert rendered.data() == gold.read_bytes()


def test_a_file_that_is_not_there_is_made_for_its_owner_only() -> None:
    (rendered,) = TARGETS["odoo.conf"].render(Subject(plan=make_plan(HOST, series=19)))
    assert (rendered.path, rendered.mode) == (CONF_PATH, OWNER_ONLY)
    assert rendered.data() == (HERE / "gold" / "odooconf" / "empty-19.conf").read_bytes()


def test_nothing_is_rendered_where_nothing_changes() -> None:
    before = subject("article", 19)
    (rendered,) = TARGETS["odoo.conf"].render(before)
    after = msgspec.structs.replace(before, files={rendered.path: rendered.text})
    assert TARGETS["odoo.conf"].render(after) == []
