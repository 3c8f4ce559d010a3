"""Which lines tell how long a process took to load a database's modules?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

LINES = [
    LogLine(
        name="registry-loaded",
        anchor="Registry loaded in ",
        pattern=r"^Registry loaded in (?P<took>\d{1,9}(?:\.\d{1,9})?)s",
        logger="odoo.",
        level="INFO",
        first=15,
        meaning="A process loaded all of a database's modules; until then it served nobody.",
        source="odoo/modules/registry.py: Registry.new; odoo/orm/registry.py in 19",
    ),
    LogLine(
        name="modules-loaded",
        anchor=" modules loaded in ",
        pattern=r"^(?P<modules>\d{1,18}) modules loaded in (?P<took>\d{1,9}(?:\.\d{1,9})?)s",
        logger="odoo.modules.loading",
        level="INFO",
        first=12,
        meaning="A process loaded some of a database's modules.",
        source="odoo/modules/loading.py: load_module_graph",
    ),
    LogLine(
        name="tables-updated",
        anchor=": creating or updating database table",
        pattern=r"^module (?P<module>\w+): creating or updating database tables",
        logger="odoo.",
        level="INFO",
        first=12,
        meaning="A process installs or updates a module, which takes its time.",
        source="odoo/modules/registry.py: Registry.init_models; odoo/orm/registry.py in 19",
    ),
]
