"""Who starts an Odoo server, and so must be asked to restart it?

A unit of systemd is told by the control group of the server's top process, supervisor and its like
by what stands above that process, a container by the id that its control group names. What starts
a container is seen from outside only; where it cannot be seen, nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.cgroup import membership
from workeroo.facts.commandline import program
from workeroo.facts.secrets import without_credentials
from workeroo.facts.servers import Seen


class Manager(msgspec.Struct, frozen=True, kw_only=True, tag="manager"):
    """The supervisor of a server's top process.

    Attributes:
        name: the unit, program or container: "odoo.service", "odoo", "3f2a9c...".
        why: how it was recognised: "its cgroup is /system.slice/odoo.service".
        address: where supervisorctl finds its supervisord: "unix:///run/supervisor.sock"; None
            where that is not known, and for all others.
        user_id: whose own systemd has the unit (`systemctl --user`); None for the system's, and
            for all that is no unit.
    """

    kind: Literal["systemd", "supervisor", "docker", "podman"]
    name: str
    why: str
    address: str | None = None
    user_id: int | None = None


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What may betray who starts a server.

    Attributes:
        pid: its top process.
        above: the ancestors of that, parent first, as far as they are seen.
        unseen: an ancestor that is not seen, where the line breaks off before process 1.
        cgroup: /proc/PID/cgroup of the top process.
        first_cgroup, first_name: the same of process 1, and its command.
        container: id of the container that it runs in, None where that is ours or there is none.
        inside: whether we look from inside a container.
        variables: SUPERVISOR_... of the top process.
    """

    pid: int
    above: list[Seen] = []
    unseen: int | None = None
    cgroup: str | Unknown
    first_cgroup: str | Unknown
    first_name: str = ""
    container: str | None = None
    inside: bool = False
    variables: dict[str, str] | Unknown = {}


_OTHERS = (
    "circusd", "dinit", "foreman", "god", "honcho", "immortal", "monit", "overmind", "PM2",
    "runsv", "s6-supervise", "supervise", "supervise-daemon",
)  # fmt: skip
"""Programs that start servers too; Workeroo does not know how to ask them."""

_BY_HAND = ("atd", "cron", "crond", "login", "screen", "SCREEN", "sshd", "sshd-session", "tmux")
"""What starts a program once, on somebody's word, and leaves it alone."""

_SHELLS = ("ash", "bash", "csh", "dash", "fish", "ksh", "sh", "tcsh", "zsh")

_WRAPPERS = ("catatonit", "dumb-init", "env", "gosu", "runuser", "setpriv", "su", "sudo", "tini")
"""What only passes on to the next program."""

_HOLDS_OTHERS = re.compile(
    r"(atd|containerd|cron|crond|docker|rc-local|ssh|sshd|sshd?@.*|(serial-)?getty@.*|systemd-.*)"
    r"\.service"
)
"""Units in whose control group lies what was started through them: they are no server's own."""

_ESCAPE = "_"
"""systemd writes it before a name that the kernel might take for a file of its own, and before a
name that begins with it (cg_escape)."""


def manager_of(signs: Signs) -> Manager | Unknown | None:
    """Who restarts a server; None when nobody does: somebody started it by hand."""
    if signs.container is not None:
        return _outside(signs, signs.container)
    for process in signs.above:
        name = program(process.argv)
        if name == "supervisord":
            return _supervised(signs, process)
        if name in _OTHERS:
            return Unknown(f"{name} (pid {process.pid}) starts it, which cannot be asked")
        if name in _BY_HAND or _is_interactive(process.argv):
            return None
    if signs.unseen is not None:
        return Unknown(f"its ancestor, process {signs.unseen}, cannot be seen")
    return _unit(signs) or _first(signs)


def _supervised(signs: Signs, supervisord: Seen) -> Manager | Unknown:
    """A program of supervisor, by the name under which supervisorctl knows it."""
    if isinstance(signs.variables, Unknown):
        return Unknown(
            f"supervisord (pid {supervisord.pid}) starts it, "
            f"but under which name is not known: {signs.variables.reason}"
        )
    name = supervisor_name(signs.variables)
    if name is None:
        return Unknown(f"supervisord (pid {supervisord.pid}) is above it, but does not name it")
    return Manager(
        kind="supervisor",
        name=name,
        why=f"supervisord (pid {supervisord.pid}) is above it",
        address=without_credentials(signs.variables.get("SUPERVISOR_SERVER_URL", "")) or None,
    )


def supervisor_name(variables: Mapping[str, str]) -> str | None:
    """The name for supervisorctl: "group:name", or "name" where the group is the program's own."""
    name, group = (variables.get(f"SUPERVISOR_{part}_NAME") for part in ("PROCESS", "GROUP"))
    return name if group in (None, "", name) else f"{group}:{name}"


def _outside(signs: Signs, container: str) -> Manager | Unknown:
    """What runs a container that we look at from outside."""
    text = signs.cgroup if isinstance(signs.cgroup, str) else ""
    short = container[:12]
    if "kubepods" in text:
        return Unknown(f"it runs in the container {short} of Kubernetes, which restarts it")
    if re.search(r"/lxc[./]", text):
        return Unknown(f"it runs in the LXC container {container}: look from inside")
    if "libpod" in text:
        unit = _unit(signs) if "/libpod-payload-" in text else None
        found = Manager(kind="podman", name=container, why=f"its cgroup names {short} of Podman")
        return unit if isinstance(unit, Manager) else found
    if "docker" in text:
        return Manager(kind="docker", name=container, why=f"its cgroup names {short} of Docker")
    for process in signs.above:
        if program(process.argv).startswith("containerd-shim") and "moby" in process.argv:
            why = f"{program(process.argv)} (pid {process.pid}) of Docker is above it"
            return Manager(kind="docker", name=container, why=why)
    return Unknown(f"it runs in the container {short}, and what runs that is not known")


def _unit(signs: Signs) -> Manager | Unknown | None:
    """The service of systemd to which it belongs; None where there is none."""
    for text in (signs.cgroup, signs.first_cgroup):
        if isinstance(text, Unknown):
            return text
    path, first = (_path(text) for text in (signs.cgroup, signs.first_cgroup))
    root = _root_of_systemd(first, signs.first_name)
    if root is None:
        return None
    if not path.is_relative_to(root) or ".." in path.relative_to(root).parts:
        return Unknown(f"its cgroup {path} is not below {root}, that of the systemd seen here")
    return _service(path, path.relative_to(root).parts)


def _service(path: PurePosixPath, parts: Sequence[str]) -> Manager | Unknown | None:
    """The service that a path below systemd's own cgroup names."""
    named = (part for part in parts if part.endswith((".service", ".scope")))
    units = [part.removeprefix(_ESCAPE) for part in named]
    user = re.fullmatch(r"user@(\d+)\.service", units[0]) if units else None
    units = units[1:] if user else units
    if not units:
        return None
    if len(units) > 1:  # a container of its own systemd, such as systemd-nspawn's
        return Unknown(f"{units[-1]} belongs to another systemd, which runs in {units[0]}")
    if units[0].endswith(".scope") or _HOLDS_OTHERS.fullmatch(units[0]):
        return None
    whose = f", a unit of the systemd of user {user[1]}" if user else ""
    return Manager(
        kind="systemd",
        name=units[0],
        why=f"its cgroup is {path}{whose}",
        user_id=int(user[1]) if user else None,
    )


def _path(cgroup: str | Unknown) -> PurePosixPath:
    """The cgroup in systemd's tree: its own of version 1, or that of version 2."""
    member_of = membership(cgroup) if isinstance(cgroup, str) else {}
    return PurePosixPath(member_of.get("name=systemd", member_of.get("", "/")))


def _root_of_systemd(first: PurePosixPath, name: str) -> PurePosixPath | None:
    """Below which cgroup the units lie of the systemd that is process 1; None where it is none.

    In a container without a cgroup namespace, paths are those of the machine outside: units of
    its systemd must not be taken for some of here.
    """
    if first.name == "init.scope":
        return first.parent
    return first if name == "systemd" and str(first) == "/" else None  # before systemd 226


def _first(signs: Signs) -> Unknown | None:
    """What only the first process of a container is above: its start may come from outside."""
    if signs.pid == 1:
        return Unknown(
            "it is the first process of this container, and who starts that is seen from "
            "outside only"
        )
    between = [process.argv for process in signs.above if process.pid != 1]
    if not signs.inside or len(between) == len(signs.above):
        return None
    if not all(program(argv) in (*_SHELLS, *_WRAPPERS) for argv in between):
        return None
    return Unknown(
        "only the first process of this container is above it, and whether that or something "
        "outside starts it again is not seen from inside"
    )


def _is_interactive(argv: Sequence[str]) -> bool:
    """A shell that somebody types into: it runs neither a script nor a text of its arguments."""
    if program(argv) not in _SHELLS:
        return False
    return all(a.startswith("-") and (a.startswith("--") or "c" not in a) for a in argv[1:])
