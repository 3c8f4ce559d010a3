"""Was this made to its end? A folder counts only with its stamp, which is written last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workeroo.lab.folder import make_open, remove_tree

STAMP = ".complete"


def is_complete(folder: Path, key: str | None = None) -> bool:
    """Whether a folder was made to its end, and from this key if one is given."""
    try:
        stamped = (folder / STAMP).read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return key is None or stamped == key


def make_once(folder: Path, key: str, make: Callable[[Path], None]) -> None:
    """Make a folder unless it stands complete; what was interrupted is removed and made anew."""
    if is_complete(folder, key):
        return
    remove_tree(folder)
    make_open(folder)
    make(folder)
    unfinished = folder / f"{STAMP}.new"
    unfinished.write_text(key, encoding="utf-8")
    unfinished.replace(folder / STAMP)
