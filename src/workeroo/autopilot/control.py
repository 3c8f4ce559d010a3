"""How is an autopilot that runs asked and told: status, pause, resume?

By a unix socket that only its own user and root can open: a word and a newline in, one line of JSON
out. It is served while the autopilot waits for its next look, by the same thread.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from workeroo.autopilot.product import Status
from workeroo.errors import InputError, MissingInput, NotPermitted, Unavailable

WORDS = ("status", "pause", "resume")

PATIENCE_SECONDS = 0.2
"""For a client to say its word: the next look waits no longer than that."""

ASKING_SECONDS = 5.0
"""For an answer: the longest step takes less."""

LONGEST_WORD_BYTES = 64
LONGEST_ANSWER_BYTES = 1024**2

Answer = Callable[[str], Status]


class Control:
    """The listening end."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self._path = path
        self._answer = answer
        self._socket = _listening(path)

    def serve(self, until_seconds: float) -> None:
        """Answer whoever asks until a time of the monotonic clock."""
        while True:
            left = until_seconds - time.monotonic()
            ready, _, _ = select.select([self._socket], [], [], max(0.0, left))
            if not ready:
                return
            with suppress(OSError):  # the client went away, or never spoke
                self._one()

    def close(self) -> None:
        """Nobody is served any more."""
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _one(self) -> None:
        client, _ = self._socket.accept()
        with client:
            client.settimeout(PATIENCE_SECONDS)
            word = client.recv(LONGEST_WORD_BYTES).decode("utf-8", "replace").strip()
            if word in WORDS:
                client.sendall(msgspec.json.encode(self._answer(word)) + b"\n")


def ask(path: Path, word: str) -> Status:
    """What a running autopilot answers.

    Raises:
        MissingInput: when none runs.
        NotPermitted: when this user may not ask it.
        Unavailable: when it does not answer.
    """
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(ASKING_SECONDS)
            client.connect(os.fspath(path))
            client.sendall(f"{word}\n".encode())
            return msgspec.json.decode(_all(client), type=Status)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        cure = "start it with `workeroo autopilot`"
        raise MissingInput("no autopilot runs", where=str(path), cure=cure) from error
    except PermissionError as error:
        cure = "call it as root or as the user of the autopilot"
        raise NotPermitted("this user may not ask it", where=str(path), cure=cure) from error
    except msgspec.DecodeError as error:
        raise InputError("it answers something else", where=str(path)) from error
    except OSError as error:
        raise Unavailable("the autopilot does not answer", where=str(path)) from error


def _all(client: socket.socket) -> bytes:
    data = b""
    while len(data) < LONGEST_ANSWER_BYTES:
        part = client.recv(65536)
        if not part:
            break
        data += part
    return data


def _listening(path: Path) -> socket.socket:
    """A socket for one's own user, in the place of one that nobody serves any more.

    Raises:
        Unavailable: when another autopilot serves it.
    """
    it = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        if path.exists():
            _clear(path)
        it.bind(os.fspath(path))
        it.listen()
        it.settimeout(0.0)
    except BaseException:
        it.close()
        raise
    finally:
        os.umask(before)
    return it


def _clear(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PATIENCE_SECONDS)
        with suppress(ConnectionRefusedError, FileNotFoundError):
            probe.connect(os.fspath(path))
            raise Unavailable("another autopilot serves this socket", where=str(path))
    path.unlink(missing_ok=True)
