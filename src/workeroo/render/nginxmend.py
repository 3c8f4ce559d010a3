"""Which is the smallest edit that makes the user's own nginx site right for a plan?

A line of the user is changed only where it says the wrong thing; everything else is put beside it,
under a comment that says why. What cannot be edited safely is said as a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from workeroo.errors import InputError
from workeroo.facts.proxy import Location, Proxy, Site
from workeroo.facts.routing import BUS_PATHS, PAGE, chosen, leads_to
from workeroo.render.nginx import size_text
from workeroo.render.nginxbook import Book, Place, Unmendable
from workeroo.render.nginxbus import Wait, mend_bus
from workeroo.render.nginxchoice import DECISIVE, FORWARDED, page_seconds, routes
from workeroo.render.nginxset import set_headers, set_value
from workeroo.render.product import Edited
from workeroo.render.subject import UPLOAD_BYTES, Subject
from workeroo.units import MIB, format_bytes

NGINX_DEFAULT_BYTES = MIB
"""client_max_body_size when nobody says anything: nginx's manual."""


class _Mending:
    """One site of the facts, and the files that it is mended in."""

    def __init__(self, book: Book, subject: Subject, site: Site, page: Location) -> None:
        self.book = book
        self.subject = subject
        self.site = site
        self.page = page
        self.server: Place = book.place(site)
        self.place: Place = book.place(page)

    def bus(self) -> None:
        for route in routes(self.subject):
            wait = Wait(
                self.subject, self.book, self.site, self.server, self.page, self.place, route
            )
            mend_bus(wait)
        self._dead_routes()

    def _dead_routes(self) -> None:
        wanted = routes(self.subject)
        for location in self.site.locations:
            route = location.path.rstrip("/")
            if route in BUS_PATHS and route not in wanted:
                self.server.sheet.say(
                    f"{location.where}: location {location.path} is left as it is; nobody asks"
                    f" Odoo {self.subject.plan.series} for it"
                )

    def timeout(self) -> None:
        limit = self.subject.number("limit_time_real")
        if self.page.read_timeout_seconds < limit:
            why = f"longer than limit_time_real = {limit}, so that Odoo gives up first"
            wait = f"{page_seconds(self.subject)}s"
            set_value(self.book, self.place, "proxy_read_timeout", wait, why=why)

    def buffering(self) -> None:
        why = "a slow client holds nginx, not a worker"
        if not self.page.buffering:
            set_value(self.book, self.place, "proxy_buffering", "on", why=why)
        if not self.page.request_buffering:
            set_value(self.book, self.place, "proxy_request_buffering", "on", why=why)

    def headers(self) -> None:
        missing = [name for name in DECISIVE if name.lower() not in self.page.headers]
        if not missing or not self.subject.value("proxy_mode"):
            return
        wanted = {name: FORWARDED[name] for name in missing}
        why = "proxy_mode reads these headers, and none of them without X-Forwarded-Host"
        inherited = self.page.headers
        set_headers(self.book, self.place, wanted, inherited, why=why, widely=True)

    def uploads(self) -> None:
        allowed, wanted = self.site.client_max_body_bytes, self.subject.site.upload_bytes
        if allowed == 0 or allowed >= wanted:
            return
        if allowed <= NGINX_DEFAULT_BYTES or wanted != UPLOAD_BYTES:
            why = f"nginx refused uploads above {format_bytes(allowed)}"
            value = size_text(wanted)
            set_value(self.book, self.server, "client_max_body_size", value, why=why)
            return
        self.server.sheet.say(
            f"{self.server.where}: uploads above {format_bytes(allowed)} are refused, as written"
            f" there; Odoo takes {format_bytes(wanted)}"
        )


def mend_site(files: Mapping[str, str], proxy: Proxy, subject: Subject) -> dict[str, Edited]:
    """The user's own files of nginx after the smallest edit that the plan needs.

    Args:
        files: text of the files by absolute path: those that the facts name, and what they
            include where it is at hand.
        proxy: the facts of nginx, made from the same files.
        subject: the plan and the deployment.

    Returns:
        Each file that was edited, or of which something must be said.

    Raises:
        InputError: when nothing can be mended, because no file of a site is at hand.
    """
    book = Book(_of_nginx(files, proxy, subject), proxy.config)
    if not book.sheets:
        raise InputError("the files of the site were not read", where=proxy.config)
    for site in proxy.sites:
        page = chosen(site, PAGE)
        if page is not None and leads_to(page, subject.number("http_port")):
            _mend(book, subject, site, page)
    edits = {path: Edited(sheet.edited(), sheet.said) for path, sheet in book.sheets.items()}
    return {path: edit for path, edit in edits.items() if edit.said or edit.text != files[path]}


def _of_nginx(files: Mapping[str, str], proxy: Proxy, subject: Subject) -> dict[str, str]:
    """Those that the facts name, first, and others of nginx; the odoo.conf is none of them."""
    places = [site.where for site in proxy.sites]
    places += [location.where for site in proxy.sites for location in site.locations]
    named = dict.fromkeys(place.rpartition(":")[0] for place in places)
    folder = PurePosixPath(proxy.config).parent
    below = (path for path in files if folder in PurePosixPath(path).parents)
    paths = dict.fromkeys([*named, *below])
    return {path: files[path] for path in paths if path in files and path != subject.conf_path}


def _mend(book: Book, subject: Subject, site: Site, page: Location) -> None:
    """Every mend that can be made; the reason of each that cannot is said."""
    try:
        mending = _Mending(book, subject, site, page)
    except Unmendable as error:
        next(iter(book.sheets.values())).say(f"{error}, so this site is not mended")
        return
    _try(mending, mending.bus)
    _try(mending, mending.timeout)
    _try(mending, mending.buffering)
    _try(mending, mending.headers)
    _try(mending, mending.uploads)


def _try(mending: _Mending, mend: Callable[[], None]) -> None:
    try:
        mend()
    except Unmendable as error:
        mending.server.sheet.say(str(error))
