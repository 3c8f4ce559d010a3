"""How many database connections can a deployment open, and does PostgreSQL allow them?

Every process has a pool of its own of at most `db_maxconn` connections. The sum over all of them is
the most that Odoo can ever ask for; what it really keeps is far less, and both are told.
"""

from __future__ import annotations

import msgspec

from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts.postgres import Postgres
from workeroo.model.processes import Processes

USUAL_LOW = 1
USUAL_HIGH = 3
"""Connections that a process on one database really keeps, from and to: seen on live workers."""

SMALLEST_POOL = 4
"""No pool below this is planned: a request may hold the three usual connections, and one more
while it writes on the side (a log line, a sequence, a report's own request)."""

RESERVED_BY_DEFAULT = 3
"""superuser_reserved_connections when nobody says anything: PostgreSQL's manual."""


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """The connections that all processes of all masters can open.

    Attributes:
        db_maxconn: the pool of a worker (or of the one threaded server).
        db_maxconn_gevent: the pool of the evented process; None where it follows `db_maxconn`.
        masters: Odoo servers with these settings on the same PostgreSQL.
        pools: 2 where a replica database is configured, else 1.
    """

    processes: Processes
    db_maxconn: int
    db_maxconn_gevent: int | None = None
    masters: int = 1
    pools: int = 1

    @property
    def worker_processes(self) -> int:
        """Those of one master whose pool is `db_maxconn`; the master closes its own beforehand."""
        return self.processes.http_workers + self.processes.cron_workers + self.processes.threaded

    @property
    def evented_pool(self) -> int:
        """The pool of the evented process."""
        return self.db_maxconn if self.db_maxconn_gevent is None else self.db_maxconn_gevent

    @property
    def required(self) -> int:
        """Most connections that can be open at one time."""
        one = self.worker_processes * self.db_maxconn + self.processes.evented * self.evented_pool
        return one * self.masters * self.pools

    @property
    def takers(self) -> int:
        """How many pools of `db_maxconn` there are, over all masters."""
        one = self.worker_processes
        if self.db_maxconn_gevent is None:
            one += self.processes.evented
        return one * self.masters * self.pools

    @property
    def fixed(self) -> int:
        """Connections that no other `db_maxconn` changes: the evented processes' own pools."""
        return self.required - self.takers * self.db_maxconn

    @property
    def while_loading(self) -> int:
        """What a master opens at most before its workers are there, for registries."""
        return self.db_maxconn * self.pools

    @property
    def usual_high(self) -> int:
        """What the processes really keep, at most, on one database."""
        return self._each(USUAL_HIGH)

    @property
    def usual_low(self) -> int:
        """What they keep at least."""
        return self._each(USUAL_LOW)

    @property
    def usual_text(self) -> str:
        """What the processes really keep: "11 to 33"."""
        return Budget(demands=[self]).usual_text

    @property
    def arithmetic(self) -> str:
        """The sum as a person would write it: "(9 + 1) x 64 + 1 x 64 = 704"."""
        return f"{self.factors} = {self.required}"

    def largest_pool(self, available: int) -> int:
        """The largest `db_maxconn` with which all fits; 0 where not even 1 does."""
        return Budget(demands=[self]).largest_pool(available)

    def _each(self, connections: int) -> int:
        count = self.worker_processes + self.processes.evented
        return count * connections * self.masters

    @property
    def factors(self) -> str:
        """The sum without its result."""
        parts = self.processes
        if parts.threaded:
            one = f"1 x {self.db_maxconn}"
        else:
            one = f"({parts.http_workers} + {parts.cron_workers}) x {self.db_maxconn}"
        if parts.evented:
            one += f" + {parts.evented} x {self.evented_pool}"
        factors = [f"{self.masters} masters"] if self.masters > 1 else []
        factors += [f"{self.pools} pools"] if self.pools > 1 else []
        return " x ".join([*factors, f"({one})"]) if factors else one


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """The connections of all servers on one PostgreSQL: one demand for each kind of master."""

    demands: list[Demand]

    @property
    def required(self) -> int:
        """Most connections that can be open at one time."""
        return sum(demand.required for demand in self.demands)

    @property
    def usual_high(self) -> int:
        """What the processes really keep, at most, on one database."""
        return sum(demand.usual_high for demand in self.demands)

    @property
    def usual_text(self) -> str:
        """What the processes really keep: "11 to 33"."""
        return f"{sum(demand.usual_low for demand in self.demands)} to {self.usual_high}"

    @property
    def arithmetic(self) -> str:
        """The sum as a person would write it: "((9 + 0) x 4 + 1 x 4) + (...) = 56"."""
        parts = [demand.factors for demand in self.demands]
        if len(parts) > 1:  # what begins with "2 masters x (" has its brackets already
            parts = [part if part.endswith(")") else f"({part})" for part in parts]
        return f"{' + '.join(parts)} = {self.required}"

    def largest_pool(self, available: int) -> int:
        """The largest `db_maxconn` of all with which all fits; 0 where not even 1 does."""
        takers = sum(demand.takers for demand in self.demands)
        if not takers:
            return max(demand.db_maxconn for demand in self.demands)
        return max((available - sum(demand.fixed for demand in self.demands)) // takers, 0)

    def fitting_pool(self, available: int) -> int:
        """As `largest_pool`, where a master whose pool is smaller already keeps that.

        What such a master leaves is the others' to take.
        """
        pool = self.largest_pool(available)
        modest = [demand for demand in self.demands if demand.db_maxconn <= pool]
        others = [demand for demand in self.demands if demand.db_maxconn > pool]
        if not modest or not others:
            return pool
        left = available - sum(demand.required for demand in modest)
        return Budget(demands=others).fitting_pool(left)


def available(postgres: Postgres | Unknown) -> Maybe[int]:
    """Connections that PostgreSQL gives to ordinary users."""
    if not is_known(postgres):
        return postgres
    if not is_known(postgres.max_connections):
        return postgres.max_connections
    reserved = postgres.reserved_connections
    kept = reserved if is_known(reserved) else RESERVED_BY_DEFAULT
    return max(postgres.max_connections - kept, 0)
