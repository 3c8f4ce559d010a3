"""What tests of several rooms share: the lab's real Odoo."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from workeroo.lab.lab import Lab, Wanted
from workeroo.lab.lock import locked
from workeroo.lab.packages import unpacked_files
from workeroo.lab.postgres import find_cluster

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


class Shop(NamedTuple):
    """A webshop with people in it.

    Attributes:
        lab: where it runs.
        given: what journeys need: a salesperson's login and password, the admin's API key.
    """

    lab: Lab
    given: dict[str, str]


@pytest.fixture(scope="session")
def shop(lab_factory: LabFactory, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A lab with the database `shop`, an API key, and an operator who answers the live chat."""
    conf = tmp_path_factory.mktemp("shop") / "odoo.conf"
    conf.write_text("[options]\nworkers = 3\nmax_cron_threads = 0\n", encoding="utf-8")
    lab = lab_factory("shop")
    lab.up(conf=conf, database="shop")
    key = secrets.token_hex(20)
    sql = f"""
        INSERT INTO res_users_apikeys (name, user_id, key, index)
        VALUES ('journeys', 2, '{_hashed(key)}', '{key[:8]}');
        INSERT INTO mail_presence (user_id, status, last_poll, last_presence)
        SELECT 2, 'online', now() AT TIME ZONE 'utc', now() AT TIME ZONE 'utc'
        ON CONFLICT DO NOTHING;
        INSERT INTO ir_config_parameter (key, value) VALUES ('report.url', '{lab.url}')
        ON CONFLICT (key) DO UPDATE SET value = excluded.value"""  # noqa: S608 - all of it is ours
    find_cluster(lab.folder, lab.user).query(sql, "shop")
    given = {"database": "shop", "login": "demo", "password": "demo", "api_key": key}
    return Shop(lab, given)


def _hashed(key: str) -> str:
    """An API key as Odoo keeps it (base/models/res_users.py), as passlib writes it."""
    salt, rounds = secrets.token_bytes(16), 6000
    digest = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, rounds)
    words = [
        base64.b64encode(part).decode().rstrip("=").replace("+", ".") for part in (salt, digest)
    ]
    return f"$pbkdf2-sha512${rounds}${words[0]}${words[1]}"


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
