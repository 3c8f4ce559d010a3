"""`workeroo plan`: the settings for a server, with reasons."""

from __future__ import annotations

from functools import partial

import click

from workeroo.cli.gather import facts_option, gather
from workeroo.cli.show import json_option, show
from workeroo.errors import MissingInput, UsageError
from workeroo.evidence import is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts
from workeroo.plan.make import make_plan
from workeroo.plan.product import Role
from workeroo.plan.rules import RULES
from workeroo.report.plan_text import plan_text
from workeroo.units import GIB, parse_bytes

MOST_CORES = 8192  # the largest NR_CPUS that a Linux kernel is built with on x86-64
MOST_MEMORY_BYTES = 4 * 1024 * 1024 * GIB  # 52 bits: the largest physical address of x86-64


@click.command("plan")
@facts_option
@click.option("--cores", type=int, metavar="N", help="Plan for this many cores.")
@click.option("--memory", metavar="SIZE", help="Plan for this much memory: 8G, 640M.")
@click.option("--users", type=int, metavar="N", help="People who work at the same time.")
@click.option(
    "--rule",
    type=click.Choice(list(RULES)),
    default="golden",
    show_default=True,
    help=f"{'; '.join(f'{name}: {rule.title}' for name, rule in RULES.items())}.",
)
@click.option(
    "--role",
    type=click.Choice(["all", "frontend", "backend"]),
    default="all",
    show_default=True,
    help="frontend: users only. backend: runs the crons.",
)
@click.option("--series", type=int, metavar="N", help="Odoo's major version, if not as found.")
@click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several.")
@click.option(
    "--masters",
    type=int,
    default=1,
    metavar="N",
    help="Odoo servers with these settings on one PostgreSQL.",
)
@click.option("--explain", is_flag=True, help="Add the evidence behind every number.")
@json_option
def command(
    *,
    facts_path: str | None,
    cores: int | None,
    memory: str | None,
    users: int | None,
    rule: str,
    role: Role,
    series: int | None,
    deployment: str | None,
    masters: int,
    explain: bool,
    as_json: bool,
) -> None:
    """Decide the settings for a server, with reasons. Nothing is changed.

    With both --cores and --memory the plan is for a server that is not there yet, unless
    --facts or --deployment names one that is.

    \b
    workeroo plan                                  for this server
    workeroo plan --cores 4 --memory 8G            for one that is not there yet
    workeroo plan --cores 4 --memory 8G --users 60 --rule docs
    workeroo facts --out shop.json; workeroo plan --facts shop.json
    """
    hardware = _cores(cores), _memory_bytes(memory)
    named = facts_path is not None or deployment is not None
    facts = gather(facts_path, *hardware) if named else _gathered(*hardware)
    chosen = choose(facts.deployments, deployment)
    plan = make_plan(
        _host(facts),
        deployment=chosen,
        rule=rule,
        role=role,
        users=users,
        series=series,
        masters=masters,
        neighbours=0 if all(hardware) else max(len(facts.deployments) - 1, 0),
    )
    show(plan, partial(plan_text, explain=explain), as_json=as_json)


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


def choose(deployments: list[Deployment], name: str | None) -> Deployment | None:
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
    cure = f"name one with --deployment: {names}" if names else "none was found on this host"
    raise UsageError(question, cure=cure)


def _host(facts: Facts) -> Host:
    if not is_known(facts.host):
        what = f"the hardware is not known: {facts.host.reason}"
        raise MissingInput(what, cure="say it with --cores and --memory")
    return facts.host


def _cores(cores: int | None) -> int | None:
    if cores is not None and not 1 <= cores <= MOST_CORES:
        raise UsageError(f"--cores {cores} is no server", cure=f"give 1 to {MOST_CORES} cores")
    return cores


def _memory_bytes(memory: str | None) -> int | None:
    if memory is None:
        return None
    size_bytes = parse_bytes(memory)
    if size_bytes > MOST_MEMORY_BYTES:
        raise UsageError("--memory is more than any server has", cure="give a size like 8G")
    return size_bytes
