"""How is a compressed log unpacked, in blocks, whatever its size and even where its end is missing?

What came before a fault is given out; the fault is said, not raised. gzip, bzip2 and xz are
unpacked here, Zstandard by the program `zstd`, which is on most servers and spares a dependency.
"""

from __future__ import annotations

import bz2
import lzma
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Literal, Protocol

from workeroo.errors import Unavailable
from workeroo.units import MIB

Packing = Literal["gzip", "bzip2", "xz", "zstd"]
Say = Callable[[str], None]

BLOCK_BYTES = 4 * MIB
"""Bytes of one block that is given out: long enough that the work per block does not count."""

_MAGIC: list[tuple[bytes, Packing]] = [
    (b"\x1f\x8b", "gzip"),  # RFC 1952, 2.3.1
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),  # the .xz file format, 2.1.1.1
    (b"\x28\xb5\x2f\xfd", "zstd"),  # RFC 8878, 3.1.1
]

_GZIP_WINDOW = zlib.MAX_WBITS + 16  # zlib's way to say: with the header of gzip

CUT_SHORT = "its end is missing; what came before it was read"
DAMAGED = "it is damaged from here on; what came before it was read"


class _Unpacker(Protocol):
    """What zlib, bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def packing_of(head: bytes) -> Packing | None:
    """How a file is packed, by its first bytes; None where it is not."""
    return next((packing for magic, packing in _MAGIC if head.startswith(magic)), None)


def unpacked(blocks: Iterable[bytes], packing: Packing | None, say: Say) -> Iterator[bytes]:
    """The content of a packed file, in blocks of at most `BLOCK_BYTES`.

    Args:
        blocks: of the file as it lies there.
        packing: None where the content lies there as it is.
        say: is told what is wrong with the file, once.

    Raises:
        Unavailable: the program that unpacks it is not installed.
    """
    if packing is None:
        return iter(blocks)
    if packing == "zstd":
        return _by_program(blocks, say)
    return _by_library(blocks, packing, say)


def _new(packing: Packing) -> _Unpacker:
    if packing == "gzip":
        return zlib.decompressobj(_GZIP_WINDOW)
    return bz2.BZ2Decompressor() if packing == "bzip2" else lzma.LZMADecompressor()


def _by_library(blocks: Iterable[bytes], packing: Packing, say: Say) -> Iterator[bytes]:
    """Member after member, as `cat a.gz b.gz` makes them."""
    unpacker = _new(packing)
    for block in blocks:
        data = block
        while data:
            if unpacker.eof:
                if packing_of(data) != packing:
                    return  # padding behind the last member, as tapes and some programs leave it
                unpacker = _new(packing)
            try:
                yield from _drained(unpacker, data)
            except (zlib.error, lzma.LZMAError, OSError):  # bz2 says OSError
                say(DAMAGED)
                return
            data = unpacker.unused_data if unpacker.eof else b""
    if not unpacker.eof:
        say(CUT_SHORT)


def _drained(unpacker: _Unpacker, data: bytes) -> Iterator[bytes]:
    """All that some packed bytes hold, never more than a block at a time: a small file may be a
    bomb.
    """
    while True:
        content = unpacker.decompress(data, BLOCK_BYTES)
        if content:
            yield content
        # zlib hands back what it did not take; bz2 and lzma keep it themselves.
        data = getattr(unpacker, "unconsumed_tail", b"")
        hungry = getattr(unpacker, "needs_input", not data)
        if unpacker.eof or (hungry and len(content) < BLOCK_BYTES):
            return


def _by_program(blocks: Iterable[bytes], say: Say) -> Iterator[bytes]:
    try:
        process = subprocess.Popen(
            ["zstd", "-dc", "-q"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise Unavailable(
            "the program zstd, which unpacks it, is not installed here",
            cure="install it (apt install zstd), or unpack the log elsewhere",
        ) from error
    if process.stdin is None or process.stdout is None:
        raise ValueError("pipes were asked for")
    feeder = threading.Thread(target=_feed, args=(blocks, process.stdin), daemon=True)
    feeder.start()
    try:
        while block := process.stdout.read(BLOCK_BYTES):
            yield block
        if process.wait() != 0:
            say(CUT_SHORT)
    finally:
        process.kill()  # a reader that needs no more of it, such as a look at the head
        process.stdout.close()
        process.wait()
        feeder.join()


def _feed(blocks: Iterable[bytes], pipe: IO[bytes]) -> None:
    try:
        with pipe:
            for block in blocks:
                pipe.write(block)
    except (OSError, ValueError):  # it stopped reading: it found a fault, or was ended above
        return
