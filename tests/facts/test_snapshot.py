"""Are facts from elsewhere read strictly, and refused in a sentence that helps?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.errors import InputError
from workeroo.evidence import Unknown
from workeroo.facts.snapshot import SCHEMA, Blind, Facts, decode_facts
from workeroo.facts.unseen import unseen

WORLD = Path(__file__).parent.parent / "worlds" / "small-vps" / "facts.json"


def refused(document: object) -> str:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InputError) as error:
        decode_facts(data, "server.json")
    return str(error.value)


def world() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(WORLD.read_bytes())
    return document


def test_facts_come_back_as_they_went() -> None:
    facts = decode_facts(WORLD.read_bytes(), "server.json")

    assert decode_facts(msgspec.json.encode(facts), "again") == facts
    assert facts.deployments[0].series == 19


def test_a_newer_schema_needs_a_newer_workeroo() -> None:
    told = refused({**world(), "schema": "workeroo/facts/2", "host": {"new": "shape"}})

    assert "server.json: facts of schema 2 need a newer workeroo" in told


@pytest.mark.parametrize("schema", ["workeroo/plan/1", "workeroo/facts/x", "", "facts"])
def test_another_schema_is_refused_by_name(schema: str) -> None:
    assert repr(schema) in refused({**world(), "schema": schema})


def test_a_wrong_type_is_told_with_its_path() -> None:
    document = world()
    document["host"]["cores"]["logical"] = "four"

    assert "Expected int, got str at $.host.cores.logical" in refused(document)


def test_a_missing_part_is_told_by_name() -> None:
    document = world()
    del document["host"]

    assert "host" in refused(document)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\0\1\2", b"workers = 5", b"\xff\xfe", b'{"a": ' + b"[" * 100_000]
)
def test_what_is_no_json_is_said_to_be_none(data: bytes) -> None:
    told = refused(data)

    assert told.startswith("server.json: this is not JSON")
    assert "\n" not in told


@pytest.mark.parametrize("document", [[], 5, "text", None, {}, b"[options]\nworkers = 5"])
def test_other_json_is_no_facts(document: object) -> None:
    assert "these are no facts" in refused(document)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(data: bytes) -> None:
    with pytest.raises(InputError):
        decode_facts(data, "server.json")


def test_what_is_unknown_is_listed_with_its_reason() -> None:
    facts = Facts(schema=SCHEMA, host=Unknown("no /proc"), blind=[Blind("a", "b")])

    assert unseen(facts) == [Blind("a", "b"), Blind("host", "no /proc")]


def test_the_same_unknown_of_many_processes_is_told_once() -> None:
    stranger = WORLD.parent.parent / "stranger" / "facts.json"
    told = unseen(decode_facts(stranger.read_bytes(), "stranger"))

    assert [b.what for b in told if "pss" in b.what] == [
        "deployments.processes.pss_bytes (8 times)"
    ]
