"""The facts: one host with its deployments, as one JSON file, the only input of all that thinks."""

from __future__ import annotations

import msgspec

from workeroo.errors import InputError
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host

SCHEMA = "workeroo/facts/1"

_CURE = "give what `workeroo facts --out FILE` wrote"


class Blind(msgspec.Struct, frozen=True):
    """Something that could not be seen: what, and why."""

    what: str
    reason: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot of a host and its deployments, secrets removed.

    Attributes:
        schema: "workeroo/facts/1"; a reader refuses what is newer than it knows.
        collected_at: ISO 8601 in UTC, or None for facts declared on the command line.
        collected_by: "workeroo 0.1.0".
        host: Unknown where only a file is judged and no hardware was declared.
        blind: what could not be seen on this host as a whole.
    """

    schema: str = SCHEMA
    collected_at: str | None = None
    collected_by: str = ""
    host: Host | Unknown
    deployments: list[Deployment] = []
    blind: list[Blind] = []


class _Header(msgspec.Struct):
    """The one field that every version of the file has."""

    schema: str


def decode_facts(data: bytes, where: str) -> Facts:
    """Read facts that were collected elsewhere.

    Raises:
        InputError: when they are not what `workeroo facts` writes, or of a newer Workeroo.
    """
    try:
        _check_schema(msgspec.json.decode(data, type=_Header).schema, where)
        return msgspec.json.decode(data, type=Facts)
    except msgspec.ValidationError as error:
        raise InputError(
            f"these are no facts: {_sentence(error)}", where=where, cure=_CURE
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"this is not JSON: {_sentence(error)}", where=where, cure=_CURE
        ) from error


def _check_schema(schema: str, where: str) -> None:
    name, _, number = schema.rpartition("/")
    own_name, _, own_number = SCHEMA.rpartition("/")
    if name != own_name or not number.isdecimal():
        raise InputError(f"the schema is {schema!r}, not {SCHEMA!r}", where=where, cure=_CURE)
    if int(number) > int(own_number):
        cure = "install the newest, or collect again with this one"
        raise InputError(f"facts of schema {number} need a newer workeroo", where=where, cure=cure)


def _sentence(error: Exception) -> str:
    """The decoder's message as a sentence part; it names the path in the document."""
    return str(error).replace("`", "").replace(" - at ", " at ").rstrip(".")
