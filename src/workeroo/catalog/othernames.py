"""Which names may stand in odoo.conf though they do not concern the workers?

They are needed to tell an unknown option from one that is merely not ours, and to know which of
them the server refuses to start with. Names of 14 and 19 were read in the source; a name that 14
has and 19 has not is taken for known from 12 to 18, and one that only 19 has for known everywhere:
an option reported as unknown must be unknown.
"""

from __future__ import annotations

import re

import msgspec

from workeroo.catalog.product import Default, Kind, Option


class OtherName(msgspec.Struct, frozen=True, kw_only=True):
    """An option that Odoo knows and Workeroo leaves alone.

    Attributes:
        kind: its type, because a value of another type keeps the server from starting.
        flag: whether it can stand on the command line too: 12 to 18 check only those.
        last: the last series that knows it; None where the newest does.
        heir: the option that took its place, where there is one.
        heir_since: the series in which it did.
        why: the reason to leave it alone.
    """

    name: str
    kind: Kind = "str"
    flag: bool = False
    last: int | None = None
    heir: str | None = None
    heir_since: int = 0
    why: str = ""

    def exists(self, series: int) -> bool:
        """Whether a series knows the name."""
        return self.last is None or series <= self.last

    def as_option(self) -> Option:
        """The little that is known of it, in the shape that values are read by."""
        flag = f"--{self.name}" if self.flag else None
        default = [Default(None, 0, self.last)]
        return Option(
            name=self.name,
            flag=flag,
            kind=self.kind,
            defaults=default,
            topic="",
            does="",
            source="",
        )


def _because(why: str, *names: OtherName) -> list[OtherName]:
    """Names that are left alone for one reason."""
    return [msgspec.structs.replace(name, why=why) for name in names]


_KNOWN: list[OtherName] = [
    *_because(
        "A database is made with it, or its modules and data; none is served by it.",
        OtherName(name="db_template"),
        OtherName(name="load_language"),
        OtherName(name="overwrite_existing_translations", kind="bool"),
        OtherName(name="pre_upgrade_scripts"),
        OtherName(name="skip_auto_install", kind="bool"),
        OtherName(name="unaccent", kind="bool"),
        OtherName(name="upgrade_path"),
        OtherName(name="with_demo", kind="bool"),
        OtherName(name="without_demo"),
        OtherName(name="default_productivity_apps", kind="bool"),
    ),
    *_because(
        "It belongs to mail.",
        OtherName(name="email_from"),
        OtherName(name="from_filter"),
        OtherName(name="smtp_port", kind="int", flag=True),
        OtherName(name="smtp_server"),
        OtherName(name="smtp_ssl", kind="bool"),
        OtherName(name="smtp_ssl_certificate_filename", kind="path"),
        OtherName(name="smtp_ssl_private_key_filename", kind="path"),
        OtherName(name="smtp_user"),
    ),
    *_because(
        "It says where programs and files of data lie.",
        OtherName(name="bin_path", kind="path"),
        OtherName(name="geoip_city_db", kind="path"),
        OtherName(name="geoip_country_db", kind="path"),
        OtherName(name="pg_path", kind="path"),
    ),
    *_because(
        "It is for the wizard that imports files, and bounds one download of it.",
        OtherName(name="csv_internal_sep"),
        OtherName(name="import_file_maxbytes", kind="int"),
        OtherName(name="import_file_timeout", kind="int"),
        OtherName(
            name="import_image_maxbytes", kind="int", heir="import_file_maxbytes", heir_since=19
        ),
        OtherName(name="import_image_regex", heir="import_url_regex", heir_since=19),
        OtherName(
            name="import_image_timeout", kind="int", heir="import_file_timeout", heir_since=19
        ),
        OtherName(name="import_url_regex"),
    ),
    *_because(
        "It counts records of wizards in a table; no memory of a process, whatever its name says.",
        OtherName(name="osv_memory_count_limit", kind="int", flag=True),
    ),
    *_because(
        "It is for the proxy of point-of-sale hardware, not for one in front of Odoo.",
        OtherName(name="proxy_access_token", kind="secret"),
    ),
    *_because(
        "Odoo asks its maker there whether the subscription holds.",
        OtherName(name="publisher_warranty_url"),
    ),
    *_because("No code reads it any more.", OtherName(name="reportgz", kind="bool")),
    *_because(
        "It is for tests: a server that runs them stops afterwards.",
        OtherName(name="screencasts", kind="path"),
        OtherName(name="screenshots", kind="path"),
        OtherName(name="test_enable"),
        OtherName(name="test_file", kind="path"),
        OtherName(name="test_tags"),
        OtherName(name="test_commit", last=18),
        OtherName(name="test_report_directory", kind="path", last=18),
    ),
    *_because(
        "It is for one call on the command line, after which there is no server to look at; in "
        "the file it is taken in silence and mostly without effect.",
        OtherName(name="config", kind="path"),
        OtherName(name="import_partial", kind="path"),
        OtherName(name="init"),
        OtherName(name="reinit"),
        OtherName(name="save"),
        OtherName(name="update"),
        OtherName(name="language", last=18),
        OtherName(name="shell_interface", last=18),
        OtherName(name="translate_in", kind="path", last=18),
        OtherName(name="translate_modules", kind="list", last=18),
        OtherName(name="translate_out", kind="path", last=18),
    ),
    *_because(
        "The server ends once its databases are loaded, so there is none to look at. 12 to 18 heed "
        "it in the file too.",
        OtherName(name="stop_after_init"),
    ),
    *_because(
        "The registry cache asks for it, but the option parser does not list it: a number in the "
        "file stays a text, and no database can be loaded (tried with the code of 19, read in 14).",
        OtherName(name="registry_lru_size"),
    ),
    *_because(
        "It is gone, and did not concern the workers.",
        OtherName(name="demo", last=18),
        OtherName(name="geoip_database", kind="path", last=18, heir="geoip_city_db", heir_since=17),
        OtherName(name="root_path", kind="path", last=18),
    ),
]

OTHER_NAMES: dict[str, OtherName] = {name.name: name for name in _KNOWN}

THIRD_PARTY = re.compile(
    r"running_env|server_environment_(?:files|dir)|server_env_.*|sentry_.*|queue_job_.*|channels"
    r"|jobrunner_db_.*|dbfilter_from_.*|redis_.*|session_(?:redis|store|db)_?.*|enable_redis"
    r"|aws_.*|s3_.*|encryption_key_.*|modules_auto_install.*|monitoring_.*|statsd_.*"
    r"|logging_json.*|test_report_.*|additional_.*|ir_attachment_.*|workeroo_.*",
)
"""Names that modules outside Odoo read, by what their documentation calls them."""


def is_known(name: str, series: int) -> bool:
    """Whether a name of no concern to the workers means something to a series or to a module."""
    other = OTHER_NAMES.get(name)
    if other is not None:
        return other.exists(series)
    return THIRD_PARTY.fullmatch(name) is not None
