"""`workeroo history`: what was changed on this server, by whom and why."""

from __future__ import annotations

import os

import click

from workeroo.apply.product import History
from workeroo.apply.store import Store
from workeroo.cli.show import json_option, paint, show
from workeroo.report.change_text import change_text, diffs_text, history_text


@click.command("history")
@click.argument("change", metavar="[ID]", required=False)
@json_option
def command(*, change: str | None, as_json: bool) -> None:
    """Tell what was changed on this server, newest first; with an id, one change and its diff.

    \b
    workeroo history
    workeroo history 0007
    """
    store = Store.of(os.environ)
    if change is None:
        told = History(folder=str(store.folder), changes=store.changes())
        show(told, history_text, as_json=as_json)
        return
    chosen = store.read(change)
    show(chosen, change_text, as_json=as_json)
    if not as_json:
        click.echo("\n" + diffs_text(chosen.files, paint()))
