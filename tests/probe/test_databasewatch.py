"""Is PostgreSQL asked now and then, without anybody waiting for it?"""

from __future__ import annotations

import http.client
import threading

import pytest

from workeroo.evidence import Unknown, is_known
from workeroo.facts.psql import PULSE_QUESTION, pulsed
from workeroo.facts.pulse import DatabasePulse
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until
from workeroo.probe.collect import running_deployments
from workeroo.probe.databasewatch import DatabaseWatch
from workeroo.probe.deployments import asking_its_database
from workeroo.probe.world import Call


def test_the_answer_is_read_and_another_one_said_to_be_none() -> None:
    assert pulsed('{"connections" : 7, "most" : 97, "locked" : 2}') == DatabasePulse(
        connections=7, most_connections=97, waiting_for_locks=2
    )
    assert isinstance(pulsed("psql: error"), Unknown)
    assert isinstance(pulsed('{"connections" : 7}'), Unknown)


def test_what_cannot_be_asked_is_said_and_not_asked() -> None:
    watch = DatabaseWatch(Unknown("Odoo runs in a container"))

    assert watch() == Unknown("Odoo runs in a container")


def test_a_database_that_does_not_answer_holds_nobody_up() -> None:
    watch = DatabaseWatch(Call(argv=["sleep", "60"], timeout_seconds=0.2), every_seconds=3600)

    assert isinstance(watch(), Unknown)
    wait_until(lambda: "did not answer" in str(watch()), seconds=20, what="that psql is given up")


@pytest.mark.lab
def test_a_real_one_tells_its_connections_and_who_waits_for_a_lock(lab: Lab) -> None:
    found = [d for d in running_deployments() if f"port {lab.http_port}" in d.name]
    watch = DatabaseWatch(asking_its_database(found[0], PULSE_QUESTION), every_seconds=0.2)

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", lab.http_port, timeout=60)
        connection.request("GET", "/workeroo_lab/lock?seconds=2")
        connection.getresponse().read()
        connection.close()

    clients = [threading.Thread(target=ask) for _ in range(2)]
    for client in clients:
        client.start()
    wait_until(lambda: waiting(watch) > 0, seconds=20, what="a lock that is waited for")
    for client in clients:
        client.join()
    answer = watch()
    assert is_known(answer)
    assert 0 < answer.connections < answer.most_connections == 97


def waiting(watch: DatabaseWatch) -> int:
    answer = watch()
    return answer.waiting_for_locks if is_known(answer) else 0
