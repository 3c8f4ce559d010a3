"""Where in the text of an nginx file does each directive begin and end, so that one can be edited?

crossplane tells the line of a directive, which is too coarse for an edit: a whole block may stand
on one line. The tokens are those that crossplane makes (a test holds them to be the same), each
with its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_TOKEN = re.compile(
    r"""
    (?P<space>   \s+ )
  | (?P<comment> \#[^\n\r]* )
  | (?P<sign>    [{};] )
  | (?P<quoted>  "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )
  | (?P<word>    (?!["']) (?: \\. | \$\{[^}\s]*\}? | [^\s{};\\] )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_MODIFIERS = ("=", "^~", "~", "~*")


class Unreadable(ValueError):  # noqa: N818 - the name is the sentence: the text is unreadable
    """A text that is no nginx configuration, or one that this cannot read."""


class Token(msgspec.Struct, frozen=True):
    """A word, a sign or a quoted string, and where it stands.

    Attributes:
        text: without quotes.
        start, end: offsets in the text, the quotes included.
        line: counted from 1, of its first character.
    """

    text: str
    start: int
    end: int
    line: int
    quoted: bool = False

    def is_sign(self, signs: str) -> bool:
        """Whether it is one of "{", "}" and ";" and ends what stands before it."""
        return not self.quoted and self.text in signs


class Directive(msgspec.Struct, frozen=True):
    """One directive, and where it stands.

    Attributes:
        name: its first word.
        args: the others.
        block: the directives in its braces, None where it has none.
        opened: offset after "{".  closed: offset of "}".  Both are 0 without a block.
        start, end: offsets, from the name to after ";" or "}".
        line: of the name.
    """

    name: Token
    args: list[Token]
    end: int
    block: list[Directive] | None = None
    opened: int = 0
    closed: int = 0

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.name.start

    @property
    def line(self) -> int:
        """The line of its name, counted from 1."""
        return self.name.line

    @property
    def words(self) -> list[str]:
        """Its arguments as text."""
        return [token.text for token in self.args]

    def of(self, *names: str) -> list[Directive]:
        """The directives of these names that stand directly in its block."""
        return [inner for inner in self.block or [] if inner.name.text in names]

    @property
    def modifier(self) -> str:
        """Of a location: "", "=", "^~", "~" or "~*"."""
        return self.words[0] if self.words[:1] and self.words[0] in _MODIFIERS else ""

    @property
    def path(self) -> str:
        """Of a location: what stands after the modifier."""
        return "".join(self.words[1:] if self.modifier else self.words[:1])


def tokens(text: str) -> Iterator[Token]:
    """The words, strings and signs of an nginx file, without its comments.

    Raises:
        Unreadable: where a quote is not closed.
    """
    offset, line = 0, 1
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise Unreadable(f"line {line}: a quote or a backslash has no end")
        if match.lastgroup == "quoted":
            quote = match[0][0]
            inner = match[0][1:-1].replace("\\" + quote, quote)
            yield Token(inner, offset, match.end(), line, quoted=True)
        elif match.lastgroup in ("sign", "word"):
            yield Token(match[0], offset, match.end(), line)
        line += len(re.findall(r"\r\n|\n|\r", match[0]))
        offset = match.end()


def parse(text: str) -> list[Directive]:
    """The directives of an nginx file.

    Raises:
        Unreadable: where braces or quotes do not match, or a directive has no end.
    """
    stream = tokens(text)
    directives, closing = _block(stream)
    if closing is not None:
        raise Unreadable(f"line {closing.line}: a brace closes what was never opened")
    return directives


def _block(stream: Iterator[Token]) -> tuple[list[Directive], Token | None]:
    """The directives up to the brace that closes them, and that brace."""
    found: list[Directive] = []
    for token in stream:
        if token.is_sign("}"):
            return found, token
        if token.is_sign("{;"):
            raise Unreadable(f"line {token.line}: {token.text!r} follows no directive")
        found.append(_directive(token, stream))
    return found, None


def _directive(name: Token, stream: Iterator[Token]) -> Directive:
    if name.text.endswith("_by_lua_block"):
        raise Unreadable(f"line {name.line}: {name.text} holds Lua, which has other rules")
    args: list[Token] = []
    for token in stream:
        if token.is_sign(";"):
            return Directive(name, args, token.end)
        if token.is_sign("{"):
            inner, closing = _block(stream)
            if closing is None:
                break
            return Directive(name, args, closing.end, inner, token.end, closing.start)
        if token.is_sign("}"):
            break
        args.append(token)
    raise Unreadable(f"line {name.line}: {name.text} has no end")


def every(directives: list[Directive], *names: str) -> Iterator[tuple[Directive, list[Directive]]]:
    """Each directive of these names at any depth, with the blocks around it, outermost first."""
    for directive in directives:
        if directive.name.text in names:
            yield directive, []
        for inner, around in every(directive.block or [], *names):
            yield inner, [directive, *around]
