"""What was a worker doing when the master killed it? Its own last words tell, if anything does."""

from __future__ import annotations

import re

import msgspec

from workeroo.catalog.loglines import LOG_LINES
from workeroo.workload.profile import Profile
from workeroo.workload.story import Event, Story
from workeroo.workload.telling import line_of, moment

SLACK_SECONDS = 8.0
"""A worker gives its sign of life up to 4 s before it waits, and the master looks every 4 s: what
it wrote later than the limit and these before its end belongs to the work that it was killed in."""

_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ [A-Z]+ (?P<database>\S+) (?P<logger>[\w.?-]+): "
    r"?(?P<message>.*)"
)
_REQUEST = re.compile(r"\"(?P<method>[A-Z]+) (?P<path>[^ \"?]+)")
_USER = re.compile(r"\blogin:(?P<login>\S+)|\b[Uu]ser (?P<id>\d+)\b|\buid[:= ]+(?P<uid>\d+)")
_JOB = re.compile(
    r"(?:^(?:Manually s|S)tarting job `(?P<old>.+)`|^Job ['\"](?P<new>.+)['\"] \(\d+\) starting)"
)
_BETWEEN_JOBS = ("odoo.addons.base.models.ir_cron", "odoo.sql_db")
"""Who writes when a job is done."""

_NO_URL = ("", "n/a", "None")


PRINTING = re.compile(
    r"[Ww]khtmlto(?:pdf|image)|/report/(?:pdf|download|check_wkhtmltopdf)"
    r"|at least two workers to (?:print|convert)"
)
"""In the last line of a killed worker: it was about to print."""


class Kill(msgspec.Struct, frozen=True):
    """A worker that the master killed.

    Attributes:
        event: the master's line.
        pid: of the worker; limit_seconds: after which it was killed.
        cron: whether it was a cron worker.
        job: the scheduled action that it had begun and not ended; None where there is none.
    """

    event: Event
    pid: int
    limit_seconds: int
    cron: bool
    job: str | None

    @property
    def logger(self) -> str:
        """Who wrote the worker's last line; empty where there is none."""
        found = _LINE.match(self.event.last_seen[1]) if self.event.last_seen else None
        return found["logger"] if found else ""

    @property
    def last_line(self) -> str:
        """The worker's last line; empty where there is none."""
        return self.event.last_seen[1] if self.event.last_seen else ""

    @property
    def silent_seconds(self) -> float | None:
        """How long the worker had written nothing when it was killed."""
        return self.event.at - self.event.last_seen[0] if self.event.last_seen else None

    @property
    def wrote_in_its_work(self) -> bool:
        """Whether its last line belongs to the work that it was killed in."""
        silent = self.silent_seconds
        if silent is None or self.logger in {"werkzeug", "odoo.service.server"}:
            return False
        return silent <= self.limit_seconds + SLACK_SECONDS

    @property
    def idle(self) -> bool:
        """Whether a cron worker had nothing to do, as far as the log tells."""
        between_jobs = not self.wrote_in_its_work or self.logger.startswith(_BETWEEN_JOBS)
        return self.cron and self.job is None and between_jobs

    @property
    def printing(self) -> bool:
        """Whether an HTTP worker was about to print when it fell silent."""
        return not self.cron and PRINTING.search(self.last_line) is not None


def kills(story: Story, profile: Profile) -> list[Kill]:
    """All kills that were kept, in their order."""
    jobs = job_events(story) if _tells_ends_of_jobs(profile) else {}
    return [
        Kill(
            event=event,
            pid=int(event.values["pid"]),
            limit_seconds=int(event.values["limit"]),
            cron=event.values.get("part") == "WorkerCron",
            job=open_job(jobs, int(event.values["pid"]), event.at)
            or (_begun(event.last_seen[1]) if event.last_seen and jobs else None),
        )
        for event in story.events("worker-timeout")
    ]


def job_events(story: Story) -> dict[int, list[Event]]:
    """For each process the lines that tell which scheduled action it is in, in order."""
    found: dict[int, list[Event]] = {}
    for event in story.events("worker-alive", "cron-start", "cron-done"):
        found.setdefault(event.pid, []).append(event)
    return found


def open_job(jobs: dict[int, list[Event]], pid: int, at: float) -> str | None:
    """The scheduled action that a process had begun and not ended at a time."""
    open_ = None
    for event in jobs.get(pid, []):
        if event.at <= at:
            open_ = event.values.get("job") if event.kind == "cron-start" else None
    return open_


def dump_of(story: Story, pid: int, at: float, within_seconds: float) -> Event | None:
    """The last stack dump that a process wrote before a time."""
    found = [
        event
        for event in story.events("stack-dump")
        if event.pid == pid and 0 <= at - event.at <= within_seconds
    ]
    return found[-1] if found else None


def dumped_line(dump: Event) -> str:
    """The line of a stack dump for the thread that was at work."""
    told = dump.values
    url = f" (url:{told['url']})" if told.get("url") else ""
    return f"{line_of(dump)} # Thread: (db:{told.get('db')}) (uid:{told.get('uid')}){url}"


def holder(story: Story, kill: Kill) -> str:
    """What held a killed worker, as one sentence: what is known of it, and that nothing is."""
    dump = dump_of(story, kill.pid, kill.event.at, kill.limit_seconds + SLACK_SECONDS)
    if dump is not None:
        return f"Worker {kill.pid}: {_dumped(dump, kill)}."
    if kill.job is not None:
        return f"Worker {kill.pid}: the scheduled action {kill.job!r} held it."
    silent = kill.silent_seconds
    if silent is None:
        return (
            f"Worker {kill.pid}: nothing is known of what held it; the log has no earlier line of "
            "this process."
        )
    line = _LINE.match(kill.last_line)
    database = line["database"] if line else "?"
    if kill.printing and kill.wrote_in_its_work:
        return f"Worker {kill.pid}: it was about to print a PDF{_on(database)}."
    since = moment(kill.event.at - kill.limit_seconds)
    if kill.wrote_in_its_work and line is not None:
        return (
            f"Worker {kill.pid}: the request that held it, from about {since}, wrote its last line "
            f"{silent:.0f} s before the end, by {line['logger']}{_for(line['message'])}"
            f"{_on(database)}."
        )
    return (
        f"Worker {kill.pid}: {came_after(kill.last_line)} held it from about {since}; "
        "killed requests leave no line, so the log does not name it."
    )


def came_after(line: str) -> str:
    """What a process did after its last line, which is all that the log knows of it."""
    found = _LINE.match(line)
    request = _REQUEST.search(line) if found and found["logger"] == "werkzeug" else None
    told = f"{request['method']} {request['path']}" if request else "its start"
    return f"a request that came after {told}{_on(found['database']) if found else ''}"


def _dumped(dump: Event, kill: Kill) -> str:
    url, user = dump.values.get("url", ""), dump.values.get("uid", "n/a")
    what = url if url not in _NO_URL else "work without an address"
    whose = f", user {user}" if user not in _NO_URL else ""
    ago = kill.event.at - dump.at
    return (
        f"its stack dump, {ago:.0f} s before the end, shows {what}"
        f"{whose}{_on(dump.values.get('db', '?'))}"
    )


def _tells_ends_of_jobs(profile: Profile) -> bool:
    """Whether this series writes a line when a job is done: 12 does not. One not known does."""
    series = profile.series
    if series is None:
        return True
    known = (line for line in LOG_LINES if line.name == "cron-done")
    return any(line.first <= series <= (line.last or series) for line in known)


def _begun(line: str) -> str | None:
    """The scheduled action that a line says begins."""
    found = _LINE.match(line)
    job = _JOB.match(found["message"]) if found else None
    return (job["old"] or job["new"]) if job else None


def _for(message: str) -> str:
    """The user that a line names, where it names one."""
    found = _USER.search(message)
    return f", user {next(filter(None, found.groups()))}" if found else ""


def _on(database: str) -> str:
    return "" if database in {"?", *_NO_URL} else f" on database {database}"
