"""What changes in a file, as a person would read it, without a secret?"""

from __future__ import annotations

import difflib

from workeroo.facts.masked import shown


def diff(path: str, before: str, after: str) -> str:
    """A unified diff with secrets masked; empty where no line changes that may be shown."""
    old, new = (shown(text).splitlines() for text in (before, after))
    return "\n".join(difflib.unified_diff(old, new, path, path, lineterm=""))
