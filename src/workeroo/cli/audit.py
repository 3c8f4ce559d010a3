"""`workeroo audit`: what is wrong with the workers, and the cure."""

from __future__ import annotations

import click

from workeroo.catalog.series import NEWEST
from workeroo.checks.audit import audit
from workeroo.checks.product import Audit
from workeroo.checks.rules import RULES, page
from workeroo.cli.gather import facts_option, gather
from workeroo.cli.hardware import declared_cores, declared_memory_bytes, hardware_options
from workeroo.cli.show import json_option, paint, show
from workeroo.errors import MissingInput, UsageError
from workeroo.evidence import Unknown
from workeroo.facts.effective import from_conf
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts
from workeroo.probe.conf import read_conf
from workeroo.report.audit_text import audit_text, rules_text

STATUS = {"error": 2, "warning": 1, "note": 0}
"""The exit status of the worst finding; 0 where there is none."""


@click.command("audit")
@facts_option
@click.option("--conf", metavar="FILE", help="Judge this odoo.conf alone, without a server.")
@click.option("--series", type=int, metavar="N", help=f"With --conf: 12 to {NEWEST}.")
@hardware_options
@click.option("--explain", metavar="RULE", help="Print the page of a rule.")
@click.option("--list", "as_list", is_flag=True, help="List the rules.")
@json_option
def command(
    *,
    facts_path: str | None,
    conf: str | None,
    series: int | None,
    cores: int | None,
    memory: str | None,
    explain: str | None,
    as_list: bool,
    as_json: bool,
) -> int:
    """Say what is wrong with the workers, and the cure. Nothing is changed.

    The exit status is 0 where all is well or there are notes only, 1 with warnings, 2 with
    errors, and another number where nothing could be judged.

    \b
    workeroo audit                                 this server
    workeroo audit --facts shop.json               one that is elsewhere
    workeroo audit --conf odoo.conf --series 18 --cores 4 --memory 8G
    workeroo audit --explain cron-kill-loop        what a rule means
    """
    if explain is not None:
        return _explained(explain)
    if as_list:
        click.echo(rules_text(RULES.values(), paint()))
        return 0
    hardware = declared_cores(cores), declared_memory_bytes(memory)
    if conf is None:
        if series is not None:
            raise UsageError("--series goes with --conf", cure="a server says its series itself")
        facts = _gathered(facts_path, *hardware)
    elif facts_path is not None:
        raise UsageError("--facts and --conf exclude each other", cure="give one of them")
    else:
        facts = _from_file(conf, series, *hardware)
    told = audit(facts)
    show(told, audit_text, as_json=as_json)
    return exit_status(told)


def exit_status(told: Audit) -> int:
    """0, 1 or 2 by the worst finding."""
    return max((STATUS[finding.severity] for finding in told.findings), default=0)


def _explained(rule: str) -> int:
    if rule not in RULES:
        raise UsageError(f"there is no rule {rule!r}", cure="see `workeroo audit --list`")
    click.echo(page(rule), nl=False)
    return 0


def _gathered(facts_path: str | None, cores: int | None, memory_bytes: int | None) -> Facts:
    facts = gather(facts_path, cores, memory_bytes)
    if facts.deployments:
        return facts
    cure = "start it, or judge a file with --conf FILE or --facts FILE"
    if facts_path is not None:
        raise MissingInput("there is no Odoo in these facts", where=facts_path, cure=cure)
    raise MissingInput("no Odoo runs on this host, as far as this user can see", cure=cure)


def _from_file(path: str, series: int | None, cores: int | None, memory_bytes: int | None) -> Facts:
    """Facts of a file alone: a server that does not run, on the hardware that was declared."""
    parsed = read_conf(path)
    if series is None:
        click.echo(f"Judged for Odoo {NEWEST}; --series N judges for another.", err=True)
    deployment = from_conf(parsed, NEWEST if series is None else series)
    return Facts(host=_declared(cores, memory_bytes), deployments=[deployment])


def _declared(cores: int | None, memory_bytes: int | None) -> Host | Unknown:
    if cores is None and memory_bytes is None:
        return Unknown("no hardware was declared; give --cores and --memory")
    if cores is None or memory_bytes is None:
        missing = "--cores" if cores is None else "--memory"
        raise UsageError("half of the hardware is declared", cure=f"give {missing} too")
    return Host(
        cores=Cores(logical=cores, declared=True),
        memory=Memory(total_bytes=memory_bytes, declared=True),
    )
