"""`workeroo metrics`: what does Prometheus read of a running server?"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import closing
from importlib.resources import files

import click

from workeroo.autopilot.product import Status
from workeroo.cli.listening import Endpoint, listening
from workeroo.cli.watching import LOOK_SECONDS, Watch, chosen, database_option
from workeroo.errors import Unavailable
from workeroo.facts.pulse import Pulse
from workeroo.report.metrics_totals import Seen, Totals

LISTEN = "127.0.0.1:9889"
"""Where it answers by default: to this host alone."""

ONCE_SECONDS = 1.0
"""Of looks before `--once` prints: what adds up needs a while."""

AUTOPILOT_SECONDS = 5.0
"""Between two questions to the autopilot."""

FILES = {"dashboard": "dashboard.json", "alerts": "alerts.yml"}


@click.command("metrics")
@click.option("--deployment", metavar="NAME", help="Which Odoo, where the host has several.")
@click.option(
    "--listen", default=LISTEN, show_default=True, metavar="ADDRESS",
    help="HOST:PORT, or unix:PATH.",
)  # fmt: skip
@click.option("--once", is_flag=True, help="Print the metrics once and end.")
@click.option(
    "--print", "printed", type=click.Choice(sorted(FILES)),
    help="Print Grafana's dashboard or Prometheus' alert rules and end.",
)  # fmt: skip
@click.option("--folder", metavar="DIR", help="Where the autopilot keeps its journal.")
@database_option
def command(
    *,
    deployment: str | None,
    listen: str,
    once: bool,
    printed: str | None,
    folder: str | None,
    ask_database: bool,
) -> None:
    """Answer Prometheus with what the workers of a running Odoo do.

    Workers by state, the queue and its time, memory, CPU, the host, the autopilot. Looks five
    times a second, so that what is short is not missed between two questions of Prometheus. Asks
    Odoo nothing. Runs as root or as Odoo's own user, until it is ended.

    \b
    workeroo metrics
    workeroo metrics --listen unix:/run/workeroo/metrics.sock
    workeroo metrics --print alerts > /etc/prometheus/workeroo.yml
    """
    if printed is not None:
        text = files("workeroo.report").joinpath("grafana").joinpath(FILES[printed])
        click.echo(text.read_text(encoding="utf-8"), nl=False)
        return
    with closing(Looks(Watch(chosen(deployment), folder, ask_database=ask_database))) as looks:
        endpoint = Endpoint(looks.seen)
        if once:
            looks.for_seconds(ONCE_SECONDS)
            click.echo(endpoint.text(), nl=False)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: looks.ended.set())
        with listening(listen, endpoint) as where:
            click.echo(f"workeroo: answers at {where}", err=True)
            looks.for_seconds(float("inf"))


class Looks:
    """Looks at a server all the time, and keeps what adds up."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._totals = Totals()
        self._pulse: Pulse | None = None
        self._autopilot: Status | None = None
        self._autopilot_at = float("-inf")
        self.ended = threading.Event()

    def seen(self) -> Seen:
        """What there is now."""
        return Seen(
            deployment=self._watch.name, port=self._watch.port, pulse=self._pulse,
            totals=self._totals, autopilot=self._autopilot,
        )  # fmt: skip

    def for_seconds(self, seconds: float) -> None:
        """Look for so long, or until it is ended."""
        end = time.monotonic() + seconds
        rest_seconds = 0.0
        while time.monotonic() < end and not self.ended.wait(rest_seconds):
            began = time.monotonic()
            self._look(began)
            rest_seconds = max(0.0, began + LOOK_SECONDS - time.monotonic())

    def close(self) -> None:
        """Give back what is open."""
        self._watch.close()

    def _look(self, now: float) -> None:
        try:
            pulse = self._watch.look()
        except Unavailable:
            self._pulse = None
            self.ended.wait(1.0)  # to look for it costs more than to look at it
            return
        self._totals.add(pulse)
        self._pulse = pulse
        if now - self._autopilot_at >= AUTOPILOT_SECONDS:
            self._autopilot_at = now
            self._autopilot = self._watch.autopilot()
