"""What stands in an odoo.conf, if that is what the file is?"""

from __future__ import annotations

from pathlib import Path

from workeroo.errors import InputError, MissingInput, NotPermitted
from workeroo.evidence import Unknown
from workeroo.facts.conf import ConfFile
from workeroo.facts.odooconf import parse_conf
from workeroo.probe.world import World
from workeroo.units import MIB, format_bytes

LARGEST_BYTES = MIB
"""An odoo.conf of a thousand options has a twentieth of this; whatever is larger is none."""


def read_conf(path: str) -> ConfFile:
    """Read an odoo.conf that the user named.

    Raises:
        MissingInput: there is no such file.
        NotPermitted: this user may not read it.
        InputError: it is no text file of a plausible size.
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise InputError("this is a folder", where=path, cure="give the odoo.conf in it")
        with file.open("rb") as opened:
            data = opened.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingInput("no such file", where=path, cure="give the path of odoo.conf") from error
    except PermissionError as error:
        cure = "run as its owner or as root"
        raise NotPermitted("this user may not read the file", where=path, cure=cure) from error
    except (OSError, ValueError) as error:
        raise InputError(f"it cannot be read: {_reason(error)}", where=path) from error
    return _parse(data, path)


def conf_in(world: World, path: str) -> ConfFile | Unknown | None:
    """The odoo.conf of a running server, None where there is none."""
    if isinstance(world.names(path), list):
        return Unknown(f"{path} is a folder")
    data = world.data(path)
    if not isinstance(data, bytes):
        return data
    try:
        return _parse(data, path)
    except InputError as error:
        return Unknown(str(error))


def _parse(data: bytes, path: str) -> ConfFile:
    if len(data) > LARGEST_BYTES:
        what = f"the file is larger than {format_bytes(LARGEST_BYTES)}"
        raise InputError(what, where=path, cure="give an odoo.conf")
    return parse_conf(data, path)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
