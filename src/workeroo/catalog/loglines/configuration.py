"""Which lines tell that a server did not start because of its odoo.conf or its command line?

They come from Python on stderr, so they have no prefix.
"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_PARSER = "Python's configparser, called by odoo/tools/config.py"

LINES = [
    LogLine(
        name="config-unparsable",
        anchor="configparser.",
        pattern=r"^configparser\.(?P<error>DuplicateOptionError|DuplicateSectionError"
        r"|MissingSectionHeaderError|ParsingError): (?P<reason>.+)",
        first=12,
        meaning="odoo.conf breaks the rules of its format.",
        source=_PARSER,
    ),
    LogLine(
        name="config-value",
        anchor="optparse.OptionValueError: ",
        pattern=r"^optparse\.(?P<error>OptionValueError): (?P<reason>.+)",
        first=12,
        meaning="odoo.conf has a value that its option does not take.",
        source="odoo/tools/config.py, by way of Python's optparse",
    ),
    LogLine(
        name="config-number",
        anchor="ValueError: invalid literal for int()",
        pattern=r"^(?P<error>ValueError): (?P<reason>invalid literal for int\(\).*)",
        first=12,
        meaning="Something that should be a number is none: in odoo.conf, where the traceback "
        "passes odoo/tools/config.py, and else anywhere in Odoo.",
        source="Python; odoo/tools/config.py in 19",
    ),
    LogLine(
        name="config-usage",
        anchor=": error: ",
        pattern=r"^\S*(?:odoo|__main__)\S*(?: .*)?: (?P<error>error): (?P<reason>(?:no such option"
        r"|option |ambiguous option|the config file|the configuration file|unrecognized).+)",
        first=12,
        meaning="The command line has an option or a value that this Odoo does not know.",
        source="odoo/tools/config.py, by way of Python's optparse",
    ),
]
