"""The product of this room: a file as it should be."""

from __future__ import annotations

import msgspec

from workeroo.errors import InputError
from workeroo.facts.lossless import encode

READABLE = 0o644
OWNER_ONLY = 0o640
"""An odoo.conf holds passwords: its owner writes it, its group reads it."""


class RenderedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it should be on the server that it is for.

    Attributes:
        path: absolute, where it belongs.
        text: all of it, as `facts.lossless.decode` gives it.
        mode: of a new file; one that stands keeps its own.
        said: what was done and must be known, as sentences: "workers stood twice; ...".
    """

    path: str
    text: str
    mode: int = READABLE
    said: list[str] = []

    def data(self) -> bytes:
        """The bytes to write."""
        return encode(self.text)


class Edited(msgspec.Struct, frozen=True):
    """A text after an edit, and what of the edit must be known, as sentences."""

    text: str
    said: list[str] = []


def standing(files: dict[str, str], path: str) -> str:
    """The text of a file that an edit needs.

    Raises:
        InputError: when it was not read.
    """
    if path not in files:
        raise InputError("this file is needed and was not read", where=path)
    return files[path]
