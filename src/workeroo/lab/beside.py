"""Which labs stand beside another, on its PostgreSQL?

Such a lab has an Odoo, an odoo.conf, ports, logs and an nginx of its own. The database, filestore,
sessions and token are those of the other: two servers of one deployment's data. It stands there
from its first `up` until it is destroyed, and does not run without the other's PostgreSQL.
"""

from __future__ import annotations

import msgspec

from workeroo.errors import Unavailable, UsageError
from workeroo.lab.folder import LabFolder, LabRoot
from workeroo.lab.servers import stop_servers
from workeroo.lab.state import read_state
from workeroo.lab.user import LabUser
from workeroo.progress import Progress


def find_lab(root: LabRoot, name: str) -> LabFolder:
    """The folder of a lab, beside another where it remembers so."""
    folder = root.lab(name)
    state = read_state(folder.state)
    return _beside(root, folder, state.beside if state else None)


def settle(root: LabRoot, name: str, beside: str | None) -> LabFolder:
    """The folder of a lab that shall come up, beside another if that is wanted or remembered.

    Raises:
        UsageError: when it has a PostgreSQL of its own, or stands beside a third one.
    """
    folder = find_lab(root, name)
    if beside is None or folder.owner == root.lab(beside):
        return folder
    if folder.beside or folder.cluster.is_dir():
        where = f"beside {folder.owner.name!r}" if folder.beside else "on a PostgreSQL of its own"
        raise UsageError(
            f"the lab {name!r} stands {where}",
            cure=f"call workeroo lab destroy --name {name} first",
        )
    other = find_lab(root, beside)
    if other.beside or beside == name:
        raise UsageError(
            f"the lab {beside!r} has no PostgreSQL of its own",
            cure=f"name {other.owner.name!r}" if other.beside else "name another lab",
        )
    return _beside(root, folder, beside)


def shared_database(folder: LabFolder, asked: str | None, *, fresh: bool) -> str:
    """The database that a lab beside another serves: what that one serves.

    Raises:
        UsageError: when another one, or a fresh one, is asked for.
        Unavailable: when the other lab was never up.
    """
    owner = folder.owner
    state = read_state(owner.state)
    if state is None or state.database is None:
        raise Unavailable(
            f"the lab {owner.name!r} does not run", cure=f"call workeroo lab up --name {owner.name}"
        )
    if fresh or asked not in {None, state.database}:
        raise UsageError(
            f"the lab {folder.name!r} serves the database of {owner.name!r}, {state.database!r}",
            cure=f"choose the database with workeroo lab up --name {owner.name}",
        )
    return state.database


def guests(root: LabRoot, owner: LabFolder) -> list[LabFolder]:
    """The labs that stand beside this one."""
    found = (find_lab(root, folder.name) for folder in root.labs())
    return [folder for folder in found if folder.beside == owner.path]


def stop_guests(root: LabRoot, owner: LabFolder, user: LabUser, progress: Progress) -> None:
    """Stop the labs beside this one, whose lock the caller holds: nobody can start them now."""
    for folder in guests(root, owner):
        with progress.step(f"stopping the lab {folder.name!r}, which stands beside it"):
            stop_servers(folder, user, read_state(folder.state))


def _beside(root: LabRoot, folder: LabFolder, other: str | None) -> LabFolder:
    path = root.lab(other).path if other else None
    return msgspec.structs.replace(folder, beside=path)
