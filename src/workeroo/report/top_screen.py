"""What does a server look like while somebody watches, and which key does what?

The extra `top` (textual) makes the screen; the lines on it are those of `top_text`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from workeroo.errors import WorkerooError
from workeroo.report.paint import Paint
from workeroo.report.top_product import Top
from workeroo.report.top_text import ORDERS, decisions_text, head_text, workers_text

_AGAIN_SECONDS = 1.0
"""Until a server that has gone is looked for again."""

Source = Callable[[], Top]
"""Looks; it takes a while, so it is called beside the screen."""

HELP = """\
 q        end
 p        pause the screen; the server and its autopilot go on
 s        sort: part, state, cpu, memory, request
 arrows   up and down the list
 ?        this, and away again

 FOR      how long it has had its connection
 CPU      of one core, in the last second
 PSS      memory that it really costs: its own, and its share of
          what it shares; looked at one process after the other
 RSS VMS  resident, and virtual: Odoo's limits count VMS
 RUNS     programs that it started and waits for

 stopped  a signal holds it (SIGSTOP)
 ending   it answers what it has, or waits to be reaped
 starting forked, and not ready yet
"""


class Help(ModalScreen[None]):
    """What the keys and columns mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,q,enter", "dismiss", "Back")
    ]
    CSS = "Help { align: center middle; } Help > Static { width: 72; height: auto; border: round; }"

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(HELP, markup=False)


class TopApp(App[None]):
    """One screen that is renewed.

    Args:
        source: looks, and takes as long as it is until the next.
        rest_seconds: besides that.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "End"),
        Binding("p", "pause", "Pause"),
        Binding("s", "sort", "Sort"),
        Binding("question_mark", "help", "Help"),
    ]
    CSS = """
    #head { height: auto; }
    #workers { height: auto; }
    #list { height: 1fr; margin-top: 1; scrollbar-size-vertical: 1; }
    #decisions { height: auto; max-height: 5; }
    """
    ENABLE_COMMAND_PALETTE = False
    TITLE = "workeroo top"

    def __init__(self, source: Source, rest_seconds: float = 0.0) -> None:
        super().__init__()
        self._rest_seconds = rest_seconds
        self._source = source
        self._order = 0
        self._paused = False
        self._last: Top | None = None
        self._trouble: str | None = None

    def compose(self) -> ComposeResult:
        """From above to below."""
        yield Static("looking ...", id="head")
        with VerticalScroll(id="list"):
            yield Static(id="workers")
        yield Static(id="decisions")
        yield Footer()

    def on_mount(self) -> None:
        """Begin to look."""
        self.query_one("#list").focus()
        self.run_worker(self._watch(), exclusive=True)

    def on_resize(self) -> None:
        """The lines have the width of the screen."""
        self._draw()

    def action_pause(self) -> None:
        """Stop renewing, or go on."""
        self._paused = not self._paused
        self._draw()

    def action_sort(self) -> None:
        """The next order."""
        self._order = (self._order + 1) % len(ORDERS)
        self._draw()

    def action_help(self) -> None:
        """Say what the keys do."""
        self.push_screen(Help())

    async def _watch(self) -> None:
        while True:
            try:
                told = await asyncio.to_thread(self._source)
            except WorkerooError as error:
                self._trouble = str(error)
                rest_seconds = _AGAIN_SECONDS
            else:
                self._trouble = None
                self._last = self._last if self._paused else told
                rest_seconds = self._rest_seconds
            self._draw()
            await asyncio.sleep(rest_seconds)

    def _draw(self) -> None:
        paint = Paint(colour=True, width=max(20, self.size.width))
        lines = [] if self._last is None else [head_text(self._last, paint)]
        if self._trouble is not None:
            lines.append(paint.severity("error", paint.wrap(self._trouble)))
        if self._paused:
            lines.append(paint.severity("warning", "paused: p goes on"))
        if lines:
            self.query_one("#head", Static).update(Text.from_ansi("\n".join(lines)))
        if self._last is not None:
            workers = workers_text(self._last, ORDERS[self._order], paint)
            self.query_one("#workers", Static).update(Text.from_ansi(workers))
            decided = decisions_text(self._last, paint)
            self.query_one("#decisions", Static).update(Text.from_ansi(decided))
