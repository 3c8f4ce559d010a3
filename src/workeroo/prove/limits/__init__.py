"""Which limits can be proved? One file for each proof, found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil

from workeroo.prove.proof import Proof


def _found() -> dict[str, Proof]:
    """Every proof that has a file here, by name, in the order of `all`."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    found: list[Proof] = [importlib.import_module(f"{__name__}.{name}").PROOF for name in names]
    return {proof.name: proof for proof in sorted(found, key=lambda proof: proof.order)}


PROOFS: dict[str, Proof] = _found()
