"""A small host to look at, made of the files that a test names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from workeroo.probe.world import World

MakeWorld = Callable[[Mapping[str, str]], World]


@pytest.fixture
def make_world(tmp_path: Path) -> MakeWorld:
    """A world of files by path; a text that begins with -> makes a link."""

    def make(files: Mapping[str, str]) -> World:
        for name, text in files.items():
            path = tmp_path / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("-> "):
                path.symlink_to(text.removeprefix("-> "))
            else:
                path.write_text(text)
        return World(tmp_path)

    return make
