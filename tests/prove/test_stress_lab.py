"""On a real Odoo: is the knee where two workers put it, and is it said that they bind?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from workeroo.facts.psql import PULSE_QUESTION
from workeroo.lab.lab import Lab
from workeroo.probe.databasewatch import DatabaseWatch
from workeroo.probe.deployments import asking_its_database
from workeroo.probe.pulse import watcher_of
from workeroo.prove.behind import server_on
from workeroo.prove.guard import allowed
from workeroo.prove.knee.product import Bounds, Try
from workeroo.prove.load.ledger import Glance
from workeroo.prove.load.product import Closed, Open
from workeroo.prove.mix import asked_mix
from workeroo.prove.stress import Asked, stress
from workeroo.prove.stressed import Binding, Stressed

pytestmark = pytest.mark.lab

LabFactory = Callable[[str], Lab]

CONF = """\
[options]
workers = 2
max_cron_threads = 0
limit_memory_soft = 2147483648
limit_memory_hard = 2684354560
list_db = False
"""

SLEEP_SECONDS = 0.2
MOST_PER_SECOND = 2 / SLEEP_SECONDS
"""Two workers can do no more, however long the queue."""


class _Nobody:
    """Looks away."""

    def begin(self, asked: Try | Open | Closed, why: str) -> None:
        del asked, why

    def see(self, glance: Glance) -> None:
        del glance


@pytest.fixture(scope="module")
def lab(lab_factory: LabFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    it = lab_factory("stress")
    conf: Path = tmp_path_factory.mktemp("stress") / "odoo.conf"
    conf.write_text(CONF)
    it.up(conf=conf)
    yield it
    it.down()


def watched(lab: Lab, page: str, **more: Any) -> Stressed:  # noqa: ANN401 - of many types
    """A stress with an eye on the workers and on PostgreSQL."""
    server = server_on(lab.http_port)
    assert server is not None
    asking = DatabaseWatch(asking_its_database(server, PULSE_QUESTION), every_seconds=1.0)
    with closing(watcher_of(server, database=asking)) as watcher:
        asked = Asked(
            allowed=allowed(lab.url, [], b"of a test"),
            mix=asked_mix([page], [], {}),
            watch=watcher.look,
            **more,
        )
        return stress(asked, _Nobody())


@pytest.fixture(scope="module")
def stressed(lab: Lab) -> Stressed:
    page = f"/workeroo_lab/sleep?seconds={SLEEP_SECONDS}"
    return watched(lab, page, bounds=Bounds(total_seconds=50), start_rate=4.0)


def test_the_knee_of_two_workers_is_below_what_they_can_do(stressed: Stressed) -> None:
    assert stressed.outcome == "found"
    assert stressed.knee is not None
    assert stressed.knee.rate is not None
    assert 0.1 * MOST_PER_SECOND < stressed.knee.rate < 1.3 * MOST_PER_SECOND


def test_workers_that_sleep_bind_and_not_the_cores(stressed: Stressed) -> None:
    assert isinstance(stressed.binds, Binding)
    assert stressed.binds.what == "workers"


def test_it_was_loaded_beyond_the_knee_to_know_it(stressed: Stressed) -> None:
    assert stressed.knee is not None
    assert any(trial.outcome == "missed" for trial in stressed.knee.trials)


def test_workers_that_wait_for_one_row_are_told_from_workers_that_are_too_few(lab: Lab) -> None:
    users = Closed(users=8, seconds=12.0, think_seconds=0.1)

    found = watched(
        lab, "/workeroo_lab/lock?seconds=0.2", bounds=Bounds(target_seconds=0.5), hold=users
    )

    assert found.outcome == "missed"
    assert isinstance(found.binds, Binding)
    assert found.binds.what == "locks"
