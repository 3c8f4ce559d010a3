"""`workeroo completion`: the completion script of a shell, to be sourced."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from workeroo.errors import UsageError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash: workeroo completion bash > /etc/bash_completion.d/workeroo
    zsh:  workeroo completion zsh > ~/.zfunc/_workeroo
    fish: workeroo completion fish > ~/.config/fish/completions/workeroo.fish
    """
    completer = get_completion_class(shell)
    if completer is None:
        raise UsageError(f"no completion for {shell}")
    root = ctx.find_root()
    click.echo(completer(root.command, {}, "workeroo", "_WORKEROO_COMPLETE").source())
