"""Which options has Odoo 14, of which type and default? Runs its own option parser, no server.

Reads the folder of its packages from stdin. Odoo 14 as a whole does not start on today's Python,
but its option parser does: what stands around it is replaced by empty packages.
"""

from __future__ import annotations

import json
import sys
from types import ModuleType

folder = sys.stdin.read()
for name in ("odoo", "odoo.tools"):
    package = ModuleType(name)
    package.__path__ = [f"{folder}/{name.replace('.', '/')}"]
    sys.modules[name] = package

from odoo.tools.config import config  # type: ignore[import-not-found]  # noqa: E402 - now it is there

found = {
    name: {"type": None, "default": default, "flags": [], "choices": []}
    for name, default in config.options.items()
    if name not in config.casts
}
for group in config.parser.option_groups:
    for option in group.option_list:
        told = found.setdefault(
            option.dest,
            {
                "type": option.type or option.action,
                "default": option.my_default,
                "flags": [],
                "choices": option.choices or [],
            },
        )
        if option.action == "append_const":
            told.setdefault("shortcuts", {})[option.get_opt_string()] = option.const
        else:
            told["flags"] += [*option._long_opts, *option._short_opts]
try:
    config._parse_config(["--osv-memory-age-limit=2"])
except AttributeError:
    refused = ["--osv-memory-age-limit"]
else:
    refused = []
json.dump({"options": found, "refused": refused}, sys.stdout)
