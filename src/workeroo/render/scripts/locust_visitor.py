"""What of a locustfile is the same for every journey?"""

IMPORTS = '''\
import html
import json
import os
import random
import re
import sys
import uuid

import gevent
from locust import FastHttpUser, LoadTestShape, constant_pacing, events, task


def given(name):
    """A value that only the environment has, such as a password."""
    if name not in os.environ:
        sys.exit(f"{name} is not set: it is needed to log in")
    return os.environ[name]

'''

VISITOR = '''\
NAME = re.compile(r"\\{([a-z][a-z0-9_]*)\\}")


class VisitEnds(Exception):
    """A request failed, and without its answer the visit cannot go on."""


class Take:
    """A value that is kept from an answer for later requests."""

    def __init__(self, name, where, pattern, any_of=False, number=False, otherwise=None):
        self.name, self.where, self.pattern = name, where, pattern
        self.any_of, self.number, self.otherwise = any_of, number, otherwise

    def of(self, answer, body, text):
        found = self.found(answer, body)
        if not found and self.otherwise is not None:
            found = [text(self.otherwise)]
        if not found:
            raise ValueError(f"nothing to take for {self.name}")
        value = random.choice(found) if self.any_of else found[0]
        return int(value) if self.number else value

    def found(self, answer, body):
        if self.where == "header":
            value = answer.headers.get(self.pattern)
            return [] if value is None else [value]
        if self.where == "json":
            return parts(json.loads(body), self.pattern.split("."))
        text = body if self.where == "html" else answer.url
        return [html.unescape(value) for value in re.findall(self.pattern, text)]


def parts(document, path):
    """What stands at a path of keys and numbers; "*" is each of a list."""
    if not path:
        return [document]
    key, rest = path[0], path[1:]
    if isinstance(document, list):
        if key == "*":
            return [part for each in document for part in parts(each, rest)]
        number = int(key)
        return parts(document[number], rest) if number < len(document) else []
    return parts(document[key], rest) if isinstance(document, dict) and key in document else []


def thinking(user):
    """The time until a user's next visit, where no rate is asked for."""
    return random.expovariate(1 / EVERY_SECONDS)


class Visitor(FastHttpUser):
    """One who makes one visit after another, each as somebody new."""

    abstract = True
    host = HOST
    default_headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Workeroo"}

    def on_start(self):
        # Not all at the same moment.
        gevent.sleep(random.uniform(0, EVERY_SECONDS))

    @task
    def visit(self):
        self.client.cookiejar.clear()
        self.known = {"visit": uuid.uuid4().hex, **GIVEN}
        try:
            self.walk()
        except VisitEnds:
            pass  # Locust has counted the request that failed

    def ask(
        self, name, method, path, *, think=0.0, form=None, document=None, headers=None,
        status=200, says=None, takes=(),
    ):
        if think:
            gevent.sleep(random.expovariate(1 / think))
        more = {"headers": self.filled(headers or {})}
        if form is not None:
            more["data"] = {key: str(value) for key, value in self.filled(form).items()}
        if document is not None:
            more["json"] = self.filled(document)
        with self.client.request(
            method, self.text(path), name=f"{self.journey}: {name}", catch_response=True, **more
        ) as answer:
            body = (answer.content or b"").decode("utf-8", "replace")
            why = self.wrong(answer, body, status, says)
            try:
                for take in takes if why is None else ():
                    self.known[take.name] = take.of(answer, body, self.text)
            except ValueError as error:
                why = str(error)
            if why is None:
                answer.success()
            else:
                answer.failure(why)
        if why is not None:
            raise VisitEnds

    def wrong(self, answer, body, status, says):
        """Why an answer counts as failed; None where it does not."""
        if answer.status_code != status:
            return f"status {answer.status_code}"
        if "json" in (answer.headers.get("Content-Type") or ""):
            document = json.loads(body)
            # Odoo says errors of JSON-RPC with status 200.
            if isinstance(document, dict) and document.get("error"):
                error = document["error"]
                return f"error of Odoo: {(error.get('data') or error).get('message')}"
        if says is not None and not re.search(says, body):
            return "the answer is not what it should be"
        return None

    def text(self, text):
        return NAME.sub(lambda found: str(self.known[found[1]]), text)

    def filled(self, value):
        """A value with what is known in place of {names}; a number stays one."""
        if isinstance(value, str):
            alone = NAME.fullmatch(value)
            return self.known[alone[1]] if alone else self.text(value)
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        return [self.filled(each) for each in value] if isinstance(value, list) else value


class Course(LoadTestShape):
    """All users from the start to the end; then each ends the visit that it is on.

    Locust by itself would not wait for what workers count last.
    """

    def tick(self):
        if self.get_run_time() < SECONDS:
            return (USERS, USERS)
        late = self.get_run_time() > SECONDS + LAST_VISIT_SECONDS
        return None if late or self.get_current_user_count() == 0 else (0, USERS)


@events.init.add_listener
def let_visits_end(environment, **_):
    environment.stop_timeout = LAST_VISIT_SECONDS
'''
