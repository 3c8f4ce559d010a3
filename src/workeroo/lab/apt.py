"""How does a package of Debian come here, checked, without a change to this system?

Apt runs with lists, cache and sources of its own, for whatever suite is asked for; it checks the
archive's signature and every file's hash as it always does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from workeroo.errors import NetworkError, Unavailable
from workeroo.lab.folder import make_open
from workeroo.lab.program import find_program, run
from workeroo.progress import Progress

ARCHIVE = "http://deb.debian.org/debian"

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)

_URI = re.compile(r"^'[^']+' (\S+\.deb) (\d+) ", re.MULTILINE)
"""A line of `apt-get download --print-uris`: address, file name, size in bytes, hash."""


class Apt:
    """Apt with its own folder, which reads some suites, the first of them by default.

    Attributes:
        packages: the folder that the packages come to.
    """

    def __init__(self, folder: Path, packages: Path, suites: Sequence[str]) -> None:
        self.folder = folder
        self.packages = packages
        self.suite = suites[0]
        self.get = find_program("apt-get", package="apt")
        self.cache = find_program("apt-cache", package="apt")
        self.options = ["-c", str(self._configure(suites))]

    def update(self, package: str) -> None:
        """Read the lists of packages anew, for the sake of one.

        Raises:
            NetworkError: when a list cannot be fetched, or its signature is not Debian's.
        """
        command = [self.get, *self.options, "update", "-q", "--error-on=any"]
        self._networked(command, f"the list with {package}")

    def depends(self, package: str) -> list[str]:
        """The names of what a package depends on, the first of alternatives."""
        shown = run([self.cache, *self.options, "show", "--no-all-versions", package])
        depends = re.search(r"^Depends: (.*)$", shown, re.MULTILINE)
        # With alternatives: "a | b (>= 1), c".
        parts = depends[1].split(",") if depends else []
        return [re.split(r"[ |]", part.strip())[0] for part in parts]

    def download(
        self, names: Sequence[str], text: str, progress: Progress, suites: Mapping[str, str]
    ) -> list[Path]:
        """Download packages, largest first; what is here whole is kept, what is not asked for goes.

        The first name stands for all in a failure; `suites` has the suite of each package that
        shall not come from the first.

        Raises:
            NetworkError: when one cannot be fetched.
            Unavailable: when a suite has none of that name.
        """
        sizes_bytes = self._sizes([f"{name}/{suites.get(name, self.suite)}" for name in names])
        for other in set(self.packages.iterdir()) - set(sizes_bytes):
            other.unlink()  # of another day's list
        total_bytes = sum(sizes_bytes.values())
        with progress.step(text, unit="bytes", total=total_bytes) as step:

            def look() -> None:
                step.reach(_bytes_in(self.packages), total_bytes)

            found = (path.name.split("_")[0] for path in sizes_bytes)
            asked = [f"{name}/{suites.get(name, self.suite)}" for name in found]
            self._networked([self.get, *self.options, "download", "-q", *asked], names[0], look)
        return list(sizes_bytes)

    def _sizes(self, asked: Sequence[str]) -> dict[Path, int]:
        """The file and size in bytes of each package, largest first."""
        told = run([self.get, *self.options, "download", "--print-uris", "-q", *asked])
        found = {self.packages / name: int(size) for name, size in _URI.findall(told)}
        if len(found) != len(asked):
            raise Unavailable(f"Debian {self.suite} lacks one of {', '.join(asked)}")
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def _networked(
        self, command: list[str], what: str, look: Callable[[], None] | None = None
    ) -> None:
        try:
            run(command, cwd=self.packages, while_running=look)
        except Unavailable as error:
            raise NetworkError(
                f"could not fetch {what} from Debian {self.suite} ({ARCHIVE}): {error.what}",
                cure="check the network or the proxy, then call it again",
            ) from error

    def _configure(self, suites: Iterable[str]) -> Path:
        make_open(self.packages)
        for part in ("lists/partial", "cache/archives/partial", "parts"):
            make_open(self.folder / part)
        (self.folder / "status").touch()
        signed = f"[signed-by={_keyring()}] "
        sources = self.folder / "sources.list"
        lines = [f"deb {signed}{ARCHIVE} {suite} main\n" for suite in suites]
        sources.write_text("".join(lines), encoding="utf-8")
        conf = self.folder / "apt.conf"
        conf.write_text(_APT_CONF.format(folder=self.folder), encoding="utf-8")
        return conf


_APT_CONF = """\
Dir::Etc::sourcelist "{folder}/sources.list";
Dir::Etc::sourceparts "{folder}/parts";
Dir::Etc::preferences "{folder}/parts/none";
Dir::Etc::preferencesparts "{folder}/parts";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "root";
Acquire::Retries "3";
Acquire::Languages "none";
"""
# The sandbox user _apt cannot write into a folder that belongs to somebody else.


def _keyring() -> Path:
    for keyring in KEYRINGS:
        if keyring.is_file():
            return keyring
    raise Unavailable(
        "the keys of Debian's archive are missing", cure="apt-get install debian-archive-keyring"
    )


def _bytes_in(folder: Path) -> int:
    """What lies in a folder so far, whole or in part."""
    return sum(path.stat().st_size for path in folder.iterdir())
