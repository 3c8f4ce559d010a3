"""How are the logs of real incidents recorded anew?

    sudo .venv/bin/python -m tests.worlds.logs.record [WORLD ...]

Each world is provoked on the lab's real Odoo 19 and written to tests/worlds/logs/WORLD: the log,
and in expected.json what is right for it. Without a name all of them: a quarter of an hour. Read
the difference before you commit it.
"""

from __future__ import annotations

import sys

from tests.worlds.logs import clean, database, life, limits, routes, written
from tests.worlds.logs.stage import Stage

from workeroo.errors import WorkerooError
from workeroo.lab.lab import Lab

WORLDS = {**limits.ALL, **routes.ALL, **database.ALL, **life.ALL, **clean.ALL, **written.ALL}


def main(names: list[str]) -> int:
    """Record some worlds, or all."""
    unknown = [name for name in names if name not in WORLDS]
    if unknown:
        say(f"no such world: {', '.join(unknown)}; there are {', '.join(WORLDS)}")
        return 2
    lab = Lab.named("logs")
    failed = 0
    try:
        for name in names or WORLDS:
            failed += not record(Stage(lab), name)
    finally:
        lab.destroy()
    return 1 if failed else 0


def record(stage: Stage, name: str) -> bool:
    """Record one world; what stood there stays where it could not be provoked."""
    try:
        recorded = WORLDS[name](stage)
        folder = stage.keep(name, recorded)
    except WorkerooError as error:
        say(f"{name}: not recorded: {error}")
        return False
    size = sum(file.stat().st_size for file in folder.iterdir())
    say(f"{name}: {recorded.incidents}, {size} bytes")
    return True


def say(text: str) -> None:
    """Tell whoever started this."""
    print(text, flush=True)  # noqa: T201 - a script: it prints


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
