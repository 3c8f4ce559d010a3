"""How are rendered files told: to people, and to programs?

Passwords are masked in both; only files that are written keep them.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from workeroo.facts.masked import hides, shown
from workeroo.render.hosts import HostFile, HostName
from workeroo.report.paint import Paint

SCHEMA = "workeroo/render/1"

MASKED = "Passwords are shown as ***; what is written with --out holds them."
NOTHING = "What stands is already as the plan has it: there is nothing to write."


class ShownFile(msgspec.Struct, frozen=True, kw_only=True):
    """One rendered file as it may be shown.

    Attributes:
        host: "frontend", "backend", "proxy" or "postgresql" in a split, else None.
        path: absolute, where it belongs.
        mode: of a new file: 0o640 where it may hold passwords.
        text: all of it, with passwords as ***.
        said: what was done and must be known, as sentences.
    """

    host: HostName | None
    path: str
    mode: int
    text: str
    said: list[str]


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a plan.

    Attributes:
        said: what concerns all of them, as sentences.
    """

    schema: str = SCHEMA
    files: list[ShownFile]
    said: list[str]


def rendering(files: list[HostFile], said: list[str], *, code: bool = False) -> Rendering:
    """Rendered files as they may be shown; code holds no passwords, whatever its words are."""
    more = [MASKED] if not code and any(hides(each.file.text) for each in files) else []
    more += [] if files else [NOTHING]
    return Rendering(
        files=[
            ShownFile(
                host=each.host,
                path=each.file.path,
                mode=each.file.mode,
                text=each.file.text if code else shown(each.file.text),
                said=each.file.said,
            )
            for each in files
        ],
        said=[*said, *more],
    )


def render_text(product: Rendering, paint: Paint) -> str:
    """Each file below a header line: `==> frontend: /etc/odoo/odoo.conf (mode 0640) <==`."""
    return "\n".join(
        f"{paint.bold(f'==> {_place(file)} (mode {file.mode:04o}) <==')}\n{file.text}"
        for file in product.files
    ).removesuffix("\n")


def remarks_text(product: Rendering) -> Iterator[str]:
    """What must be known of the files, one line each."""
    for file in product.files:
        for sentence in file.said:
            yield f"{_place(file)}: {sentence}"
    yield from product.said


def _place(file: ShownFile) -> str:
    return f"{file.host}: {file.path}" if file.host else file.path
