"""To which class of requests does a path belong? Ids, slugs and file names are folded."""

from __future__ import annotations

import re

_STATIC = re.compile(r"/[^/]+/static/.+")
_LONGEST_SEGMENT = 40
_IDS = re.compile(
    r"\d[\d.,x]*"  # 17, 128x128
    r"|.*-\d+"  # office-lamp-17, the slug of a record
    r"|\d+-[0-9a-f]+"  # 17-ab12cd, an attachment with its checksum
    r"|[0-9a-f]{6,}"  # a checksum or a token
    r"|\d.*"
)
_AFTER_STATIC_NAME = {"web/assets", "web/image", "web/content", "report/pdf", "report/html"}
_BEHIND = 3
"""The number of the segment behind those two."""
_MODEL = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z0-9_]+)+")


def class_of(key: str) -> str:
    """The class of a method and path: "GET /shop/office-lamp-17" is "GET /shop/*"."""
    method, _, path = key.partition(" ")
    path, _, call = path.partition("#")
    if call:  # Odoo 19 writes model and method of an RPC behind the path
        return f"{method} {call}"
    if _STATIC.match(path):
        return f"{method} /*/static/*"
    return f"{method} {_folded(path)}"


def _folded(path: str) -> str:
    segments = path.split("/")
    start = "/".join(segments[1:3])
    folded = []
    for number, segment in enumerate(segments):
        is_model = number == _BEHIND and _MODEL.fullmatch(segment)  # bench.jpg is none
        opaque = start in _AFTER_STATIC_NAME and number >= _BEHIND and not is_model
        folded.append("*" if segment and (opaque or _is_id(segment)) else segment)
    return re.sub(r"(/\*)+", "/*", "/".join(folded))


def _is_id(segment: str) -> bool:
    return len(segment) > _LONGEST_SEGMENT or _IDS.fullmatch(segment) is not None
