"""What can go wrong, and what does the user do about it?

Every failure is one sentence that says what, where and the cure, and has an exit status.

    WorkerooError
    ├── UsageError      64  the command was called wrongly
    ├── InputError      65  a file was read but cannot be used
    ├── MissingInput    66  a file or server to read is not there
    ├── Unavailable     69  a program or server that is needed does not run
    ├── InternalError   70  a fault of Workeroo itself
    ├── OutputError     73  a result cannot be written
    ├── NetworkError    75  something could not be fetched; try again
    └── NotPermitted    77  the system refuses

The numbers are those of `sysexits.h`. 0, 1 and 2 belong to the verdict of an audit: clean or
notes only, warnings, errors. 130 is an interrupted command.
"""

from __future__ import annotations

from typing import ClassVar


class WorkerooError(Exception):
    """A failure told in one sentence.

    Args:
        what: what went wrong, without a full stop: "line 5 is not text".
        where: the file, file:line, process or address, where there is one.
        cure: what the user can do, as an order: "give a file that ...".
    """

    slug: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 70
    meaning: ClassVar[str] = "any failure"

    def __init__(self, what: str, *, where: str | None = None, cure: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        """The sentence: `where: what; cure`."""
        place = f"{self.where}: " if self.where else ""
        cure = f"; {self.cure}" if self.cure else ""
        return f"{place}{self.what}{cure}"


class UsageError(WorkerooError):
    """The command was called wrongly."""

    slug = "usage"
    exit_code = 64
    meaning = "the command was called wrongly"


class InputError(WorkerooError):
    """A file was read but cannot be used."""

    slug = "input"
    exit_code = 65
    meaning = "a file was read but cannot be used"


class MissingInput(WorkerooError):  # noqa: N818 - the name is the sentence: input is missing
    """A file or server to read is not there."""

    slug = "missing"
    exit_code = 66
    meaning = "a file or server to read is not there"


class Unavailable(WorkerooError):  # noqa: N818 - as MissingInput
    """A program or server that is needed does not run."""

    slug = "unavailable"
    exit_code = 69
    meaning = "a program or server that is needed is not there or does not run"


class InternalError(WorkerooError):
    """A fault of Workeroo itself."""

    slug = "internal"
    exit_code = 70
    meaning = "a fault of Workeroo itself; please report it"


class OutputError(WorkerooError):
    """A result cannot be written."""

    slug = "output"
    exit_code = 73
    meaning = "a result cannot be written"


class NetworkError(WorkerooError):
    """Something could not be fetched."""

    slug = "network"
    exit_code = 75
    meaning = "something could not be fetched; trying again may help"


class NotPermitted(WorkerooError):  # noqa: N818 - as MissingInput
    """The system refuses."""

    slug = "permission"
    exit_code = 77
    meaning = "the system refuses; another user may be allowed"
