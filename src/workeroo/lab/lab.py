"""A disposable Odoo with PostgreSQL and nginx: how is it brought up and taken down?"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from workeroo.errors import MissingInput, NotPermitted, Unavailable, UsageError
from workeroo.lab.database import KINDS, Databases
from workeroo.lab.folder import LabFolder, LabRoot, find_root, remove_tree
from workeroo.lab.lock import locked
from workeroo.lab.nginx import Nginx, fill
from workeroo.lab.odoo import OdooDied, OdooServer, is_healthy
from workeroo.lab.ports import LOOPBACK, Ports, choose_ports, is_free
from workeroo.lab.postgres import find_cluster
from workeroo.lab.process import Started, is_alive
from workeroo.lab.progress import Progress, Silent
from workeroo.lab.source import OdooSource, find_source, place_addons
from workeroo.lab.state import LabState, read_state, write_state
from workeroo.lab.user import LabUser, choose_user

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
    """

    conf: Path | None = None
    database: str = "base"
    odoo_source: Path | None = None
    site: str | None = None
    fresh: bool = False


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
    healthy: bool = False


class Lab:
    """One lab by its name. Commands and tests work with this."""

    def __init__(self, root: LabRoot, name: str, user: LabUser, progress: Progress) -> None:
        self.root = root
        self.folder: LabFolder = root.lab(name)
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
            healthy=running and is_healthy(state.ports.http),
        )

    # What it does

    def up(
        self,
        *,
        conf: Path | None = None,
        database: str = "base",
        odoo_source: Path | None = None,
        site: str | None = None,
        fresh: bool = False,
    ) -> LabStatus:
        """Bring it up as wanted; what already runs so is left alone.

        Raises:
            OdooDied: when Odoo does not start with this odoo.conf; nothing is left running.
        """
        wanted = Wanted(conf, database, odoo_source, site, fresh)
        if database not in KINDS:
            raise UsageError(f"there is no database {database!r}", cure=f"use {' or '.join(KINDS)}")
        text = _read(conf) if conf else None
        self.root.prepare(self.user)
        with locked(self.folder.lock, self.progress):
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
        with locked(self.folder.lock, self.progress):
            state = self._state()
            source = self._source(Wanted(odoo_source=state.odoo_source))
            OdooServer(self.folder, self.user).stop(state.odoo)
            state.odoo = state.key = None  # `up` shall write its own odoo.conf again
            write_state(self.folder.state, state)
            self._start_odoo(state, source)
        return self.status()

    def down(self) -> None:
        """Stop its servers; what they wrote stays."""
        if self.folder.path.is_dir():
            with locked(self.folder.lock, self.progress):
                self._down()

    def destroy(self) -> None:
        """Stop its servers and remove every file of it."""
        if not self.folder.lock.exists():
            return
        with locked(self.folder.lock, self.progress):
            self._down()
            self.folder.remove()
            self.folder.lock.unlink()

    # How it does it

    def _up(self, wanted: Wanted, given: bytes | None) -> None:
        source = self._source(wanted)
        self.folder.make(self.user)
        _write_token(self.folder)
        conf = sound_conf(self.folder) if given is None else given
        state = read_state(self.folder.state) or self._settle_ports(None)
        cluster = find_cluster(self.folder, self.user)
        cluster.make(self.progress)
        cluster.start(self.progress)
        key = _key(wanted, conf, source)
        if is_alive(state.odoo) and state.key == key and not wanted.fresh:
            self._start_nginx(state, wanted)
            return
        self._stop_servers(state)
        place_addons(self.folder)
        databases = Databases(self.folder, self.root.shared, self.user, cluster, source)
        databases.provide(wanted.database, self.progress, fresh=wanted.fresh)
        _write_conf(self.folder, conf, self.user)
        state.key, state.database, state.version = key, wanted.database, source.version
        state.conf_origin = str(wanted.conf) if wanted.conf else None
        state.odoo_source = wanted.odoo_source
        self._start(state, source, wanted)

    def _down(self) -> None:
        self._stop_servers(read_state(self.folder.state))
        if self.folder.cluster.is_dir():
            find_cluster(self.folder, self.user).stop()

    def _source(self, wanted: Wanted) -> OdooSource:
        shared = self.root.shared
        with locked(shared.lock, self.progress):
            return find_source(shared, self.folder, self.user, wanted.odoo_source, self.progress)

    def _settle_ports(self, state: LabState | None) -> LabState:
        """The state with ports on which nobody listens and that no other lab has chosen."""
        with locked(self.root.shared.lock, self.progress):
            if state is None or not all(map(is_free, state.ports.all())):
                others = [lab for lab in self.root.labs() if lab != self.folder]
                ports = choose_ports(port for lab in others for port in _ports_of(lab))
                state = msgspec.structs.replace(state, ports=ports) if state else LabState(ports)
                write_state(self.folder.state, state)
        return state

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

        server = OdooServer(self.folder, self.user, source)
        with self.progress.step(f"starting Odoo {source.version}"):
            server.start(state.ports, state.database or "base", record)

    def _stop_servers(self, state: LabState | None) -> None:
        """Stop nginx and Odoo, also those of which there is no record."""
        Nginx(self.folder, self.user).stop(state.nginx if state else None)
        OdooServer(self.folder, self.user).stop(state.odoo if state else None)
        if state is not None:
            state.nginx = state.odoo = None
            write_state(self.folder.state, state)

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
    """Remove every lab and what they share."""
    for folder in labs.labs():
        Lab(labs, folder.name, user, progress).destroy()
    if labs.path.is_dir():
        with locked(labs.shared.lock, progress):
            remove_tree(labs.path)


def sound_conf(folder: LabFolder) -> bytes:
    """The lab's own odoo.conf, with the hash of a master password that nobody knows."""
    template = files("workeroo.lab").joinpath("templates").joinpath("odoo.conf")
    digest = hashlib.sha512(folder.token.read_bytes()).digest()
    # The form that Odoo writes (passlib's): base64 with a dot for the plus, without padding.
    salt, checksum = (
        base64.b64encode(part, altchars=b"./").decode().rstrip("=")
        for part in (digest[:16], digest)
    )
    hashed = f"$pbkdf2-sha512$600000${salt}${checksum}"
    return fill(template.read_text(encoding="utf-8"), {"MASTER_PASSWORD": hashed}).encode()


def _read(conf: Path) -> bytes:
    try:
        return conf.read_bytes()
    except PermissionError as error:
        raise NotPermitted("it cannot be read", where=str(conf)) from error
    except OSError as error:
        raise MissingInput(error.strerror or str(error), where=str(conf)) from error


def _write_conf(folder: LabFolder, conf: bytes, user: LabUser) -> None:
    """The odoo.conf for the lab's user only: it may hold passwords."""
    folder.conf.unlink(missing_ok=True)
    folder.conf.touch(mode=0o600)
    user.own(folder.conf)
    folder.conf.write_bytes(conf)


def _write_token(folder: LabFolder) -> None:
    if not folder.token.exists():
        folder.token.write_text(secrets.token_hex(16) + "\n", encoding="utf-8")


def _key(wanted: Wanted, conf: bytes, source: OdooSource) -> str:
    said = f"{wanted.database} {source.key()} ".encode()
    return hashlib.sha256(said + conf).hexdigest()[:12]


def _ports_of(folder: LabFolder) -> tuple[int, ...]:
    state = read_state(folder.state)
    return state.ports.all() if state else ()
