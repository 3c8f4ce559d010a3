"""What is said on a websocket that a visit holds open?"""

from __future__ import annotations

import asyncio
import contextlib
import re

import aiohttp

from workeroo.prove.load.cookies import Jar
from workeroo.prove.load.order import Values
from workeroo.prove.load.script import SocketLine

CLOSE_SECONDS = 1.0
"""For saying good-bye: who does not answer is left."""

MOST_MESSAGES = 1000
"""That are kept until somebody asks for them; a visit that is sent more has long been told."""


class Wire:
    """One open websocket; its own task listens, so that pings are answered."""

    __slots__ = ("_came", "_ended", "_listener", "_messages", "_socket", "line",
                 "timeout_seconds")  # fmt: skip

    def __init__(self, line: SocketLine, timeout_seconds: float) -> None:
        self.line = line
        self.timeout_seconds = timeout_seconds
        self._messages: list[tuple[float, str]] = []
        self._came = asyncio.Event()
        self._ended = False
        self._socket: aiohttp.ClientWebSocketResponse[bool] | None = None
        self._listener: asyncio.Task[None] | None = None

    async def open(self, session: aiohttp.ClientSession, values: Values, jar: Jar) -> None:
        """Open it as the page does, and say what the page's script says first."""
        url = self.line.url(values)
        headers = {**self.line.headers(values), "Origin": self.line.origin}
        cookie = jar.header(url.raw_path)
        if cookie is not None:
            headers["Cookie"] = cookie
        patience = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS)

        async def shake() -> aiohttp.ClientWebSocketResponse[bool]:
            return await session.ws_connect(
                url, headers=headers, timeout=patience, server_hostname=self.line.server_name
            )

        socket = self._socket = await asyncio.wait_for(shake(), self.timeout_seconds)
        self._listener = asyncio.ensure_future(self._listen(socket))
        for document in self.line.documents(values):
            await socket.send_str(document)

    async def hear(self, wanted: re.Pattern[str], since: float) -> int | None:
        """Wait for the wanted message; its size, or None where the connection ended before."""
        deadline = asyncio.get_running_loop().time() + self.timeout_seconds
        seen = 0
        while True:
            for came, text in self._messages[seen:]:
                if came >= since and wanted.search(text):
                    return len(text)
            seen = len(self._messages)
            if self._ended:
                return None
            self._came.clear()
            left = deadline - asyncio.get_running_loop().time()
            await asyncio.wait_for(self._came.wait(), max(left, 0.0))

    async def close(self) -> None:
        """Say good-bye, also when the visit is cut off."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError, OSError):
                await self._listener
        if self._socket is not None:
            await self._socket.close()

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        clock = asyncio.get_running_loop().time
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT and len(self._messages) < MOST_MESSAGES:
                    self._messages.append((clock(), message.data))
                    self._came.set()
        finally:
            self._ended = True
            self._came.set()
