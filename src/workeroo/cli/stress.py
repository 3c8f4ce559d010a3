"""`workeroo stress`: load a server of your own and find its knee."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from workeroo.catalog.journeys import JOURNEYS
from workeroo.cli.given import Number, given_records, trace_of
from workeroo.cli.live import onlooker
from workeroo.cli.show import json_option, show, write
from workeroo.errors import InputError, MissingInput, UsageError, WorkerooError
from workeroo.evidence import Unknown
from workeroo.facts.psql import PULSE_QUESTION
from workeroo.lab.lab import DEFAULT_NAME, Lab
from workeroo.probe.databasewatch import DatabaseWatch
from workeroo.probe.deployments import asking_its_database
from workeroo.probe.pulse import Watcher, watcher_of
from workeroo.prove.behind import server_on
from workeroo.prove.guard import PORTS, Allowed, allowed, secret_in
from workeroo.prove.knee.product import Bounds
from workeroo.prove.load.order import Values
from workeroo.prove.load.product import Closed, Open
from workeroo.prove.mix import Mix, asked_mix, profile_mix
from workeroo.prove.stress import Asked, Watch, stress
from workeroo.prove.stressed import Stressed
from workeroo.render.scripts.k6 import k6_script
from workeroo.render.scripts.locust import locustfile
from workeroo.render.scripts.product import Scenario
from workeroo.report.stress_text import beforehand, stress_text
from workeroo.settings import state_folder
from workeroo.workload.product import Diagnosis

STATUS = {"found": 0, "held": 0, "could not tell": 1, "missed": 2}
"""The exit status by the outcome; 1 too where it was ended before its time."""

SEARCH_SECONDS, HOLD_SECONDS = 600, 60
LONGEST_SECONDS = 4 * 3600
MOST_RATE = 2000.0
"""What the generator can send on one core: docs/load-measured.md."""

MOST_USERS = 5000

DATABASE_SECONDS = 2.0
"""Between two questions to PostgreSQL: a trial that is hopeless lasts a few seconds only."""

_OPTIONS = [
    click.argument("url", required=False),
    click.option("--lab", "lab_name", metavar="NAME", help="Load this lab's Odoo directly."),
    click.option("--page", "pages", multiple=True, metavar="PATH[=WEIGHT]", help="Ask for a page."),
    click.option(
        "--journey", "journeys", multiple=True, metavar="NAME[=WEIGHT]",
        help=f"Walk a journey: {', '.join(JOURNEYS)}.",
    ),
    click.option(
        "--profile", metavar="FILE",
        help="Take weights from a workload, made by `diagnose --json`.",
    ),
    click.option("--given", metavar="FILE", help="What journeys need, lines of NAME=VALUE."),
    click.option(
        "--p95", "target_seconds", type=Number(0.001, 120), default=1.0,
        show_default=True, metavar="SECONDS", help="The target.",
    ),
    click.option(
        "--rate", type=Number(0.01, MOST_RATE), metavar="N",
        help="Hold N visits per second; do not look for the knee.",
    ),
    click.option(
        "--users", type=click.IntRange(1, MOST_USERS), metavar="N",
        help="Hold N users, who think between visits.",
    ),
    click.option(
        "--think", "think_seconds", type=Number(0.01, 3600), default=10.0,
        show_default=True, metavar="SECONDS", help="How long a user thinks, on average.",
    ),
    click.option("--trace", metavar="FILE", help="Arrivals, one a line, in seconds."),
    click.option(
        "--seconds", type=Number(1, LONGEST_SECONDS), metavar="N",
        help=f"At most [{SEARCH_SECONDS} for the knee, {HOLD_SECONDS} to hold].",
    ),
    click.option(
        "--requests", "most_requests", type=click.IntRange(1), default=200_000,
        show_default=True, metavar="N", help="At most.",
    ),
    click.option("--seed", type=int, default=1, show_default=True, help="Of chance."),
    click.option(
        "--insecure", is_flag=True, help="Go on with a certificate that a browser refuses."
    ),
    click.option(
        "--i-own-this-server", "owned", multiple=True, metavar="HOST",
        help="It is yours, and serves your token.",
    ),
    click.option("--write-locust", metavar="FILE", help="Write a locustfile, and load nothing."),
    click.option("--write-k6", metavar="FILE", help="Write a k6 script, and load nothing."),
    json_option,
]  # fmt: skip


def _with_options(function: Any) -> Any:  # noqa: ANN401 - click's own types
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.command("stress")
@_with_options
def command(**said: Any) -> int:  # noqa: ANN401 - of many types
    """Load a server of your own and find its knee: the rate that it can take.

    The knee is the highest rate at which 95 of 100 requests are answered within the target and
    none fails. With --rate, --users or --trace that load is held instead. Says what the server
    runs out of first, where it is on this host. Nothing but loopback is loaded unless the server
    serves a token that proves it yours. The exit status is 0 where the knee was found or the
    load held, 2 where the target was missed, 1 where that could not be told.

    \b
    workeroo stress http://127.0.0.1:8069 --page /web/login
    workeroo stress --lab lab --journey shop-visitor --rate 2 --seconds 120
    workeroo stress https://HOST --page /shop --i-own-this-server HOST
    """
    wish = _Wish(**said)
    given = given_records(wish.given, os.environ)
    mix = _mix(wish, given)
    if _written(wish, mix, given):
        return 0
    asked = _asked(wish, mix, given)
    click.echo(beforehand(asked), err=True)
    with _watching(asked.allowed) as watch, onlooker() as looking:
        stressed = stress(msgspec.structs.replace(asked, watch=watch), looking)
    show(stressed, stress_text, as_json=wish.as_json)
    return _status(stressed)


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The command line, as it was said."""

    url: str | None
    lab_name: str | None
    pages: tuple[str, ...]
    journeys: tuple[str, ...]
    profile: str | None
    given: str | None
    target_seconds: float
    rate: float | None
    users: int | None
    think_seconds: float
    trace: str | None
    seconds: float | None
    most_requests: int
    seed: int
    insecure: bool
    owned: tuple[str, ...]
    write_locust: str | None
    write_k6: str | None
    as_json: bool

    @property
    def writes(self) -> bool:
        """Whether scripts are written, and nothing is loaded."""
        return self.write_locust is not None or self.write_k6 is not None


def _status(stressed: Stressed) -> int:
    if stressed.interrupted and stressed.outcome in ("found", "held"):
        return STATUS["could not tell"]
    return STATUS[stressed.outcome]


def _asked(wish: _Wish, mix: Mix, given: tuple[Values, ...]) -> Asked:
    root = os.geteuid() == 0
    secret = secret_in(Path(state_folder(os.environ, root=root)))
    server = allowed(_url(wish), wish.owned, secret, verify=not wish.insecure)
    hold = _hold(wish)
    return Asked(
        allowed=server,
        mix=mix,
        bounds=Bounds(
            target_seconds=wish.target_seconds,
            total_seconds=wish.seconds or SEARCH_SECONDS,
            most_requests=wish.most_requests,
            most_rate=MOST_RATE,
        ),
        hold=hold,
        given=given,
        seed=wish.seed,
        verify=not wish.insecure,
    )


def _url(wish: _Wish) -> str:
    if wish.url is not None and wish.lab_name is not None:
        raise UsageError("URL and --lab exclude each other", cure="give one of them")
    if wish.url is not None:
        return wish.url
    lab = Lab.named(wish.lab_name or DEFAULT_NAME, environment=os.environ)
    status = lab.status()
    if not status.running or status.url is None:
        raise UsageError(
            f"no URL was given, and the lab {lab.name!r} does not run",
            cure="give the address of your server, like http://127.0.0.1:8069",
        )
    return status.url


def _hold(wish: _Wish) -> Open | Closed | None:
    """The load that is given; None to look for the knee."""
    shapes = [
        name
        for name, value in (("--rate", wish.rate), ("--users", wish.users), ("--trace", wish.trace))
        if value is not None
    ]
    if len(shapes) > 1:
        raise UsageError(f"{' and '.join(shapes)} exclude each other", cure="give one of them")
    seconds = wish.seconds or HOLD_SECONDS
    if wish.users is not None:
        return Closed(users=wish.users, seconds=seconds, think_seconds=wish.think_seconds)
    if wish.rate is not None:
        return Open(visits_per_second=wish.rate, seconds=seconds)
    if wish.trace is not None:
        return Open(trace_seconds=trace_of(wish.trace, wish.seconds or LONGEST_SECONDS))
    return None


def _mix(wish: _Wish, given: tuple[Values, ...]) -> Mix:
    names = {name: str(value) for name, value in given[0].items()}
    if wish.writes:  # a script asks for what it needs when it runs
        names |= {need: "" for journey in JOURNEYS.values() for need in journey.needs}
    if wish.profile is None:
        return asked_mix(wish.pages, wish.journeys, names)
    if wish.pages or wish.journeys:
        raise UsageError("--profile stands in place of --page and --journey")
    return profile_mix(_diagnosis(wish.profile).workload, names)


def _diagnosis(path: str) -> Diagnosis:
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Diagnosis)
    except OSError as error:
        raise MissingInput(error.strerror or str(error), where=path) from error
    except msgspec.MsgspecError as error:
        cure = "make it with: workeroo diagnose LOG --json > FILE"
        raise InputError(f"this is no diagnosis: {error}", where=path, cure=cure) from error


@contextmanager
def _watching(server: Allowed) -> Iterator[Watch | Unknown]:
    """Looks at the workers, where they are on this host and may be seen."""
    watcher = _watcher(server)
    if isinstance(watcher, Unknown):
        yield watcher
        return
    with closing(watcher):
        yield watcher.look


def _watcher(server: Allowed) -> Watcher | Unknown:
    if not server.loopback:
        return Unknown("the server is not on this host: what it runs out of is seen only there")
    parts = urlsplit(server.url)
    deployment = server_on(parts.port or PORTS[parts.scheme])
    if deployment is None:
        return Unknown("no Odoo of this host is seen to answer there")
    try:
        call = asking_its_database(deployment, PULSE_QUESTION)
        return watcher_of(deployment, database=DatabaseWatch(call, DATABASE_SECONDS))
    except WorkerooError as error:
        return Unknown(str(error))  # a load needs no eyes; why there are none is said


def _written(wish: _Wish, mix: Mix, given: tuple[Values, ...]) -> bool:
    """Scripts for other load generators, where they were asked for."""
    for path, made in ((wish.write_locust, locustfile), (wish.write_k6, k6_script)):
        if path is None:
            continue
        scenario = Scenario(
            mix=tuple((one.journey, one.weight) for one in mix.journeys),
            base_url=_url(wish).rstrip("/"),
            given={name: str(value) for name, value in given[0].items()},
            visits_per_second=wish.rate,
            users=wish.users or 10,
            think_seconds=wish.think_seconds,
            seconds=wish.seconds or HOLD_SECONDS,
            path=path,
        )
        write(path, made(scenario).text)
        click.echo(f"{path}: written", err=True)
    return wish.writes
