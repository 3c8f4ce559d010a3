"""What does Workeroo do, in one story on a real server?

An odoo.conf as it is often published is judged, tried, mended, run, judged again, replaced, and
brought back. Each step says beforehand what it expects, and the tour fails when it comes out
otherwise.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from workeroo.cli import run
from workeroo.cli.show import paint
from workeroo.errors import Unavailable
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import OdooDied

ARTICLE = """\
[options]
# Many processes instead of one
workers = 9
# Recycled after the request at hand
limit_memory_soft = 671088640 ; 640 MB
# Never more than this
limit_memory_hard = 805306368 ; 768 MB
# Against requests that never end
limit_time_cpu = 60
limit_time_real = 120
"""
"""The article's settings for 4 cores and 8 GB, with comments behind values where it has them."""

SERVER = ("--series", "19", "--cores", "4", "--memory", "8G")
"""The server that the article writes for."""

ERRORS_FOUND = 2
VERDICTS = (0, 1, 2)

_BEHIND_VALUE = re.compile(r"\s+;.*$", re.MULTILINE)


def tell(lab: Lab) -> None:
    """Tell the story on a lab, which is down again at the end.

    Raises:
        Unavailable: when a step comes out otherwise than told.
    """
    with tempfile.TemporaryDirectory(prefix="workeroo-tour-") as folder:
        conf = Path(folder, "odoo.conf")
        try:
            wrong = list(_story(lab, conf))
        finally:
            lab.down()
    if wrong:
        raise Unavailable("the tour did not come out as told: " + "; ".join(wrong))
    _heading("The end: the lab is down, and every step came out as told.")


def _story(lab: Lab, conf: Path) -> Iterator[str]:
    """The steps in order; yields what came out wrong."""
    conf.write_text(ARTICLE, encoding="utf-8")
    _heading("1. An odoo.conf as an article prints it, for 4 cores and 8 GB")
    click.echo(ARTICLE)
    if _call("audit", "--conf", str(conf), *SERVER) != ERRORS_FOUND:
        yield "the audit of the file did not end in errors"

    _heading("2. The real Odoo 19 with that file")
    yield from _see_it_die(lab, conf)

    _heading("3. The same without the comments behind the values, on the real server")
    conf.write_text(_BEHIND_VALUE.sub("", ARTICLE), encoding="utf-8")
    status = lab.up(conf=conf)
    click.echo(f"Odoo {status.version} serves at {status.url}, through nginx at {status.nginx_url}")

    _heading("4. The running server, judged")
    if _call("audit") not in VERDICTS:
        yield "the audit of the running server gave no verdict"

    _heading("5. The plan that replaces its settings")
    # Other Odoos may run here: this one is known by its port.
    mine = ("--rule", "golden", "--deployment", f"port {lab.http_port}")
    if _call("plan", *mine) != 0:
        yield "there was no plan"

    _heading("6. The plan put in place as one change, verified on the running server")
    before = lab.conf_path.read_bytes()
    with _history_in(conf.parent):
        if _call("apply", "--yes", "--diff", *mine, "--restart-command", _restart(lab)) != 0:
            yield "the plan was not put in place"
        _heading("7. And taken back, to the byte")
        if _call("rollback", "--yes") != 0 or lab.conf_path.read_bytes() != before:
            yield "the change was not taken back"


def _see_it_die(lab: Lab, conf: Path) -> Iterator[str]:
    try:
        lab.up(conf=conf)
    except OdooDied as death:
        click.echo(f"Odoo died with exit status {death.status}:\n  {death.reason}\n")
        if not death.reason.startswith("ValueError"):
            yield "Odoo died of something else"
    else:
        yield "Odoo started with the article's file"


@contextmanager
def _history_in(folder: Path) -> Iterator[None]:
    """A story leaves nothing in the history of the machine that it is told on."""
    habit = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder)
    try:
        yield
    finally:
        del os.environ["XDG_STATE_HOME"]
        if habit is not None:
            os.environ["XDG_STATE_HOME"] = habit


def _restart(lab: Lab) -> str:
    """How the lab's Odoo is restarted, by a command as a user would give it."""
    return shlex.join([sys.executable, "-m", "workeroo", "lab", "restart", "--name", lab.name])


def _call(*arguments: str) -> int:
    click.echo(paint().dim(f"$ workeroo {shlex.join(arguments)}\n"))
    return run(list(arguments))


def _heading(text: str) -> None:
    click.echo("\n" + paint().bold(text) + "\n")
