"""How does another load generator see the same server? Tsung, of Debian: open arrivals too.

Tsung lets users arrive by chance at a given rate, whatever becomes of those before, each on a
connection of its own, and writes down every request: when it was answered, and how long it took.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

TAIL_SECONDS = 8
"""Tsung keeps what it writes for some seconds and loses that at its end: let it idle before."""

AGENT = "tsung"

CONF = """\
<?xml version="1.0"?>
<!DOCTYPE tsung SYSTEM "/usr/share/tsung/tsung-1.0.dtd">
<tsung loglevel="warning" dumptraffic="protocol">
  <clients><client host="localhost" use_controller_vm="true" maxusers="20000"/></clients>
  <servers><server host="{host}" port="{port}" type="tcp"/></servers>
  <load>
    <arrivalphase phase="1" duration="{seconds}" unit="second">
      <users arrivalrate="{rate}" unit="second"/>
    </arrivalphase>
    <arrivalphase phase="2" duration="{tail}" unit="second">
      <users interarrival="3" unit="second"/>
    </arrivalphase>
  </load>
  <options>
    <option type="ts_http" name="user_agent">
      <user_agent probability="100">{agent}</user_agent>
    </option>
  </options>
  <sessions>
{sessions}
  </sessions>
</tsung>
"""
SESSION = """\
    <session name="page-{number}" probability="{share}" type="ts_http">
      <request><http url={path} method="GET" version="1.1"/></request>
    </session>
"""


class Seen(NamedTuple):
    """A request as a generator saw it: when it began, of the clock on the wall, and how long."""

    at: float
    seconds: float
    failed: bool


def version() -> str | None:
    """Of Tsung; None where it is not installed (apt-get install tsung)."""
    if shutil.which("tsung") is None:
        return None
    done = subprocess.run(["tsung", "-v"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().rpartition(" ")[2]


class Tsung:
    """One run of it, that goes on; the shares of its pages must be 100 together."""

    def __init__(
        self, url: str, pages: Mapping[str, int], rate: float, seconds: float, folder: Path
    ) -> None:
        place = urlsplit(url)
        sessions = "".join(
            SESSION.format(number=number, share=share, path=quoteattr(path))
            for number, (path, share) in enumerate(pages.items())
        )
        self.conf = conf = folder / "tsung.xml"
        conf.write_text(
            CONF.format(
                host=place.hostname, port=place.port, seconds=round(seconds), rate=rate,
                tail=TAIL_SECONDS, agent=AGENT, sessions=sessions,
            ),
            encoding="utf-8",
        )  # fmt: skip
        self.folder = folder / "log"
        self._process = subprocess.Popen(
            ["tsung", "-f", str(conf), "-l", str(self.folder), "start"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def wait(self) -> list[Seen]:
        """All requests, when it has ended."""
        self._process.wait()
        dump = next(self.folder.glob("*/tsung.dump"), None)
        if dump is None:
            sys.exit(f"Tsung did not run; try it by hand: tsung -f {self.conf} start")
        found = []
        for line in dump.read_text(encoding="utf-8").splitlines()[1:]:
            date, _, _, _, _, _, status, _, millis, _, _, error, _ = line.split(";")
            seconds = float(millis) / 1000
            found.append(Seen(float(date) - seconds, seconds, bool(error) or status != "200"))
        return found
