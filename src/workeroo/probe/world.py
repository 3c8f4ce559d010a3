"""What is seen below a root folder: this host, a container of it, or a recorded one?

Every read has three outcomes: what was found, None for "not there", and Unknown with the reason
for "there, but this user may not". Nothing here writes.
"""

from __future__ import annotations

import errno
import os
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import msgspec

from workeroo.evidence import Maybe, Unknown

_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ESRCH, errno.EINVAL)
"""Errors that mean "not there": no such file, a process that ended, a link that is none."""

_DENIED = (errno.EACCES, errno.EPERM)

MOST_BYTES = 4 * 1024**2
"""No file that is read here is larger; the rest of one that is would not be looked at."""

_MOST_LINKS = 40
"""As the kernel: a longer chain of symbolic links is a loop (path_resolution(7))."""

LIVE = Path("/")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A program to ask.

    Attributes:
        user: id of the user to run it as, where this process is root.
        environment: besides PATH; may hold a password, so a call is never shown.
    """

    argv: list[str]
    user: int | None = None
    group: int | None = None
    environment: dict[str, str] = {}
    timeout_seconds: float = 5.0


class World:
    """A host below a root folder; absolute paths and links in it are meant inside it."""

    def __init__(self, root: Path = LIVE) -> None:
        self.root = root

    def inside(self, root: str) -> World:
        """The world as a process sees it whose own root folder is another."""
        return type(self)(self._real(PurePosixPath(root)))

    def data(self, path: str | PurePosixPath) -> bytes | Unknown | None:
        """The bytes of a file."""
        place = str(path) if self.root == LIVE else self._real(PurePosixPath(path))
        try:
            file = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            return _outcome(error, path)
        try:
            return _all(file)
        except OSError as error:
            return _outcome(error, path)
        finally:
            os.close(file)

    def text(self, path: str | PurePosixPath) -> str | Unknown | None:
        """The text of a file."""
        data = self.data(path)
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else data

    def link(self, path: str | PurePosixPath) -> str | Unknown | None:
        """Where a symbolic link leads, as it is written."""
        place = PurePosixPath(path)
        try:
            return str((self._real(place.parent) / place.name).readlink())
        except OSError as error:
            return _outcome(error, path)

    def names(self, path: str | PurePosixPath) -> list[str] | Unknown | None:
        """The names in a folder, sorted."""
        try:
            return sorted(inner.name for inner in self._real(PurePosixPath(path)).iterdir())
        except OSError as error:
            return _outcome(error, path)

    def is_there(self, path: str | PurePosixPath) -> Maybe[bool]:
        """Whether there is a file or folder."""
        try:
            self._real(PurePosixPath(path)).stat()
        except OSError as error:
            return _outcome(error, path) or False
        return True

    def resolve(self, path: str | PurePosixPath) -> str:
        """A path without symbolic links."""
        if self.root == LIVE:
            return os.path.realpath(path)
        return str(PurePosixPath("/", self._real(PurePosixPath(path)).relative_to(self.root)))

    def glob(self, pattern: str) -> list[str]:
        """The paths that match a pattern with `*` and `?` in its parts, sorted."""
        found = ["/"]
        for part in PurePosixPath(pattern).parts[1:]:
            found = [inner for folder in found for inner in self._matching(folder, part)]
        return found

    def open_path(self, path: str | PurePosixPath) -> Path:
        """The path under which this process opens a file of the world."""
        return self._real(PurePosixPath(path))

    def run(self, call: Call) -> str | Unknown:
        """Ask a program, or, in a recorded world, read its recorded answer."""
        name = PurePosixPath(call.argv[0]).name
        if self.root == LIVE:
            return _run(call, name)
        answer = self.text(f"/answers/{name}")
        return answer if isinstance(answer, str) else Unknown(f"{name} is not asked from outside")

    def _matching(self, folder: str, part: str) -> list[str]:
        if "*" not in part and "?" not in part and "[" not in part:
            path = str(PurePosixPath(folder, part))
            return [path] if self.is_there(path) is True else []
        names = self.names(folder)
        if not isinstance(names, list):
            return []
        hidden = part.startswith(".")
        matching = [n for n in names if fnmatchcase(n, part) and (hidden or n[0] != ".")]
        return [str(PurePosixPath(folder, name)) for name in matching]

    def _real(self, path: PurePosixPath) -> Path:
        """The path outside: absolute links are followed inside the world, not on this host."""
        if self.root == LIVE:
            return Path(path)
        ahead = [part for part in reversed(path.parts) if part != "/"]
        place: list[str] = []
        links = 0
        while ahead:
            part = ahead.pop()
            if part == "..":
                place = place[:-1]
                continue
            target = _link(self.root.joinpath(*place, part)) if links < _MOST_LINKS else None
            if target is None:
                place.append(part)
                continue
            links += 1
            inner = PurePosixPath(target)
            place = [] if inner.is_absolute() else place
            ahead += [step for step in reversed(inner.parts) if step != "/"]
        return self.root.joinpath(*place)


def found(value: str | Unknown | None, default: str = "") -> str:
    """The text that was found, or a default where it does not matter why there is none."""
    return value if isinstance(value, str) else default


def why_not(value: Unknown | None, path: str) -> Unknown:
    """The reason why there is no value, for what should have been there."""
    return value if isinstance(value, Unknown) else Unknown(f"{path} is not there")


def _link(path: Path) -> str | None:
    try:
        return str(path.readlink())
    except OSError:  # no link, or not there: what opens it later says which
        return None


def _all(file: int) -> bytes:
    parts = []
    left = MOST_BYTES
    while left and (part := os.read(file, min(left, 65536))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _outcome(error: OSError, path: str | PurePosixPath) -> Unknown | None:
    if error.errno in _GONE:
        return None
    if error.errno in _DENIED:
        return Unknown(f"this user may not read {path}")
    return Unknown(f"{path} cannot be read: {error.strerror}")


def _run(call: Call, name: str) -> str | Unknown:
    as_user = call.user if os.geteuid() == 0 else None
    own = {} if as_user is not None else {"HOME": os.environ.get("HOME", "/")}
    try:
        done = subprocess.run(
            call.argv,
            capture_output=True,
            check=False,
            cwd="/",
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "LC_ALL": "C",
                **call.environment,
                **own,
            },
            errors="replace",
            extra_groups=None if as_user is None else [],
            group=None if as_user is None else call.group,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=call.timeout_seconds,
            user=as_user,
        )
    except FileNotFoundError:
        return Unknown(f"the program {name} is not installed here")
    except subprocess.TimeoutExpired:
        return Unknown(f"{name} did not answer within {call.timeout_seconds:g} s")
    except OSError as error:
        return Unknown(f"{name} cannot be run: {error.strerror}")
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return Unknown(f"{name} failed: {said[-1] if said else f'status {done.returncode}'}")
    return done.stdout or done.stderr  # nginx -v answers on stderr
