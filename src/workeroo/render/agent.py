"""Which files make the agent, the Odoo module that lets workers be born warm, and who loads it?"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from workeroo.render.hosts import HostFile
from workeroo.render.product import RenderedFile

NAME = "workeroo_agent"


def agent_files() -> list[HostFile]:
    """Its files as they were installed with Workeroo, each at its path below an addons folder."""
    found = sorted(_folder().iterdir(), key=lambda each: each.name)
    return [
        HostFile(
            host=None,
            file=RenderedFile(path=f"/{NAME}/{each.name}", text=each.read_text(encoding="utf-8")),
        )
        for each in found
        if each.name.endswith(".py")
    ]


def agent_settings(folder: str | None) -> list[str]:
    """What odoo.conf must say so that Odoo loads it, as sentences."""
    return [
        f"Add {folder or 'the folder above it'} to addons_path in odoo.conf.",
        f"Set server_wide_modules = base,rpc,web,{NAME} there, and keep what else stands in it.",
        "Set db_name there too, if it is not: the master loads no other database before it forks.",
    ]


def _folder() -> Any:  # noqa: ANN401 - Traversable moved between modules from 3.10 to 3.14
    """In a package beside the code; in a checkout at its root."""
    package = files("workeroo")
    packaged = package.joinpath(f"addons/{NAME}")
    return packaged if packaged.is_dir() else package.joinpath(f"../../addons/{NAME}")
