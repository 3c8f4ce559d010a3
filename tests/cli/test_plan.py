"""`workeroo plan` from the command line: what it answers, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from workeroo.cli import run
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts
from workeroo.plan.product import Plan
from workeroo.units import GIB

DECLARED = ["plan", "--cores", "4", "--memory", "8G"]


def deployment(name: str, workers: int = 0) -> Deployment:
    now = Setting(option="workers", value=workers, source="file", where="/etc/odoo/odoo.conf:2")
    return Deployment(name=name, mode="threaded", series=16, settings={"workers": now})


@pytest.fixture
def two_odoos(tmp_path: Path) -> str:
    facts = Facts(
        host=Host(cores=Cores(logical=8), memory=Memory(total_bytes=32 * GIB)),
        deployments=[deployment("shop (pid 812)"), deployment("test (pid 900)")],
    )
    return written(tmp_path, facts)


def written(folder: Path, facts: Facts) -> str:
    path = folder / "facts.json"
    path.write_bytes(msgspec.json.encode(facts))
    return str(path)


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> Plan:
    assert run([*arguments, "--json"]) == 0
    return msgspec.json.decode(capsys.readouterr().out, type=Plan)


def test_cores_and_memory_are_enough_for_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(DECLARED) == 0

    told = capsys.readouterr()
    assert told.out.startswith("9 workers: 2 x 4 cores + 1, the golden rule.\n")
    assert "limit_memory_soft = 671088640" in told.out
    assert told.err == ""


def test_declared_hardware_looks_at_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned(capsys, *DECLARED)

    assert plan.deployment is None
    assert [item.rank for item in plan.host.evidence] == ["declared", "declared"]


def test_json_has_no_text_around_it(capsys: pytest.CaptureFixture[str]) -> None:
    run([*DECLARED, "--json"])

    assert json.loads(capsys.readouterr().out)["schema"] == "workeroo/plan/1"


def test_users_rule_role_and_series_reach_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    docs = planned(capsys, *DECLARED, "--rule", "docs", "--users", "60", "--series", "14")
    backend = planned(capsys, *DECLARED, "--role", "backend")

    assert (docs.rule, docs.series, docs.value("workers")) == ("docs", 14, 8)
    assert (backend.role, backend.value("workers")) == ("backend", 2)


@pytest.mark.parametrize(("said", "masters"), [([], 2), (["--masters", "3"], 3)])
def test_a_role_is_counted_with_the_other_masters(
    capsys: pytest.CaptureFixture[str], said: list[str], masters: int
) -> None:
    plan = planned(capsys, *DECLARED, "--role", "backend", *said)

    assert plan.connections.masters == masters


def test_explain_adds_the_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    run([*DECLARED, "--explain"])

    assert "  declared  4 cores (--cores)" in capsys.readouterr().out


def test_a_facts_file_is_planned_for_without_its_server(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts = Facts(
        host=Host(cores=Cores(logical=8), memory=Memory(total_bytes=32 * GIB)),
        deployments=[deployment("shop (pid 812)")],
    )

    plan = planned(capsys, "plan", "--facts", written(tmp_path, facts))

    assert (plan.deployment, plan.series) == ("shop (pid 812)", 16)
    assert plan.decisions[0].value == 17
    assert plan.decisions[0].was == 0


def test_only_the_declared_half_of_the_hardware_is_replaced(
    capsys: pytest.CaptureFixture[str], two_odoos: str
) -> None:
    plan = planned(capsys, "plan", "--facts", two_odoos, "--deployment", "shop", "--memory", "2G")

    assert (plan.host.cores, plan.host.memory_bytes) == (8, 2 * GIB)
    assert plan.value("workers") == 5


def test_several_deployments_ask_for_a_name_and_tell_the_names(
    capsys: pytest.CaptureFixture[str], two_odoos: str
) -> None:
    assert run(["plan", "--facts", two_odoos]) == 64

    assert capsys.readouterr().err == (
        "workeroo: 2 deployments are here; name one with --deployment:"
        " 'shop (pid 812)', 'test (pid 900)'\n"
    )


@pytest.mark.parametrize("name", ["shop (pid 812)", "shop", "812"])
def test_a_deployment_is_found_by_its_name_or_a_part_of_it(
    capsys: pytest.CaptureFixture[str], two_odoos: str, name: str
) -> None:
    plan = planned(capsys, "plan", "--facts", two_odoos, "--deployment", name)

    assert plan.deployment == "shop (pid 812)"
    assert any("1 other deployment shares this host" in warning for warning in plan.warnings)


def test_hardware_divided_by_hand_is_not_called_shared(
    capsys: pytest.CaptureFixture[str], two_odoos: str
) -> None:
    plan = planned(
        capsys,
        *["plan", "--facts", two_odoos, "--deployment", "shop", "--cores", "4", "--memory", "16G"],
    )

    assert plan.value("workers") == 9
    assert not any("shares this host" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    ("name", "told"),
    [("crm", "no deployment is called 'crm'"), ("pid", "2 deployments are called 'pid'")],
)
def test_a_name_that_means_none_or_several_is_refused(
    capsys: pytest.CaptureFixture[str], two_odoos: str, name: str, told: str
) -> None:
    assert run(["plan", "--facts", two_odoos, "--deployment", name]) == 64

    assert told in capsys.readouterr().err


def test_facts_without_hardware_ask_for_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts = Facts(host=Unknown("only a file was judged"))

    assert run(["plan", "--facts", written(tmp_path, facts)]) == 66
    assert "only a file was judged; say it with --cores and --memory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--cores", "0", "--memory", "8G"], "--cores 0 is no server"),
        (["--cores", "-1", "--memory", "8G"], "--cores -1 is no server"),
        (["--cores", "1000000000", "--memory", "8G"], "give 1 to 8192 cores"),
        (["--cores", "four", "--memory", "8G"], "'four' is not a valid integer"),
        (["--cores", "4", "--memory", "0"], "'0' is not above zero"),
        (["--cores", "4", "--memory", "-8G"], "'-8G' is not a size"),
        (["--cores", "4", "--memory", "9999999999T"], "more than any server has"),
        (["--cores", "4", "--memory", "9" * 400], "is not a size"),
        ([*DECLARED[1:], "--users", "0"], "0 users make no plan"),
        ([*DECLARED[1:], "--users", "-5"], "-5 users make no plan"),
        ([*DECLARED[1:], "--masters", "0"], "0 masters make no plan"),
        ([*DECLARED[1:], "--series", "11"], "Odoo 11 is not known here"),
        ([*DECLARED[1:], "--rule", "guess"], "'guess' is not one of"),
        ([*DECLARED[1:], "--role", "boss"], "'boss' is not one of"),
    ],
)
def test_a_value_that_makes_no_sense_gets_one_sentence_and_status_64(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(["plan", *arguments]) == 64

    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert len(captured.err.splitlines()) == 1
