"""What of a snapshot is unknown, and why?"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.snapshot import Blind, Facts


def unseen(facts: Facts) -> list[Blind]:
    """Everything that could not be seen; the same field of many processes is told once."""
    found: dict[str, list[str]] = {}
    for field, reason in _unknown("", facts):
        found.setdefault(field, []).append(reason)
    told = [
        Blind(f"{field} ({len(reasons)} times)" if len(reasons) > 1 else field, reasons[0])
        for field, reasons in found.items()
    ]
    return [*facts.blind, *told]


def _unknown(field: str, value: object) -> Iterator[tuple[str, str]]:
    """Every unknown below a value, with the fields that lead to it, without list positions."""
    if isinstance(value, Unknown):
        yield field, value.reason
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _unknown(f"{field}.{name}".lstrip("."), getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from _unknown(field, each)
