"""Which series is this code? Read from Odoo's own release.py or from its package's name."""

from __future__ import annotations

import re
from collections.abc import Iterable


def series_of(release_py: str) -> int | None:
    """The major version in `version_info = (19, 0, ...)` or `('saas~18', 2, ...)`."""
    match = re.search(r"^version_info\s*=\s*\(\s*['\"]?(?:saas~)?(\d+)", release_py, re.MULTILINE)
    return int(match[1]) if match else None


def series_of_package(names: Iterable[str]) -> int | None:
    """The major version in "odoo-19.0.post20251101.dist-info" or its .egg-info."""
    for name in names:
        if match := re.fullmatch(r"odoo-(\d+)\.\d.*\.(?:egg|dist)-info", name):
            return int(match[1])
    return None
