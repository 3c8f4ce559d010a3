"""Which files are one log that was rotated?

odoo.log, odoo.log.1, odoo.log.2.gz, odoo.log-20261123, odoo.log.2026-11-23     one log
0.log, 1.log                      one log: so Kubernetes keeps those of one container
shop/odoo.log, club/odoo.log      two logs
"""

from __future__ import annotations

import re

_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst)$")
_ROTATED = re.compile(r"[.-](?:\d{1,4}|\d{8,14}|\d{4}-\d\d-\d\d(?:[-_T]?[\d:-]+)?)$")
_NUMBERED = re.compile(r"(^|/)\d+(\.log)")


def series_of(name: str) -> str:
    """The name that all files of one log share."""
    bare = _PACKED.sub("", name)
    return _NUMBERED.sub(r"\1N\2", _ROTATED.sub("", bare))
