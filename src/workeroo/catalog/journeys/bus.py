"""A user of the web client whose tab keeps the bus open, also where nobody chats."""

from __future__ import annotations

import json

from workeroo.catalog.journeys.calls import call_kw, login
from workeroo.catalog.journeys.product import Ask, Journey, Socket, Take

JOURNEY = Journey(
    name="bus",
    does="Logs in, opens the bus as each tab of the web client does, saves a setting of the own "
    "user as it was and waits until the bus tells it.",
    steps=(
        *login(),
        Ask(
            name="web client",
            path="/odoo",
            says='class="o_web_client',
            takes=(
                Take(
                    name="version",
                    where="html",
                    pattern=r'"websocket_worker_version": "([^"]+)"',
                ),
                Take(
                    name="settings",
                    where="html",
                    pattern=r'"user_settings": \{"id": (\d+)',
                    number=True,
                ),
                Take(
                    name="voice",
                    where="html",
                    pattern=r'"voice_active_duration": (\d+)',
                    number=True,
                ),
            ),
            think_seconds=5,
        ),
        Socket(
            name="bus",
            path="/websocket?version={version}",
            sends=(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}),),
            heard=r'"type": ?"res\.users\.settings"',
        ),
        call_kw(
            "setting",
            "res.users.settings",
            "set_res_users_settings",
            args=[["{settings}"]],
            kwargs={"new_settings": {"voice_active_duration": "{voice}"}},
            think_seconds=10,
        ),
    ),
    needs=("login", "password"),
    modules=("mail",),
    first_series=19,
    leaves="a session and a noted login for each visit",
)
