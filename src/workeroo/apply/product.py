"""The products of this room: what was changed, by whom, why, and how it went."""

from __future__ import annotations

from typing import Literal

import msgspec

SCHEMA = "workeroo/change/1"

State = Literal[
    "staged",
    "swapping",
    "restarting",
    "done",
    "restoring",
    "restored",
    "abandoned",
    "stuck",
]
"""How far a change has come, as its record says before each part begins.

staged: checked and saved, nothing on the server has changed.  swapping: files are being put in
place; the server has not been asked to read them.  restarting: all files are in place, the server
reads them or is being verified.  done: in place and verified.  restoring: being undone.  restored:
undone and verified.  abandoned: given up before anything changed.  stuck: undone, but the server
could not be verified afterwards; a person must look.
"""

Kind = Literal["systemd", "supervisor", "docker", "podman", "command"]
"""By whom Odoo is restarted; see `Restart`."""

ENDED: tuple[State, ...] = ("done", "restored", "abandoned", "stuck")


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a change.

    Attributes:
        path: as the server's configuration names it.
        real_path: without symbolic links: the file that is replaced.
        existed: whether it stood before.
        mode, uid, gid, attributes: of the file that stood (attributes: ACL and other extended
            ones), else those of the new one.
        before_digest, after_digest: SHA-256 of the bytes; None where there is no file.
        diff: unified, secrets masked.
        said: what the edit must tell.
    """

    path: str
    real_path: str
    existed: bool
    mode: int
    uid: int
    gid: int
    attributes: dict[str, bytes] = {}
    before_digest: str | None
    after_digest: str | None
    diff: str
    said: list[str] = []


class Restart(msgspec.Struct, frozen=True, kw_only=True):
    """How Odoo is restarted.

    Attributes:
        kind: by its manager, or by a command that the user gave.
        command: its words, secrets masked.
        hides: whether there was a secret among them: the words as they are stand in a file of
            their own beside the record.
        why: "its cgroup is /system.slice/odoo.service", "--restart-command".
    """

    kind: Kind
    command: list[str]
    hides: bool = False
    why: str


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a verified server shows.

    Attributes:
        conf_path: the odoo.conf by which the deployment is found again.
        http_port: its port, by which it is told from another with the same file.
        workers, crons, evented: processes by role; None where that is not known.
        through_nginx: whether a request and a websocket must come through nginx.
    """

    conf_path: str
    http_port: int
    workers: int | None = None
    crons: int | None = None
    evented: int | None = None
    through_nginx: bool = False


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a verification looked at.

    Attributes:
        holds: None where it could not be told.
        text: "9 of 9 HTTP workers run".
    """

    what: str
    holds: bool | None
    text: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change set, from its staging to its end: the record in the history.

    Attributes:
        id: its place in the history: "0007".
        made_at: ISO 8601 in UTC.
        made_by: the user at the keyboard, also behind sudo.
        why: "rule golden, role all", "rollback of 0007".
        undoes: the change that this one takes back.
        conf_path, series: the odoo.conf, and by whose rules it is read.
        nginx: path of the main file of the nginx that reads changed files; None where none does.
        restart: None where Odoo need not read anything anew.
        asked: whether the server may have been asked to read the new files.
        before, after: what the server must show with the files as they were and as they shall be.
        before_restarted: as before, once it was restarted: an odoo.conf may say what the server
            that ran had not read yet. None where that is the same or not known.
        verified: what was looked at in the end.
        told: sentences about how it went, in order.
    """

    schema: str = SCHEMA
    id: str
    state: State
    made_at: str
    made_by: str
    why: str
    undoes: str | None = None
    files: list[Replaced]
    conf_path: str | None = None
    series: int
    nginx: str | None = None
    restart: Restart | None = None
    asked: bool = False
    before: Expected | None = None
    before_restarted: Expected | None = None
    after: Expected | None = None
    verified: list[Seen] = []
    told: list[str] = []


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The changes made on this server, newest first."""

    schema: str = "workeroo/history/1"
    folder: str
    changes: list[Change]


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would do, checked as far as that goes without changing anything."""

    schema: str = "workeroo/rehearsal/1"
    files: list[Replaced]
    restart: Restart | None
    nginx: str | None
    checked: list[Seen]
