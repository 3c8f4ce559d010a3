"""What does a whole nginx site in front of Odoo say, and why?

Every line that is not plain has its reason above it, so that whoever opens the file later need not
look it up. docs/nginx.md tells the same at length.
"""

from __future__ import annotations

from workeroo.render.nginxchoice import (
    FORWARDED,
    PING_SECONDS,
    WEBSOCKET,
    bus_seconds,
    page_seconds,
    routes,
)
from workeroo.render.subject import Subject, Upstream
from workeroo.units import KIB, MIB

CACHE_PATH = "/var/cache/nginx-odoo"
"""Where nginx keeps static files; it makes the folder itself."""

HSTS_SECONDS = 31536000
"""A year, which is what browsers' own lists ask for."""

CIPHERS = ":".join(
    f"{exchange}-{cipher}"
    for exchange, cipher in (
        ("ECDHE-ECDSA", "AES128-GCM-SHA256"),
        ("ECDHE-RSA", "AES128-GCM-SHA256"),
        ("ECDHE-ECDSA", "AES256-GCM-SHA384"),
        ("ECDHE-RSA", "AES256-GCM-SHA384"),
        ("ECDHE-ECDSA", "CHACHA20-POLY1305"),
        ("ECDHE-RSA", "CHACHA20-POLY1305"),
    )
)
"""For TLS 1.2: Mozilla's "intermediate" profile without its two old DHE ciphers."""


def site_text(subject: Subject) -> str:
    """The whole site, for the http context of nginx: sites-available, conf.d."""
    parts = [
        [
            f"# nginx in front of {_odoo(subject)}, written by Workeroo.",
            "# This file belongs into the http block: conf.d or sites-enabled.",
        ],
        *_upstreams(subject.upstreams),
        *_maps(subject),
        _static_cache(),
        *([_redirect(subject)] if subject.site.certificate else []),
        _server(subject),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _odoo(subject: Subject) -> str:
    """The server by its series; one that is not known gets the routes of all."""
    return f"Odoo {subject.plan.series}" if len(routes(subject)) == 1 else "an Odoo of any series"


def _upstreams(upstreams: list[Upstream]) -> list[list[str]]:
    several = len(upstreams) > 1
    reason = [
        "# No keepalive here: HTTP workers speak HTTP/1.0 and close after each answer.",
        *(_SHARING if several else []),
    ]
    pages = [f"{one.host}:{one.http_port}" for one in upstreams]
    waits = [f"{one.host}:{one.evented_port}" for one in upstreams]
    return [
        [*reason, *_upstream("odoo", pages)],
        ["# The evented process: it holds every connection that waits for news.",
         *_upstream("odoo-evented", waits)],
    ]  # fmt: skip


_SHARING = [
    "# No ip_hash either: sessions and attachments are files in data_dir, and these servers must",
    "# share it (NFS). ip_hash would only hide for a while that they do not. least_conn instead,",
    "# because a worker answers one request at a time.",
]


def _upstream(name: str, servers: list[str]) -> list[str]:
    several = len(servers) > 1
    # A worker that ran into a limit drops its connection; that is no reason to leave the server.
    patience = " max_fails=3 fail_timeout=10s" if several else ""
    return [
        f"upstream {name} {{",
        *(["    least_conn;"] if several else []),
        *(f"    server {server}{patience};" for server in servers),
        "}",
    ]


def _maps(subject: Subject) -> list[list[str]]:
    upgrade = [
        "# What a websocket needs in Connection; any other request closes it.",
        "map $http_upgrade $odoo_connection {",
        "    default upgrade;",
        "    ''      close;",
        "}",
    ]
    login = [
        "# Who tries a password is counted by address; who only looks at the page is not: nginx",
        "# counts no empty key. /fr/web/login is the same page in another language.",
        'map "$request_method $uri" $odoo_login {',
        "    default '';",
        '    "~^POST (/[A-Za-z_@-]+)?/web/login$" $binary_remote_addr;',
        "}",
        "# 20 a minute, and 20 at once: an office behind one address can still begin its day.",
        "limit_req_zone $odoo_login zone=odoo_login:10m rate=20r/m;",
    ]
    return [upgrade, login] if WEBSOCKET in routes(subject) else [login]


def _static_cache() -> list[str]:
    return [
        "# Static files of the modules: nginx asks Odoo for each once a minute at most. Otherwise",
        "# each new visitor takes a worker for every single one.",
        f"proxy_cache_path {CACHE_PATH} levels=1:2 keys_zone=odoo_static:2m max_size=200m",
        "                 inactive=10m use_temp_path=off;",
    ]


def _redirect(subject: Subject) -> list[str]:
    return [
        "server {",
        "    listen 80;",
        "    listen [::]:80;",
        f"    server_name {subject.site.server_name};",
        "    server_tokens off;",
        "    return 301 https://$host$request_uri;",
        "}",
    ]


def _server(subject: Subject) -> list[str]:
    parts = [
        [*_listen(subject), f"server_name {subject.site.server_name};",
         "# The version of nginx is nobody's business.", "server_tokens off;"],
        _tls(subject),
        _timeouts(subject),
        _bodies(subject),
        _forwarded(),
        *(_bus(subject, route) for route in routes(subject)),
        _pages(),
        _static(),
        _attachments(subject),
        _gzip(),
    ]  # fmt: skip
    body = "\n\n".join("\n".join(_deeper(lines)) for lines in parts if lines)
    return ["server {", body, "}"]


def _deeper(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _listen(subject: Subject) -> list[str]:
    if subject.site.certificate is None:
        return ["listen 80;", "listen [::]:80;"]
    return ["listen 443 ssl http2;", "listen [::]:443 ssl http2;"]


def _tls(subject: Subject) -> list[str]:
    site = subject.site
    if site.certificate is None:
        return []
    return [
        f"ssl_certificate {site.certificate};",
        f"ssl_certificate_key {site.certificate_key or site.certificate};",
        "# What every browser of the last years speaks; 1.0 and 1.1 are broken.",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        f"ssl_ciphers {CIPHERS};",
        "# All of them are good: the client knows best which one its hardware is quick at.",
        "ssl_prefer_server_ciphers off;",
        "ssl_session_cache shared:odoo_tls:10m;",
        "ssl_session_timeout 1d;",
        "ssl_session_tickets off;",
        "# Browsers come back with https only, for a year. To take it back, send max-age=0 and",
        "# keep https alive: a browser forgets when it reads that, else after the year.",
        f'add_header Strict-Transport-Security "max-age={HSTS_SECONDS}" always;',
        "# The session's cookie never travels in the open. nginx knows this from 1.19.3 on.",
        "proxy_cookie_flags session_id samesite=lax secure;",
    ]


def _timeouts(subject: Subject) -> list[str]:
    real, cpu = subject.number("limit_time_real"), subject.number("limit_time_cpu")
    wait = page_seconds(subject)
    lines = [
        "# A chain: who waits outside waits longer, so that Odoo gives up first and says why.",
        f"# limit_time_cpu = {cpu} s, limit_time_real = {real} s, nginx {wait} s: the rest is time",
        "# in the queue for a worker. A worker that is killed ends its connection at once.",
        f"proxy_read_timeout {wait}s;",
        f"proxy_send_timeout {wait}s;",
        "# A full queue of Odoo answers no new connection at once; the kernel tries again.",
        "proxy_connect_timeout 30s;",
    ]
    if len(subject.upstreams) > 1:
        lines += [
            "# Another server is tried where one is down, not where one took its time: the same",
            "# heavy request would hold two of them.",
            "proxy_next_upstream error;",
            "proxy_next_upstream_tries 2;",
        ]
    return lines


def _bodies(subject: Subject) -> list[str]:
    return [
        "# The largest upload. Odoo itself takes 128 MiB.",
        f"client_max_body_size {size_text(subject.site.upload_bytes)};",
        "# nginx takes the whole request before a worker sees it, and the whole answer off a",
        "# worker's hands: a slow phone holds nginx, which has room for thousands, not a worker.",
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "proxy_buffer_size 64k;",
        "proxy_buffers 16 64k;",
    ]


def _forwarded() -> list[str]:
    return [
        "# For proxy_mode = True. Without X-Forwarded-Host Odoo ignores the others. Of",
        "# X-Forwarded-For it believes the last address, which nginx adds here; what a client",
        "# puts before it does no harm. Only nginx may reach Odoo's ports: see http_interface.",
        *_header_lines(),
        "# Behind another proxy, let nginx believe that one, and put $http_x_forwarded_proto in",
        "# the place of $scheme, here and below:",
        "#set_real_ip_from 10.0.0.0/8;",
        "#real_ip_header X-Forwarded-For;",
    ]


def _header_lines() -> list[str]:
    return [f"proxy_set_header {name} {value};" for name, value in FORWARDED.items()]


def _bus(subject: Subject, route: str) -> list[str]:
    upgraded = route == WEBSOCKET
    upgrade = [
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $odoo_connection;",
    ]
    pings = f"Odoo pings after {PING_SECONDS} s of silence and closes a websocket by its age"
    holds = "Odoo holds a browser that waits for up to 50 s"
    return [
        "# Where browsers wait for news: chat, notifications, live chat. An HTTP worker answers",
        "# here with an error 500. /bus is not meant: that is for HTTP workers.",
        f"location {route} {{",
        *_deeper([
            "proxy_pass http://odoo-evented;",
            "# The evented process does speak HTTP/1.1.",
            "proxy_http_version 1.1;",
            "# A location with one header of its own inherits none: all of them again.",
            *(upgrade if upgraded else []),
            *_header_lines(),
            f"# {pings if upgraded else holds}.",
            f"proxy_read_timeout {bus_seconds(subject)}s;",
        ]),
        "}",
    ]  # fmt: skip


def _pages() -> list[str]:
    return [
        "location / {",
        "    proxy_pass http://odoo;",
        "    # Odoo makes its redirects with the name and the scheme of the headers above.",
        "    proxy_redirect off;",
        "    limit_req zone=odoo_login burst=20 nodelay;",
        "    limit_req_status 429;",
        "}",
    ]


def _static() -> list[str]:
    return [
        "location ~ ^/[^/]+/static/ {",
        "    proxy_pass http://odoo;",
        "    proxy_cache odoo_static;",
        "    # Odoo tells browsers to keep them for 7 days. That passes, but nginx itself keeps",
        "    # them for a minute only: after an update nobody gets old ones from here.",
        "    proxy_ignore_headers Cache-Control Expires;",
        "    proxy_cache_valid 200 1m;",
        "    # A thousand visitors at once ask Odoo once, and while it restarts not at all.",
        "    proxy_cache_lock on;",
        "    proxy_cache_use_stale updating error timeout;",
        "    proxy_cache_bypass $arg_debug;",
        "}",
    ]


def _attachments(subject: Subject) -> list[str]:
    folder = subject.value("data_dir")
    if not subject.value("x_sendfile") or not folder:
        return []
    return [
        "# x_sendfile: Odoo checks who may read an attachment, nginx sends it.",
        "location /web/filestore {",
        "    internal;",
        f"    alias {folder}/filestore;",
        "}",
    ]


def _gzip() -> list[str]:
    return [
        "# Text shrinks; pictures are compressed already.",
        "gzip on;",
        "gzip_vary on;",
        "gzip_min_length 1024;",
        "gzip_types text/css text/plain text/xml application/xml application/json",
        "           application/javascript text/javascript image/svg+xml;",
    ]


def size_text(size_bytes: int) -> str:
    """A size as nginx writes it: "128m"."""
    for unit, unit_bytes in (("m", MIB), ("k", KIB)):
        if size_bytes and size_bytes % unit_bytes == 0:
            return f"{size_bytes // unit_bytes}{unit}"
    return str(size_bytes)
