"""`workeroo facts`: what is known of this server?"""

from __future__ import annotations

import click

from workeroo.cli.show import to_json, write
from workeroo.evidence import Unknown
from workeroo.facts.snapshot import Facts
from workeroo.facts.unseen import unseen
from workeroo.probe.collect import collect
from workeroo.units import format_bytes, format_count


@click.command("facts")
@click.option("--out", metavar="FILE", help="Write the JSON there instead of on stdout.")
def command(out: str | None) -> None:
    """Collect what is known of this server into JSON.

    Cores, memory and limits, every Odoo with its processes and settings, its
    PostgreSQL and its nginx; no passwords. Reads only, and needs no root: what
    this user may not see is in the JSON as unknown, with the reason.

    \b
    Judge a server from elsewhere:
      server$ workeroo facts --out server.json
      laptop$ workeroo audit --facts server.json
    """
    facts = collect()
    if out is None:
        click.echo(to_json(facts), nl=False)
    else:
        write(out, to_json(facts))
    click.echo(f"workeroo: {_summary(facts)}", err=True)
    for blind in unseen(facts):
        click.echo(f"workeroo: not seen: {blind.what}: {blind.reason}", err=True)


def _summary(facts: Facts) -> str:
    """The snapshot in one line."""
    host = facts.host
    if isinstance(host, Unknown):
        hardware = f"host not known ({host.reason})"
    else:
        cores = format_count(host.cores.whole, "core")
        hardware = f"{cores}, {format_bytes(host.memory.usable_bytes)}"
    names = ", ".join(deployment.name for deployment in facts.deployments)
    return f"{hardware}; {names or 'no Odoo runs here'}"
