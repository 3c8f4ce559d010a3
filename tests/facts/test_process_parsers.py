"""Are the kernel's figures of a process read as the kernel means them?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts import procstat, release

AFTER_NAME = (
    "S 20898 1 1 0 -1 4194368 4066 0 0 0 600 250 0 0 30 10 2 0 299702 258457600 22155 18446744 1 "
)
LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units
Max cpu time              72                   unlimited            seconds
Max open files            20000                524288               files
Max address space         2684354560           unlimited            bytes
"""
TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F85 00000000:0000 0A 00000000:00000000 00:00000000 00000000   106        0 43185 1 0
   1: 0100007F:1F85 0100007F:C350 01 00000000:00000000 00:00000000 00000000   106        0 43999 1 0
"""


@pytest.mark.parametrize("name", ["odoo: WorkerHTT", "python3", "a) R 1 (b", "("])
def test_stat_is_read_whatever_the_process_calls_itself(name: str) -> None:
    stat = procstat.stat(f"20904 ({name}) {AFTER_NAME}")

    assert (stat.state, stat.parent_pid, stat.nice, stat.threads) == ("S", 20898, 10, 2)
    assert (stat.cpu_seconds, stat.started_after_boot_seconds) == (8.5, 2997.02)


@given(st.text(st.characters(exclude_characters="\n\0"), max_size=15))
def test_any_name_leaves_stat_readable(name: str) -> None:
    assert procstat.stat(f"1 ({name}) {AFTER_NAME}").parent_pid == 20898


def test_the_memory_of_a_process_is_in_bytes() -> None:
    rollup = "Rss:  88816 kB\nPss:  32988 kB\nPrivate_Clean:  16 kB\nPrivate_Dirty:  15744 kB\n"

    assert procstat.kilobytes(rollup, "Pss") == 32988 * 1024
    assert procstat.kilobytes(rollup, "Swap") is None
    assert procstat.unshared(rollup) == (16 + 15744) * 1024


def test_limits_are_the_soft_ones() -> None:
    assert procstat.limit(LIMITS, "Max address space") == 2684354560
    assert procstat.limit(LIMITS, "Max open files") == 20000
    assert procstat.limit(LIMITS.replace("2684354560", "unlimited "), "Max address space") is None
    with pytest.raises(ValueError, match="Max locks"):
        procstat.limit(LIMITS, "Max locks")


def test_only_listening_sockets_are_ports() -> None:
    assert procstat.listeners(TCP) == {"43185": 8069}


@pytest.mark.parametrize(
    ("line", "series"),
    [
        ("version_info = (19, 0, 0, FINAL, 0, '')", 19),
        ("version_info = ('saas~18', 2, 0, FINAL, 0, '')", 18),
        ("version_info = (12, 0, 0, FINAL, 0, 'e')", 12),
        ("# version_info = (11, 0)", None),
        ("", None),
    ],
)
def test_the_series_is_read_from_release_py(line: str, series: int | None) -> None:
    assert release.series_of(f"RELEASE_LEVELS = []\n{line}\n") == series


def test_the_series_is_read_from_the_name_of_the_package() -> None:
    names = ["odoo_test_helper-2.1.dist-info", "odoo-17.0.post20251101.egg-info"]

    assert release.series_of_package(names) == 17
    assert release.series_of_package(names[:1]) is None
