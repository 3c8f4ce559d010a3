"""`workeroo apply`: put the plan in place, verified, or leave all as it was."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

import click

from workeroo.apply.orders import Rehearsed, is_behind, order_of, user_name
from workeroo.apply.product import Change, Rehearsal
from workeroo.apply.stage import refuse
from workeroo.apply.store import Store
from workeroo.apply.transaction import carry_out, finish
from workeroo.apply.watch import Watch
from workeroo.catalog.series import NEWEST
from workeroo.cli.gather import gather
from workeroo.cli.hardware import declared_cores, declared_memory_bytes
from workeroo.cli.planning import (
    Basis,
    Wish,
    basis,
    basis_of,
    choose,
    planned,
    planning_options,
)
from workeroo.cli.progress import progress
from workeroo.cli.show import json_option, paint, show
from workeroo.errors import MissingInput, OutputError, UsageError
from workeroo.evidence import is_known
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import from_conf
from workeroo.probe.conf import read_conf
from workeroo.probe.deployments import with_proxy
from workeroo.probe.standing import read_standing
from workeroo.render.subject import SiteWish, Subject
from workeroo.render.targets import TARGETS
from workeroo.report.change_text import change_text, diffs_text, rehearsal_text

USUAL_TARGETS = ("odoo.conf", "nginx")
"""What is put in place unless others are named: what the workers and their users depend on."""

STATUS = {"done": 0, "restored": 1, "abandoned": 1}
"""The exit status by how a change ended; where it has not, or is stuck, a person must look."""

LOOK = 2


@click.command("apply")
@planning_options
@click.option("--conf", metavar="FILE", help="The odoo.conf of an Odoo that does not run.")
@click.option(
    "--target", "targets", multiple=True, type=click.Choice(list(TARGETS)),
    help="What to put in place; can be repeated.  [default: odoo.conf, nginx]",
)  # fmt: skip
@click.option("--restart-command", metavar="COMMAND", help="How Odoo is restarted, if not found.")
@click.option("--server-name", default="_", metavar="NAME", help="For a new nginx site.")
@click.option("--dry-run", is_flag=True, help="Say and check everything, change nothing.")
@click.option("--diff", "with_diff", is_flag=True, help="Show each line that changes.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--finish", "only_finish", is_flag=True, help="Only end what was interrupted.")
@json_option
def command(
    *,
    conf: str | None,
    targets: tuple[str, ...],
    restart_command: str | None,
    server_name: str,
    dry_run: bool,
    with_diff: bool,
    yes: bool,
    only_finish: bool,
    as_json: bool,
    **said: Any,  # noqa: ANN401 - of many types
) -> int:
    """Put the plan in place as one change: checked before, verified after, undone if that fails.

    Files are replaced whole, keeping owner, mode and links; what stood before is kept. Odoo is
    restarted by whoever runs it, nginx reads its files without losing a request. Then workers,
    log, a request and a websocket are looked at; unless all is well, the old files come back.

    The exit status is 0 when the change is in place, 1 when it was undone, 2 when a person must
    look, and another number where nothing was changed.

    \b
    workeroo apply --dry-run                       what would change, and can it
    workeroo apply --diff                          show it, ask, do it
    workeroo apply --yes --restart-command 'systemctl restart odoo'
    workeroo rollback                              take the last change back
    """
    store = Store.of(os.environ)
    watch = Watch(progress())
    if only_finish:
        return _finished(store, watch, as_json=as_json)
    wish = Wish(**said)
    if wish.facts_path is not None:
        cure = "leave --facts out, or write the files with `workeroo render`"
        raise UsageError("a change is made on the server itself", cure=cure)
    if dry_run:
        rehearsed = _rehearsed(wish, conf, targets or USUAL_TARGETS, restart_command, server_name)
        show(_rehearsal(rehearsed), rehearsal_text, as_json=as_json)
        _remark(rehearsed)
        return int(any(seen.holds is False for seen in rehearsed.checked))
    with store.locked():
        if not ended_before(store, watch, as_json=as_json):
            return LOOK
        rehearsed = _rehearsed(wish, conf, targets or USUAL_TARGETS, restart_command, server_name)
        return settle(store, rehearsed, watch, with_diff=with_diff, yes=yes, as_json=as_json)


def settle(
    store: Store, rehearsed: Rehearsed, watch: Watch, *, with_diff: bool, yes: bool, as_json: bool
) -> int:
    """Show a change, ask, carry it out, tell how it went; the store is locked."""
    if not rehearsed.order.pieces:
        show(_rehearsal(rehearsed), rehearsal_text, as_json=as_json)
        _remark(rehearsed)
        return 0
    if with_diff and not as_json:
        _show_diffs(rehearsed)
    refuse(rehearsed.checked)
    _ask(rehearsed, yes=yes)
    with watch.unbroken():
        change = carry_out(store, rehearsed.order, watch)
    return _told(change, as_json=as_json)


def _show_diffs(rehearsed: Rehearsed) -> None:
    try:
        click.echo(diffs_text([piece.told for piece in rehearsed.order.pieces], paint()) + "\n")
    except BrokenPipeError as error:  # no success, though it is one where nothing is to be done
        raise OutputError("nobody reads the diff any more", cure="nothing was changed") from error


def ended_before(store: Store, watch: Watch, *, as_json: bool) -> bool:
    """Finish or undo what an interrupted call left, and say which; the store is locked.

    False where that did not end, or ended so that a person must look: nothing new is begun then.
    """
    with watch.unbroken():
        change = finish(store, watch)
    if change is None:
        return True
    _heard(sys.stderr, lambda: click.echo(_found(change), err=True))
    if change.state not in STATUS:
        _told(change, as_json=as_json)
        return False
    if watch.strikes:
        raise click.Abort
    return True


def _found(change: Change) -> str:
    return f"An interrupted change was found. {' '.join(change.told[-2:])}"


def _told(change: Change, *, as_json: bool) -> int:
    """Tell how a change went. Its status is its own, also where nobody listens any more."""
    _heard(sys.stdout, lambda: show(change, change_text, as_json=as_json))
    _heard(sys.stderr, lambda: None)
    return STATUS.get(change.state, LOOK)


def _heard(stream: TextIO | None, tell: Callable[[], None]) -> None:
    """Tell; where the reader has gone, say no more into this stream, not even at the exit."""
    if stream is None:
        return
    try:
        tell()
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _remark(rehearsed: Rehearsed) -> None:
    """Files that are as planned do not say that the server has read them."""
    order = rehearsed.order
    if not order.pieces and is_behind(order.before, order.after):
        text = "But Odoo runs with other numbers of processes than its files say: restart it."
        click.echo(text, err=True)


def _finished(store: Store, watch: Watch, *, as_json: bool) -> int:
    with store.locked(), watch.unbroken():
        change = finish(store, watch)
    if change is None:
        click.echo("Nothing was interrupted.", err=True)
        return 0
    return _told(change, as_json=as_json)


def _ask(rehearsed: Rehearsed, *, yes: bool) -> None:
    """Say what will happen, and wait for a yes.

    Raises:
        UsageError: when there is nobody to ask.
    """
    files = ", ".join(piece.told.path for piece in rehearsed.order.pieces)
    what = f"{files} will be replaced"
    if rehearsed.order.restart is not None:
        what += ", and Odoo restarted"
    if yes:
        _heard(sys.stderr, lambda: click.echo(f"{what}.", err=True))
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(what, cure="add --yes, or look with --dry-run first")
    click.confirm(f"{what}. Go on?", abort=True, err=True)


def _rehearsed(
    wish: Wish, conf: str | None, targets: tuple[str, ...], command: str | None, name: str
) -> Rehearsed:
    """Gather, decide, render, check: all but the change itself."""
    found = _basis(wish, conf)
    deployment = found.deployment
    if deployment is None or not isinstance(deployment.conf, ConfFile):
        what = "no Odoo with an odoo.conf was found on this host"
        raise MissingInput(what, cure="start it, or name its file with --conf FILE")
    subject = Subject(
        plan=planned(wish, found),
        deployment=deployment,
        files=read_standing(deployment),
        site=SiteWish(server_name=name),
    )
    if "postgresql" in targets:
        _require_local(deployment)
    wanted = [n for n in TARGETS if n in targets and (n != "nginx" or _has_site(subject, targets))]
    rendered = {target: TARGETS[target].render(subject) for target in wanted}
    return order_of(subject, rendered, made_by=user_name(), restart_command=command)


def _require_local(deployment: Deployment) -> None:
    """A file for PostgreSQL belongs on its own host, in the folder of its version.

    Raises:
        UsageError: when that is not this host, or not known.
    """
    postgres = deployment.postgres
    if not is_known(postgres) or postgres.local is not True or not is_known(postgres.version):
        what = "PostgreSQL runs elsewhere or could not be asked, so its file is not placed here"
        raise UsageError(what, cure="write it with `workeroo render postgresql`")


def _has_site(subject: Subject, targets: tuple[str, ...]) -> bool:
    """By itself only a site that stands is mended; a new one is made where it is asked for."""
    return subject.proxy is not None or targets is not USUAL_TARGETS


def _basis(wish: Wish, conf: str | None) -> Basis:
    """What to plan from; an odoo.conf that is named stands for the server that it starts."""
    if conf is None:
        return basis(wish)
    if wish.deployment is not None:
        raise UsageError("--conf and --deployment exclude each other", cure="give one of them")
    path = os.path.abspath(conf)  # noqa: PTH100 - a link stays one
    facts = gather(None, declared_cores(wish.cores), declared_memory_bytes(wish.memory))
    running = [d for d in facts.deployments if isinstance(d.conf, ConfFile) and d.conf.path == path]
    return basis_of(facts, choose(running, None) or _stopped(read_conf(path), wish))


def _stopped(parsed: ConfFile, wish: Wish) -> Deployment:
    """A server that does not run, with the proxy that leads to its ports."""
    series = wish.series or NEWEST
    if wish.series is None:
        click.echo(f"Taken for Odoo {NEWEST}; --series N says another.", err=True)
    return with_proxy(from_conf(parsed, series))


def _rehearsal(rehearsed: Rehearsed) -> Rehearsal:
    order = rehearsed.order
    return Rehearsal(
        files=[piece.told for piece in order.pieces],
        restart=order.restart.told if order.restart else None,
        nginx=order.nginx,
        checked=rehearsed.checked,
    )
