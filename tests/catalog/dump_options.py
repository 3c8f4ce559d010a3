"""Which options has this Odoo, of which type and default? Runs inside Odoo's interpreter."""

from __future__ import annotations

import json
import sys

from odoo.tools import config  # type: ignore[import-not-found]  # only there inside Odoo

json.dump(
    {
        name: {
            "type": option.type or option.action,
            "default": config._default_options[name],
            "variable": option.env_name,
            "file": option.file_loadable,
            "flags": [*option._long_opts, *option._short_opts] if option.cli_loadable else [],
            "choices": option.choices or [],
            "shortcuts": {
                other.get_opt_string(): other.const[0]
                for group in config.parser.option_groups
                for other in group.option_list
                if other.dest == name and other.action == "append_const"
            },
        }
        for name, option in config.options_index.items()
    },
    sys.stdout,
)
