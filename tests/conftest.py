"""What tests of several rooms share: the lab's real Odoo."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from workeroo.lab.lab import Lab, Wanted
from workeroo.lab.lock import locked
from workeroo.lab.packages import unpacked_files

# Property tests hold on a busy machine too: neither one example nor the first use of a strategy
# (which makes its tables of characters) is held to a clock.
settings.register_profile(
    "without a clock", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("without a clock")

ODOO14_FILES = (
    "conf", "loglevels.py", "modules/registry.py", "release.py", "tools/appdirs.py",
    "tools/config.py", "tools/lru.py",
)  # fmt: skip
"""What its option parser needs, and what the tests read besides."""

# Some tests break programs off. A runner that was itself started with these signals ignored (nohup,
# a job in the background) would hand that on to every program below it.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

LABS = os.environ.get("WORKEROO_TEST_LABS", "tests")
"""How this run's labs are called: two runs at once on one machine need different names."""

LabFactory = Callable[[str], Lab]

AskOdoo = Callable[[Path, str], str]
"""Runs a script in the interpreter of the lab's Odoo: script and its stdin in, stdout out."""


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A lab that runs with a sound odoo.conf on the database `base`."""
    it = Lab.named(LABS)
    it.up(fresh=True)
    yield it
    it.down()


@pytest.fixture(scope="session")
def lab_factory() -> Iterator[LabFactory]:
    """Labs by a name of your own, not started yet; destroyed when the tests end."""
    with ExitStack() as stack:

        def make(name: str) -> Lab:
            it = Lab.named(f"{LABS}-{name}")
            stack.callback(it.destroy)
            return it

        yield make


@pytest.fixture(scope="session")
def odoo14() -> Path:
    """The folder with a few files of the real Odoo 14, of Debian 11: its code, no server."""
    lab = Lab.named(f"{LABS}-code")
    lab.root.prepare(lab.user)
    library = "usr/lib/python3/dist-packages"
    files = [f"{library}/odoo/{name}" for name in ODOO14_FILES]
    with locked(lab.root.shared.lock, lab.progress):
        root = unpacked_files(lab.root.shared, "bullseye", "odoo-14", files, lab.progress)
    return root / library


@pytest.fixture(scope="session")
def ask_odoo(tmp_path_factory: pytest.TempPathFactory) -> AskOdoo:
    """The real Odoo's own code, without a server."""
    lab = Lab.named(f"{LABS}-code")
    lab.root.prepare(lab.user)
    source = lab._source(Wanted())
    environment = {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(source.library),
        "PYTHONPYCACHEPREFIX": str(source.bytecode),
        "PYTHONUTF8": "1",
    }

    def ask(script: Path, question: str) -> str:
        done = subprocess.run(
            [str(source.python), str(script)],
            input=question,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ask
