"""What does Odoo's own configuration code make of each file? Runs inside Odoo's interpreter.

Reads a list of cases as JSON, and writes for each the value of one option or why Odoo refused.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from typing import Any

from odoo.tools import config  # type: ignore[import-not-found]  # only there inside Odoo


def answer(case: dict[str, Any], path: str) -> dict[str, Any]:
    try:
        config.parse_config(["-c", path, *case.get("arguments", [])], setup_logging=False)
    except SystemExit as error:
        return {"refused": f"exit {error.code}"}
    except Exception as error:  # noqa: BLE001 - whatever it is, the server would die of it
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"value": config.options.get(case["option"])}


def ask(case: dict[str, Any]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8", newline="") as file:
        file.write(case["text"])
        file.flush()
        environment = case.get("environment", {})
        os.environ.update(environment)
        try:
            return answer(case, file.name)
        finally:
            for name in environment:
                del os.environ[name]


warnings.simplefilter("ignore")
json.dump([ask(case) for case in json.load(sys.stdin)], sys.stdout)
