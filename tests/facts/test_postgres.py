"""Is the answer of PostgreSQL understood, and nothing else taken for one?"""

from __future__ import annotations

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.postgres import Postgres
from workeroo.facts.psql import answered, is_local

ANSWER = (
    '{"version": "15.14 (Debian 15.14-0+deb12u1)", "max_connections": 100, "reserved": 3,'
    ' "connections": 7, "own": 6, "shared_buffers_bytes": 134217728, "same_host": false}'
)


def test_an_answer_becomes_facts() -> None:
    found = answered(ANSWER, host="db.example.com")

    assert isinstance(found, Postgres)
    assert (found.version, found.max_connections, found.own_connections) == ("15.14", 100, 6)
    assert found.local is False


def test_a_socket_says_that_it_is_local() -> None:
    found = answered(ANSWER, host="")

    assert isinstance(found, Postgres)
    assert found.local is True


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", "Password:", ANSWER[:60], '{"version":""}']
)
def test_anything_else_is_unknown(text: str) -> None:
    assert isinstance(answered(text, host=""), Unknown)


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "127.0.1.1", "::1", "/run/pg"])
def test_these_hosts_are_this_host(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["db", "10.0.0.5", "localhost.example.com"])
def test_these_hosts_may_be_others(host: str) -> None:
    assert not is_local(host)
