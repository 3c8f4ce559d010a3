"""How does the text of a file go in and out without losing a byte?"""

from __future__ import annotations


def decode(data: bytes) -> str:
    """The text of a file; bytes that are no UTF-8 stand as surrogates, and `encode` gives them."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of a text that `decode` made."""
    return text.encode("utf-8", "surrogateescape")
