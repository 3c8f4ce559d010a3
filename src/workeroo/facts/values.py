"""What does a series make of a value that it reads as text, and would it start with it?

Two parsers read odoo.conf. `optparse` (12 to 18) turns True and False into booleans whatever the
option, leaves any other word on a switch standing as a text, and gives numbers to Python's
optparse. `strict` (19) skips False on what is no switch, takes None for no value, and lets Python
read the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workeroo.catalog.product import Kind, Option, Series, Value

TEXTS = ("str", "path", "secret")
YES = ("1", "yes", "true", "on")
NO = ("0", "no", "false", "off")


class Reading(NamedTuple):
    """What became of a text: a value, or the reason why the server does not take it.

    Attributes:
        verb: what the server will not do with a refused value: "start", or "work" where it starts
            and its workers fail one after another.
    """

    value: Value
    refusal: str | None = None
    verb: str = "start"


class SkippedError(Exception):
    """The server warns and goes on as if the option were not there."""


def read_file_value(series: Series, option: Option, text: str) -> Reading:
    """A value in odoo.conf.

    Raises:
        SkippedError: when the series passes over the entry.
    """
    if option.empty_is_default and text in ("", "None"):
        return Reading(option.default(series.number))
    if series.parser == "optparse":
        return _optparse_file(option, text)
    if text in ("False", "false") and (option.kind != "bool"):
        raise SkippedError
    if option.name == "http_interface" and not text:
        raise SkippedError  # 19 deletes an empty one and takes its default
    return _strict(option, text)


def read_environment_value(option: Option, text: str) -> Reading:
    """A value of an ODOO_ or PG variable; only the strict series read them."""
    return _strict(option, text)


def read_argument(series: Series, option: Option, text: str | None) -> Reading:
    """A value on the command line; None for a switch, which turns the default around."""
    if option.kind == "bool":
        return Reading(not option.default(series.number))
    if text is None:
        return Reading(None, "the command line ends where its value should stand")
    reader = _OPTPARSE if series.parser == "optparse" else _STRICT
    return _checked(option, text, reader)


def _optparse_file(option: Option, text: str) -> Reading:
    """12 to 18: words for true and false count for every option, even for a number."""
    if text in ("True", "true", "False", "false"):
        return _as_boolean(option, truth=text.lower() == "true")
    if text == "None" and option.none_is_unset:
        return Reading(None)
    if option.kind == "bool":
        # Every other text is not empty, hence true: also "0", "no" and "False ; a comment".
        return Reading(bool(text))
    if option.flag is None:
        return _uncast(option, text)
    return _checked(option, text, _OPTPARSE)


def _as_boolean(option: Option, *, truth: bool) -> Reading:
    """True and False on an option of any kind: in Python they count as 1 and 0."""
    if option.kind == "bool":
        return Reading(truth)
    must_be_list = option.kind == "list" and option.flag is not None
    if must_be_list and (truth or option.adds_up or option.empty_is_default):
        return Reading(None, f"{truth} is no list, and the server fails when it splits it")
    if option.kind in (*TEXTS, "list") or _may_be_unset(option):
        return Reading("True" if truth else None)
    return Reading(int(truth))


def _may_be_unset(option: Option) -> bool:
    """Whether the option has no value by default, so that False means just that."""
    return all(default.value is None for default in option.defaults)


def _uncast(option: Option, text: str) -> Reading:
    """A number that only the file can set: the server keeps the text, a module reads it later."""
    reading = _checked(option, text, _STRICT)
    return Reading(text) if reading.refusal else reading


def _strict(option: Option, text: str) -> Reading:
    """19: None is no value, everything else must be of its kind."""
    if text != "None":
        return _checked(option, text, _STRICT)
    if option.kind == "bool":
        return Reading(value=False)
    if option.none_breaks:
        return Reading(
            None, "None is no number, and it fails when it comes to count with it", "work"
        )
    if option.kind == "list":
        return Reading(None, "None is no list, and the server fails when it goes through it")
    return Reading(None)


def _checked(option: Option, text: str, readers: dict[Kind, Callable[[str], Value]]) -> Reading:
    """A value by the reader of its kind, or the refusal as a sentence part."""
    if option.choices and text not in option.choices:
        return Reading(None, f"{text!r} is none of {', '.join(option.choices)}")
    if option.adds_up and not _are_pairs(text, readers):
        return Reading(None, f"{_short(text)} is no list of LOGGER:LEVEL")
    reader = readers.get(option.kind, str)
    try:
        return Reading(reader(text))
    except ValueError:
        return Reading(None, f"{_short(text)} is {_NOUNS.get(option.kind, 'not an integer')}")


def _are_pairs(text: str, readers: dict[Kind, Callable[[str], Value]]) -> bool:
    """Whether a list is made of LOGGER:LEVEL; only the strict series drop empty words first."""
    words = [word for word in text.split(",") if word.strip() or readers is _OPTPARSE]
    return all(word.count(":") == 1 for word in words)


_NOUNS: dict[Kind, str] = {"float": "not a number", "bool": "neither true nor false"}

_LONGEST_QUOTE = 60
"""Characters of a value that a sentence can bear."""


def _short(text: str) -> str:
    """A value in quotes, cut where it is long."""
    return repr(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")


def _optparse_integer(text: str) -> int:
    """An integer as Python's optparse reads it: 0x is hexadecimal, 0b binary, 0 in front octal."""
    start = text[:2].lower()
    if start == "0b":
        return int(text[2:] or "0", 2)
    if text.startswith("0"):
        return int(text, 16 if start == "0x" else 8)
    return int(text, 10)


def _strict_boolean(text: str) -> bool:
    """A switch as 19 reads it."""
    word = text.lower()
    if word not in YES + NO:
        raise ValueError(word)
    return word in YES


def _list(text: str) -> str | None:
    """Words between commas, without the empty ones."""
    return ",".join(word for part in text.split(",") if (word := part.strip())) or None


_INTEGERS: tuple[Kind, ...] = ("int", "bytes", "seconds", "port")

_OPTPARSE: dict[Kind, Callable[[str], Value]] = {
    **dict.fromkeys(_INTEGERS, _optparse_integer),
    "float": float,
    "list": _list,
}
_STRICT: dict[Kind, Callable[[str], Value]] = {
    **dict.fromkeys(_INTEGERS, int),
    "float": float,
    "bool": _strict_boolean,
    "list": _list,
}
