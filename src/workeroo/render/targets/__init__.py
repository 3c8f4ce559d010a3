"""Which formats are there? One file per format, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.render.target import Target


def _found() -> dict[str, Target]:
    """Every format that has a file here, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Target] = [importlib.import_module(f"{__name__}.{name}").TARGET for name in names]
    return {target.name: target for target in found}


TARGETS: dict[str, Target] = _found()
