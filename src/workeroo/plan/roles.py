"""Which settings make a server of one role, counted with those that share its PostgreSQL?

A frontend alone runs no scheduled action and a backend alone serves no user: each stands for a
pair at least. Its own connections are no budget; those of all masters are, as in a split.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.errors import UsageError
from workeroo.plan.make import Drafted, draft_plan, finish
from workeroo.plan.product import Plan
from workeroo.plan.split import Server, like
from workeroo.units import format_count

FEWEST_MASTERS = 2
"""A frontend and a backend: what a role makes sense with."""


def make_for_role(
    server: Server,
    *,
    role: Literal["frontend", "backend"],
    masters: int | None = None,
    rule: str = "golden",
    users: int | None = None,
    series: int | None = None,
    cron_only: bool = False,
) -> Plan:
    """Settings for a frontend or a backend, its `db_maxconn` such that all masters fit.

    Args:
        server: the one that is planned; the others are taken to be like it.
        role: what it is for.
        masters: Odoo servers on the same PostgreSQL, one of them a backend; two where not given.
        rule: a name in `plan.rules.RULES`.
        users: people who work at the same time; on a frontend, on this one.
        series: the major version; the deployment's own where not given.
        cron_only: the backend has no HTTP worker at all.

    Raises:
        UsageError: as `make_plan`.
    """
    count = FEWEST_MASTERS if masters is None else masters
    if count < 1:
        raise UsageError(f"{count} masters make no plan", cure="give a number of 1 or more")
    frontends = count if (role, count) == ("frontend", 1) else count - 1
    others = like(server)

    def draft(as_role: Literal["frontend", "backend"]) -> Drafted:
        own = as_role == role
        side = server if own else others
        return draft_plan(
            side.host,
            deployment=side.deployment,
            rule=rule,
            role=as_role,
            users=users if own else None,
            series=series,
            masters=frontends if as_role == "frontend" else 1,
            neighbours=side.neighbours,
            cron_only=cron_only and own,
        )

    kinds: list[Literal["frontend", "backend"]] = ["frontend", "backend"]
    counted = [kind for kind in kinds if kind == role or count > 1]
    plan = finish([draft(kind) for kind in counted])[counted.index(role)]
    return msgspec.structs.replace(
        plan, warnings=[*plan.warnings, _counted(role, count, assumed=masters is None)]
    )


def _counted(role: str, masters: int, *, assumed: bool) -> str:
    """For how many masters the connections were added up, and who said so."""
    if masters == 1:
        return (
            f"The connections are those of this {role} alone, as --masters 1 says. Whatever else"
            " uses the same PostgreSQL asks for more."
        )
    frontends = format_count(masters - 1, "frontend")
    who = "assumed: --masters N says how many there are" if assumed else f"--masters {masters}"
    return (
        f"The connections are those of {masters} masters on one PostgreSQL ({who}): {frontends} and"
        " 1 backend, the others on servers like this one. `workeroo plan --split` plans both kinds."
    )
