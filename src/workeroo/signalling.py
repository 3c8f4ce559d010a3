"""How is exactly one process signalled, and never another that got its pid?"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from workeroo.errors import NotPermitted, Unavailable


def signal_process(pid: int, number: signal.Signals, *, is_meant: Callable[[], bool]) -> None:
    """Signal a process that is still the one that was meant.

    Args:
        pid: as it was found.
        number: the signal.
        is_meant: looks again at whoever has the pid now. A pidfd is held meanwhile, so that the
            pid cannot pass on between this look and the signal.

    Raises:
        Unavailable: when it has gone; NotPermitted: when this user may not.
    """
    try:
        descriptor = os.pidfd_open(pid)
        try:
            if not is_meant():
                raise Unavailable(f"process {pid} is not the one that was looked for any more")
            signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)
    except ProcessLookupError as error:
        raise Unavailable(f"process {pid} has ended meanwhile") from error
    except PermissionError as error:
        cure = "call it as root or as the user of that process"
        raise NotPermitted(f"this user may not signal process {pid}", cure=cure) from error


def may_signal(pid: int) -> None:
    """See whether this user may signal a process, without doing it.

    Raises:
        Unavailable: when it has gone; NotPermitted: when this user may not.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError as error:
        raise Unavailable(f"there is no process {pid}") from error
    except PermissionError as error:
        cure = "call it as root or as the user of that process"
        raise NotPermitted(f"this user may not signal process {pid}", cure=cure) from error
