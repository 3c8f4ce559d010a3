"""The door: which command, and what does it answer to the shell?

One module per command, imported only when it is called, so that `workeroo --help` stays quick.
Only this room prints and exits. Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, NoReturn

import click

from workeroo import __version__
from workeroo.errors import InternalError, OutputError, UsageError, WorkerooError

COMMANDS = {
    "facts": "Collect what is known of this server into JSON.",
    "audit": "Say what is wrong with the workers, and the cure.",
    "diagnose": "Read logs: incidents with cause and cure, and the workload.",
    "plan": "Decide the settings for a server, with reasons.",
    "render": "Write the plan as files: odoo.conf, nginx, systemd, PostgreSQL.",
    "apply": "Put the plan in place, verified, or leave all as it was.",
    "rollback": "Take a change back, to the byte.",
    "history": "Tell what was changed on this server, by whom and why.",
    "stress": "Load a server of your own and find its knee.",
    "prove": "Show that a running server does what a setting promises.",
    "autopilot": "Hold the right number of workers, live.",
    "agent": "Write the Odoo module that lets workers be born warm.",
    "top": "Show what the workers of a running Odoo do now.",
    "metrics": "Answer Prometheus with what the workers do.",
    "lab": "Run a real, disposable Odoo to try things on.",
    "completion": "Print the completion script for a shell.",
}
"""Every command with its one-line help; `workeroo.cli.<name>` holds it as `command`."""

INTERRUPTED = 130


class Commands(click.Group):
    """A group that imports a command's module when it is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command behind a name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"workeroo.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def workeroo() -> None:
    """Get the worker processes of an Odoo server right, and keep them right.

    Reading is the default: nothing here changes a server unless it says so first.
    """


def run(arguments: list[str] | None = None) -> int:
    """Run a command line and give its exit status; failures become one sentence on stderr."""
    try:
        status: Any = workeroo.main(arguments, prog_name="workeroo", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        click.echo("workeroo: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away ("workeroo audit | head"): no fault, nothing to tell.
        _close_stdout()
        return 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except Exception as error:  # noqa: BLE001 - the last door: no traceback reaches a user
        told = _told(error)
        click.echo(f"workeroo: {told}", err=True)
        return told.exit_code
    return status if isinstance(status, int) else 0


def main() -> NoReturn:
    """The `workeroo` command."""
    sys.exit(run())


def _told(error: Exception) -> WorkerooError:
    """Any failure as one of ours."""
    if isinstance(error, WorkerooError):
        return error
    if isinstance(error, click.ClickException):
        return UsageError(_sentence(error))
    if isinstance(error, OSError):
        return OutputError(error.strerror or str(error), where=error.filename)
    return _internal(error)


def _sentence(error: click.ClickException) -> str:
    """Click's message in our form, with the way to the help."""
    message = " ".join(error.format_message().split()).rstrip(".")
    ctx = getattr(error, "ctx", None)
    return f"{message}; see '{ctx.command_path} --help'" if ctx else message


def _internal(error: Exception) -> InternalError:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else None
    what = f"unexpected {type(error).__name__}: {error}"
    return InternalError(what, where=where, cure="please report it with this line")


def _close_stdout() -> None:
    """Keep the interpreter from complaining about the closed pipe at exit."""
    try:
        sys.stdout.close()
    except BrokenPipeError:
        return
