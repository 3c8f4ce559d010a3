"""The JSON Schemas of what the commands print, made from the products."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from workeroo.apply.product import Change, History, Rehearsal
from workeroo.autopilot.product import Entry, Explanation, Status
from workeroo.checks.product import Audit
from workeroo.facts.snapshot import Facts
from workeroo.plan.product import Plan
from workeroo.plan.split import SplitPlan
from workeroo.prove.product import Proofs, Verdict
from workeroo.prove.stressed import Stressed
from workeroo.report.render_text import Rendering
from workeroo.report.top_product import Top
from workeroo.workload.product import Diagnosis

PRODUCTS: dict[str, type[msgspec.Struct]] = {
    "autopilot-entry": Entry,
    "autopilot-explanation": Explanation,
    "autopilot-status": Status,
    "facts": Facts,
    "plan": Plan,
    "split": SplitPlan,
    "render": Rendering,
    "audit": Audit,
    "diagnosis": Diagnosis,
    "rehearsal": Rehearsal,
    "change": Change,
    "history": History,
    "verdict": Verdict,
    "stress": Stressed,
    "proofs": Proofs,
    "top": Top,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def pages() -> dict[str, str]:
    """Each schema with its text; the name carries the schema's own number."""
    return {
        f"docs/schemas/{name}-{_number(product)}.json": _text(product)
        for name, product in PRODUCTS.items()
    }


def _number(product: type[msgspec.Struct]) -> str:
    """The number at the end of the product's default `schema`: "workeroo/plan/1"."""
    field = next(f for f in msgspec.structs.fields(product) if f.name == "schema")
    return str(field.default).rpartition("/")[2]


def _text(product: type[msgspec.Struct]) -> str:
    schema: dict[str, Any] = {"$schema": DIALECT, **msgspec.json.schema(product)}
    for part in schema["$defs"].values():  # as Python 3.13 keeps docstrings anyway
        part["description"] = inspect.cleandoc(part["description"])
    encoded = msgspec.json.encode(schema, order="deterministic")
    return msgspec.json.format(encoded, indent=2).decode() + "\n"
