"""Do facts come from where the user says, with what the user declares?"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from workeroo.cli.gather import LARGEST_BYTES, gather
from workeroo.errors import InputError, MissingInput, UsageError
from workeroo.evidence import Unknown
from workeroo.facts.host import Host
from workeroo.units import GIB

WORLD = Path(__file__).parent.parent / "worlds" / "small-vps" / "facts.json"


def host_of(path: str | None, cores: int | None = None, memory: int | None = None) -> Host:
    host = gather(path, cores, memory).host
    assert isinstance(host, Host)
    return host


def test_facts_come_from_a_file() -> None:
    assert gather(str(WORLD)).deployments[0].series == 19


def test_facts_come_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WORLD.read_bytes())))

    assert gather("-").deployments[0].series == 19


def test_facts_come_from_this_host() -> None:
    assert not isinstance(gather(None).host, Unknown)


def test_what_is_declared_takes_the_place_of_what_was_seen() -> None:
    host = host_of(str(WORLD), cores=8, memory=32 * GIB)

    assert (host.cores.whole, host.memory.usable_bytes) == (8, 32 * GIB)
    assert (host.cores.evidence.rank, host.memory.evidence.rank) == ("declared", "declared")
    assert host.distribution == host_of(str(WORLD)).distribution


def test_one_declaration_leaves_the_other_as_seen() -> None:
    host = host_of(str(WORLD), cores=8)

    assert (host.cores.whole, host.memory) == (8, host_of(str(WORLD)).memory)


def test_a_host_that_is_not_known_needs_both(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{"schema": "workeroo/facts/1", "host": {"type": "unknown", "reason": "far"}}')

    assert host_of(str(path), cores=2, memory=GIB).cores.whole == 2
    with pytest.raises(UsageError, match="give --memory too"):
        gather(str(path), cores=2)
    with pytest.raises(UsageError, match="give --cores too"):
        gather(str(path), memory=GIB)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="workeroo facts --out"):
        gather(str(tmp_path / "server.json"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        gather(str(tmp_path))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)

    with pytest.raises(InputError, match="larger than 64 MiB"):
        gather(str(path))
