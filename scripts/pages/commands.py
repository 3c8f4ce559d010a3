"""The reference of the commands and their manual pages, made from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click
from click_man.man import ManPage

from workeroo import __version__
from workeroo.cli import workeroo

OPENING = """# Commands

Made from the command line by `make docs`: what `--help` says, in one page. Results go to stdout,
everything else to stderr; statuses are in [exit-status.md](exit-status.md).
"""
WIDTH = 78


def pages() -> dict[str, str]:
    """The page of all commands, and one manual page for each."""
    found = list(_walk(workeroo, "workeroo", None))
    sections = [f"## {ctx.command_path}\n\n```\n{_help(ctx)}\n```\n" for ctx in found]
    manual = {f"docs/man/{ctx.command_path.replace(' ', '-')}.1": _manual(ctx) for ctx in found}
    return {"docs/reference/commands.md": "\n".join([OPENING, *sections]), **manual}


def _walk(
    command: click.Command, name: str, above: click.Context | None
) -> Iterator[click.Context]:
    """A command and all below it, in the order of the help."""
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    ctx = click.Context(command, info_name=name, parent=above, **settings)
    yield ctx
    if isinstance(command, click.Group):
        for below in command.list_commands(ctx):
            found = command.get_command(ctx, below)
            if found is not None:
                yield from _walk(found, below, ctx)


def _help(ctx: click.Context) -> str:
    return ctx.command.get_help(ctx)


def _paragraphs(command: click.Command) -> list[str]:
    return inspect.cleandoc(command.help or "").split("\n\n")


def _paragraph(text: str) -> str:
    """A paragraph for man; one that click must not refill keeps its lines there too."""
    if text.startswith("\b\n"):
        return f".nf\n{text[2:]}\n.fi".replace("-", "\\-")
    return text


def _manual(ctx: click.Context) -> str:
    """One page in man's own format."""
    page = ManPage(ctx.command_path)
    page.version = __version__
    page.date = ""  # a date would make every page stale every day
    page.short_help = ctx.command.get_short_help_str(WIDTH)
    page.description = "\n\n".join(map(_paragraph, _paragraphs(ctx.command)))
    page.synopsis = " ".join(ctx.command.collect_usage_pieces(ctx))
    page.options = [
        record
        for parameter in ctx.command.params
        if (record := parameter.get_help_record(ctx)) is not None
    ]
    if isinstance(ctx.command, click.Group):
        page.commands = [
            (below, found.get_short_help_str(WIDTH))
            for below in ctx.command.list_commands(ctx)
            if (found := ctx.command.get_command(ctx, below)) is not None
        ]
    return str(page) + "\n"
