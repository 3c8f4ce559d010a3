"""What is rendered: a plan, the deployment that it is for, and the files that stand there?"""

from __future__ import annotations

import msgspec

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Value
from workeroo.catalog.series import SERIES
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Proxy
from workeroo.plan.product import Plan
from workeroo.units import MIB

CONF_PATH = "/etc/odoo/odoo.conf"
"""Where Debian's package and Odoo's container image keep it."""

LOOPBACK = "127.0.0.1"
UPLOAD_BYTES = 128 * MIB
"""What Odoo itself takes in one request: DEFAULT_MAX_CONTENT_LENGTH in odoo/http.py."""


class Upstream(msgspec.Struct, frozen=True):
    """One Odoo that nginx passes requests to."""

    host: str
    http_port: int
    evented_port: int


class SiteWish(msgspec.Struct, frozen=True, kw_only=True):
    """What only the user can say of the nginx site.

    Attributes:
        server_name: "shop.example.com"; "_" for whatever name is asked for.
        certificate, certificate_key: paths on the server; None for plain HTTP.
        upstreams: the frontends; empty for the one deployment on this host.
    """

    server_name: str = "_"
    certificate: str | None = None
    certificate_key: str | None = None
    upload_bytes: int = UPLOAD_BYTES
    upstreams: list[Upstream] = []


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """All that a format is made from.

    Attributes:
        deployment: what runs now; None for a server still to be set up.
        files: text of the files that stand and may be edited, by absolute path.
    """

    plan: Plan
    deployment: Deployment | None = None
    files: dict[str, str] = {}
    site: SiteWish = SiteWish()

    def value(self, option: str) -> Value:
        """An option as it will be: decided, else as it is now, else the series' default."""
        decided = self.plan.value(option)
        if decided is not None:
            return decided
        setting = self.deployment.setting(option) if self.deployment else None
        if setting is not None and setting.refusal is None and setting.value is not None:
            return setting.value
        return OPTIONS[option].default(self.plan.series)

    def number(self, option: str) -> int:
        """The same as a whole number; what is none counts as 0."""
        value = self.value(option)
        return int(value) if isinstance(value, int) else 0

    @property
    def conf_path(self) -> str:
        """Where the odoo.conf is, or where a new one goes."""
        conf = self.deployment.conf if self.deployment else None
        return getattr(conf, "path", CONF_PATH)

    @property
    def evented_port(self) -> int:
        """Where the evented process will listen."""
        return self.number(SERIES[self.plan.series].evented_port_option)

    @property
    def upstreams(self) -> list[Upstream]:
        """Where nginx passes requests to."""
        own = Upstream(LOOPBACK, self.number("http_port"), self.evented_port)
        return self.site.upstreams or [own]

    @property
    def proxy(self) -> Proxy | None:
        """The nginx sites that lead to the deployment now; None where none is known."""
        proxy = self.deployment.proxy if self.deployment else None
        return proxy if isinstance(proxy, Proxy) and proxy.sites else None
