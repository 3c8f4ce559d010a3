"""What each lever does, without Odoo: bounded, so that a lab can always be used again."""

import mmap
import time

MIB = 1024 * 1024
LONGEST_SECONDS = 600
LARGEST_MIB = 16384
MOST_ROWS = 200_000
MOST_CURSORS = 200

_held = []
_reserved = []


def bounded(value, least, most):
    """A number given as text, held between two bounds."""
    return max(least, min(most, float(value)))


def seconds(value):
    return bounded(value, 0, LONGEST_SECONDS)


def mebibytes(value):
    return int(bounded(value, 0, LARGEST_MIB))


def sleep(duration):
    time.sleep(duration)


def burn(duration):
    """Use the CPU for so many seconds of CPU time; give the rounds."""
    end = time.process_time() + duration
    rounds = 0
    while time.process_time() < end:
        for number in range(10_000):
            rounds += number & 1
    return rounds


def allocate(size_mib):
    """Take memory, touch every page of it."""
    return bytearray(b"\x01") * (size_mib * MIB)


def hold(size_mib):
    """Take memory and never give it back; give all that is held by this process."""
    if size_mib:
        _held.append(allocate(size_mib))
    return sum(map(len, _held)) // MIB


def reserve(size_mib):
    """Take address space without touching it; give all that is reserved by this process."""
    if size_mib:
        _reserved.append(mmap.mmap(-1, size_mib * MIB))
    return sum(map(len, _reserved)) // MIB


def release():
    """Give back what this process holds and reserves."""
    freed = (sum(map(len, _held)) + sum(map(len, _reserved))) // MIB
    _held.clear()
    while _reserved:
        _reserved.pop().close()
    return freed
