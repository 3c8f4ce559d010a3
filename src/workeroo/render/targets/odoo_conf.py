"""What does the odoo.conf look like with the plan in it?"""

from __future__ import annotations

from workeroo.render.odooconf import renew_conf
from workeroo.render.product import OWNER_ONLY, RenderedFile
from workeroo.render.subject import Subject
from workeroo.render.target import Target


def render(subject: Subject) -> list[RenderedFile]:
    """The file that stands with the decided values, or a new one; none where nothing changes.

    Raises:
        InternalError: for a decision that no odoo.conf can hold.
    """
    plan, path = subject.plan, subject.conf_path
    before = subject.files.get(path, "")
    edited = renew_conf(before, plan.decisions, plan.series)
    if edited.text == before:
        return []
    return [RenderedFile(path=path, text=edited.text, mode=OWNER_ONLY, said=edited.said)]


TARGET = Target(
    name="odoo.conf",
    title="the settings of the plan, in the odoo.conf that stands",
    render=render,
)
