"""Does `workeroo prove` answer people, programs and scripts?"""

from __future__ import annotations

import json
import socket

import pytest

from workeroo.cli import run

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def test_what_fails_says_so_first_and_gives_the_cure_and_status_2(
    nobody: str, capsys: Printed
) -> None:
    assert run(["prove", "longpolling", nobody]) == 2

    told = capsys.readouterr().out
    assert told.startswith(f"It fails: longpolling on {nobody}.\n")
    assert "BROKEN TCP" in told
    assert "> start nginx" in told


def test_json_holds_every_hop(nobody: str, capsys: Printed) -> None:
    assert run(["prove", "longpolling", nobody, "--json"]) == 2

    verdict = json.loads(capsys.readouterr().out)
    assert verdict["schema"] == "workeroo/verdict/1"
    assert [hop["state"] for hop in verdict["hops"]][:3] == ["ok", "broken", "not reached"]


def test_without_an_address_and_without_a_lab_it_asks_for_one(capsys: Printed) -> None:
    assert run(["prove", "longpolling", "--lab", "tests-no-such-lab"]) == 64

    assert "give the address that browsers use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["shop.example.com"], 65),
        (["https://user:geheim@shop.example.com"], 65),
        (["http://127.0.0.1", "--lab", "lab"], 64),
        (["http://127.0.0.1", "--series", "11"], 64),
        (["http://127.0.0.1", "--idle", "-1"], 64),
        (["http://127.0.0.1", "--idle", "nan"], 64),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(
    arguments: list[str], status: int, capsys: Printed
) -> None:
    assert run(["prove", "longpolling", *arguments]) == status

    told = capsys.readouterr()
    assert told.out == ""
    assert "geheim" not in told.err
    assert len([line for line in told.err.splitlines() if line.startswith("workeroo: ")]) == 1
