"""`workeroo prove`: does a running server do what a setting promises?"""

from __future__ import annotations

import os

import click

from workeroo.catalog.product import Series
from workeroo.catalog.series import NEWEST, OLDEST, SERIES
from workeroo.cli.progress import progress
from workeroo.cli.proving import STATUS, add_limits
from workeroo.cli.show import json_option, show
from workeroo.errors import UsageError
from workeroo.lab.lab import DEFAULT_NAME, Lab
from workeroo.prove.longpolling import IDLE_SECONDS, Trial, prove
from workeroo.report.verdict_text import verdict_text

LONGEST_IDLE_SECONDS = 3600
"""Odoo itself ends a connection some time after an hour (websocket_keep_alive_timeout)."""


@click.group("prove")
def command() -> None:
    """Show that a running server does what a setting promises.

    The exit status is 0 where the promise holds, 2 where it fails, 1 where that could not be
    told, and another number where nothing could be tried.
    """


@command.command()
@click.argument("url", required=False)
@click.option(
    "--series", type=click.IntRange(OLDEST, NEWEST), metavar="N",
    help=f"{OLDEST} to {NEWEST}, where the server does not say it itself.",
)  # fmt: skip
@click.option("--lab", "lab_name", metavar="NAME", help="Try this lab, through its nginx.")
@click.option(
    "--idle", "idle_seconds", type=click.IntRange(0, LONGEST_IDLE_SECONDS),
    default=int(IDLE_SECONDS), show_default=True, metavar="SECONDS",
    help="How long the connection is kept without a word.",
)  # fmt: skip
@json_option
def longpolling(
    *,
    url: str | None,
    series: int | None,
    lab_name: str | None,
    idle_seconds: int,
    as_json: bool,
) -> int:
    """Show that news of the server reach its browsers: chat, notifications, presence.

    Asks URL as a browser would, opens a single connection, keeps it a minute without a word, and
    says which part of the way breaks: name, TLS, nginx, upgrade, evented port, origin. Nothing
    is changed there. Without URL it tries the lab that runs.

    \b
    workeroo prove longpolling https://shop.example.com
    workeroo prove longpolling http://127.0.0.1:8069 --idle 5
    workeroo prove longpolling --lab lab
    """
    trial = Trial(
        url=_target(url, lab_name), series=_series(series), idle_seconds=idle_seconds
    )  # fmt: skip
    verdict = prove(trial, progress())
    show(verdict, verdict_text, as_json=as_json)
    return STATUS[verdict.outcome]


def _target(url: str | None, lab_name: str | None) -> str:
    if url is not None and lab_name is not None:
        raise UsageError("URL and --lab exclude each other", cure="give one of them")
    if url is not None:
        return url
    lab = Lab.named(lab_name or DEFAULT_NAME, environment=os.environ)
    status = lab.status()
    if not status.running or status.nginx_url is None:
        raise UsageError(
            f"no URL was given, and the lab {lab.name!r} does not run",
            cure="give the address that browsers use, like https://shop.example.com",
        )
    return status.nginx_url


def _series(number: int | None) -> Series | None:
    return None if number is None else SERIES[number]


add_limits(command)
