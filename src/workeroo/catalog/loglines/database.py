"""Which lines tell that the database could not be reached, or that two changed the same record?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_RETRYING = "odoo/service/model.py: retrying"
_SAYS = r"^(?:psycopg2\.[\w.]+: )?(?:connection to server (?:at|on) .*failed: )?"
"""What stands before the words of PostgreSQL; a line that only quotes them has something else."""

_LIBPQ = "PostgreSQL's libpq, in the traceback of psycopg2"

LINES = [
    LogLine(
        name="pool-full",
        anchor="The Connection Pool Is Full",
        pattern=r"^(?:psycopg2\.pool\.)?PoolError: The Connection Pool Is Full",
        first=12,
        meaning="A process wanted more connections at a time than db_maxconn.",
        source="odoo/sql_db.py: ConnectionPool.borrow",
    ),
    LogLine(
        name="connection-failed",
        anchor="Connection to the database failed",
        pattern=r"^Connection to the database failed",
        logger="odoo.sql_db",
        level="INFO",
        first=12,
        meaning="A new connection to PostgreSQL could not be opened; why stands in the traceback "
        "of whoever wanted it.",
        source="odoo/sql_db.py: ConnectionPool.borrow",
    ),
    LogLine(
        name="database-missing",
        anchor='" does not exist',
        pattern=_SAYS + r"FATAL:\s+database \"[^\"]+\" does not exist",
        first=12,
        meaning="A browser, or db_name, asks for a database that is not there.",
        source="PostgreSQL: src/backend/utils/init/postinit.c",
    ),
    LogLine(
        name="too-many-clients",
        anchor="sorry, too many clients already",
        pattern=_SAYS + r"FATAL:\s+sorry, too many clients already",
        first=12,
        meaning="PostgreSQL has max_connections open and takes no more.",
        source="PostgreSQL: src/backend/storage/lmgr/proc.c, InitProcess",
    ),
    LogLine(
        name="too-many-clients",
        anchor="remaining connection slots are reserved",
        pattern=_SAYS + r"FATAL:\s+remaining connection slots are reserved",
        first=12,
        meaning="PostgreSQL keeps its last connections for superusers.",
        source="PostgreSQL: src/backend/utils/init/postinit.c",
    ),
    LogLine(
        name="too-many-clients",
        anchor="too many connections for ",
        pattern=_SAYS + r"FATAL:\s+too many connections for (?:role|database) \"[^\"]+\"",
        first=12,
        meaning="The role or the database has a limit of its own (ALTER ROLE ... CONNECTION "
        "LIMIT).",
        source="PostgreSQL: src/backend/utils/init",
    ),
    LogLine(
        name="database-unreachable",
        anchor="could not connect to server: ",
        pattern=_SAYS + r"could not connect to server: (?P<reason>.+)",
        first=12,
        meaning="PostgreSQL does not answer (libpq up to 13).",
        source=_LIBPQ,
    ),
    LogLine(
        name="database-unreachable",
        anchor="connection to server ",
        pattern=r"^(?:psycopg2\.[\w.]+: )?connection to server (?:at|on) .*failed: "
        r"(?P<reason>Connection refused|No such file or "
        r"directory|Connection timed out|timeout expired|No route to host|Network is unreachable"
        r"|server closed the connection unexpectedly|FATAL:\s+the database system is .+"
        r"|FATAL:\s+password authentication failed.*|FATAL:\s+no pg_hba\.conf entry.*"
        r"|FATAL:\s+Peer authentication failed.*)",
        first=12,
        meaning="PostgreSQL does not answer, or refuses this client (libpq 14 and later).",
        source=_LIBPQ,
    ),
    LogLine(
        name="database-unreachable",
        anchor="could not translate host name",
        pattern=_SAYS + r"(?P<reason>could not translate host name \"[^\"]*\")",
        first=12,
        meaning="The name in db_host has no address.",
        source=_LIBPQ,
    ),
    LogLine(
        name="database-unreachable",
        anchor="server closed the connection unexpectedly",
        pattern=_SAYS + r"(?P<reason>server closed the connection unexpectedly)",
        first=12,
        meaning="A connection broke in the middle of its work: PostgreSQL crashed, or something "
        "between cut it.",
        source=_LIBPQ,
    ),
    LogLine(
        name="database-unreachable",
        anchor="terminating connection due to ",
        pattern=_SAYS
        + r"(?:FATAL:\s+)?(?P<reason>terminating connection due to (?:administrator command"
        r"|unexpected postmaster exit))",
        first=12,
        meaning="PostgreSQL was stopped or restarted under the server.",
        source="PostgreSQL: src/backend/tcop/postgres.c",
    ),
    LogLine(
        name="serialization-error",
        anchor="could not serialize access",
        pattern=r"^ERROR:\s+could not serialize access due to "
        r"(?P<why>concurrent \w+|read/write)",
        first=12,
        meaning="Two transactions changed the same record; this one is rolled back.",
        source="PostgreSQL: src/backend/executor, at REPEATABLE READ",
    ),
    LogLine(
        name="serialization-retry",
        anchor=", retry ",
        pattern=r"^(?P<error>[A-Z_]{5,}), retry \d+/\d+ in (?P<wait>\d{1,9}(?:\.\d{1,9})?) sec",
        first=12,
        last=15,
        meaning="A request is done over; its worker sleeps first.",
        source="odoo/service/model.py: check",
    ),
    LogLine(
        name="serialization-retry",
        anchor=" tries left, try again in ",
        pattern=r"^(?P<error>\S+), \d+ tries left, "
        r"try again in (?P<wait>\d{1,9}(?:\.\d{1,9})?) sec",
        first=16,
        meaning="A request is done over; its worker sleeps first.",
        source=_RETRYING,
    ),
    LogLine(
        name="serialization-given-up",
        anchor="maximum number of tries reached",
        pattern=r"^(?P<error>\S+), maximum number of tries reached",
        first=12,
        meaning="A request was done five times in vain, and its user got an error.",
        source=_RETRYING,
    ),
]
