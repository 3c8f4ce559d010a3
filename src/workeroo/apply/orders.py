"""What is the change: from a plan's files to an order, and from an old change to its undoing?"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from pathlib import Path

import msgspec

from workeroo.apply import nginx
from workeroo.apply.place import Traits, bytes_of, digest
from workeroo.apply.product import Change, Expected, Replaced, Seen
from workeroo.apply.restart import Way, is_there, way
from workeroo.apply.stage import NewFile, Piece, check, odoo_takes, stage
from workeroo.apply.store import Store
from workeroo.apply.transaction import Order
from workeroo.errors import InputError, MissingInput, UsageError
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.lossless import decode
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
    if rendered.get("nginx") and nginx.is_elsewhere(_nginx_config(subject)):
        what = "nginx runs in a container, whose files are not changed from outside"
        raise UsageError(what, cure="leave it out with --target odoo.conf")
    owner = _owner(deployment)
    pieces = stage(
        _new_file(file, owner if name == "odoo.conf" else (0, 0))
        for name, files in rendered.items()
        for file in files
    )
    _as_read(pieces, subject.files)
    paths = {piece.told.path for piece in pieces}
    before, after = as_it_runs(deployment), as_planned(subject)
    reads = {subject.conf_path} | _paths(rendered.get("systemd", []))
    needed = bool(paths & reads) or bool(paths and is_behind(before, after))
    restart = _restart(deployment, restart_command, needed=needed)
    config = _nginx_config(subject) if paths & _paths(rendered.get("nginx", [])) else None
    order = Order(
        pieces=pieces,
        made_by=made_by,
        why=f"rule {subject.plan.rule}, role {subject.plan.role}",
        conf_path=subject.conf_path,
        series=subject.plan.series,
        nginx=config,
        restart=restart,
        before=before,
        before_restarted=as_set(deployment),
        after=after,
        told=[*_said(pieces), *_by_hand(paths, rendered, restart)],
    )
    checked = check(
        pieces, conf_path=subject.conf_path, series=subject.plan.series, nginx_config=config
    )
    return Rehearsed(order, [*checked, *_way_is_there(restart)])


def is_behind(runs: Expected | None, planned: Expected | None) -> bool:
    """Whether a server runs with other processes than it will have once it was restarted."""
    if runs is None or planned is None:
        return False
    pairs = zip(_counts(runs), _counts(planned), strict=True)
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def order_back(store: Store, change: Change, *, made_by: str) -> Rehearsed:
    """The change that undoes another.

    Raises:
        UsageError: when there is nothing to undo.
        InputError: when a file has changed since.
    """
    if change.state != "done":
        what = f"change {change.id} is {change.state}: there is nothing to take back"
        raise UsageError(what, cure="see `workeroo history`")
    if change.id in _taken_back(store):
        what = f"change {change.id} was taken back already"
        raise UsageError(what, cure="see `workeroo history`")
    for file in change.files:
        if os.path.realpath(file.path) != file.real_path:
            what = f"it leads to another file since change {change.id}, not to {file.real_path}"
            cure = f"set it back with ln -sfn, or copy {store.before(change.id, 0).parent} by hand"
            raise InputError(what, where=file.path, cure=cure)
        if digest(bytes_of(Path(file.real_path))) != file.after_digest:
            what = f"it has changed since change {change.id}"
            cure = "take later changes back first, newest first"
            raise InputError(what, where=file.real_path, cure=cure)
    pieces = stage(_old_file(store, change, number) for number in range(len(change.files)))
    restart = store.way(change.id, change.restart) if change.restart else None
    told = []
    for piece in pieces:
        if piece.told.path == change.conf_path and piece.after is not None:
            said = odoo_takes(piece.after, piece.told.path, change.series)
            if said.holds is False:
                restart = None
                told = [f"Odoo is left running as it is, not restarted: {said.text}."]
    after = change.after if restart is None else change.before_restarted or change.before
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
    return Rehearsed(order, [*checked, *_way_is_there(restart)])


def last_done(store: Store) -> Change:
    """The newest change that stands: done, and neither a rollback nor taken back.

    Raises:
        MissingInput: when there is none.
    """
    gone = _taken_back(store)
    for change in store.changes():
        if change.state == "done" and change.undoes is None and change.id not in gone:
            return change
    raise MissingInput("there is no change to take back", where=str(store.folder))


def _taken_back(store: Store) -> set[str]:
    """The changes that a later one has undone; a rollback that was undone itself undoes nothing."""
    gone: set[str] = set()
    for change in store.changes():
        if change.state == "done" and change.undoes is not None and change.id not in gone:
            gone.add(change.undoes)
    return gone


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
    proxy = deployment.proxy
    return msgspec.structs.replace(
        _with(
            found,
            subject.number("workers"),
            subject.number("max_cron_threads"),
            http_enable=subject.value("http_enable") is not False,
        ),
        through_nginx=isinstance(proxy, Proxy) and bool(proxy.sites),
    )


def as_set(deployment: Deployment | None) -> Expected | None:
    """What the server will show once it was restarted with the files that stand now.

    They may say what the server that runs has not read yet.
    """
    found = _expected(deployment) if deployment else None
    if found is None or deployment is None:
        return None
    workers, crons, http = (
        setting.value if (setting := deployment.setting(name)) else None
        for name in ("workers", "max_cron_threads", "http_enable")
    )
    if not isinstance(workers, int) or not isinstance(crons, int):
        return found
    return _with(found, workers, crons, http_enable=http is not False)


def _with(found: Expected, workers: int, crons: int, *, http_enable: bool) -> Expected:
    """With the processes that settings make."""
    made = processes(workers, crons, http_enable=http_enable)
    return msgspec.structs.replace(
        found, workers=made.http_workers, crons=made.cron_workers, evented=made.evented
    )


def _counts(expected: Expected) -> tuple[int | None, ...]:
    return expected.workers, expected.crons, expected.evented


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


def _restart(deployment: Deployment | None, command: str | None, *, needed: bool) -> Way | None:
    if not needed or deployment is None:
        return None
    return way(deployment, command)


def _way_is_there(restart: Way | None) -> list[Seen]:
    return [] if restart is None else [is_there(restart)]


def _as_read(pieces: list[Piece], files: dict[str, str]) -> None:
    """The files that stand must be those that the new ones were made from.

    Raises:
        InputError: when one is not: an edit of somebody else would be lost.
    """
    for piece in pieces:
        read = files.get(piece.told.path)
        if read is not None and (piece.before is None or decode(piece.before) != read):
            what = "it is not the file that was read a moment ago: somebody else is changing it"
            cure = "call it again; in a container, call it inside"
            raise InputError(what, where=piece.told.path, cure=cure)


def _nginx_config(subject: Subject) -> str:
    proxy = subject.proxy
    return proxy.config if proxy else NGINX_CONFIG


def _by_hand(
    paths: set[str], rendered: dict[str, list[RenderedFile]], restart: Way | None
) -> list[str]:
    """What the new files still need from a person."""
    told = []
    if paths & _paths(rendered.get("postgresql", [])):
        told.append("Restart PostgreSQL when it suits you: it reads its new file only then.")
    if paths & _paths(rendered.get("systemd", [])) and (
        not restart or restart.told.kind != "systemd"
    ):
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
    saved = store.before(change.id, number)
    data = bytes_of(saved) if file.existed else None
    if digest(data) != file.before_digest:
        raise InputError("what was saved of this file is damaged", where=str(saved))
    traits = Traits(file.mode, file.uid, file.gid, file.attributes)
    return NewFile(path=file.path, data=data, traits=traits)
