"""Which user do the lab's servers run as?

PostgreSQL refuses to run as root, and a server for trying things should own nothing else. Started
by root, the lab runs as the user behind `sudo`, else as `nobody`; otherwise as whoever started it.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import msgspec

from workeroo.errors import NotPermitted, UsageError

VARIABLE = "WORKEROO_LAB_USER"
FALLBACK = "nobody"


class Identity(TypedDict, total=False):
    """The keywords of `subprocess` that change the user; none when nothing changes."""

    user: int
    group: int
    extra_groups: list[int]


class LabUser(msgspec.Struct, frozen=True):
    """The unprivileged user that owns and runs the lab's servers."""

    name: str
    uid: int
    gid: int

    def identity(self) -> Identity:
        """What `subprocess` needs to start a program as this user."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or folder over to this user."""
        if os.geteuid() != self.uid:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def reaches(self, folder: Path) -> bool:
        """Whether this user can enter a folder."""
        return self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def reads(self, file: Path) -> bool:
        """Whether this user can read a file or list a folder."""
        return self._succeeds(["/usr/bin/test", "-r", str(file)])

    def can_run(self, command: list[str]) -> bool:
        """Whether a command ends well for this user."""
        return self._succeeds(command)

    def _succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(
                command, capture_output=True, check=False, cwd="/", **self.identity()
            )
        except OSError:
            return False
        return done.returncode == 0


def choose_user(environment: Mapping[str, str]) -> LabUser:
    """The lab's user for an environment.

    Raises:
        UsageError: when the user asked for is not there, or is root.
        NotPermitted: when changing to the user asked for needs root.
    """
    asked = environment.get(VARIABLE)
    us = os.geteuid()
    if us != 0:
        me = pwd.getpwuid(us)
        if asked and asked != me.pw_name:
            raise NotPermitted(
                f"only root can run the lab as {asked!r}", cure=f"unset {VARIABLE} or use sudo"
            )
        return LabUser(me.pw_name, us, me.pw_gid)
    return _named(asked) if asked else _behind_sudo(environment) or _named(FALLBACK)


def _behind_sudo(environment: Mapping[str, str]) -> LabUser | None:
    uid = environment.get("SUDO_UID", "")
    if not uid.isdecimal() or uid == "0":
        return None
    try:
        entry = pwd.getpwuid(int(uid))
    except KeyError:
        return None
    return LabUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _named(name: str) -> LabUser:
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise UsageError(
            f"there is no user {name!r} to run the lab as", cure=f"name another with {VARIABLE}"
        ) from error
    if entry.pw_uid == 0:
        raise UsageError("the lab does not run as root", cure=f"name another user with {VARIABLE}")
    return LabUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
