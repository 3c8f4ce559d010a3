"""`workeroo plan --split` from the command line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from workeroo.cli import run
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts
from workeroo.plan.split import SplitPlan
from workeroo.units import GIB

DECLARED = ["plan", "--split", "--cores", "4", "--memory", "8G"]


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> SplitPlan:
    assert run([*arguments, "--json"]) == 0
    return msgspec.json.decode(capsys.readouterr().out, type=SplitPlan)


def facts_file(path: Path, cores: int, **now: str) -> str:
    settings = {
        option: Setting(option=option, value=value, source="file", where="odoo.conf:1")
        for option, value in now.items()
    }
    odoo = Deployment(name="shop", mode="prefork", series=19, settings=settings)
    host = Host(cores=Cores(logical=cores), memory=Memory(total_bytes=16 * GIB))
    path.write_bytes(msgspec.json.encode(Facts(host=host, deployments=[odoo])))
    return str(path)


def test_both_servers_have_the_declared_hardware(capsys: pytest.CaptureFixture[str]) -> None:
    split = planned(capsys, *DECLARED)

    assert split.frontend.host.cores == split.backend.host.cores == 4
    assert split.frontend.host.memory_bytes == split.backend.host.memory_bytes == 8 * GIB


def test_the_backend_can_have_hardware_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    split = planned(capsys, *DECLARED, "--backend-cores", "2", "--backend-memory", "1G")

    assert split.frontend.host.cores == 4
    assert (split.backend.host.cores, split.backend.host.memory_bytes) == (2, GIB)


def test_one_server_s_facts_leave_open_what_the_other_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = facts_file(tmp_path / "a.json", 8, addons_path="/srv/addons")

    split = planned(capsys, "plan", "--split", "--facts", facts)

    found = {each.what: each for each in split.shared}
    assert found["addons_path"].status == "unknown"
    assert found["addons_path"].why == "the backend was not looked at"
    assert split.frontend.value("workers") == 17


def test_a_second_facts_file_is_compared_option_by_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    front = facts_file(tmp_path / "a.json", 8, addons_path="/srv/addons", db_name="shop")
    back = facts_file(tmp_path / "b.json", 2, addons_path="/srv/addons", db_name="test")

    split = planned(capsys, "plan", "--split", "--facts", front, "--backend-facts", back)

    found = {each.what: each for each in split.shared}
    assert split.backend.host.cores == 2
    assert found["addons_path"].status == "known-good"
    assert found["one PostgreSQL, the same database"].why == (
        "db_name is shop on the frontend and test on the backend"
    )


def test_one_of_several_backends_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = Path(facts_file(tmp_path / "two.json", 2))
    facts = msgspec.json.decode(two.read_bytes(), type=Facts)
    other = msgspec.structs.replace(facts.deployments[0], name="test")
    both = msgspec.structs.replace(facts, deployments=[*facts.deployments, other])
    two.write_bytes(msgspec.json.encode(both))

    assert run([*DECLARED, "--backend-facts", str(two)]) == 64
    assert "name one with --backend-deployment: 'shop', 'test'" in capsys.readouterr().err

    named = planned(capsys, *DECLARED, "--backend-facts", str(two), "--backend-deployment", "test")
    assert named.backend.deployment == "test"


def test_the_text_has_both_servers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*DECLARED, "--frontends", "2", "--explain"]) == 0

    out = capsys.readouterr().out
    assert out.index("Server A, frontend") < out.index("Server B, backend")
    assert "What all servers must share" in out
    assert "What nginx must know" in out
