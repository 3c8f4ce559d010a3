"""Do the proofs of limits answer where nothing can be tried, without trying anything?"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from workeroo.cli import run
from workeroo.cli.proving import _planned
from workeroo.prove.limits import PROOFS

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def stranger() -> Iterator[str]:
    """An address of this host where something listens that is no Odoo."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_server_that_is_no_odoo_of_this_host_cannot_be_told(
    stranger: str, capsys: Printed
) -> None:
    assert run(["prove", "requests", stranger]) == 1

    told = capsys.readouterr().out
    assert told.startswith(f"Could not tell: requests on {stranger}.\n")
    assert "no Odoo of this host is seen behind port" in told


def test_all_of_them_are_summed_up_and_the_worst_decides(stranger: str, capsys: Printed) -> None:
    assert run(["prove", "all", stranger]) == 1

    told = capsys.readouterr().out
    assert f"Could not tell: {stranger}: 0 hold, 0 fail, {len(PROOFS)} not told." in told
    assert all(f"could not tell {name}" in told for name in PROOFS)


def test_all_of_them_as_json(stranger: str, capsys: Printed) -> None:
    assert run(["prove", "all", stranger, "--json"]) == 1

    proofs = json.loads(capsys.readouterr().out)
    assert proofs["schema"] == "workeroo/proofs/1"
    assert proofs["outcome"] == "could not tell"
    assert [verdict["proof"] for verdict in proofs["verdicts"]] == list(PROOFS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["requests", "http://192.0.2.1:8069"],
        ["requests", "http://shop.example.com"],
        ["requests", "http://127.0.0.1:8069", "--lab", "lab"],
        ["requests", "--lab", "tests-no-such-lab"],
        ["requests", "http://127.0.0.1:8069", "--promised", "limit_request"],
        ["requests", "http://127.0.0.1:8069", "--promised", "limit_requests=7"],
        ["requests", "http://127.0.0.1:8069", "--promised", "limit_request=many"],
        ["requests", "http://127.0.0.1:8069", "--promised", "limit_request=7M"],
        ["requests", "http://127.0.0.1:8069", "--yes"],
        ["graceful", "http://127.0.0.1:8069", "--restart"],
        ["all", "http://127.0.0.1:8069", "--restart"],
    ],
)
def test_what_cannot_be_tried_is_one_sentence(arguments: list[str], capsys: Printed) -> None:
    assert run(["prove", *arguments]) == 64

    told = capsys.readouterr()
    assert told.out == ""
    assert len([line for line in told.err.splitlines() if line.startswith("workeroo: ")]) == 1


def test_what_is_no_plan_promises_nothing(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "plan.json"
    path.write_text("{}", encoding="utf-8")

    assert run(["prove", "requests", "http://127.0.0.1:8069", "--plan", str(path)]) == 65
    assert run(["prove", "requests", "http://127.0.0.1:8069", "--plan", f"{path}.not"]) == 66

    assert capsys.readouterr().err.count("make it with `workeroo plan --json > FILE`") == 2


def test_a_plan_promises_what_it_decides(tmp_path: Path, capsys: Printed) -> None:
    assert run(["plan", "--cores", "4", "--memory", "8G", "--series", "19", "--json"]) == 0
    path = tmp_path / "plan.json"
    path.write_text(capsys.readouterr().out, encoding="utf-8")

    promises = _planned(str(path))

    assert promises["workers"].number == 9
    assert promises["workers"].evidence.source == str(path)


@pytest.mark.parametrize("name", [*PROOFS, "all"])
def test_the_help_of_every_proof_has_80_columns(name: str, capsys: Printed) -> None:
    assert run(["prove", name, "--help"]) == 0

    assert all(len(text) <= 80 for text in capsys.readouterr().out.splitlines())
