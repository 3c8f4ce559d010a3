"""`workeroo diagnose`: what went wrong, from the logs alone, and the work that they tell of."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import cast

import click

from workeroo.cli.follow import follow_logs
from workeroo.cli.progress import progress
from workeroo.cli.show import json_option, show
from workeroo.errors import InputError, UsageError
from workeroo.probe.logread import read_logs
from workeroo.probe.logs import STDIN, Log, Logs, OnRead, Pipe, open_logs
from workeroo.probe.logspan import Span, parse_span
from workeroo.report.diagnosis_text import diagnosis_text
from workeroo.units import format_count
from workeroo.workload.diagnose import diagnose
from workeroo.workload.product import Diagnosis, Source
from workeroo.workload.scan import Scanned

STATUS = {"error": 2, "warning": 1, "note": 0}
"""The exit status of the worst incident; 0 where there is none."""


@click.command("diagnose")
@click.argument("names", nargs=-1, metavar="[LOG]...")
@click.option("--since", metavar="TIME", help="Only from then on: '2026-11-23 16:00', or 2h, 3d.")
@click.option("--until", metavar="TIME", help="Only before then.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="HTTP workers of the server.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes that read [cores].")
@click.option("--follow", is_flag=True, help="Go on, and tell what comes.")
@json_option
def command(
    *,
    names: tuple[str, ...],
    since: str | None,
    until: str | None,
    workers: int | None,
    jobs: int | None,
    follow: bool,
    as_json: bool,
) -> int:
    """Say what went wrong, from the logs: incidents with cause and cure, and the workload.

    LOG is a log of Odoo: plain, rotated, packed (.gz .bz2 .xz .zst), of Docker, Kubernetes or
    a journal, or - for stdin. What it is shows in its content. Without LOG, the logs of the
    Odoos that run here are read. Times are those of the log, UTC.

    The exit status is 0 where nothing went wrong or there are notes only, 1 with warnings, 2
    with errors, and another number where nothing could be judged.

    \b
    workeroo diagnose /var/log/odoo/odoo-server.log*
    workeroo diagnose --since 2h odoo.log
    journalctl -u odoo -o export | workeroo diagnose -
    workeroo diagnose --follow odoo.log
    """
    now = datetime.now(timezone.utc)
    span = parse_span(since, until, now)
    if follow and until is not None:
        raise UsageError("--follow has no end", cure="leave --until away")
    logs = _opened(names or tuple(_logs_here()), span, now, live=follow)
    for sentence in logs.copies:
        click.echo(f"workeroo: {sentence}", err=True)

    def judged(scanned: Scanned) -> Diagnosis:
        scanned.workers = workers or scanned.workers
        return diagnose(scanned.story, scanned.profile, _source(logs, scanned))

    if follow:
        told = follow_logs(logs.logs, judged, jobs, as_json=as_json)
        return exit_status(told)
    with _bar(logs.logs) as on_read:
        scanned = read_logs(logs.logs, jobs, on_read)
    told = judged(scanned)
    _refuse_other(told)
    show(told, diagnosis_text, as_json=as_json)
    return exit_status(told)


def exit_status(told: Diagnosis) -> int:
    """0, 1 or 2 by the worst incident."""
    return max((STATUS[incident.severity] for incident in told.incidents), default=0)


def _opened(names: tuple[str, ...], span: Span, now: datetime, *, live: bool) -> Logs:
    pipe: Pipe = io.BytesIO()
    if STDIN in names:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("nothing is piped in", cure="pipe a log into it, or give a file")
        pipe = cast("Pipe", sys.stdin.buffer)  # it can do more than its type says
    return open_logs(names, span, pipe, now, live=live)


def _logs_here() -> Iterator[str]:
    """The logs of the Odoos that run on this host; those that are no files are said."""
    from workeroo.probe.collect import collect  # noqa: PLC0415 - a log needs no look at the host
    from workeroo.probe.loghome import find_logs  # noqa: PLC0415 - as above
    from workeroo.probe.world import World  # noqa: PLC0415 - as above

    deployments = collect().deployments
    homes = find_logs(World(), deployments)
    if homes.paths:
        for sentence in homes.elsewhere:
            click.echo(f"workeroo: {sentence}", err=True)
        yield from homes.paths
        return
    if homes.elsewhere:
        raise UsageError("no log is given", cure="; ".join(homes.elsewhere))
    what = "no log is given, and no Odoo runs here, as far as this user can see"
    raise UsageError(what, cure="name one: workeroo diagnose odoo-server.log")


def _source(logs: Logs, scanned: Scanned) -> Source:
    faults = [f"{log.name}: {fault}" for log in logs.logs for fault in log.faults]
    return Source(
        files=[log.name for log in logs.logs],
        size_bytes=scanned.size_bytes,
        lines=scanned.lines,
        skipped=[*logs.skipped, *faults],
    )


@contextmanager
def _bar(logs: list[Log]) -> Iterator[OnRead]:
    """A bar over all logs; none where stderr is no terminal, for the reading takes seconds."""
    if not sys.stderr.isatty():
        yield _unseen
        return
    # A pipe has no size: then the end is not known.
    total = sum(map(_bytes_to_read, logs)) if all(log.path or log.size_bytes for log in logs) else 0
    text = f"reading {format_count(len(logs), 'log')}"
    with progress().step(text, unit="bytes", total=total or None) as step:
        done = 0

        def on_read(read_bytes: int) -> None:
            nonlocal done
            done += read_bytes
            step.reach(done, total or None)

        yield on_read


def _bytes_to_read(log: Log) -> int:
    return log.size_bytes if log.span_bytes is None else log.span_bytes[1] - log.span_bytes[0]


def _unseen(read_bytes: int) -> None:
    del read_bytes


def _refuse_other(told: Diagnosis) -> None:
    """A text without one line of Odoo's has no verdict: it is another program's.

    Raises:
        InputError: so it is.
    """
    seen = told.workload.requests + told.workload.other
    if told.source.lines and not seen and not told.incidents:
        where = told.source.files[0] if len(told.source.files) == 1 else None
        raise InputError("there is no line of Odoo's log in it", where=where, cure="give its log")
