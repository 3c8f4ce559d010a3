"""`workeroo diagnose --follow`: what happens to a server while its log is written?

The logs are read to their end and told; then they are asked again and again for what came. An
incident is told when it is new, and again when it has happened twice as often as last told: a fault
that comes every second does not fill the screen.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import click
import msgspec

from workeroo.cli.show import paint
from workeroo.errors import UsageError
from workeroo.probe.logread import read_log
from workeroo.probe.logs import STDIN, Log
from workeroo.probe.logseries import series_of
from workeroo.probe.logtail import Growing, GrowingFile, GrowingPipe, Tail, follow_from
from workeroo.report.diagnosis_text import diagnosis_text, incident_text
from workeroo.workload.product import Diagnosis, Incident
from workeroo.workload.scan import Scanned, scan_bytes

POLL_SECONDS = 0.5
"""Between two looks: soon enough for people, and a look costs a system call or two."""

REST_PER_WORK = 9
"""Rest so many times as long as the last look took: at most a tenth of a core is used."""

MOST_FIRST_LOOKS = 10_000
"""Looks without rest until all is read that is there: of a pipe that never rests, so much is told
first."""

Judged = Callable[[Scanned], Diagnosis]


def follow_logs(logs: list[Log], judged: Judged, jobs: int | None, *, as_json: bool) -> Diagnosis:
    """Tell what is there and what comes, until a pipe ends; the last diagnosis."""
    whole = Scanned()
    tails = []
    for log in logs:
        tails += _begun(log, whole, jobs)
    if not tails:
        raise UsageError("no log that grows is given", cure="give one that is not packed")
    for _ in range(MOST_FIRST_LOOKS):
        if not _take(tails, whole) and not any(tail.waiting for tail in tails):
            break
    told = judged(whole)
    _show_whole(told, as_json=as_json)
    counts = {incident.id: incident.count for incident in told.incidents}
    for _ in _looks(tails, whole):
        told = judged(whole)
        for incident in news(told.incidents, counts):
            _show_one(told, incident, as_json=as_json)
    return told


def news(incidents: list[Incident], told: dict[str, int]) -> Iterator[Incident]:
    """Those that are new, or twice as many as told; what is given out counts as told."""
    for incident in incidents:
        if incident.count >= 2 * told.get(incident.id, 0) > 0 or incident.id not in told:
            told[incident.id] = incident.count
            yield incident


def _begun(log: Log, whole: Scanned, jobs: int | None) -> list[Tail]:
    """Read what is there of a log, as far as that is quicker, and follow it from there."""
    if log.path is not None and log.span_bytes is not None:
        start = log.span_bytes[0]
        stop = max(follow_from(log.path, log.size_bytes), start)
        log.span_bytes = (start, stop)
        whole.absorb(read_log(log, jobs, _unseen), series_of(log.name))
        return [Tail(GrowingFile(log.path, stop), log=series_of(log.name))]
    if log.content.packing is not None or (log.is_pipe and log.name != STDIN):
        whole.absorb(read_log(log, jobs, _unseen), series_of(log.name))
        return []
    growing: Growing
    if log.is_pipe:
        growing = GrowingPipe(sys.stdin.fileno(), log.content.source())
    else:
        growing = GrowingFile(log.name, 0)
    return [Tail(growing, log.content.unwrapper, log.content.sieve, log=series_of(log.name))]


def _take(tails: list[Tail], whole: Scanned) -> bool:
    """Read what came; whether anything did."""
    came = [(tail.log, lines) for tail in tails if (lines := tail.grown())]
    for log, lines in came:
        whole.absorb(scan_bytes(lines), log)
    return bool(came)


def _looks(tails: list[Tail], whole: Scanned) -> Iterator[None]:
    """One item for each look at which something had come."""
    while not all(tail.ended for tail in tails):
        began = time.monotonic()
        if _take(tails, whole):
            yield
        time.sleep(max(POLL_SECONDS, REST_PER_WORK * (time.monotonic() - began)))


def _show_whole(told: Diagnosis, *, as_json: bool) -> None:
    click.echo(_json_line(told) if as_json else f"{diagnosis_text(told, paint())}\n")
    sys.stdout.flush()


def _show_one(told: Diagnosis, incident: Incident, *, as_json: bool) -> None:
    click.echo(_json_line(told) if as_json else f"{incident_text(incident, paint())}\n")
    sys.stdout.flush()


def _json_line(told: Diagnosis) -> str:
    """One diagnosis a line, so that a program can tell them apart."""
    return msgspec.json.encode(told).decode()


def _unseen(read_bytes: int) -> None:
    del read_bytes
