"""What PostgreSQL must give for a plan: the drop-in, its sums, and a real server that takes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.plan.make import make_plan
from workeroo.render.postgresql import OTHER_USERS, postgresql_files, share, wanted_connections
from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject
from workeroo.render.targets import TARGETS
from workeroo.units import GIB, KIB, MIB

GOLD = Path(__file__).parent / "gold" / "postgresql"

LOCAL = Postgres(
    local=True,
    version="15.10",
    max_connections=30,
    reserved_connections=3,
    connections=4,
    own_connections=2,
    shared_buffers_bytes=128 * MIB,
)


def subject(
    postgres: Postgres | Unknown | None = LOCAL,
    *,
    cores: int = 4,
    memory_bytes: int = 8 * GIB,
    **settings: str,
) -> Subject:
    """A plan for an Odoo with this PostgreSQL; None for a server still to be set up."""
    host = Host(
        cores=Cores(logical=cores, declared=True),
        memory=Memory(total_bytes=memory_bytes, declared=True),
    )
    deployment = None
    if postgres is not None:
        told = {
            name: Setting(option=name, value=value, source="file", where="/etc/odoo/odoo.conf:2")
            for name, value in settings.items()
        }
        deployment = Deployment(
            name="odoo", mode="not running", series=19, postgres=postgres, settings=told
        )
    plan = make_plan(host, rule="golden", deployment=deployment)
    return Subject(plan=plan, deployment=deployment)


def changed(**changes: object) -> Postgres:
    return msgspec.structs.replace(LOCAL, **changes)


CASES: dict[str, Callable[[], Subject]] = {
    "local": subject,
    "local-tight": lambda: subject(
        changed(max_connections=Unknown("psql is not there")), memory_bytes=4 * GIB
    ),
    "remote": lambda: subject(changed(local=False, version="9.6.24"), db_replica_host="db2"),
    "new": lambda: subject(None),
}


def only(made: Subject) -> RenderedFile:
    (file,) = postgresql_files(made)
    return file


def value(text: str, name: str) -> int | None:
    """The number of a setting, None where it does not stand."""
    found = re.findall(rf"^{name} = (\d+)(?:MB|kB)?$", text, re.MULTILINE)
    assert len(found) <= 1
    return int(found[0]) if found else None


@pytest.mark.parametrize("case", CASES)
def test_each_case_gives_the_file_that_stands_in_gold(case: str) -> None:
    assert only(CASES[case]()).text == (GOLD / f"{case}.conf").read_text("utf-8")


def test_the_format_is_found_by_its_name() -> None:
    assert TARGETS["postgresql"].render(subject()) == postgresql_files(subject())


def test_where_all_fits_nothing_is_written() -> None:
    assert postgresql_files(subject(changed(max_connections=100))) == []


def test_connections_are_odoo_s_the_reserved_ones_and_everybody_else_s() -> None:
    made = subject()

    assert made.plan.connections.required == 44
    assert value(only(made).text, "max_connections") == 44 + 3 + OTHER_USERS


def test_others_who_are_there_already_are_counted() -> None:
    busy = subject(changed(connections=40, own_connections=12))

    assert wanted_connections(busy) == 44 + 3 + 28


@pytest.mark.parametrize(
    ("version", "folder"),
    [("15.10", "15"), ("9.6.24", "9.6"), ("17beta1", "17"), (Unknown("no psql"), "VERSION")],
)
def test_the_file_goes_where_debian_s_cluster_of_that_version_looks(
    version: str | Unknown, folder: str
) -> None:
    file = only(subject(changed(version=version)))

    assert file.path == f"/etc/postgresql/{folder}/main/conf.d/workeroo.conf"
    assert any("version of PostgreSQL is not known" in s for s in file.said) is (
        folder == "VERSION"
    )


def test_a_restart_is_needed_and_said_in_both_places() -> None:
    file = only(subject())

    assert "restarted" in file.said[0]
    assert "a reload is not enough" in file.text


@pytest.mark.parametrize("local", [False, Unknown("not looked at")])
def test_the_memory_of_a_host_that_is_not_known_is_left_alone(local: bool | Unknown) -> None:
    file = only(subject(changed(local=local)))

    assert re.findall(r"^(\w+) =", file.text, re.MULTILINE) == ["max_connections"]
    assert any("its memory is left alone" in said for said in file.said)


def test_shared_buffers_that_somebody_chose_and_that_fit_are_left() -> None:
    chosen = only(subject(changed(shared_buffers_bytes=512 * MIB)))
    default = only(subject())
    too_much = only(subject(changed(shared_buffers_bytes=6 * GIB)))

    assert value(chosen.text, "shared_buffers") is None
    assert value(default.text, "shared_buffers") == value(too_much.text, "shared_buffers")


def test_work_mem_stays_where_postgresql_s_own_cannot_eat_the_memory() -> None:
    assert value(only(subject()).text, "work_mem") is None


def test_too_many_connections_for_the_memory_are_said() -> None:
    file = only(CASES["local-tight"]())

    assert value(file.text, "work_mem") == 1024
    assert any("lower db_maxconn" in said for said in file.said)


def test_a_replica_must_be_raised_first() -> None:
    assert any("replica first" in said for said in only(CASES["remote"]()).said)


@given(
    cores=st.integers(1, 64),
    memory_bytes=st.integers(512 * MIB, 1024 * GIB),
    now=st.one_of(st.integers(1, 60), st.just(Unknown("not asked"))),
    reserved=st.integers(0, 10),
)
def test_all_sorts_at_once_and_shared_buffers_fit_in_what_odoo_leaves(
    cores: int, memory_bytes: int, now: int | Unknown, reserved: int
) -> None:
    postgres = changed(max_connections=now, reserved_connections=reserved)
    made = subject(postgres, cores=cores, memory_bytes=memory_bytes)
    for file in postgresql_files(made):
        connections = value(file.text, "max_connections") or 0
        buffers = (value(file.text, "shared_buffers") or 128) * MIB
        work = (value(file.text, "work_mem") or 4096) * KIB

        assert connections - reserved - OTHER_USERS == made.plan.connections.required
        if isinstance(now, int):
            assert connections > now
        if not any("lower db_maxconn" in said for said in file.said):
            assert buffers + connections * work <= share(made).left_bytes
