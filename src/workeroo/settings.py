"""Where does Workeroo keep its own things?

Only folders by the XDG base directory rules, as pure functions of an environment: nothing is read
or made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath


def cache_folder(environment: Mapping[str, str], *, root: bool) -> PurePosixPath:
    """The folder for what can be fetched or made again.

    `XDG_CACHE_HOME` wins. Root gets /var/cache, because root's home is closed to the
    unprivileged user that the lab runs as.
    """
    if explicit := environment.get("XDG_CACHE_HOME"):
        return PurePosixPath(explicit, "workeroo")
    if root:
        return PurePosixPath("/var/cache/workeroo")
    return PurePosixPath(environment.get("HOME", "/"), ".cache", "workeroo")


def state_folder(environment: Mapping[str, str], *, root: bool) -> PurePosixPath:
    """The folder for what must not be lost: the history of changes with what stood before.

    `XDG_STATE_HOME` wins, as above; root gets /var/lib.
    """
    if explicit := environment.get("XDG_STATE_HOME"):
        return PurePosixPath(explicit, "workeroo")
    if root:
        return PurePosixPath("/var/lib/workeroo")
    return PurePosixPath(environment.get("HOME", "/"), ".local", "state", "workeroo")
