"""`workeroo lab`: a real, disposable Odoo with PostgreSQL and nginx to try things on."""

from __future__ import annotations

import os
from pathlib import Path

import click

from workeroo.cli.progress import progress
from workeroo.cli.show import json_option, show
from workeroo.errors import MissingInput, UsageError
from workeroo.lab.database import KINDS
from workeroo.lab.lab import DEFAULT_NAME, Lab, LabStatus, destroy_all
from workeroo.report.paint import Paint

name_option = click.option(
    "--name", default=DEFAULT_NAME, show_default=True, help="Which lab; several can run at once."
)


@click.group()
def command() -> None:
    """Run a real, disposable Odoo to try things on.

    Odoo comes from Debian's package, PostgreSQL and nginx are those of this machine, and all of
    it stays in one folder and on loopback. The first `up` downloads about 250 MB.
    """


@command.command()
@name_option
@click.option("--database", type=click.Choice(list(KINDS)), show_default="base")
@click.option("--conf", type=click.Path(path_type=Path), help="Start Odoo with this odoo.conf.")
@click.option("--odoo-source", type=click.Path(path_type=Path), help="A checkout of Odoo.")
@click.option("--nginx", "site", type=click.Path(path_type=Path), help="Another nginx site.")
@click.option("--fresh", is_flag=True, help="Replace the database by an untouched one.")
@click.option("--beside", metavar="NAME", help="Use the PostgreSQL and data of this other lab.")
@click.option("--cpus", metavar="LIST", help="Run Odoo on these cores only: 0 or 0,1.")
@json_option
def up(
    *,
    name: str,
    database: str | None,
    conf: Path | None,
    odoo_source: Path | None,
    site: Path | None,
    fresh: bool,
    beside: str | None,
    cpus: str | None,
    as_json: bool,
) -> None:
    """Bring the lab up, or leave it when it already runs as wanted."""
    status = _lab(name).up(
        conf=conf,
        database=database,
        odoo_source=odoo_source,
        site=_text(site) if site else None,
        fresh=fresh,
        beside=beside,
        cpus=_numbers(cpus) if cpus is not None else None,
    )
    show(status, _as_text, as_json=as_json)


@command.command()
@name_option
@json_option
def restart(*, name: str, as_json: bool) -> None:
    """Start its Odoo anew, with the odoo.conf as it stands in the lab's folder."""
    show(_lab(name).restart(), _as_text, as_json=as_json)


@command.command()
@name_option
@json_option
def down(*, name: str, as_json: bool) -> None:
    """Stop its servers, and the labs beside it; what they wrote stays."""
    lab = _lab(name)
    lab.down()
    show(lab.status(), _as_text, as_json=as_json)


@command.command()
@name_option
@json_option
def status(*, name: str, as_json: bool) -> None:
    """Say what runs, and where."""
    show(_lab(name).status(), _as_text, as_json=as_json)


@command.command()
@name_option
@click.option("--lines", default=50, show_default=True, help="How many of the last lines.")
def logs(*, name: str, lines: int) -> None:
    """Print the end of Odoo's log."""
    path = _lab(name).log_path
    for line in _text(path).splitlines()[-lines:]:
        click.echo(line)


@command.command()
@name_option
@click.option("--all", "everything", is_flag=True, help="Every lab, and the downloads too.")
@json_option
def destroy(*, name: str, everything: bool, as_json: bool) -> None:
    """Stop the servers and remove every file of the lab."""
    lab = _lab(name)
    if everything:
        destroy_all(lab.root, lab.progress, lab.user)
    else:
        lab.destroy()
    show(lab.status(), _as_text, as_json=as_json)


@command.command()
@click.option("--name", default="tour", show_default=True, help="The lab to use.")
def tour(*, name: str) -> None:
    """Tell what Workeroo does, in one story on a real server."""
    from workeroo.cli.tour import tell  # noqa: PLC0415 - it calls other commands

    tell(_lab(name))


def _lab(name: str) -> Lab:
    return Lab.named(name, environment=os.environ, progress=progress())


def _numbers(cpus: str) -> list[int]:
    numbers = cpus.split(",")
    if not all(number.isdecimal() for number in numbers):
        raise UsageError(f"--cpus {cpus} names no cores", cure="give numbers like 0 or 0,1")
    return [int(number) for number in numbers]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise MissingInput(error.strerror or str(error), where=str(path)) from error


def _as_text(status: LabStatus, paint: Paint) -> str:
    if not status.running:
        kept = f"; its files are in {status.folder}" if status.database else ""
        return f"The lab {status.name!r} does not run{kept}."
    rows = {
        "Odoo": f"{status.version}, database {status.database}, pid {status.master_pid}",
        "direct": status.url,
        "nginx": status.nginx_url,
        "evented": f"port {status.evented_port}",
        "odoo.conf": status.conf,
        "log": status.log,
        "PostgreSQL": status.postgres_socket,
    }
    if status.beside:
        rows["PostgreSQL"] = f"{status.postgres_socket}, of the lab {status.beside!r}"
    if status.cpus:
        rows["cores"] = f"{', '.join(map(str, status.cpus))} only"
    health = paint.good("healthy") if status.healthy else "not healthy"
    lines = [paint.bold(f"The lab {status.name!r} runs, {health}.")]
    lines += [f"  {name:<11}{value}" for name, value in rows.items()]
    return "\n".join(lines)
