"""How does an example folder become facts?

The base is a sound Odoo 19 on 4 cores and 8 GiB. An example changes it: its odoo.conf takes the
place of the base's, its facts.json is a merge patch (RFC 7386) over the base's, in which an object
with the keys "0", "1", ... reaches into a list, null removes, and "$null" stands for null.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from workeroo.evidence import is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import effective
from workeroo.facts.odooconf import parse_conf
from workeroo.facts.snapshot import Facts, decode_facts

BASE = Path(__file__).parent / "base"
NULL = "$null"
CONF = "/etc/odoo/odoo.conf"

Example = Callable[[Path], Facts]


@pytest.fixture(scope="session")
def facts_of() -> Example:
    """The facts of an example folder."""
    return read_example


@pytest.fixture(scope="session")
def healthy() -> Facts:
    """The base as it stands."""
    return read_example(BASE)


def read_example(folder: Path) -> Facts:
    document = json.loads((BASE / "facts.json").read_text())
    patch = folder / "facts.json"
    if folder != BASE and patch.exists():
        document = merged(document, json.loads(patch.read_text()))
    facts = decode_facts(json.dumps(document).encode(), str(patch))
    own = folder / "odoo.conf"
    conf = (own if own.exists() else BASE / "odoo.conf").read_bytes()
    deployments = [configured(one, conf) for one in facts.deployments]
    return msgspec.structs.replace(facts, deployments=deployments)


def configured(deployment: Deployment, conf: bytes) -> Deployment:
    """The deployment with the settings that its odoo.conf makes; its own come on top."""
    if not is_known(deployment.series):
        return deployment
    parsed = parse_conf(conf, CONF)
    settings = effective(deployment.series, parsed, {}, [])
    return msgspec.structs.replace(
        deployment, conf=parsed, settings={**settings, **deployment.settings}
    )


def merged(target: object, patch: object) -> object:
    if not isinstance(patch, dict):
        return None if patch == NULL else patch
    if isinstance(target, list):
        numbered = {f"{position:04}": value for position, value in enumerate(target)}
        whole = patched(numbered, {f"{int(key):04}": patch[key] for key in patch})
        return [value for _, value in sorted(whole.items())]
    return patched(target if isinstance(target, dict) else {}, patch)


def patched(target: dict[str, object], patch: dict[str, object]) -> dict[str, object]:
    result = dict(target)
    for key, value in patch.items():
        if value == NULL:
            result[key] = None
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
