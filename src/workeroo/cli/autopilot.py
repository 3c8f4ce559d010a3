"""`workeroo autopilot`: hold the right number of workers, live."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from workeroo.autopilot.bounds import DEFAULTS, bounds_of, windows_for
from workeroo.autopilot.control import ask
from workeroo.autopilot.explain import explained
from workeroo.autopilot.find import Finder
from workeroo.autopilot.journal import read_journal
from workeroo.autopilot.loop import Autopilot, Orders
from workeroo.autopilot.moment import this_moment
from workeroo.autopilot.place import UNIT_FOLDER, Place, only, places
from workeroo.autopilot.product import Entry, Status
from workeroo.cli.planning import Basis, Wish, basis, planned
from workeroo.cli.show import json_option, show
from workeroo.errors import MissingInput, NotPermitted, OutputError, UsageError, WorkerooError
from workeroo.facts.deployment import Deployment
from workeroo.render.autopilotunit import PROGRAM, autopilot_unit
from workeroo.report.autopilot_text import explanation_text, status_text
from workeroo.settings import state_folder

SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS = 0.05, 1.0
"""A longer one would miss a shortage of a second; a look takes some milliseconds."""

SHORTEST_CALM_SECONDS = 1.0


@click.group("autopilot", invoke_without_command=True)
@click.option("--dry-run", is_flag=True, help="Say what it would do, and signal nobody.")
@click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several.")
@click.option("--floor", type=int, metavar="N", help="Fewest workers, if not by the plan.")
@click.option("--ceiling", type=int, metavar="N", help="Most workers, if not by the plan.")
@click.option(
    "--interval", type=click.FloatRange(SHORTEST_INTERVAL_SECONDS, LONGEST_INTERVAL_SECONDS),
    default=0.2, show_default=True, metavar="SECONDS", help="Between two looks.",
)  # fmt: skip
@click.option(
    "--calm", type=click.FloatRange(min=SHORTEST_CALM_SECONDS), default=DEFAULTS.calm_seconds,
    show_default=True, metavar="SECONDS",
    help="A worker that was not needed for so long may go.",
)  # fmt: skip
@click.option("--folder", metavar="DIR", help="Where journal and control socket are.")
@click.pass_context
def command(ctx: click.Context, /, folder: str | None, **said: Any) -> None:  # noqa: ANN401 - of many types
    """Hold the right number of workers on a running Odoo, live, by signals alone.

    Adds workers while connections wait and nobody is idle, takes idle ones away when they were
    not needed for long, and says at each look why it did or did nothing. Needs no module in Odoo
    and no restart; runs as root or as Odoo's own user. When it ends, Odoo goes on as it stands.

    \b
    workeroo autopilot --dry-run
    workeroo autopilot --floor 2 --ceiling 12
    workeroo autopilot explain
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = folder
        return
    _run(folder, said)


@command.command()
@click.option("--port", type=int, metavar="N", help="Of which Odoo, where there are several.")
@json_option
@click.pass_obj
def status(folder: str | None, *, port: int | None, as_json: bool) -> None:
    """Say what the autopilot sees, holds and does now."""
    show(ask(_place(folder, port).socket, "status"), status_text, as_json=as_json)


@command.command()
@click.option("--port", type=int, metavar="N", help="Of which Odoo, where there are several.")
@json_option
@click.pass_obj
def pause(folder: str | None, *, port: int | None, as_json: bool) -> None:
    """Let it look and tell on, and signal nobody until it is resumed."""
    show(ask(_place(folder, port).socket, "pause"), status_text, as_json=as_json)


@command.command()
@click.option("--port", type=int, metavar="N", help="Of which Odoo, where there are several.")
@json_option
@click.pass_obj
def resume(folder: str | None, *, port: int | None, as_json: bool) -> None:
    """Let it act again."""
    show(ask(_place(folder, port).socket, "resume"), status_text, as_json=as_json)


@command.command()
@click.option("--port", type=int, metavar="N", help="Of which Odoo, where there are several.")
@json_option
@click.pass_obj
def explain(folder: str | None, *, port: int | None, as_json: bool) -> None:
    """Answer from the journal why there are as many workers as there are.

    Works also when the autopilot does not run any more.
    """
    place = _place(folder, port)
    try:
        running = ask(place.socket, "status")
    except WorkerooError:
        running = None
    entries = _entries(place, running)
    bounds = list(running.bounds.why) if running else []
    trouble = running.trouble if running else ()
    told = explained(entries, bounds, this_moment(), trouble)
    show(told, explanation_text, as_json=as_json)


def _entries(place: Place, running: Status | None) -> list[Entry]:
    """Those of the journal, and the last one of an autopilot that runs: also on a full disk."""
    last = [running.last] if running and running.last else []
    try:
        return [*read_journal(place), *last]
    except MissingInput:
        if not last:
            raise
        return last


@command.command()
@click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several.")
@click.option("--program", default=PROGRAM, show_default=True, metavar="PATH", help="Workeroo's.")
def unit(*, deployment: str | None, program: str) -> None:
    """Print a systemd unit that keeps the autopilot running, as Odoo's own user.

    \b
    workeroo autopilot unit > /etc/systemd/system/workeroo-autopilot.service
    """
    found = _prefork(Wish(deployment=deployment))[1]
    finder = Finder(found)
    with closing(finder()):
        file = autopilot_unit(found, finder.port, program)
    click.echo(file.text, nl=False)
    for sentence in file.said:
        click.echo(sentence, err=True)


def _prefork(wish: Wish) -> tuple[Basis, Deployment]:
    """The server that is meant, which must have workers."""
    found = basis(wish)
    if found.deployment is None:
        raise MissingInput("no Odoo runs here", cure="start it, or call this as root")
    if found.deployment.mode == "threaded":
        what = f"{found.deployment.name} is a threaded server: it has no workers to add"
        raise UsageError(what, cure="set workers to 2 or more, see `workeroo plan`")
    return found, found.deployment


def _run(folder: str | None, said: dict[str, Any]) -> None:
    """Gather, and hold until somebody ends it."""
    wish = Wish(deployment=said["deployment"])
    found, deployment = _prefork(wish)
    finder = Finder(deployment, ask_database=True)
    orders = Orders(
        deployment=deployment.name,
        bounds=bounds_of(
            planned(wish, found),
            floor=said["floor"],
            ceiling=said["ceiling"],
            windows=windows_for(said["calm"]),
        ),
        place=Place(_made(folders(folder)[0]), finder.port),
        dry_run=said["dry_run"],
        interval_seconds=said["interval"],
    )
    autopilot = Autopilot(orders, finder, os.environ, _say)

    def end(number: int, frame: object) -> None:
        del number, frame
        autopilot.ended = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    for why in orders.bounds.why:
        _say(why)
    autopilot.run()


def _say(sentence: str) -> None:
    """Tell whoever listens; a file that cannot be written is no reason to leave Odoo alone."""
    try:
        click.echo(sentence)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        return


def _place(folder: str | None, port: int | None) -> Place:
    looked_in = folders(folder)
    return only(places(looked_in), port, looked_in)


def folders(folder: str | None) -> list[Path]:
    """Where autopilots keep their files: as the user says, else one's own and the unit's."""
    if folder is not None:
        return [Path(folder).absolute()]
    own = Path(state_folder(os.environ, root=os.geteuid() == 0)) / "autopilot"
    return [own, UNIT_FOLDER]


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    except PermissionError as error:
        cure = "give another one with --folder"
        raise NotPermitted("this folder cannot be made", where=str(folder), cure=cure) from error
    except OSError as error:
        raise OutputError(error.strerror or str(error), where=str(folder)) from error
    return folder
