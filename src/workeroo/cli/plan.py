"""`workeroo plan`: the settings for a server, with reasons."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from workeroo.cli.planning import Wish, basis, planned, planning_options
from workeroo.cli.show import json_option, show
from workeroo.cli.splitting import planned_split, split_wish, splitting_options
from workeroo.report.plan_text import plan_text
from workeroo.report.split_text import split_text


@click.command("plan")
@planning_options
@splitting_options
@click.option("--explain", is_flag=True, help="Add the evidence behind every number.")
@json_option
def command(*, explain: bool, as_json: bool, **said: Any) -> None:  # noqa: ANN401 - of many types
    """Decide the settings for a server, with reasons. Nothing is changed.

    With both --cores and --memory the plan is for a server that is not there yet, unless
    --facts or --deployment names one that is.

    \b
    workeroo plan                                  for this server
    workeroo plan --cores 4 --memory 8G            for one that is not there yet
    workeroo plan --cores 4 --memory 8G --users 60 --rule docs
    workeroo facts --out shop.json; workeroo plan --facts shop.json

    With --split: server A for users only, server B for scheduled actions, what they must share,
    and the database connections of all of them together.

    \b
    workeroo plan --split --frontends 2
    """
    split = split_wish(said)
    wish = Wish(**said)
    found = basis(wish)
    if split.split:
        plan = planned_split(wish, split, found).plan
        show(plan, partial(split_text, explain=explain), as_json=as_json)
    else:
        show(planned(wish, found), partial(plan_text, explain=explain), as_json=as_json)
