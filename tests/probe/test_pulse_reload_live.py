"""Does the watch tell the generations of a real Odoo 19 apart while it reloads?"""

from __future__ import annotations

import http.client
import os
import signal
import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from workeroo.facts.pulse import Pulse
from workeroo.lab.folder import LabFolder
from workeroo.lab.lab import Lab
from workeroo.lab.source import OdooSource
from workeroo.lab.wait import wait_until
from workeroo.probe.pulse import Watcher

pytestmark = pytest.mark.lab

SOON_SECONDS = 60
"""A reload loads the registry anew, and its old workers sleep up to 4 s before they hear of it."""


@pytest.fixture(scope="module")
def reloading(lab_factory: Callable[[str], Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab whose Odoo survives SIGHUP: it starts itself anew as "python", which must be found."""
    found = OdooSource.environment

    def with_path(self: OdooSource, folder: LabFolder) -> dict[str, str]:
        told = found(self, folder)
        return told | {"PATH": f"{self.python.parent}:{told.get('PATH', os.defpath)}"}

    conf = tmp_path_factory.mktemp("reload") / "odoo.conf"
    conf.write_text("[options]\nworkers = 2\nmax_cron_threads = 0\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(OdooSource, "environment", with_path)
        lab = lab_factory("reload")
        lab.up(conf=conf)
    return lab


def test_the_old_workers_end_beside_the_new_ones(reloading: Lab) -> None:
    pid, port = reloading.master_pid, reloading.http_port
    with closing(Watcher(pid, port)) as watcher:
        look = watcher.look
        wait_until(lambda: look().count("idle") == 2, seconds=SOON_SECONDS, what="rest")
        before = look()
        request = threading.Thread(target=ask, args=(port, "sleep?seconds=8"))
        request.start()
        wait_until(lambda: look().count("busy") == 1, seconds=SOON_SECONDS, what="a request")
        os.kill(pid, signal.SIGHUP)
        wait_until(lambda: look().reloading, seconds=SOON_SECONDS, what="a reload")
        wait_until(lambda: look().count("idle") == 2, seconds=SOON_SECONDS, what="new workers")

        seen = look()
        assert generations(seen)[True] <= {worker.pid for worker in before.http}
        assert not generations(seen)[False] & {worker.pid for worker in before.http}
        held = [worker for worker in seen.http if worker.connections]
        assert [(worker.old, worker.state) for worker in held] == [(True, "ending")]
        with closing(Watcher(pid, port)) as late:  # who comes now sees the same
            assert serving(late.look()) == serving(seen)

        request.join()
        wait_until(lambda: not look().reloading, seconds=SOON_SECONDS, what="the end of a reload")
        assert (look().master_pid, look().trouble) == (pid, ())


def generations(pulse: Pulse) -> dict[bool, set[int]]:
    """HTTP workers by whether they are old."""
    return {
        old: {worker.pid for worker in pulse.http if worker.old is old} for old in (False, True)
    }


def serving(pulse: Pulse) -> set[tuple[int, bool]]:
    """HTTP workers that take or have requests: one that has ended tells nothing of its birth."""
    here = (w for w in pulse.http if w.connections or w.state == "idle")
    return {(worker.pid, worker.old) for worker in here}


def ask(port: int, lever: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SOON_SECONDS)
    connection.request("GET", f"/workeroo_lab/{lever}")
    assert connection.getresponse().read()
    connection.close()
