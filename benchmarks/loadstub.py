#!/usr/bin/env python3
"""A server that costs nearly nothing, and knows what it did: for load.py to load.

    .venv/bin/python benchmarks/loadstub.py [--core 1]

Listens on a port of loopback that it prints. `/` is answered at once. `/wait` is answered after a
time from a log-normal distribution with a median of 50 ms and a p95 of 134 ms. Each client (by its
User-Agent) is given the same times in the same order, spread so evenly that any stretch of them has
the whole distribution. `/stall` is answered at once, but for half a second of every five, in which
the server stands still: who comes then is answered at its end. `/served` tells, for each client,
when requests came and how long each really waited here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time

from workeroo.prove.load.clock import run_precisely

MEDIAN_SECONDS = 0.05
SIGMA = 0.6
"""Of the logarithm: as wide as a quick page among slow ones."""

GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, less their whole parts, fill 0 to 1 more evenly than chance."""

CYCLE_SECONDS, STILL_SECONDS = 5.0, 0.5
"""One request in ten meets the stall, and waits for half of it on average."""

BODY = b"x" * 1000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"
QUICK = ANSWER % (len(BODY), BODY)


def wait_seconds(number: int) -> float:
    """How long the request of this number of a client waits."""
    place = (0.5 + number * GOLDEN) % 1
    return MEDIAN_SECONDS * 2.718281828 ** (SIGMA * statistics.NormalDist().inv_cdf(place))


class Stub(asyncio.Protocol):
    """One connection. Requests are small and none is sent before the last is answered."""

    served: dict[str, list[tuple[float, float]]]
    counts: dict[str, int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream is asked for
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer, now or later."""
        if data.startswith(b"GET / "):
            self.transport.write(QUICK)
        elif data.startswith((b"GET /wait", b"GET /stall")):
            self.wait(data)
        else:
            told = json.dumps(self.served).encode()
            self.transport.write(ANSWER % (len(told), told))

    def wait(self, data: bytes) -> None:
        """Answer when the time of this request is over."""
        _, _, rest = data.partition(b"ser-Agent: ")
        agent = rest.partition(b"\r\n")[0].decode("latin-1")
        number = self.counts.get(agent, 0)
        self.counts[agent] = number + 1
        loop, now = asyncio.get_running_loop(), time.time()
        if data.startswith(b"GET /stall"):
            seconds = max(STILL_SECONDS - now % CYCLE_SECONDS, 0.0)
        else:
            seconds = wait_seconds(number)
        loop.call_later(seconds, self.answer, agent, now, loop.time())

    def answer(self, agent: str, at: float, began: float) -> None:
        """The time is over."""
        self.transport.write(QUICK)
        spent = asyncio.get_running_loop().time() - began
        self.served.setdefault(agent, []).append((at, spent))


async def serve() -> None:
    """Until it is killed."""
    Stub.served, Stub.counts = {}, {}
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve, on one core where one is given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--core", type=int, help="the only core that it may use")
    given = parser.parse_args()
    if given.core is not None:
        os.sched_setaffinity(0, {given.core})
    run_precisely(serve())


if __name__ == "__main__":
    main()
