#!/usr/bin/env python3
"""How long does Python itself take for the request lines, line by line or with Polars?

Two peers of logs.py, each a program of its own: both read the fields of every request line by the
same regular expression, sum the times by method and path without digits, and print how many request
lines there were. Neither knows incidents, concurrency or any other line.

    python logcount.py re|polars LOG PATTERN
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def count_by_re(log: Path, pattern: str) -> int:
    """One core, the standard library."""
    match = re.compile(pattern.encode()).match
    digits = re.compile(rb"[0-9]+")
    sums: dict[bytes, list[float]] = {}
    names: dict[bytes, bytes] = {}
    count = 0
    with log.open("rb") as lines:
        for line in lines:
            found = match(line)
            if found is None:
                continue
            count += 1
            path, sql, rest = found[1], found[4], found[5]
            name = names.get(path)
            if name is None:
                name = names[path] = digits.sub(b"*", path.partition(b"?")[0])
            one = sums.setdefault(name, [0, 0.0, 0.0])
            one[0] += 1
            if sql != b"-":
                one[1] += float(sql)
                one[2] += float(rest)
    return count


def count_by_polars(log: Path, pattern: str) -> int:
    """All cores."""
    import polars as pl  # noqa: PLC0415 - in the peers' own environment only

    lines = pl.scan_csv(
        log, has_header=False, new_columns=["line"], separator="\x01", quote_char=None,
        schema={"line": pl.String}, encoding="utf8-lossy",
    )  # fmt: skip
    fields = lines.select(pl.col("line").str.extract_groups(pattern).alias("f")).unnest("f")
    sums = (
        fields.filter(pl.col("1").is_not_null())
        .with_columns(
            name=pl.col("1").str.replace(r"\?.*", "").str.replace_all("[0-9]+", "*"),
            sql=pl.col("4").cast(pl.Float64, strict=False),
            rest=pl.col("5").cast(pl.Float64, strict=False),
        )
        .group_by("name")
        .agg(pl.len().alias("count"), pl.col("sql").sum(), pl.col("rest").sum())
    )
    return int(sums.collect(engine="streaming")["count"].sum())


if __name__ == "__main__":
    how, where, what = sys.argv[1:]
    counted = {"re": count_by_re, "polars": count_by_polars}[how](Path(where), what)
    print(counted)
