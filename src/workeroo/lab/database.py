"""How does a lab come by a database without building it each time?

A database is built once for all labs and kept as a dump with its filestore. A lab restores it
once as a template, from which a fresh copy takes a fraction of a second.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from workeroo.errors import Unavailable
from workeroo.lab.folder import LabFolder, SharedFolder, remove_tree
from workeroo.lab.lock import locked
from workeroo.lab.odoo import common_arguments, why_died
from workeroo.lab.postgres import Cluster
from workeroo.lab.program import run
from workeroo.lab.source import OdooSource
from workeroo.lab.stamp import is_complete, make_once
from workeroo.lab.user import LabUser
from workeroo.progress import Progress, Step

_LOADING = re.compile(r"Loading module \S+ \((\d+)/(\d+)\)")


class Kind(msgspec.Struct, frozen=True):
    """What a database holds."""

    modules: tuple[str, ...]
    demo: bool


KINDS = {
    "base": Kind(("base", "web", "workeroo_lab"), demo=False),
    "shop": Kind(
        ("website_sale", "website_livechat", "sale_management", "stock", "workeroo_lab"), demo=True
    ),
}
"""Every database that a lab can serve, by name."""


class Databases(msgspec.Struct, frozen=True):
    """The databases of one lab."""

    folder: LabFolder
    shared: SharedFolder
    user: LabUser
    cluster: Cluster
    source: OdooSource

    def provide(self, name: str, progress: Progress, *, fresh: bool) -> None:
        """See that a database stands; `fresh` replaces it by an untouched one."""
        template = f"template_{name}_{self.source.key()}"
        if name in self._names() and not fresh:
            return
        self._provide_template(template, name, progress)
        with progress.step(f"copying the database {name}"):
            self._drop(name)
            filestore = self.folder.data / "filestore" / name
            remove_tree(filestore)
            self._copy_tree(self._built(name) / "filestore", filestore)
            self.cluster.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _provide_template(self, template: str, name: str, progress: Progress) -> None:
        with locked(self.shared.lock, progress):
            if not is_complete(self._built(name)):
                make_once(self._built(name), name, lambda into: self._build(name, into, progress))
        if template in self._names():
            return
        unfinished = f"restoring_{name}"
        with progress.step(f"restoring the database {name}"):
            self._drop(unfinished)
            self.cluster.query(f'CREATE DATABASE "{unfinished}" TEMPLATE template0')
            self.cluster.restore(unfinished, self._built(name) / "dump")
            self.cluster.query(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')
            self.cluster.query(
                f'ALTER DATABASE "{template}" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false'
            )

    def _build(self, name: str, into: Path, progress: Progress) -> None:
        building = f"building_{name}"
        self._drop(building)
        filestore = self.folder.data / "filestore" / building
        remove_tree(filestore)
        self.cluster.query(f'CREATE DATABASE "{building}" TEMPLATE template0')
        self._install(name, building, progress)
        self.user.own(into)
        self.cluster.dump(building, into / "dump")
        self._copy_tree(filestore, into / "filestore")
        self._drop(building)
        remove_tree(filestore)

    def _install(self, name: str, database: str, progress: Progress) -> None:
        kind = KINDS[name]
        self.folder.build_conf.write_text("[options]\nlist_db = False\n", encoding="utf-8")
        log = self.folder.logs / f"build-{name}.log"
        log.unlink(missing_ok=True)
        command = self.source.command(
            "-c", str(self.folder.build_conf), *common_arguments(self.folder, self.source),
            f"--database={database}", f"--init={','.join(kind.modules)}", f"--logfile={log}",
            "--with-demo" if kind.demo else "--without-demo=all",
            "--no-http", "--max-cron-threads=0", "--stop-after-init",
        )  # fmt: skip
        with progress.step(f"building the database {name}") as step:
            try:
                run(
                    command, user=self.user, cwd=self.folder.work,
                    environment=self.source.environment(self.folder),
                    while_running=lambda: _follow(log, step),
                )  # fmt: skip
            except Unavailable as error:
                reason = why_died(_read(log)) if log.exists() else error.what
                raise Unavailable(
                    f"the database {name} could not be built: {reason}", where=str(log)
                ) from error

    def _built(self, name: str) -> Path:
        return self.shared.databases / f"{name}-{self.source.key()}"

    def _names(self) -> list[str]:
        return self.cluster.query("SELECT datname FROM pg_database")

    def _drop(self, name: str) -> None:
        self.cluster.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _copy_tree(self, source: Path, target: Path) -> None:
        """Copy a filestore as the lab's user; its files never change, so links are enough."""
        if not source.is_dir():
            return
        if target.is_relative_to(self.folder.path):
            run(["mkdir", "-p", target.parent], user=self.user)
        run(["cp", "-a", source, target], user=self.user)


def _follow(log: Path, step: Step) -> None:
    found = _LOADING.findall(_read(log))
    if found:
        done, total = found[-1]
        step.reach(int(done), int(total))


def _read(log: Path) -> str:
    try:
        return log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
