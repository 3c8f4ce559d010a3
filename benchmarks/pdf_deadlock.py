#!/usr/bin/env python3
"""How long do PDFs take that are asked for at the same time, by as many as there are workers?

A real Odoo 19 with two workers and a real wkhtmltopdf, which fetches the styles of each page from
that same Odoo: alone, and with the autopilot, whose floor and ceiling are those two workers. Two
and four PDFs of the same report, after one that warms everything up.

    .venv/bin/python benchmarks/pdf_deadlock.py [--write-docs]

Needs wkhtmltopdf and the lab; three minutes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from launchwatch import Pilot
from machine import machine
from pagesection import write_section

from workeroo.lab.lab import Lab
from workeroo.lab.ports import LOOPBACK

PAGE = Path(__file__).parent.parent / "docs" / "autopilot.md"

WORKERS, LIMIT_SECONDS, PATIENCE_SECONDS = 2, 30, 150
CONF = f"[options]\nworkers = {WORKERS}\nmax_cron_threads = 0\nlimit_time_real = {LIMIT_SECONDS}\n"

LOGIN = {"params": {"db": "base", "login": "admin", "password": "admin"}}
REPORT = "/report/pdf/base.report_irmodeloverview/1"


class Printed(NamedTuple):
    """What came of PDFs that were asked for together.

    Attributes:
        there: how many came.
        seconds: until the last answer, a PDF or none.
    """

    there: int
    seconds: float


class Office:
    """People who are logged in and print."""

    def __init__(self, port: int) -> None:
        self.port = port
        answer, _ = self._ask("POST", "/web/session/authenticate", json.dumps(LOGIN))
        cookies = answer.headers.get_all("Set-Cookie") or []
        self.cookie = next(it.split(";")[0] for it in cookies if it.startswith("session_id="))

    def print(self, count: int) -> Printed:
        """So many at once."""
        began = time.monotonic()
        with ThreadPoolExecutor(count) as people:
            there = sum(people.map(self._one, range(count)))
        return Printed(there, time.monotonic() - began)

    def _one(self, _: int) -> bool:
        try:
            _answer, body = self._ask("GET", REPORT, cookie=self.cookie)
        except (OSError, http.client.HTTPException):
            return False
        return body.startswith(b"%PDF-")

    def _ask(
        self, method: str, path: str, body: str = "", *, cookie: str = ""
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE_SECONDS)
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer, read


def measured(lab: Lab, count: int, *, held: bool) -> Printed:
    """One round on a fresh server."""
    lab.restart()
    office = Office(lab.http_port)
    office.print(1)
    with tempfile.TemporaryDirectory() as folder:
        pilot = Pilot(lab, Path(folder), (WORKERS, WORKERS)) if held else nullcontext()
        with pilot:
            return office.print(count)


def section(rounds: dict[int, tuple[Printed, Printed]]) -> str:
    """The section of the page."""
    lines = [
        f"| {count} | {_said(count, alone)} | {_said(count, held)} |"
        for count, (alone, held) in rounds.items()
    ]
    return f"""## PDFs that wait for each other

On {WORKERS} workers with `limit_time_real = {LIMIT_SECONDS}` (the default is 120), floor and
ceiling {WORKERS}, with a real wkhtmltopdf, by `benchmarks/pdf_deadlock.py --write-docs` on
{machine()}:

| PDFs at once | Odoo alone | with the autopilot |
|---|---|---|
{chr(10).join(lines)}

One PDF after the other needs nobody's help. Of four, the third and fourth are taken by the escape
workers themselves, so that a third of those has to come."""


def _said(count: int, it: Printed) -> str:
    return f"{it.there or 'none'} of {count}, after {it.seconds:.1f} s"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long do PDFs take that wait for each other?")
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--lab", default="pdf-bench")
    told = parser.parse_args()
    lab = Lab.named(told.lab)
    with tempfile.TemporaryDirectory() as folder:
        conf = Path(folder) / "odoo.conf"
        conf.write_text(CONF, encoding="utf-8")
        lab.up(conf=conf)
    try:
        rounds = {
            count: (measured(lab, count, held=False), measured(lab, count, held=True))
            for count in (WORKERS, 2 * WORKERS)
        }
    finally:
        lab.destroy()
    text = section(rounds)
    print(text)
    if told.write_docs:
        write_section("pdf-deadlock", text, PAGE)


if __name__ == "__main__":
    main()
