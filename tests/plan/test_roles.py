"""A frontend or a backend alone: its pool must leave room for those that share its PostgreSQL."""

from __future__ import annotations

from typing import Literal

import pytest
from tests.plan.test_split import host, odoo

from workeroo.errors import UsageError
from workeroo.plan.roles import make_for_role
from workeroo.plan.split import Server, make_split

Half = Literal["frontend", "backend"]
HALVES: tuple[Half, Half] = ("frontend", "backend")


@pytest.mark.parametrize("role", HALVES)
@pytest.mark.parametrize("masters", [2, 3, 9])
@pytest.mark.parametrize("max_connections", [None, 30, 103, 300, 5000])
@pytest.mark.parametrize("rule", ["golden", "docs"])
def test_a_server_of_one_role_is_planned_as_in_a_split_of_as_many_masters(
    role: Half, masters: int, max_connections: int | None, rule: str
) -> None:
    server = Server(host=host(), deployment=odoo(max_connections))
    split = make_split(server, frontends=masters - 1, rule=rule)

    plan = make_for_role(server, role=role, masters=masters, rule=rule)

    assert plan.connections == split.connections
    assert plan.connections.masters == masters
    assert plan.value("db_maxconn") == getattr(split, role).value("db_maxconn")


@pytest.mark.parametrize("role", HALVES)
def test_where_nobody_says_how_many_a_frontend_and_a_backend_are_assumed_and_told(
    role: Half,
) -> None:
    server = Server(host=host(), deployment=odoo(103))

    plan = make_for_role(server, role=role)

    assert plan.connections.masters == 2
    assert plan.connections.arithmetic == "((9 + 0) x 7 + 1 x 7) + ((2 + 1) x 7 + 1 x 7) = 98"
    assert plan.warnings[-1].startswith(
        "The connections are those of 2 masters on one PostgreSQL (assumed: --masters N says how"
        " many there are): 1 frontend and 1 backend"
    )


def test_masters_that_were_given_are_told_as_given() -> None:
    plan = make_for_role(Server(host=host()), role="backend", masters=3)

    assert "of 3 masters on one PostgreSQL (--masters 3): 2 frontends and 1" in plan.warnings[-1]


@pytest.mark.parametrize(("role", "own"), [("frontend", 640), ("backend", 256)])
def test_a_server_that_is_alone_by_somebody_s_word_counts_only_its_own(
    role: Half, own: int
) -> None:
    plan = make_for_role(Server(host=host()), role=role, masters=1)

    assert (plan.connections.masters, plan.connections.required) == (1, own)
    assert f"those of this {role} alone" in plan.warnings[-1]


def test_a_backend_for_crons_alone_is_counted_as_such_and_the_frontend_is_not() -> None:
    plan = make_for_role(Server(host=host()), role="backend", cron_only=True)

    assert plan.value("workers") == -1
    assert plan.connections.arithmetic.startswith("((9 + 0) x 64 + 1 x 64) + ((0 + 1) x 64 +")


@pytest.mark.parametrize("masters", [0, -1])
def test_a_number_that_makes_no_masters_is_refused(masters: int) -> None:
    with pytest.raises(UsageError, match=f"{masters} masters make no plan"):
        make_for_role(Server(host=host()), role="backend", masters=masters)
