"""How many database connections can a deployment open, and does PostgreSQL allow them?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts.postgres import Postgres
from workeroo.model.connections import Demand, available
from workeroo.model.processes import processes


def demand(
    *,
    workers: int = 9,
    crons: int = 1,
    db_maxconn: int = 64,
    db_maxconn_gevent: int | None = None,
    masters: int = 1,
    pools: int = 1,
) -> Demand:
    return Demand(
        processes=processes(workers, crons),
        db_maxconn=db_maxconn,
        db_maxconn_gevent=db_maxconn_gevent,
        masters=masters,
        pools=pools,
    )


def test_every_process_has_a_pool_of_its_own() -> None:
    assert demand().required == 704
    assert demand().arithmetic == "(9 + 1) x 64 + 1 x 64 = 704"


def test_the_evented_process_may_have_a_pool_of_another_size() -> None:
    assert demand(db_maxconn_gevent=100).arithmetic == "(9 + 1) x 64 + 1 x 100 = 740"


def test_all_masters_and_the_pools_of_a_replica_are_counted() -> None:
    assert demand(masters=3).arithmetic == "3 masters x ((9 + 1) x 64 + 1 x 64) = 2112"
    assert demand(pools=2).arithmetic == "2 pools x ((9 + 1) x 64 + 1 x 64) = 1408"


def test_a_threaded_server_has_one_pool() -> None:
    assert demand(workers=0).arithmetic == "1 x 64 = 64"


def test_what_is_usual_stands_beside_what_is_possible() -> None:
    assert demand().usual_text == "11 to 33"
    assert demand().usual_high == 33


def test_a_master_that_loads_registries_needs_one_pool_before_its_workers_are_there() -> None:
    assert demand(pools=2).while_loading == 128


def test_the_largest_pool_that_fits_in_97_connections_is_8() -> None:
    assert demand().largest_pool(97) == 8


def test_the_evented_process_with_its_own_pool_takes_its_part_first() -> None:
    assert demand(db_maxconn_gevent=17).largest_pool(97) == 8
    assert demand(db_maxconn_gevent=100).largest_pool(97) == 0


@given(
    workers=st.integers(-1, 99),
    crons=st.integers(0, 9),
    gevent=st.none() | st.integers(1, 200),
    masters=st.integers(1, 20),
    pools=st.integers(1, 2),
    given_connections=st.integers(0, 10_000),
)
def test_the_largest_pool_fits_and_one_more_does_not(
    *,
    workers: int,
    crons: int,
    gevent: int | None,
    masters: int,
    pools: int,
    given_connections: int,
) -> None:
    def with_pool(db_maxconn: int) -> int:
        return demand(
            workers=workers,
            crons=crons,
            db_maxconn=db_maxconn,
            db_maxconn_gevent=gevent,
            masters=masters,
            pools=pools,
        ).required

    asked = demand(
        workers=workers, crons=crons, db_maxconn_gevent=gevent, masters=masters, pools=pools
    )
    largest = asked.largest_pool(given_connections)

    assert largest == 0 or asked.worker_processes == 0 or with_pool(largest) <= given_connections
    if asked.worker_processes:
        assert with_pool(largest + 1) > given_connections


def test_reserved_connections_are_not_for_odoo() -> None:
    assert available(Postgres(max_connections=100, reserved_connections=3)) == 97
    assert available(Postgres(max_connections=100)) == 97


def test_a_postgresql_that_could_not_be_asked_stays_unknown_with_its_reason() -> None:
    reason = Unknown("psql: connection refused")

    assert available(reason) == reason
    assert available(Postgres(max_connections=reason)) == reason
