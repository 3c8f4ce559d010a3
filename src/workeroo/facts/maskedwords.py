"""How may a command be shown: without the passwords among its words?

What hides too much costs a reader a word; what hides too little costs a password. So in doubt a
word is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workeroo.catalog.options import OPTIONS
from workeroo.facts.commandline import program
from workeroo.facts.masked import SECRET_HEADERS
from workeroo.facts.secrets import MASK, is_secret, without_credentials

_SHORT = tuple(o.short for o in OPTIONS.values() if o.kind == "secret" and o.short is not None)
"""Odoo's own short flags for a secret."""

_FLAGS_OF = {
    "curl": ("-u", "--user", "-U", "--proxy-user"),
    "mariadb": ("-p",),
    "mariadb-admin": ("-p",),
    "mysql": ("-p",),
    "mysqladmin": ("-p",),
    "redis-cli": ("-a",),
    "sshpass": ("-p",),
    "supervisorctl": ("-p",),
}
"""Flags for a secret, of programs that stand in such commands. Source: their manuals."""

_NAMED = re.compile(
    r"(?P<lead>\W*)(?P<name>\w[\w.-]*)(?:(?P<mark>\s*[=:]\s*)(?P<value>.+))?", re.DOTALL
)
"""`NAME=value`, `--name=value`, `name: value`, `--name`."""

_LOGIN = re.compile(r"^([^\s:/@]+):(?!//)[^\s@]+@")
"""`user:password@host`, no scheme before it."""

_PIECE = re.compile(
    r"""(?:'[^']*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z)|\\.?|[^\s'"\\|&;()<>])+|[|&;()<>]+|\s+""",
    re.DOTALL,
)
"""What a shell takes for a word, for an operator, or for the space between."""

_SHELL_TEXT = re.compile(r"-\w*c")
"""The flag of a shell and of `su` after which a whole command comes in one word."""


def masked_words(words: Sequence[str]) -> list[str]:
    """The words of a command as they may be shown, one for one."""
    return list(_masked(words))


def hidden_in(words: Sequence[str], shown: Sequence[str]) -> list[str]:
    """What was taken out of the words of a command, the longest first."""
    found: set[str] = set()
    for word, safe in zip(words, shown, strict=True):
        around = "(.+?)".join(map(re.escape, safe.split(MASK)))
        match = re.fullmatch(around, word, re.DOTALL)
        found.update(value.strip("'\"") for value in (match.groups() if match else ()))
    return sorted(found - {""}, key=lambda value: (-len(value), value))


def _masked(words: Sequence[str]) -> Iterator[str]:
    flags = _SHORT
    hides_next = False
    piped = 0
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if before in ("echo", "printf") and "|" in words[place:]:  # echo password | sudo -S
            piped = words.index("|", place)
        safe, then = _one(word, flags, is_text=_SHELL_TEXT.fullmatch(before) is not None)
        yield MASK if hides_next or place < piped else safe
        hides_next = then
        flags += _FLAGS_OF.get(program([word]), ())


def _one(word: str, flags: tuple[str, ...], *, is_text: bool) -> tuple[str, bool]:
    """One word as it may be shown, and whether the next one is a secret."""
    if is_text:
        return _text(word), False
    if word[:1] in ("'", '"') and word[-1] == word[0] and len(word) > 1:  # quoted within a text
        safe, then = _one(word[1:-1], flags, is_text=False)
        return f"{word[0]}{safe}{word[0]}", then
    if word in flags or word == "<<<":
        return word, True
    attached = next((flag for flag in flags if word.startswith(flag)), None)
    if attached is not None:
        return f"{attached}{MASK}", False
    return _named(word)


def _named(word: str) -> tuple[str, bool]:
    """The same for a word that is no flag of a secret: a name may still say that it has one."""
    match = _NAMED.fullmatch(word)
    if match is not None and _is_secret(match["name"]):
        if match["mark"] is not None:
            return f"{match['lead']}{match['name']}{match['mark']}{MASK}", False
        return word, match["lead"].startswith("-")
    if not any(map(str.isspace, word)):
        word = without_credentials(_LOGIN.sub(rf"\1:{MASK}@", word))
    return (_text(word) if len(_PIECE.findall(word)) > 1 else word), False


def _text(text: str) -> str:
    """A command that a shell reads."""
    pieces = _PIECE.findall(text)
    safe = _masked([piece for piece in pieces if not piece.isspace()])
    return without_credentials(
        "".join(piece if piece.isspace() else next(safe) for piece in pieces)
    )


def _is_secret(name: str) -> bool:
    plain = name.lower().replace("-", "_").replace(".", "_")
    return plain in SECRET_HEADERS or is_secret(plain)
