"""What is the change: from a plan's files to an order, and from an old change to its undoing?"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

import msgspec

from workeroo.apply.place import Traits, bytes_of, digest
from workeroo.apply.product import Change, Expected, Replaced, Restart, Seen
from workeroo.apply.restart import way
from workeroo.apply.stage import NewFile, Piece, check, odoo_takes, stage
from workeroo.apply.store import Store
from workeroo.apply.transaction import Order
from workeroo.errors import InputError, MissingInput, UsageError
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Proxy
from workeroo.model.processes import processes
from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject

NGINX_CONFIG = "/etc/nginx/nginx.conf"
"""The main file of a packaged nginx, where none was seen running."""


class Rehearsed(msgspec.Struct, frozen=True):
    """An order, and all that was checked of it before anything changes."""

    order: Order
    checked: list[Seen]


def order_of(
    subject: Subject,
    rendered: dict[str, list[RenderedFile]],
    *,
    made_by: str,
    restart_command: str | None = None,
) -> Rehearsed:
    """The change that puts rendered files in place.

    Args:
        subject: what they were rendered from.
        rendered: the files by the name of their format.
        made_by: who asks.
        restart_command: as the user gave it.

    Raises:
        UsageError: when nobody knows how Odoo is restarted.
        NotPermitted: when a file cannot be read.
    """
    deployment = subject.deployment
    if deployment is not None and deployment.container is not None:
        what = f"{deployment.name} runs in a container, whose files are not changed from outside"
        raise UsageError(what, cure="call it inside, or write the files with `workeroo render`")
    owner = _owner(deployment)
    pieces = stage(
        _new_file(file, owner if name == "odoo.conf" else (0, 0))
        for name, files in rendered.items()
        for file in files
    )
    paths = {piece.told.path for piece in pieces}
    of_units = paths & _paths(rendered.get("systemd", []))
    restart = _restart(
        deployment, restart_command, needed=subject.conf_path in paths or bool(of_units)
    )
    config = _nginx_config(subject) if paths & _paths(rendered.get("nginx", [])) else None
    order = Order(
        pieces=pieces,
        made_by=made_by,
        why=f"rule {subject.plan.rule}, role {subject.plan.role}",
        conf_path=subject.conf_path,
        series=subject.plan.series,
        nginx=config,
        restart=restart,
        before=as_it_runs(deployment),
        after=as_planned(subject),
        told=[*_said(pieces), *_by_hand(paths, rendered, restart)],
    )
    checked = check(
        pieces, conf_path=subject.conf_path, series=subject.plan.series, nginx_config=config
    )
    return Rehearsed(order, list(checked))


def order_back(store: Store, change: Change, *, made_by: str) -> Rehearsed:
    """The change that undoes another.

    Raises:
        UsageError: when there is nothing to undo.
        InputError: when a file has changed since.
    """
    if change.state != "done":
        what = f"change {change.id} is {change.state}: there is nothing to take back"
        raise UsageError(what, cure="see `workeroo history`")
    for file in change.files:
        if digest(bytes_of(Path(file.real_path))) != file.after_digest:
            what = f"it has changed since change {change.id}"
            cure = "take later changes back first, newest first"
            raise InputError(what, where=file.real_path, cure=cure)
    pieces = stage(_old_file(store, change, number) for number in range(len(change.files)))
    restart, told = change.restart, []
    for piece in pieces:
        if piece.told.path == change.conf_path and piece.after is not None:
            said = odoo_takes(piece.after, piece.told.path, change.series)
            if said.holds is False:
                restart = None
                told = [f"Odoo is left running as it is, not restarted: {said.text}."]
    after = change.after if restart is None else change.before
    order = Order(
        pieces=pieces,
        made_by=made_by,
        why=f"rollback of {change.id}",
        undoes=change.id,
        conf_path=change.conf_path,
        series=change.series,
        nginx=change.nginx,
        restart=restart,
        before=_without_nginx(change.after),
        after=_without_nginx(after),
        told=told,
    )
    checked = check(pieces, conf_path=None, series=change.series, nginx_config=change.nginx)
    return Rehearsed(order, list(checked))


def last_done(store: Store) -> Change:
    """The newest change that stands: done, and neither a rollback nor taken back.

    Raises:
        MissingInput: when there is none.
    """
    changes = store.changes()
    gone = {change.undoes for change in changes if change.state == "done"}
    for change in changes:
        if change.state == "done" and change.undoes is None and change.id not in gone:
            return change
    raise MissingInput("there is no change to take back", where=str(store.folder))


def as_it_runs(deployment: Deployment | None) -> Expected | None:
    """What the server shows now, which it shall show again when a change is undone."""
    if deployment is None or deployment.mode == "not running":
        return None
    found = _expected(deployment)
    if found is None or deployment.mode == "threaded":
        return found
    return msgspec.structs.replace(
        found,
        workers=len(deployment.of("http worker")),
        crons=len(deployment.of("cron worker")),
        evented=len(deployment.of("evented")),
    )


def as_planned(subject: Subject) -> Expected | None:
    """What the server must show with the plan in force."""
    deployment = subject.deployment
    found = _expected(deployment) if deployment else None
    if found is None or deployment is None:
        return None
    planned = processes(
        subject.number("workers"),
        subject.number("max_cron_threads"),
        http_enable=subject.value("http_enable") is not False,
    )
    proxy = deployment.proxy
    return msgspec.structs.replace(
        found,
        workers=planned.http_workers,
        crons=planned.cron_workers,
        evented=planned.evented,
        through_nginx=isinstance(proxy, Proxy) and bool(proxy.sites),
    )


def user_name() -> str:
    """Who is at the keyboard, also behind sudo."""
    behind = os.environ.get("SUDO_USER")
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        name = str(os.geteuid())
    return f"{behind} as {name}" if behind else name


def _expected(deployment: Deployment) -> Expected | None:
    port = deployment.setting("http_port")
    if not isinstance(deployment.conf, ConfFile) or port is None or not isinstance(port.value, int):
        return None
    return Expected(conf_path=deployment.conf.path, http_port=port.value)


def _without_nginx(expected: Expected | None) -> Expected | None:
    """The old sites may never have led to the websocket: that is no reason to keep the new ones."""
    return expected and msgspec.structs.replace(expected, through_nginx=False)


def _restart(deployment: Deployment | None, command: str | None, *, needed: bool) -> Restart | None:
    if not needed or deployment is None:
        return None
    return way(deployment, command)


def _nginx_config(subject: Subject) -> str:
    proxy = subject.proxy
    return proxy.config if proxy else NGINX_CONFIG


def _by_hand(
    paths: set[str], rendered: dict[str, list[RenderedFile]], restart: Restart | None
) -> list[str]:
    """What the new files still need from a person."""
    told = []
    if paths & _paths(rendered.get("postgresql", [])):
        told.append("Restart PostgreSQL when it suits you: it reads its new file only then.")
    if paths & _paths(rendered.get("systemd", [])) and (not restart or restart.kind != "systemd"):
        told.append("Call 'systemctl daemon-reload' and restart the unit: systemd reads it then.")
    return told


def _said(pieces: list[Piece]) -> list[str]:
    sentences = [text for piece in pieces for text in piece.told.said]
    return [text if text.endswith(".") else f"{text}." for text in sentences]


def _paths(files: Iterable[RenderedFile]) -> set[str]:
    return {file.path for file in files}


def _owner(deployment: Deployment | None) -> tuple[int, int]:
    """The user that reads the odoo.conf: Odoo's, where it runs; else ours."""
    for process in deployment.processes[:1] if deployment else []:
        try:
            status = Path(f"/proc/{process.pid}").stat()
        except OSError:
            break
        return status.st_uid, status.st_gid
    return os.geteuid(), os.getegid()


def _new_file(file: RenderedFile, owner: tuple[int, int]) -> NewFile:
    own = owner if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    traits = Traits(file.mode, *own)
    return NewFile(path=file.path, data=file.data(), traits=traits, said=file.said)


def _old_file(store: Store, change: Change, number: int) -> NewFile:
    file: Replaced = change.files[number]
    data = store.before(change.id, number).read_bytes() if file.existed else None
    traits = Traits(file.mode, file.uid, file.gid, file.attributes)
    return NewFile(path=file.path, data=data, traits=traits)
