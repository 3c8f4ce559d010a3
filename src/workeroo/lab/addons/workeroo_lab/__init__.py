"""Levers that provoke each limit of a server. They refuse to load outside Workeroo's lab."""

from . import guard  # first: outside the lab nothing else of this module is read

guard.refuse_outside_the_lab()

from . import controllers  # noqa: E402
from . import models  # noqa: E402
