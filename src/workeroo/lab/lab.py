"""A disposable Odoo with PostgreSQL and nginx: how is it brought up and taken down?"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from workeroo.errors import Unavailable, UsageError
from workeroo.lab.beside import find_lab, guests, settle, shared_database, stop_guests
from workeroo.lab.conf import read_conf, sound_conf, write_conf
from workeroo.lab.cpus import checked_cpus
from workeroo.lab.database import KINDS, Databases
from workeroo.lab.folder import LabFolder, LabRoot, find_root, remove_tree
from workeroo.lab.lock import locked
from workeroo.lab.nginx import Nginx
from workeroo.lab.odoo import OdooDied, OdooServer, is_healthy
from workeroo.lab.ports import LOOPBACK, Ports, choose_ports, is_free
from workeroo.lab.postgres import Cluster, find_cluster
from workeroo.lab.process import Started, is_alive
from workeroo.lab.servers import stop_servers
from workeroo.lab.source import OdooSource, find_source, place_addons
from workeroo.lab.state import LabState, read_state, write_state
from workeroo.lab.user import LabUser, choose_user
from workeroo.progress import Progress, Silent

DEFAULT_NAME = "lab"

PORT_ATTEMPTS = 3
"""A free port can be taken by somebody else before Odoo binds it; rarely twice in a row."""

PORT_TAKEN = "Address already in use"


class Wanted(msgspec.Struct, frozen=True):
    """What a lab shall run.

    Attributes:
        conf: an odoo.conf, None for the lab's own sound one.
        database: a name of `KINDS`.
        odoo_source: a checkout of Odoo, None for Debian's package.
        site: the text of an nginx site with placeholders, None for a sound one.
        fresh: replace the database by an untouched one.
        cpus: the cores on which Odoo may run, None for all.
    """

    conf: Path | None = None
    database: str = "base"
    odoo_source: Path | None = None
    site: str | None = None
    fresh: bool = False
    cpus: tuple[int, ...] | None = None


class LabStatus(msgspec.Struct, frozen=True):
    """What is known of a lab."""

    name: str
    running: bool
    folder: str
    database: str | None = None
    version: str | None = None
    url: str | None = None
    nginx_url: str | None = None
    evented_port: int | None = None
    master_pid: int | None = None
    conf: str | None = None
    log: str | None = None
    postgres_socket: str | None = None
    beside: str | None = None
    cpus: tuple[int, ...] | None = None
    healthy: bool = False


class Lab:
    """One lab by its name. Commands and tests work with this."""

    def __init__(self, root: LabRoot, name: str, user: LabUser, progress: Progress) -> None:
        self.root = root
        self.folder: LabFolder = find_lab(root, name)
        self.user = user
        self.progress = progress

    @classmethod
    def named(
        cls,
        name: str = DEFAULT_NAME,
        *,
        environment: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Lab:
        """The lab of this name; nothing is made or started yet."""
        where = os.environ if environment is None else environment
        return cls(find_root(where), name, choose_user(where), progress or Silent())

    # What it is

    @property
    def name(self) -> str:
        """Its name."""
        return self.folder.name

    @property
    def ports(self) -> Ports:
        """Its ports."""
        return self._state().ports

    @property
    def http_port(self) -> int:
        """Where the HTTP workers answer."""
        return self.ports.http

    @property
    def evented_port(self) -> int:
        """Where the evented process answers."""
        return self.ports.evented

    @property
    def nginx_port(self) -> int:
        """Where nginx answers."""
        return self.ports.nginx

    @property
    def url(self) -> str:
        """Odoo directly."""
        return f"http://{LOOPBACK}:{self.http_port}"

    @property
    def nginx_url(self) -> str:
        """Odoo through nginx."""
        return f"http://{LOOPBACK}:{self.nginx_port}"

    @property
    def master_pid(self) -> int:
        """The pid of Odoo's master process, or of its only one."""
        odoo = self._state().odoo
        if odoo is None or not is_alive(odoo):
            raise Unavailable(f"the lab {self.name!r} does not run", cure="call workeroo lab up")
        return odoo.pid

    @property
    def conf_path(self) -> Path:
        """The odoo.conf in use."""
        return self.folder.conf

    @property
    def log_path(self) -> Path:
        """Odoo's log."""
        return self.folder.odoo_log

    def status(self) -> LabStatus:
        """What is known of it."""
        state = read_state(self.folder.state)
        if state is None:
            return LabStatus(self.name, running=False, folder=str(self.folder.path))
        running = is_alive(state.odoo)
        return LabStatus(
            name=self.name,
            running=running,
            folder=str(self.folder.path),
            database=state.database,
            version=state.version,
            url=f"http://{LOOPBACK}:{state.ports.http}",
            nginx_url=f"http://{LOOPBACK}:{state.ports.nginx}",
            evented_port=state.ports.evented,
            master_pid=state.odoo.pid if state.odoo and running else None,
            conf=str(self.folder.conf),
            log=str(self.folder.odoo_log),
            postgres_socket=str(self.folder.sockets),
            beside=state.beside,
            cpus=state.cpus,
            healthy=running and is_healthy(state.ports.http),
        )

    # What it does

    def up(
        self,
        *,
        conf: Path | None = None,
        database: str | None = None,
        odoo_source: Path | None = None,
        site: str | None = None,
        fresh: bool = False,
        beside: str | None = None,
        cpus: Sequence[int] | None = None,
    ) -> LabStatus:
        """Bring it up as wanted; what already runs so is left alone.

        Args:
            conf: an odoo.conf, None for the lab's own.
            database: a name of `KINDS`; None for `base`, or for what the lab beside serves.
            odoo_source: a checkout of Odoo, None for Debian's package.
            site: the text of an nginx site with placeholders.
            fresh: replace the database by an untouched one.
            beside: the lab whose PostgreSQL, database, filestore and sessions it shall use.
            cpus: the cores on which Odoo may run, None for all.

        Raises:
            OdooDied: when Odoo does not start with this odoo.conf; nothing is left running.
        """
        self.folder = settle(self.root, self.name, beside)
        if self.folder.beside:
            database = shared_database(self.folder, database, fresh=fresh)
        wanted = Wanted(conf, database or "base", odoo_source, site, fresh, checked_cpus(cpus))
        if wanted.database not in KINDS:
            raise UsageError(f"there is no database {database!r}", cure=f"use {' or '.join(KINDS)}")
        text = read_conf(conf) if conf else None
        self.root.prepare(self.user)
        with self._locked():
            try:
                self._up(wanted, text)
            except BaseException:
                self._down()
                raise
        return self.status()

    def restart(self) -> LabStatus:
        """Start Odoo anew on the same ports, with its odoo.conf as it stands in the folder.

        Raises:
            OdooDied: when Odoo does not start with it.
            Unavailable: when the lab was never up.
        """
        with self._locked():
            state = self._state()
            source = self._source(Wanted(odoo_source=state.odoo_source))
            OdooServer(self.folder, self.user).stop(state.odoo)
            state.odoo = state.key = None  # `up` shall write its own odoo.conf again
            write_state(self.folder.state, state)
            self._start_odoo(state, source)
        return self.status()

    def down(self) -> None:
        """Stop its servers, and the labs beside it; what they wrote stays."""
        if self.folder.path.is_dir():
            with self._locked():
                self._down()

    def destroy(self) -> None:
        """Stop its servers and remove every file of it.

        Raises:
            UsageError: while a lab stands beside it: its files were not meant.
        """
        if not self.folder.lock.exists():
            return
        with self._locked():
            for guest in guests(self.root, self.folder):
                raise UsageError(
                    f"the lab {guest.name!r} stands beside {self.name!r}",
                    cure=f"call workeroo lab destroy --name {guest.name} first",
                )
            self._down()
            self.folder.remove()
            self.folder.lock.unlink()

    # How it does it

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Held: this lab, then the one beside which it stands; never the other way round."""
        with ExitStack() as held:
            for folder in dict.fromkeys((self.folder.path, self.folder.owner.path)):
                held.enter_context(locked(LabFolder(folder).lock, self.progress))
            yield

    def _up(self, wanted: Wanted, given: bytes | None) -> None:
        source = self._source(wanted)
        self.folder.make(self.user)
        _write_token(self.folder)
        conf = sound_conf(self.folder) if given is None else given
        state = read_state(self.folder.state) or self._settle_ports(None)
        cluster = find_cluster(self.folder, self.user)
        self._start_postgres(cluster)
        key = _key(wanted, conf, source)
        if is_alive(state.odoo) and state.key == key and not wanted.fresh:
            self._start_nginx(state, wanted)
            return
        stop_servers(self.folder, self.user, state)
        place_addons(self.folder)
        if not self.folder.beside:
            if wanted.fresh:
                stop_guests(self.root, self.folder, self.user, self.progress)
            databases = Databases(self.folder, self.root.shared, self.user, cluster, source)
            databases.provide(wanted.database, self.progress, fresh=wanted.fresh)
        write_conf(self.folder, conf, self.user)
        state.key, state.database, state.version = key, wanted.database, source.version
        state.conf_origin = str(wanted.conf) if wanted.conf else None
        state.odoo_source, state.cpus = wanted.odoo_source, wanted.cpus
        self._start(state, source, wanted)

    def _down(self) -> None:
        stop_guests(self.root, self.folder, self.user, self.progress)
        stop_servers(self.folder, self.user, read_state(self.folder.state))
        if not self.folder.beside and self.folder.cluster.is_dir():
            find_cluster(self.folder, self.user).stop()

    def _start_postgres(self, cluster: Cluster) -> None:
        if self.folder.beside is None:
            cluster.make(self.progress)
            cluster.start(self.progress)
        elif not cluster.is_running():
            owner = self.folder.owner.name
            raise Unavailable(
                f"the lab {owner!r} does not run", cure=f"call workeroo lab up --name {owner}"
            )

    def _source(self, wanted: Wanted) -> OdooSource:
        shared = self.root.shared
        with locked(shared.lock, self.progress):
            return find_source(shared, self.folder, self.user, wanted.odoo_source, self.progress)

    def _settle_ports(self, state: LabState | None) -> LabState:
        """The state with ports on which nobody listens and that no other lab has chosen."""
        with locked(self.root.shared.lock, self.progress):
            if state is None or not all(map(is_free, state.ports.all())):
                others = [lab for lab in self.root.labs() if lab.path != self.folder.path]
                ports = choose_ports(port for lab in others for port in _ports_of(lab))
                state = msgspec.structs.replace(state, ports=ports) if state else self._new(ports)
                write_state(self.folder.state, state)
        return state

    def _new(self, ports: Ports) -> LabState:
        return LabState(ports, beside=self.folder.owner.name if self.folder.beside else None)

    def _start(self, state: LabState, source: OdooSource, wanted: Wanted) -> None:
        """Start Odoo and nginx; again on other ports when somebody was quicker to take one."""
        settled = self._settle_ports(state)
        for attempts_left in reversed(range(PORT_ATTEMPTS)):
            try:
                self._start_odoo(settled, source)
                break
            except OdooDied as death:
                if not attempts_left or PORT_TAKEN not in death.reason:
                    raise
            settled = self._settle_ports(settled)
        self._start_nginx(settled, wanted)

    def _start_odoo(self, state: LabState, source: OdooSource) -> None:
        def record(started: Started | None) -> None:
            state.odoo = started
            write_state(self.folder.state, state)

        server = OdooServer(self.folder, self.user, source, state.cpus)
        with self.progress.step(f"starting Odoo {source.version}"):
            server.start(state.ports, state.database or "base", record)

    def _start_nginx(self, state: LabState, wanted: Wanted) -> None:
        def record(started: Started | None) -> None:
            state.nginx = started
            write_state(self.folder.state, state)

        nginx = Nginx(self.folder, self.user)
        if is_alive(state.nginx) and not nginx.differs(state.ports, wanted.site):
            return
        nginx.stop(state.nginx)
        with self.progress.step("starting nginx"):
            nginx.configure(state.ports, wanted.site)
            nginx.start(state.ports, record)

    def _state(self) -> LabState:
        state = read_state(self.folder.state)
        if state is None:
            raise Unavailable(f"there is no lab {self.name!r}", cure="call workeroo lab up")
        return state


def destroy_all(labs: LabRoot, progress: Progress, user: LabUser) -> None:
    """Remove every lab and what they share; those that stand beside another first."""
    found = [find_lab(labs, folder.name) for folder in labs.labs()]
    for folder in sorted(found, key=lambda folder: folder.beside is None):
        Lab(labs, folder.name, user, progress).destroy()
    if labs.path.is_dir():
        with locked(labs.shared.lock, progress):
            remove_tree(labs.path)


def _write_token(folder: LabFolder) -> None:
    if not folder.token.exists():
        folder.token.write_text(secrets.token_hex(16) + "\n", encoding="utf-8")


def _key(wanted: Wanted, conf: bytes, source: OdooSource) -> str:
    said = f"{wanted.database} {source.key()} {wanted.cpus} ".encode()
    return hashlib.sha256(said + conf).hexdigest()[:12]


def _ports_of(folder: LabFolder) -> tuple[int, ...]:
    state = read_state(folder.state)
    return state.ports.all() if state else ()
