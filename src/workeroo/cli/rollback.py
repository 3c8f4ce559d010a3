"""`workeroo rollback`: take a change back, to the byte."""

from __future__ import annotations

import os

import click

from workeroo.apply.orders import last_done, order_back, user_name
from workeroo.apply.store import Store
from workeroo.apply.watch import Watch
from workeroo.cli.apply import LOOK, ended_before, settle
from workeroo.cli.progress import progress
from workeroo.cli.show import json_option


@click.command("rollback")
@click.argument("change", metavar="[ID]", required=False)
@click.option("--diff", "with_diff", is_flag=True, help="Show each line that changes.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def command(*, change: str | None, with_diff: bool, yes: bool, as_json: bool) -> int:
    """Take a change back: the last one, or the one with this id. The files return to the byte.

    It is a change like any other: checked, verified, in the history. Where the old odoo.conf
    would keep Odoo from starting, the file returns and Odoo is left running as it is.

    \b
    workeroo rollback                              the last change that stands
    workeroo history                               all of them, with their ids
    """
    store = Store.of(os.environ)
    watch = Watch(progress())
    with store.locked():
        if not ended_before(store, watch, as_json=as_json):
            return LOOK
        chosen = last_done(store) if change is None else store.read(change)
        rehearsed = order_back(store, chosen, made_by=user_name())
        return settle(store, rehearsed, watch, with_diff=with_diff, yes=yes, as_json=as_json)
