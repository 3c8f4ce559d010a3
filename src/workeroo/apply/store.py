"""Where is each change kept, with the bytes that stood before, and how does a record survive?

    changes/0007/record.json   how far it has come; replaced whole, never written in place
    changes/0007/before/0      the first file as it stood
    changes/0007/after/0       the first file as it shall be
    changes/0007/restart       the words that restart Odoo, where the record masks a secret of them
    lock                       held by whoever changes this server

The folder is closed to others: an odoo.conf holds passwords.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from workeroo.apply.place import sync_folder, write_synced
from workeroo.apply.product import ENDED, Change, Restart
from workeroo.apply.restart import Way
from workeroo.errors import InputError, MissingInput, NotPermitted, Unavailable
from workeroo.settings import state_folder

CLOSED = 0o700
_DIGITS = 4


class Store:
    """The history of changes of one server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Store:
        """The one of this user; root's is the server's."""
        return cls(Path(state_folder(environment, root=os.geteuid() == 0)))

    @property
    def changes_folder(self) -> Path:
        """The folder with one folder for each change."""
        return self.folder / "changes"

    def before(self, change: str, number: int) -> Path:
        """A file as it stood."""
        return self.changes_folder / change / "before" / str(number)

    def after(self, change: str, number: int) -> Path:
        """A file as it shall be."""
        return self.changes_folder / change / "after" / str(number)

    def keep_words(self, change: str, way: Way | None) -> None:
        """Keep the words of a restart for whoever must finish or undo, where a record may not.

        Raises:
            NotPermitted, Unavailable: when that cannot be done.
        """
        if way is not None and way.told.hides:
            with _told(self._words(change)):
                write_synced(self._words(change), msgspec.json.encode(way.words))

    def way(self, change: str, told: Restart) -> Way:
        """How Odoo is restarted for a change, with the words as they are.

        Raises:
            InputError: when they were hidden and are gone: what the record has is no command.
        """
        if not told.hides:
            return Way(told, told.command)
        path = self._words(change)
        try:
            return Way(told, msgspec.json.decode(path.read_bytes(), type=list[str]))
        except (OSError, msgspec.DecodeError) as error:
            what = "the command that restarts Odoo is not there any more"
            raise InputError(what, where=str(path), cure="restart it by hand") from error

    def begin(self) -> str:
        """Make the folder of a new change and give its id.

        Raises:
            NotPermitted, Unavailable: when that cannot be done; nothing has changed then.
        """
        change = str(max(map(int, self._ids()), default=0) + 1).zfill(_DIGITS)
        with _told(self.folder):
            for part in ("before", "after"):
                (self.changes_folder / change / part).mkdir(mode=CLOSED, parents=True)
        return change

    def write(self, change: Change) -> None:
        """Write a record, whole or not at all, so that it is there after a power cut."""
        data = msgspec.json.format(msgspec.json.encode(change), indent=2)
        path = self._record(change.id)
        with _told(path):
            write_synced(path.with_suffix(".new"), data)
            path.with_suffix(".new").replace(path)
            sync_folder(path.parent)
            sync_folder(self.changes_folder)

    def read(self, change: str) -> Change:
        """A change by its id, which may stand without the zeros in front.

        Raises:
            MissingInput: when there is none; InputError: when its record cannot be read.
        """
        path = self._record(change.zfill(_DIGITS) if change.isdecimal() else "none")
        try:
            return msgspec.json.decode(path.read_bytes(), type=Change)
        except FileNotFoundError as error:
            cure = "see `workeroo history`"
            raise MissingInput(f"there is no change {change!r}", cure=cure) from error
        except PermissionError as error:
            raise NotPermitted("this user may not read the history", where=str(path)) from error
        except msgspec.DecodeError as error:
            what = f"this record cannot be read: {error}"
            raise InputError(what, where=str(path), cure="a newer workeroo may have made it") from (
                error
            )

    def changes(self) -> list[Change]:
        """All changes with a record, newest first."""
        return [self.read(change) for change in self._ids() if self._record(change).is_file()][::-1]

    def unfinished(self) -> Change | None:
        """The change that was interrupted, if one was; there is at most one."""
        return next((change for change in self.changes() if change.state not in ENDED), None)

    def sweep(self) -> None:
        """Remove what a call left that was killed before it had a record: it changed nothing."""
        for change in self._ids():
            if not self._record(change).is_file():
                shutil.rmtree(self.changes_folder / change)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one that changes this server; the kernel drops the lock with its holder.

        Raises:
            Unavailable: when somebody else is.
        """
        with _told(self.folder):
            self.folder.mkdir(mode=CLOSED, parents=True, exist_ok=True)
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            what = "another workeroo changes this server at the moment"
            raise Unavailable(what, where=str(self.folder / "lock"), cure="wait for it") from error
        try:
            yield
        finally:
            os.close(descriptor)

    def _record(self, change: str) -> Path:
        return self.changes_folder / change / "record.json"

    def _words(self, change: str) -> Path:
        return self.changes_folder / change / "restart"

    def _ids(self) -> list[str]:
        try:
            names = [entry.name for entry in self.changes_folder.iterdir()]
        except FileNotFoundError:
            return []
        except PermissionError as error:
            what = "this user may not read the history"
            raise NotPermitted(what, where=str(self.changes_folder)) from error
        return sorted((name for name in names if name.isdecimal()), key=int)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says about the history's own folder, as a sentence."""
    try:
        yield
    except PermissionError as error:
        what = "the history of changes cannot be written"
        raise NotPermitted(what, where=str(path), cure="call it as root") from error
    except OSError as error:
        what = f"the history of changes cannot be written: {error.strerror}"
        raise Unavailable(what, where=error.filename or str(path)) from error
