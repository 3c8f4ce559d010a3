"""Does a real PostgreSQL start with the rendered file, and with the values that it names?"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.lab.folder import LabRoot, remove_tree
from workeroo.lab.postgres import Cluster, find_cluster
from workeroo.lab.user import choose_user
from workeroo.plan.make import make_plan
from workeroo.progress import Silent
from workeroo.render.postgresql import postgresql_files
from workeroo.render.subject import Subject
from workeroo.units import GIB, MIB

pytestmark = pytest.mark.lab


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster of its own, made and not started."""
    user, root = choose_user({}), Path(tempfile.mkdtemp(prefix="workeroo-"))
    root.chmod(0o755)
    labs = LabRoot(root / "lab")
    labs.prepare(user)
    folder = labs.lab("rendered")
    folder.make(user)
    it = find_cluster(folder, user)
    it.make(Silent())
    yield it
    it.stop()
    remove_tree(root)


@pytest.mark.parametrize("memory_bytes", [3 * GIB, 8 * GIB])
def test_postgresql_starts_with_the_file_and_shows_its_values(
    cluster: Cluster, memory_bytes: int
) -> None:
    text = rendered(memory_bytes)
    include(cluster, text)
    settings = dict(re.findall(r"^(\w+) = (\w+)$", text, re.MULTILINE))

    cluster.start(Silent())

    shown = {name: cluster.query(f"SHOW {name}")[0] for name in settings}
    assert {n: kib(v) for n, v in shown.items()} == {n: kib(v) for n, v in settings.items()}
    assert {"max_connections", "shared_buffers", "effective_cache_size"} <= set(settings)
    assert int(shown["max_connections"]) > 100
    faults = "SELECT count(*) FROM pg_file_settings WHERE error IS NOT NULL"
    assert cluster.query(faults) == ["0"]


def rendered(memory_bytes: int) -> str:
    """For a PostgreSQL on the same host, of which max_connections is not known."""
    postgres = Postgres(
        local=True,
        version="15.10",
        max_connections=Unknown("not asked"),
        shared_buffers_bytes=128 * MIB,
    )
    deployment = Deployment(name="odoo", mode="not running", series=19, postgres=postgres)
    host = Host(cores=Cores(logical=4), memory=Memory(total_bytes=memory_bytes))
    plan = make_plan(host, rule="golden", deployment=deployment)
    (file,) = postgresql_files(Subject(plan=plan, deployment=deployment))
    return file.text


def include(cluster: Cluster, text: str) -> None:
    """As Debian's postgresql.conf does: everything in conf.d, last."""
    conf_d = cluster.folder.cluster / "conf.d"
    conf_d.mkdir(mode=0o755)
    (conf_d / "workeroo.conf").write_text(text, encoding="utf-8")
    for path in (conf_d, conf_d / "workeroo.conf"):
        cluster.user.own(path)
    with (cluster.folder.cluster / "postgresql.conf").open("a", encoding="utf-8") as main:
        main.write("include_dir = 'conf.d'\n")


def kib(shown: str) -> int:
    """A size as PostgreSQL writes it, in KiB; a plain number as it is."""
    number, unit = re.fullmatch(r"(\d+)(kB|MB|GB)?", shown).groups()  # type: ignore[union-attr]
    return int(number) * {None: 1, "kB": 1, "MB": 1024, "GB": 1024**2}[unit]
