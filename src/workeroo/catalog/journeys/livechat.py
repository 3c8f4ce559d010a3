"""A visitor who asks in the live chat, and sees the own message come back over the bus."""

from __future__ import annotations

import json

from workeroo.catalog.journeys.calls import rpc
from workeroo.catalog.journeys.product import Ask, Journey, Socket, Take

JOURNEY = Journey(
    name="livechat",
    does="Opens a page with the live chat, begins a conversation, opens the bus, writes one "
    "message and waits until the bus brings it.",
    steps=(
        Ask(
            name="page with the chat",
            path="/",
            says="livechatData:",
            takes=(
                Take(
                    name="livechat",
                    where="html",
                    pattern=r'"channel_name": "[^"]*", "channel_id": (\d+)',
                    number=True,
                ),
                Take(
                    name="version",
                    where="html",
                    pattern=r'"websocket_worker_version": "([^"]+)"',
                ),
            ),
        ),
        rpc(
            "is somebody there",
            "/mail/action",
            {
                "fetch_params": ["init_messaging", ["init_livechat", "{livechat}"]],
                "context": {},
            },
            says='"livechat_available": true',
        ),
        rpc(
            "open the chat",
            "/im_livechat/get_session",
            {"channel_id": "{livechat}", "previous_operator_id": None, "persisted": False},
            says='"channel_id": -1',
            takes=(
                Take(
                    name="operator",
                    where="html",
                    pattern=r'"livechat_operator_id": (\d+)',
                    number=True,
                ),
            ),
            think_seconds=5,
        ),
        rpc(
            "begin the chat",
            "/im_livechat/get_session",
            {
                "channel_id": "{livechat}",
                "previous_operator_id": "{operator}",
                "persisted": True,
            },
            says=r'"channel_id": \d+',
            takes=(Take(name="chat", where="json", pattern="result.channel_id", number=True),),
            think_seconds=10,
        ),
        Socket(
            name="bus",
            path="/websocket?version={version}",
            sends=(json.dumps({"event_name": "subscribe", "data": {"channels": [], "last": 0}}),),
            heard=r'"type": ?"discuss\.channel/new_message"',
        ),
        rpc(
            "news",
            "/mail/data",
            {"fetch_params": ["init_messaging"], "context": {}},
        ),
        rpc(
            "message",
            "/mail/message/post",
            {
                "thread_model": "discuss.channel",
                "thread_id": "{chat}",
                "post_data": {
                    "body": "A visitor of Workeroo was here.",
                    "email_add_signature": True,
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                "context": {},
            },
            says=r'"message_id": \d+',
        ),
    ),
    modules=("website_livechat",),
    first_series=19,
    classes=("/im_livechat/get_session$",),
    leaves="a session, a visitor, a guest and a conversation with one message for each visit, "
    "which an operator who is online gets to see",
)
