"""Which odoo.conf does the lab's Odoo get: the lab's own, or the user's byte for byte?"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from workeroo.errors import MissingInput, NotPermitted
from workeroo.lab.folder import LabFolder
from workeroo.lab.nginx import fill
from workeroo.lab.user import LabUser


def sound_conf(folder: LabFolder) -> bytes:
    """The lab's own odoo.conf, with the hash of a master password that nobody knows."""
    template = files("workeroo.lab").joinpath("templates").joinpath("odoo.conf")
    digest = hashlib.sha512(folder.token.read_bytes()).digest()
    # The form that Odoo writes (passlib's): base64 with a dot for the plus, without padding.
    salt, checksum = (
        base64.b64encode(part, altchars=b"./").decode().rstrip("=")
        for part in (digest[:16], digest)
    )
    hashed = f"$pbkdf2-sha512$600000${salt}${checksum}"
    return fill(template.read_text(encoding="utf-8"), {"MASTER_PASSWORD": hashed}).encode()


def read_conf(conf: Path) -> bytes:
    """The user's odoo.conf.

    Raises:
        MissingInput, NotPermitted: when it cannot be read.
    """
    try:
        return conf.read_bytes()
    except PermissionError as error:
        raise NotPermitted("it cannot be read", where=str(conf)) from error
    except OSError as error:
        raise MissingInput(error.strerror or str(error), where=str(conf)) from error


def write_conf(folder: LabFolder, conf: bytes, user: LabUser) -> None:
    """The odoo.conf for the lab's user only: it may hold passwords."""
    folder.conf.unlink(missing_ok=True)
    folder.conf.touch(mode=0o600)
    user.own(folder.conf)
    folder.conf.write_bytes(conf)
