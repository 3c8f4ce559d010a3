"""What does Odoo 14's own configuration code make of each file? Runs in Odoo's interpreter.

Reads the folder of its packages and a list of cases as JSON, and writes for each the value of one
option or why Odoo refused. Only its option parser runs; what stands around it is left empty.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from types import ModuleType
from typing import Any

asked = json.load(sys.stdin)
for name in ("odoo", "odoo.tools"):
    package = ModuleType(name)
    package.__path__ = [f"{asked['library']}/{name.replace('.', '/')}"]
    sys.modules[name] = package

from odoo.tools.config import configmanager  # type: ignore[import-not-found]  # noqa: E402 - now there


def answer(case: dict[str, Any], path: str) -> dict[str, Any]:
    try:
        config = configmanager()
        config._parse_config(["-c", path, *case.get("arguments", [])])
        config._warn_deprecated_options()
    except SystemExit as error:
        return {"refused": f"exit {error.code}"}
    except Exception as error:  # noqa: BLE001 - whatever it is, the server would die of it
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"value": config.options.get(case["option"])}


def ask(case: dict[str, Any]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8", newline="") as file:
        file.write(case["text"])
        file.flush()
        os.environ.update(case.get("environment", {}))
        try:
            return answer(case, file.name)
        finally:
            for name in case.get("environment", {}):
                del os.environ[name]


warnings.simplefilter("ignore")
json.dump([ask(case) for case in asked["cases"]], sys.stdout)
