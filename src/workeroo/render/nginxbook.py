"""Which of the user's nginx files are at hand, and what do their includes put into a block?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

import msgspec

from workeroo.facts.proxy import Location, Site
from workeroo.render.nginxsheet import Sheet
from workeroo.render.nginxtext import Directive, Unreadable, every

_DEEPEST_INCLUDE = 10


class Unmendable(Exception):  # noqa: N818 - the name is the sentence: this place is unmendable
    """A place that is left as it is; the text is the reason."""


class Place(msgspec.Struct, frozen=True):
    """A server or a location in the text of its file.

    Attributes:
        around: the blocks around it in the same file, the outermost first.
        where: "file:line".
    """

    sheet: Sheet
    directive: Directive
    around: list[Directive]

    @property
    def where(self) -> str:
        """The "file:line" to open."""
        return f"{self.sheet.path}:{self.directive.line}"


class Book:
    """The files of one nginx while they are edited.

    Attributes:
        sheets: by path.
        unreadable: why a file is none, by path.
        made: names of the upstreams that were put in, by their servers.
    """

    def __init__(self, files: Mapping[str, str], config: str) -> None:
        self.sheets: dict[str, Sheet] = {}
        self.unreadable: dict[str, str] = {}
        self.made: dict[tuple[str, ...], str] = {}
        self._folder = PurePosixPath(config).parent
        for path, text in files.items():
            self._open(path, text)

    def _open(self, path: str, text: str) -> None:
        try:
            self.sheets[path] = Sheet(path, text)
        except Unreadable as error:
            self.unreadable[path] = str(error)

    def place(self, found: Site | Location) -> Place:
        """Where a site or a location of the facts stands.

        Raises:
            Unmendable: when its file is not at hand, or is not what the facts say.
        """
        path, _, line = found.where.rpartition(":")
        if path not in self.sheets:
            reason = self.unreadable.get(path, "the file was not read")
            raise Unmendable(f"{path}: {reason}")
        name, words = "server", None
        if isinstance(found, Location):
            name = "location"
            words = [word for word in (found.modifier, found.path) if word]
        sheet = self.sheets[path]
        standing = sheet.find(name, int(line), words) or sheet.find(name, int(line))
        if standing is None:
            raise Unmendable(f"{found.where}: no {name} of its own begins on that line")
        return Place(sheet, *standing)

    def included(self, block: Directive, depth: int = 0) -> list[Directive] | None:
        """What includes put into a block; None where one of the files is not at hand."""
        found: list[Directive] = []
        for include in block.of("include"):
            sheets = self._sheets_of(include)
            if sheets is None or depth > _DEEPEST_INCLUDE:
                return None
            for sheet in sheets:
                whole = Directive(include.name, [], include.end, sheet.tree)
                deeper = self.included(whole, depth + 1)
                if deeper is None:
                    return None
                found += [*sheet.tree, *deeper]
        return found

    def _sheets_of(self, include: Directive) -> list[Sheet] | None:
        """The files that an include names: relative names start at the main file's folder."""
        pattern = str(self._folder / (include.words or [""])[0])
        found = [
            sheet
            for path, sheet in self.sheets.items()
            if fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
        ]
        return found or None

    def blocks(self, *names: str) -> Iterator[Directive]:
        """Every block of these names in all files."""
        for sheet in self.sheets.values():
            for directive, _ in every(sheet.tree, *names):
                yield directive

    def inside(self, server: Directive) -> Iterator[tuple[Directive, bool]]:
        """Every location of a server, and whether it comes from an included file."""
        for location, _ in every(server.block or [], "location"):
            yield location, False
        for location, _ in every(self.included(server) or [], "location"):
            yield location, True
