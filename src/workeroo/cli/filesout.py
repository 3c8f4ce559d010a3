"""How does a command hand out files: on stdout, as JSON, or below a folder?"""

from __future__ import annotations

from pathlib import Path

import click

from workeroo.cli.below import write_below
from workeroo.cli.show import paint, to_json
from workeroo.facts.masked import hides
from workeroo.render.hosts import HostFile
from workeroo.report.render_text import MASKED, Rendering, remarks_text, render_text


def show_files(
    files: list[HostFile], product: Rendering, *, out: str | None, force: bool, as_json: bool
) -> None:
    """Write, and tell: files or their paths on stdout, what must be known on stderr.

    The product is of the same files, as they may be shown.
    """
    written = [] if out is None else write_below(Path(out), files, force=force)
    if as_json:
        click.echo(to_json(product), nl=False)
        return
    if out is None:
        click.echo(render_text(product, paint()), nl=bool(files))
    for path in written:
        click.echo(str(path))
    for sentence in remarks_text(product):
        if out is None or sentence != MASKED:
            click.echo(f"workeroo: {sentence}", err=True)
    for path, each in zip(written, files, strict=False):
        if MASKED in product.said and hides(each.file.text):
            click.echo(f"workeroo: {path} holds passwords, mode {each.file.mode:04o}", err=True)
