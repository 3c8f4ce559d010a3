"""Who looks on while a change is carried out, and how is it told to stop?

Nothing that a listener does may stop a change half-way. A reader that has gone is no longer told
anything. Ctrl-C, a SIGTERM and the end of the terminal are answered where one deed is done and the
next not begun, by undoing the change.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from workeroo.errors import Unavailable
from workeroo.progress import Progress, Silent

_STRIKES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GIVEN_UP = 2
"""Strikes during one command of another program until it is killed."""

_TOLD = b"\nworkeroo: interrupted; it goes on to where it can be undone. Twice: kills a restart.\n"


class Watch:
    """Who looks on: hears of long steps, and of every boundary between two deeds.

    The boundaries are where an interruption can strike; tests strike at each.

    Attributes:
        strikes: how often it was told to stop.
    """

    def __init__(
        self, progress: Progress | None = None, at: Callable[[str], None] | None = None
    ) -> None:
        self.progress = progress or Silent()
        self.strikes = 0
        self._at = at

    def at(self, boundary: str) -> None:
        """Say that one deed is done and the next not begun."""
        if self._at is not None:
            self._at(boundary)

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Tell of a long step, as long as somebody listens."""
        told = self.progress.step(text)
        heard = False
        with contextlib.suppress(OSError):
            told.__enter__()
            heard = True
        try:
            yield
        finally:
            if heard:
                with contextlib.suppress(OSError):
                    told.__exit__(*sys.exc_info())

    def heed(self) -> None:
        """Stop here where that was asked for.

        Raises:
            Unavailable: when it was.
        """
        if self.strikes:
            raise Unavailable("It was interrupted")

    def patience(self) -> Callable[[], bool]:
        """Whether a command that begins now is given up: two strikes kill it, one waits for it."""
        least = self.strikes + _GIVEN_UP
        return lambda: self.strikes >= least

    @contextlib.contextmanager
    def unbroken(self) -> Iterator[None]:
        """While this holds, signals that end a program are counted, and heeded at a boundary."""
        before = {
            number: signal.signal(number, self._struck)
            for number in _STRIKES
            if signal.getsignal(number) is not signal.SIG_IGN  # nohup
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _struck(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.strikes += 1
        with contextlib.suppress(OSError):
            os.write(2, _TOLD)  # a stream that is being written to cannot be written to here
