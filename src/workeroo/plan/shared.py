"""What must the servers of a split have in common, and is that so?

Each function is one thing that a frontend and a backend share, judged from the settings of one or
of both. What no setting tells (is a folder on shared storage, do two passwords agree) stays
unknown, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from workeroo.catalog.product import Value
from workeroo.evidence import Evidence, is_known
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment, Setting

Status = Literal["known-good", "known-bad", "unknown"]

UNSET = (None, False, "", "None", "False", "false")
LOOPBACK_NAMES = ("localhost", "::1", "ip6-localhost")
LOOPBACK_NET = "127."
FRONTEND, BACKEND = "frontend", "backend"


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that all servers of a split must have in common.

    Attributes:
        what: "the filestore".
        status: unknown where no setting tells.
        why: one sentence on the status.
        how: what to do about it, one sentence.
        evidence: the settings that were compared.
    """

    what: str
    status: Status
    why: str
    how: str
    evidence: list[Evidence] = []


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the servers of a split.

    Attributes:
        frontend: the Odoo that was looked at; None for one still to be set up.
        backend: the other one where it was looked at as well.
        frontends: how many there will be.
    """

    frontend: Deployment | None = None
    backend: Deployment | None = None
    frontends: int = 1


class Verdict(msgspec.Struct, frozen=True):
    """The outcome of one comparison, before it is told what to do."""

    status: Status
    why: str
    evidence: list[Evidence] = []


def shared(servers: Servers) -> list[Shared]:
    """Everything that the servers must share, in the order in which it is set up."""
    return [thing(servers) for thing in THINGS]


def database(servers: Servers) -> Shared:
    """All servers use one PostgreSQL and the same database in it."""
    verdict = _reachable(servers)
    if verdict.status != "known-bad":
        options = [_same(servers, name) for name in ("db_port", "db_name", "db_user")]
        verdict = _worst([verdict, *options])
    return _told(
        "one PostgreSQL, the same database",
        verdict,
        "Let PostgreSQL listen on the network (listen_addresses, pg_hba.conf) and give all servers"
        " the same db_host, db_port, db_name and db_user.",
    )


def filestore(servers: Servers) -> Shared:
    """Attachments lie in data_dir, not in the database."""
    verdict = _same(servers, "data_dir")
    if verdict.status == "known-good":
        why = f"{verdict.why}; whether that is one folder on shared storage cannot be told"
        verdict = Verdict("unknown", why, verdict.evidence)
    elif verdict.status == "known-bad":
        why = f"{verdict.why}; whether both lead to one folder cannot be told"
        verdict = Verdict("unknown", why, verdict.evidence)
    return _told(
        "the filestore",
        verdict,
        "Put data_dir on storage that all servers mount (NFS or the like), written by the same user"
        " id: what one stores in it, an attachment or a compiled style sheet, the others serve.",
    )


def sessions(servers: Servers) -> Shared:
    """Sessions are files in data_dir/sessions."""
    if servers.frontends == 1:
        verdict = Verdict("known-good", "one frontend serves all users and keeps all sessions")
    else:
        why = "they are files in data_dir/sessions, and no setting tells whether that is shared"
        verdict = Verdict("unknown", why, _seen(servers, "data_dir"))
    return _told(
        "the sessions",
        verdict,
        "Share data_dir/sessions among the frontends; else a user whose next request goes to"
        " another frontend is logged out.",
    )


def series(servers: Servers) -> Shared:
    """All servers run the same code on one database."""
    front, back = servers.frontend, servers.backend
    how = "Install the same version of Odoo and of every module everywhere, and update together."
    if front is None or back is None:
        return _told("the series of Odoo", Verdict("unknown", _not_seen(servers)), how)
    if not is_known(front.series) or not is_known(back.series):
        return _told("the series of Odoo", Verdict("unknown", "it is not known of both"), how)
    if front.series == back.series:
        verdict = Verdict("known-good", f"Odoo {front.series} on both; releases are not compared")
    else:
        why = f"Odoo {front.series} on the frontend, Odoo {back.series} on the backend"
        verdict = Verdict("known-bad", why)
    return _told("the series of Odoo", verdict, how)


def addons_path(servers: Servers) -> Shared:
    """The database names modules that each server must have."""
    return _told(
        "addons_path",
        _same(servers, "addons_path"),
        "Give all servers the same modules: a backend without one of them cannot load the database"
        " as it is.",
    )


def server_wide_modules(servers: Servers) -> Shared:
    """Modules outside of any database."""
    return _told(
        "server_wide_modules",
        _same(servers, "server_wide_modules"),
        "Give all servers the same list: a job queue, say, works where its module is loaded.",
    )


def admin_passwd(servers: Servers) -> Shared:
    """One database manager, one password."""
    verdict = Verdict("unknown", "facts hold no passwords, so it cannot be told")
    traits = [_trait(server) for server in (servers.frontend, servers.backend)]
    if "empty" in traits and any(trait not in (None, "empty") for trait in traits):
        verdict = Verdict("known-bad", "one server has a password, the other has none")
    return _told(
        "admin_passwd",
        verdict,
        "Copy the line of admin_passwd, and of db_password where there is one, to all servers.",
    )


def clocks(servers: Servers) -> Shared:
    """Each server goes by its own clock."""
    del servers
    return _told(
        "the time",
        Verdict("unknown", "no setting of Odoo tells"),
        "Keep all clocks by NTP: a frontend writes when an action is due, the backend reads it.",
    )


THINGS: list[Callable[[Servers], Shared]] = [
    database,
    filestore,
    sessions,
    series,
    addons_path,
    server_wide_modules,
    admin_passwd,
    clocks,
]


def _told(what: str, verdict: Verdict, how: str) -> Shared:
    return Shared(
        what=what, status=verdict.status, why=verdict.why, how=how, evidence=verdict.evidence
    )


def _reachable(servers: Servers) -> Verdict:
    """Whether each db_host can be reached from another host, and whether it is the same one."""
    sides = _sides(servers)
    seen = _seen(servers, "db_host")
    local = {name: _local(setting) for name, setting in sides.items() if setting is not None}
    near = [name for name, reason in local.items() if reason]
    if servers.backend is not None and len(near) == 1 and len(local) == len(sides):
        other = BACKEND if near == [FRONTEND] else FRONTEND
        why = (
            f"the {near[0]} uses {local[near[0]]}; whether db_host of the {other} leads there"
            " cannot be told"
        )
        return Verdict("unknown", why, seen)
    if near:
        why = f"the {near[0]} uses {local[near[0]]}, which no other host can reach"
        if servers.backend is not None:
            why += "; two Odoos on one host may share it"
        return Verdict("known-bad", why, seen)
    if servers.backend is None and local:
        value = _shown(next(iter(sides.values())))
        why = f"db_host = {value}; whether the backend reaches it cannot be told from here"
        return Verdict("unknown", why, seen)
    return _same(servers, "db_host")


def _local(setting: Setting) -> str | None:
    """What kind of address leads only to the server's own host; None for one of the network."""
    host = setting.value
    if host in UNSET or str(host).startswith("/"):
        return "a Unix socket (db_host is not set)" if host in UNSET else "a Unix socket"
    if str(host).lower() in LOOPBACK_NAMES or str(host).startswith(LOOPBACK_NET):
        return f"db_host = {host}"
    return None


def _same(servers: Servers, option: str) -> Verdict:
    """One option of both, where both are known."""
    front, back = _setting(servers.frontend, option), _setting(servers.backend, option)
    seen = _seen(servers, option)
    if servers.frontend is None or servers.backend is None:
        return Verdict("unknown", _not_seen(servers), seen)
    if front is None or back is None:
        return Verdict("unknown", f"{option} was not seen on both", seen)
    if front.value == back.value or (front.value in UNSET and back.value in UNSET):
        return Verdict("known-good", f"{option} is {_shown(front)} on both", seen)
    why = f"{option} is {_shown(front)} on the frontend and {_shown(back)} on the backend"
    return Verdict("known-bad", why, seen)


def _worst(verdicts: list[Verdict]) -> Verdict:
    """What is known to be bad counts before what is unknown, and that before what is good."""
    order: list[Status] = ["known-bad", "unknown", "known-good"]
    status = min((verdict.status for verdict in verdicts), key=order.index)
    deciding = [verdict for verdict in verdicts if verdict.status == status]
    return Verdict(
        status,
        "; ".join(dict.fromkeys(verdict.why for verdict in deciding)),
        [item for verdict in verdicts for item in verdict.evidence],
    )


def _not_seen(servers: Servers) -> str:
    if servers.frontend is None and servers.backend is None:
        return "no server was looked at"
    name = BACKEND if servers.backend is None else FRONTEND
    return f"the {name} was not looked at"


def _sides(servers: Servers) -> dict[str, Setting | None]:
    """db_host of the servers that were looked at."""
    both = {FRONTEND: servers.frontend, BACKEND: servers.backend}
    return {name: _setting(odoo, "db_host") for name, odoo in both.items() if odoo}


def _seen(servers: Servers, option: str) -> list[Evidence]:
    both = {FRONTEND: servers.frontend, BACKEND: servers.backend}
    found = {name: _setting(odoo, option) for name, odoo in both.items()}
    return [
        Evidence(
            "default" if setting.source == "default" else "read",
            f"{option} of the {name} is {_shown(setting)}",
            setting.where,
        )
        for name, setting in found.items()
        if setting is not None
    ]


def _setting(deployment: Deployment | None, option: str) -> Setting | None:
    return deployment.setting(option) if deployment else None


def _shown(setting: Setting | None) -> str:
    value: Value = setting.value if setting else None
    if value in UNSET:
        return "not set"
    text = str(value)
    return text if text.isprintable() else repr(text)


def _trait(deployment: Deployment | None) -> str | None:
    """What may be said of a server's admin_passwd: "empty", "plain" and so on."""
    conf = deployment.conf if deployment else None
    entry = conf.entry("admin_passwd") if isinstance(conf, ConfFile) else None
    return entry.secret if entry else None
