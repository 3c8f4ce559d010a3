"""Logs for tests: lines as Odoo writes them, and every way in which others wrap and pack them."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

BEGAN = datetime(2026, 11, 23, 16, 0, tzinfo=timezone.utc)


def stamped(
    second: float, text: str = "odoo.modules.loading: Modules loaded.", pid: int = 7
) -> str:
    at = BEGAN + timedelta(seconds=second)
    return f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} {pid} INFO shop {text} "


def request(second: float, path: str = "/shop", took: float = 0.4, pid: int = 7) -> str:
    at = BEGAN + timedelta(seconds=second)
    line = f'10.0.0.9 - - [{at:%d/%b/%Y %H:%M:%S}] "GET {path} HTTP/1.1" 200 - 12 0.050 {took:.3f}'
    return f"{at:%Y-%m-%d %H:%M:%S},{at.microsecond // 1000:03d} {pid} INFO shop werkzeug: {line}"


def log(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "/odoo/http.py", line 1, in dispatch | it {"log": 1} is',
    "ValueError: Straße \x1b[31m <b>&amp;\x00 -- end",
]

LINES = [
    stamped(0, "odoo: Odoo version 19.0-20251001"),
    request(1),
    stamped(2, "odoo.http: Exception during request handling."),
    *TRACEBACK,
    request(3.5, "/web/dataset/call_kw/res.partner/web_read"),
]


def docker(data: bytes) -> bytes:
    """As the json-file driver keeps them: a long line in entries of 16 KB."""
    entries = []
    for line in data.decode().splitlines(keepends=True) if b"\r" not in data else _kept(data):
        pieces = [line[i : i + 16384] for i in range(0, len(line), 16384)]
        entries += [
            json.dumps({"log": piece, "stream": "stderr", "time": "2026-11-23T16:00:00.1Z"})
            for piece in pieces
        ]
    return "".join(f"{entry}\n" for entry in entries).encode()


def _kept(data: bytes) -> list[str]:
    return [f"{line}\n" for line in data.decode().removesuffix("\n").split("\n")]


def each_line(wrap: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def all_lines(data: bytes) -> bytes:
        return b"".join(wrap(line) + b"\n" for line in data.removesuffix(b"\n").split(b"\n"))

    return all_lines


def fields(line: bytes, who: bytes = b"odoo") -> list[tuple[bytes, bytes]]:
    return [
        (b"__CURSOR", b"s=1;i=2"),
        (b"__REALTIME_TIMESTAMP", b"1795449600000000"),
        (b"PRIORITY", b"6"),
        (b"SYSLOG_IDENTIFIER", who),
        (b"MESSAGE", line),
        (b"_PID", b"7"),
    ]


def export_entry(line: bytes, who: bytes = b"odoo") -> bytes:
    """As `journalctl -o export`: what is not printable comes with its length."""
    told = []
    for name, value in fields(line, who):
        if all(byte >= 32 for byte in value):
            told.append(name + b"=" + value + b"\n")
        else:
            told.append(name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n")
    return b"".join(told)


def json_entry(line: bytes, who: bytes = b"odoo") -> bytes:
    """As `journalctl -o json`: what is not printable comes as numbers."""
    told = {
        name.decode(): value.decode() if all(31 < b < 127 for b in value) else list(value)
        for name, value in fields(line, who)
    }
    return json.dumps(told).encode()


WRAPPED: dict[str, Callable[[bytes], bytes]] = {
    "docker": docker,
    "compose": each_line(lambda line: b"odoo-1  | " + line),
    "compose in colour": each_line(lambda line: b"\x1b[36modoo-1  | \x1b[0m" + line),
    "kubernetes": each_line(lambda line: b"2026-11-23T16:00:00.123456789Z stderr F " + line),
    "docker with times": each_line(lambda line: b"2026-11-23T16:00:00.123456789Z " + line),
    "journal export": each_line(export_entry),
    "journal json": each_line(json_entry),
    "journal short": each_line(lambda line: b"Nov 23 16:00:01 srv odoo[7]: " + line),
    "journal short-iso": each_line(lambda line: b"2026-11-23T16:00:01+0000 srv odoo[7]: " + line),
    "journal short-full": each_line(
        lambda line: b"Mon 2026-11-23 16:00:01 UTC srv odoo[7]: " + line
    ),
}


def by_zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": by_zstd,
}
