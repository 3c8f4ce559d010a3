"""How is a recorded host unpacked, and who may look at what in it?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from workeroo.evidence import Maybe, Unknown
from workeroo.probe.world import LIVE, World

NUL = "\N{SYMBOL FOR NULL}"
HERE = Path(__file__).parent
HEADER = re.compile(r"^== (.+)\n", re.MULTILINE)


class RecordedWorld(World):
    """A recorded host, with the paths that its recorder was not allowed to read."""

    denied: frozenset[str] = frozenset()

    def __init__(self, root: Path = LIVE) -> None:
        super().__init__(root)

    def inside(self, root: str) -> World:
        inner = super().inside(root)
        if isinstance(inner, RecordedWorld):
            inner.denied = self.denied
        return inner

    def data(self, path: str | PurePosixPath) -> bytes | Unknown | None:
        return self.refusal(path) or super().data(path)

    def link(self, path: str | PurePosixPath) -> str | Unknown | None:
        return self.refusal(path) or super().link(path)

    def names(self, path: str | PurePosixPath) -> list[str] | Unknown | None:
        return self.refusal(path) or super().names(path)

    def is_there(self, path: str | PurePosixPath) -> Maybe[bool]:
        return self.refusal(path) or super().is_there(path)

    def refusal(self, path: str | PurePosixPath) -> Unknown | None:
        denied = str(path).lstrip("/") in self.denied
        return Unknown(f"this user may not read {path}") if denied else None


@pytest.fixture
def unpack(tmp_path: Path) -> Callable[[str], RecordedWorld]:
    """A story by its name, as a world."""

    def unpacked(story: str) -> RecordedWorld:
        text = (HERE / story / "host.txt").read_text(encoding="utf-8")
        denied = set()
        parts = HEADER.split(text)[1:]
        for header, content in zip(parts[::2], parts[1::2], strict=True):
            name, _, target = header.partition(" -> ")
            if name.endswith(" (denied)"):
                denied.add(name.removesuffix(" (denied)"))
                continue
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if target:
                path.symlink_to(target)
            else:
                path.write_bytes(plain(content))
        world = RecordedWorld(tmp_path)
        world.denied = frozenset(denied)
        return world

    return unpacked


def plain(content: str) -> bytes:
    """A file's bytes: what has NULs (a command line) has no newline at its end."""
    if NUL in content:
        content = content.removesuffix("\n").replace(NUL, "\0")
    return content.encode()
