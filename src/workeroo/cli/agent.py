"""`workeroo agent`: the Odoo module that lets workers be born warm."""

from __future__ import annotations

from pathlib import Path

import click

from workeroo.cli.filesout import show_files
from workeroo.cli.show import json_option
from workeroo.render.agent import agent_files, agent_settings
from workeroo.report.render_text import rendering


@click.command("agent")
@click.option("--out", metavar="DIR", help="Write below this folder, not on stdout.")
@click.option("--force", is_flag=True, help="Write over what stands in DIR.")
@json_option
def command(*, out: str | None, force: bool, as_json: bool) -> None:
    """Write the Odoo module that lets workers be born warm.

    Odoo's master forks each worker with empty caches: its first request takes a core half a second
    and more, and what it then holds is its own. With this module the master answers a few pages
    itself before it forks, so that workers inherit full caches and share their memory. The
    autopilot works without it, and is quicker with it.

    Nothing is installed in a database. What to write into odoo.conf is told on stderr; Odoo takes
    it at its next restart.

    \b
    workeroo agent --out /opt/odoo/addons    below /opt/odoo/addons/workeroo_agent
    """
    files = agent_files()
    product = rendering(files, agent_settings(out and str(Path(out).resolve())), code=True)
    show_files(files, product, out=out, force=force, as_json=as_json)
