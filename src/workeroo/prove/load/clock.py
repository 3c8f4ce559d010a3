"""How is a moment met to the microsecond? asyncio on Linux meets it to the millisecond only.

Python hands epoll whole milliseconds, rounded up, so that every arrival and every thought of a user
would end half a millisecond late on average: more than the 5 % by which figures may be off, for
pages that take 10 ms. A timer of the kernel that epoll waits for has no such grain.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import select
import selectors
import signal
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

NANO = 1_000_000_000
CLOEXEC, NONBLOCK = os.O_CLOEXEC, os.O_NONBLOCK
"""TFD_CLOEXEC and TFD_NONBLOCK are the same numbers. Source: timerfd_create(2), sys/timerfd.h."""


class _Span(ctypes.Structure):
    """struct itimerspec: interval, then value, each in seconds and nanoseconds."""

    _fields_ = (
        ("interval_s", ctypes.c_long), ("interval_ns", ctypes.c_long),
        ("value_s", ctypes.c_long), ("value_ns", ctypes.c_long),
    )  # fmt: skip


class PreciseSelector(selectors.EpollSelector):
    """Waits no longer than it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self._libc: Any = ctypes.CDLL(None, use_errno=True)
        self._timer = int(self._libc.timerfd_create(time.CLOCK_MONOTONIC, CLOEXEC | NONBLOCK))
        if self._timer < 0:
            super().close()
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._span = _Span()
        self._place = ctypes.byref(self._span)
        # Beside the selector's own books: what is not in them is passed over when it is ready.
        self._poll = select.epoll.fromfd(os.dup(super().fileno()))
        self._poll.register(self._timer, select.EPOLLIN)

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:  # fmt: skip
        """As its parent, but for the grain."""
        if timeout is not None and timeout <= 0:
            return super().select(0)
        # Set anew each time: that also makes a timer that has run out quiet. 0 sets it to never.
        nanos = 0 if timeout is None else max(int(timeout * NANO), 1)
        self._span.value_s, self._span.value_ns = divmod(nanos, NANO)
        self._libc.timerfd_settime(self._timer, 0, self._place, None)
        return super().select(None)

    def close(self) -> None:
        """Close the timer too."""
        if not self._poll.closed:
            self._poll.close()
            os.close(self._timer)
        super().close()


def precise_loop() -> asyncio.AbstractEventLoop:
    """A loop whose timers are met; where the system has no such timers, the usual one."""
    try:
        return asyncio.SelectorEventLoop(PreciseSelector())
    except (AttributeError, OSError):
        return asyncio.new_event_loop()


def run_precisely(work: Coroutine[None, None, Result]) -> Result:
    """Run to the end in a loop of its own; Ctrl-C cancels the work, which cleans up first."""
    loop = precise_loop()
    task = loop.create_task(work)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    listens = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    try:
        if listens:
            loop.add_signal_handler(signal.SIGINT, interrupt)
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError:
            if interrupted:
                raise KeyboardInterrupt from None
            raise
    finally:
        if listens:
            loop.remove_signal_handler(signal.SIGINT)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
