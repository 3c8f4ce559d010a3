"""What is a format? A name, a title, and a function from a subject to files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject

RunsOn = Literal["odoo", "proxy", "postgresql"]
"""odoo: every server that runs Odoo."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One format that a plan can be written in: one file in `render/targets/` with a `TARGET`.

    Attributes:
        name: what `workeroo render` takes: "odoo.conf", "nginx", "systemd", "postgresql".
        title: what it makes, in half a line.
        render: its files; none where the subject gives no reason for any.
        runs_on: the host that the files are for, where a plan has several.
    """

    name: str
    title: str
    render: Callable[[Subject], list[RenderedFile]]
    runs_on: RunsOn = "odoo"
