"""A user of the web client who finds a contact and saves it."""

from __future__ import annotations

from workeroo.catalog.journeys.calls import PROGRAMS_CALL, call_kw, login, rpc, translations
from workeroo.catalog.journeys.product import Ask, Journey, Take

_CONTACTS = "base.action_partner_form"

_MODEL = "res.partner"

# Contacts of employees are theirs: others may not write them.
_OTHERS = [["user_ids", "=", False], ["name", "!=", False]]

_IN_LIST: dict[str, object] = {
    "complete_name": {},
    "email": {},
    "phone": {},
    "city": {},
    "country_id": {"fields": {"display_name": {}}},
    "write_date": {},
}

_IN_FORM: dict[str, object] = {
    "name": {},
    "is_company": {},
    "parent_id": {"fields": {"display_name": {}}},
    "street": {},
    "street2": {},
    "city": {},
    "zip": {},
    "state_id": {"fields": {"display_name": {}}},
    "country_id": {"fields": {"display_name": {}}},
    "email": {},
    "phone": {},
    "website": {},
    "vat": {},
    "lang": {},
    "category_id": {"fields": {"display_name": {}, "color": {}}},
    "child_ids": {"fields": {"name": {}, "email": {}, "phone": {}}, "limit": 40},
    "comment": {},
    "display_name": {},
}

_PAGE_RECORDS = 80
"""A page of a list, as in web/static/src/views/list/list_renderer.js and its controller."""

_COUNT_LIMIT = 10_001
"""How far the web client has records counted: web/static/src/model/relational_model."""


def _search(name: str, domain: list[object], think_seconds: float, *takes: Take) -> Ask:
    """A page of contacts, as the web client has it searched."""
    return call_kw(
        name,
        _MODEL,
        "web_search_read",
        kwargs={
            "specification": _IN_LIST,
            "offset": 0,
            "order": "",
            "limit": _PAGE_RECORDS,
            "context": {"bin_size": True},
            "count_limit": _COUNT_LIMIT,
            "domain": domain,
        },
        says='"records": ',
        takes=takes,
        think_seconds=think_seconds,
    )


def _chatter(again: str) -> tuple[Ask, Ask]:
    """What stands beside a record: its messages, activities, followers."""
    wanted = ["activities", "attachments", "contact_fields", "followers", "scheduledMessages",
              "suggestedRecipients"]  # fmt: skip
    thread = {"thread_id": "{contact}", "thread_model": _MODEL}
    about: dict[str, object] = {"access_params": {}, "request_list": wanted, **thread}
    return (
        rpc(
            "messages" + again,
            "/mail/thread/messages",
            {**thread, "fetch_params": {"limit": 30}},
            says='"messages": ',
        ),
        rpc(
            "followers" + again,
            "/mail/data",
            {"fetch_params": [["mail.thread", about]], "context": {}},
        ),
    )


JOURNEY = Journey(
    name="back-office",
    does="Logs in, opens the contacts, searches, opens one and saves its name as it was.",
    steps=(
        *login(language=True),
        Ask(name="menus", path="/web/webclient/load_menus", says='"root":'),
        translations("texts", "/web/webclient/translations"),
        rpc(
            "news",
            "/mail/data",
            {
                "fetch_params": ["failures", "systray_get_activities", "init_messaging"],
                "context": {},
            },
            says='"Store": ',
        ),
        rpc(
            "open contacts",
            "/web/action/load",
            {"action_id": _CONTACTS, "context": {}},
            says='"res_model": "res.partner"',
            takes=(Take(name="action", where="json", pattern="result.id", number=True),),
            think_seconds=5,
        ),
        call_kw(
            "views",
            _MODEL,
            "get_views",
            kwargs={
                "context": {},
                "views": [[False, "list"], [False, "form"], [False, "search"]],
                "options": {"action_id": "{action}", "load_filters": True, "toolbar": True},
            },
            says='"views": ',
        ),
        _search(
            "list",
            [*_OTHERS],
            0,
            Take(
                name="contact",
                where="json",
                pattern="result.records.*.id",
                which="any",
                number=True,
            ),
        ),
        _search(
            "search",
            [
                "|",
                "|",
                ["complete_name", "ilike", "an"],
                ["ref", "ilike", "an"],
                ["email", "ilike", "an"],
            ],
            8,
        ),
        call_kw(
            "open one",
            _MODEL,
            "web_read",
            args=[["{contact}"]],
            kwargs={"context": {"bin_size": True}, "specification": _IN_FORM},
            says='"display_name": ',
            takes=(Take(name="contact_name", where="json", pattern="result.0.name"),),
            think_seconds=8,
        ),
        *_chatter(""),
        call_kw(
            "change it",
            _MODEL,
            "onchange",
            args=[["{contact}"], {"name": "{contact_name}"}, ["name"], _IN_FORM],
            kwargs={"context": {}},
            think_seconds=15,
        ),
        call_kw(
            "save it",
            _MODEL,
            "web_save",
            args=[["{contact}"], {"name": "{contact_name}"}],
            kwargs={"context": {}, "specification": _IN_FORM},
            says='"display_name": ',
            think_seconds=2,
        ),
        *_chatter(" again"),
        _search("list again", [*_OTHERS], 5),
    ),
    needs=("login", "password"),
    modules=("mail",),
    first_series=19,
    classes=(
        rf"^POST (?!.*\.(?:{PROGRAMS_CALL})$)[a-z_]+(?:\.[a-z_0-9]+)+$",
        r"/mail/(?:data|thread/)",
        r"/web/(?:action|dataset|webclient|login)\b",
        "^GET /(?:odoo(?:/|$)|web$)",
    ),
    leaves="a session and a noted login for each visit; the contact that was saved is as it was,"
    " with a new date and author of the last change",
)
