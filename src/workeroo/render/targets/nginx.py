"""How does nginx lead to the deployment: by a new site, or by the user's own, mended?"""

from __future__ import annotations

from workeroo.evidence import Unknown
from workeroo.render.nginx import site_text
from workeroo.render.nginxmend import mend_site
from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject
from workeroo.render.target import Target

SITE_PATH = "/etc/nginx/conf.d/odoo.conf"
"""Every build of nginx reads this folder, so the site is live after a reload. sites-available is
Debian's alone, and a file there does nothing before somebody makes a link to it."""


def render(subject: Subject) -> list[RenderedFile]:
    """The files of the site that stands, edited; else a new site."""
    proxy = subject.proxy
    if proxy is not None and not subject.site.upstreams:
        edits = mend_site(subject.files, proxy, subject)
        return [RenderedFile(path=path, text=e.text, said=e.said) for path, e in edits.items()]
    if subject.plan.role == "backend" or not subject.value("http_enable"):
        return []  # nobody comes here with a browser
    return [RenderedFile(path=SITE_PATH, text=site_text(subject), said=_said(subject))]


def _said(subject: Subject) -> list[str]:
    said: list[str] = []
    proxy = subject.deployment.proxy if subject.deployment else None
    if isinstance(proxy, Unknown):
        said.append(f"What stands in front now is not known ({proxy.reason}): this site is new.")
    if subject.site.server_name == "_":
        said.append(
            "No name was given for the site: nginx prefers its default site"
            " (sites-enabled/default, or conf.d/default.conf) to it. Give a name, or remove that."
        )
    if len(subject.upstreams) > 1:
        said.append(
            "The servers behind this site must share data_dir: sessions and attachments are files."
        )
    if subject.site.certificate is None:
        said.append("The site speaks plain HTTP: passwords can be read on the way.")
    return said


TARGET = Target(
    name="nginx",
    title="the nginx site: pages to HTTP workers, the bus route to the evented process",
    render=render,
    runs_on="proxy",
)
