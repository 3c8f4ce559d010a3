"""Which plan does the user ask for? The options that plan, render and apply have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from workeroo.cli.gather import facts_option, gather
from workeroo.cli.hardware import declared_cores, declared_memory_bytes
from workeroo.errors import MissingInput, UsageError
from workeroo.evidence import is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan, Role
from workeroo.plan.roles import make_for_role
from workeroo.plan.rules import RULES
from workeroo.plan.split import Server

F = TypeVar("F", bound=Callable[..., Any])


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said about the plan, as the options below hand it on."""

    facts_path: str | None = None
    cores: int | None = None
    memory: str | None = None
    users: int | None = None
    rule: str = "golden"
    role: Role = "all"
    series: int | None = None
    deployment: str | None = None
    masters: int | None = None
    cron_only: bool = False


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made from.

    Attributes:
        deployment: the Odoo that is meant; None for a server still to be set up.
    """

    facts: Facts
    host: Host
    deployment: Deployment | None


def planning_options(command: F) -> F:
    """Add the options of a plan to a command; `wish(**options)` takes their values."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def basis(wish: Wish) -> Basis:
    """Gather what the plan is made from."""
    hardware = declared_cores(wish.cores), declared_memory_bytes(wish.memory)
    named = wish.facts_path is not None or wish.deployment is not None
    facts = gather(wish.facts_path, *hardware) if named else _gathered(*hardware)
    return basis_of(facts, choose(facts.deployments, wish.deployment))


def basis_of(facts: Facts, deployment: Deployment | None) -> Basis:
    """The same from facts that are here, for a deployment that was chosen.

    Raises:
        MissingInput: when the hardware is not known.
    """
    if not is_known(facts.host):
        what = f"the hardware is not known: {facts.host.reason}"
        raise MissingInput(what, cure="say it with --cores and --memory")
    return Basis(facts=facts, host=facts.host, deployment=deployment)


def planned(wish: Wish, found: Basis) -> Plan:
    """Decide."""
    if wish.role != "all":
        return make_for_role(
            Server(
                host=found.host, deployment=found.deployment, neighbours=neighbours(wish, found)
            ),
            role=wish.role,
            masters=wish.masters,
            rule=wish.rule,
            users=wish.users,
            series=wish.series,
            cron_only=wish.cron_only,
        )
    return make_plan(
        found.host,
        deployment=found.deployment,
        rule=wish.rule,
        role=wish.role,
        users=wish.users,
        series=wish.series,
        masters=1 if wish.masters is None else wish.masters,
        neighbours=neighbours(wish, found),
        cron_only=wish.cron_only,
    )


def neighbours(wish: Wish, found: Basis) -> int:
    """The other deployments on the host; none where the hardware was declared for this one."""
    declared = wish.cores is not None and wish.memory is not None
    return 0 if declared else max(len(found.facts.deployments) - 1, 0)


def choose(
    deployments: list[Deployment], name: str | None, *, option: str = "--deployment"
) -> Deployment | None:
    """The deployment that is meant: the only one, or the one with this name or part of it.

    Raises:
        UsageError: when none or several could be meant; the names are told.
    """
    if name is None:
        found = deployments
        question = f"{len(deployments)} deployments are here"
    else:
        exact = [one for one in deployments if one.name == name]
        found = exact or [one for one in deployments if name in one.name]
        many = f"{len(found)} deployments are" if found else "no deployment is"
        question = f"{many} called {name!r}"
    if len(found) == 1 or (name is None and not found):
        return found[0] if found else None
    names = ", ".join(repr(one.name) for one in deployments)
    cure = f"name one with {option}: {names}" if names else "none was found on this host"
    raise UsageError(question, cure=cure)


def _gathered(cores: int | None, memory: int | None) -> Facts:
    """The facts of this host; where all of the hardware is declared, nothing else is looked at."""
    if cores is None or memory is None:
        return gather(None, cores, memory)
    return Facts(
        host=Host(
            cores=Cores(logical=cores, declared=True),
            memory=Memory(total_bytes=memory, declared=True),
        )
    )


_OPTIONS: list[Callable[[Any], Any]] = [
    facts_option,
    click.option("--cores", type=int, metavar="N", help="Plan for this many cores."),
    click.option("--memory", metavar="SIZE", help="Plan for this much memory: 8G, 640M."),
    click.option("--users", type=int, metavar="N", help="People who work at the same time."),
    click.option(
        "--rule",
        type=click.Choice(list(RULES)),
        default="golden",
        show_default=True,
        help=f"{'; '.join(f'{name}: {rule.title}' for name, rule in RULES.items())}.",
    ),
    click.option(
        "--role",
        type=click.Choice(["all", "frontend", "backend"]),
        default="all",
        show_default=True,
        help="frontend: users only. backend: runs the crons.",
    ),
    click.option("--series", type=int, metavar="N", help="Odoo's major version, if not as found."),
    click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several."),
    click.option(
        "--masters",
        type=int,
        metavar="N",
        help="Odoo servers on one PostgreSQL, this one among them.  [default: 1; for a role 2]",
    ),
    click.option("--cron-only", is_flag=True, help="A backend without any HTTP worker."),
]
