"""What does an odoo.conf say, line by line, and would the server's parser take it?

The product here; text becomes it in `facts/odooconf.py`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

SecretTrait = Literal["empty", "default", "plain", "hashed"]
"""What may be said of a password without showing it. default: Odoo's own "admin"."""

ProblemKind = Literal[
    "no-section-header",
    "no-options-section",
    "duplicate-option",
    "duplicate-section",
    "not-an-option",
]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One `name = value` of an odoo.conf.

    Attributes:
        section: as written, without brackets; empty for what stands above the first header.
        name: in lower case, as the server's parser compares it.
        value: as the parser hands it on (continuation lines joined with newlines); "***" for a
            secret, unless it says that there is none (empty, False, None).
        line: number of the first line, from 1.
        inline_comment: the part of the value that its author meant as a comment ("; 640 MB"):
            no Odoo parser takes it for one.
        secret: what may be said of a secret's value; None where the option is none.
    """

    section: str
    name: str
    value: str
    line: int
    inline_comment: str | None = None
    secret: SecretTrait | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why the server's parser refuses the file, or ignores part of it.

    Attributes:
        text: a sentence part: "option 'workers' stands twice (first at line 3)".
        fatal: the server does not start with it.
    """

    kind: ProblemKind
    line: int
    text: str
    fatal: bool


class ConfFile(msgspec.Struct, frozen=True, kw_only=True, tag="conf"):
    """An odoo.conf as read: every entry of every section, and what is wrong with it."""

    path: str
    entries: list[Entry]
    problems: list[Problem] = []

    def entry(self, option: str) -> Entry | None:
        """The last entry of an option, which is the one that a lenient parser uses."""
        found = [entry for entry in self.options() if entry.name == option]
        return found[-1] if found else None

    def options(self) -> list[Entry]:
        """What Odoo reads: [options], after what [DEFAULT] lends to every section."""
        own = [entry for entry in self.entries if entry.section == "options"]
        if not own and not self._has_options():
            return []
        names = {entry.name for entry in own}
        lent = [e for e in self.entries if e.section == "DEFAULT" and e.name not in names]
        return lent + own

    def _has_options(self) -> bool:
        """Whether the file has an [options] section, be it empty."""
        return all(problem.kind != "no-options-section" for problem in self.problems)

    def refusals(self) -> list[Problem]:
        """Why the server does not start with this file; empty where its parser takes it."""
        return [problem for problem in self.problems if problem.fatal]
