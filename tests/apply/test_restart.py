"""Is Odoo restarted by the very words that were given, while nobody is shown their secrets?"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.apply.conftest import make_order

from workeroo.apply.orders import order_back
from workeroo.apply.product import Change
from workeroo.apply.restart import CURE, Way, _words, is_there, restart, way_by
from workeroo.apply.store import Store
from workeroo.apply.transaction import Order, carry_out, finish
from workeroo.apply.watch import Watch
from workeroo.errors import InputError, Unavailable, UsageError

SECRET = "hunter2"  # noqa: S105 - what must not be shown


def given(command: str) -> Way:
    return way_by("command", _words(command), why="--restart-command")


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """Where the server's restart notes with what it was called, one line for each call."""
    return tmp_path / "heard"


@pytest.fixture
def order(tmp_path: Path, heard: Path) -> Order:
    """A change of a file, after which a script is called with a password."""
    script = tmp_path / "restart"
    script.write_text(f'#!/bin/sh\necho "$PGPASSWORD $2" >> {heard}\n', encoding="utf-8")
    script.chmod(0o755)
    (tmp_path / "odoo.conf").write_bytes(b"old")
    return msgspec.structs.replace(
        make_order({tmp_path / "odoo.conf": b"new"}),
        restart=given(f"PGPASSWORD={SECRET} {script} --password {SECRET}"),
    )


def shown(store: Store) -> str:
    """All that is told of the changes, and all that stands on the disk but the hidden words."""
    files = (path for path in store.folder.rglob("*") if path.is_file() and path.name != "restart")
    told = [msgspec.json.encode(change).decode() for change in store.changes()]
    return "\n".join([*told, *(path.read_text(encoding="utf-8") for path in files)])


def test_a_command_is_called_with_its_password_and_told_without_it(
    store: Store, order: Order, heard: Path
) -> None:
    change = carry_out(store, order, Watch())

    assert change.state == "done"
    assert heard.read_text(encoding="utf-8") == f"{SECRET} {SECRET}\n"
    assert SECRET not in shown(store)
    assert "--password" in shown(store)


def test_the_words_are_kept_closed_to_others(store: Store, order: Order) -> None:
    change = carry_out(store, order, Watch())

    assert (store.changes_folder / change.id / "restart").stat().st_mode & 0o777 == 0o600


def test_no_words_are_kept_apart_where_nothing_is_hidden(store: Store, order: Order) -> None:
    change = carry_out(store, msgspec.structs.replace(order, restart=given("true now")), Watch())

    assert not (store.changes_folder / change.id / "restart").exists()
    assert change.restart is not None
    assert change.restart.command == ["true", "now"]


def test_a_rollback_restarts_with_the_same_password(
    store: Store, order: Order, heard: Path
) -> None:
    change = carry_out(store, order, Watch())

    back = carry_out(store, order_back(store, change, made_by="tester").order, Watch())

    assert back.state == "done"
    assert heard.read_text(encoding="utf-8") == f"{SECRET} {SECRET}\n" * 2
    assert SECRET not in shown(store)


class Killed(BaseException):
    """The end of the process, wherever it was."""


def interrupted(store: Store, order: Order) -> None:
    def at(boundary: str) -> None:
        if boundary == "restarting":
            raise Killed

    with pytest.raises(Killed):
        carry_out(store, order, Watch(at=at))


def test_who_finishes_an_interrupted_change_restarts_with_the_same_password(
    store: Store, order: Order, heard: Path
) -> None:
    interrupted(store, order)

    change = finish(store, Watch())

    assert isinstance(change, Change)
    assert change.state == "done"
    assert heard.read_text(encoding="utf-8") == f"{SECRET} {SECRET}\n"
    assert SECRET not in shown(store)


def test_where_the_words_are_gone_what_was_masked_is_not_called(
    store: Store, order: Order, heard: Path
) -> None:
    interrupted(store, order)
    (store.changes_folder / "0001" / "restart").unlink()

    change = finish(store, Watch())

    assert isinstance(change, Change)
    assert change.state == "stuck"
    assert "is not there any more" in change.told[-1]
    assert not heard.exists()


def test_a_change_whose_words_are_gone_is_not_taken_back(store: Store, order: Order) -> None:
    change = carry_out(store, order, Watch())
    (store.changes_folder / change.id / "restart").unlink()

    with pytest.raises(InputError, match="restart it by hand"):
        order_back(store, change, made_by="tester")


def test_a_command_that_fails_and_repeats_its_password_is_quoted_without_it() -> None:
    command = f"PGPASSWORD={SECRET} sh -c 'echo \"$PGPASSWORD is wrong\"; false'"

    with pytest.raises(Unavailable, match=r"PGPASSWORD=\*\*\*.*: \*\*\* is wrong") as caught:
        restart(given(command))

    assert SECRET not in str(caught.value)


def test_a_restart_program_that_is_not_there_is_told_before() -> None:
    assert is_there(given("no-such-program")).holds is False
    assert is_there(given("true")).holds is True


@pytest.mark.parametrize("command", ["A=1 B=2 no-such-program", "env A=1 no-such-program"])
def test_behind_variables_it_is_the_program_that_must_be_there(command: str) -> None:
    assert is_there(given(command)).text == "the program no-such-program is not there"


@pytest.mark.parametrize("command", ["env -i A=1 true", "env A=1 -u B true"])
def test_options_of_env_are_its_own_affair(command: str) -> None:
    assert is_there(given(command)).text == "env is there to restart Odoo"


@pytest.mark.parametrize("command", ["", "A=1", "A=1 B=2"])
def test_a_command_without_a_program_is_refused(command: str) -> None:
    with pytest.raises(UsageError) as caught:
        _words(command)

    assert caught.value.cure == CURE


def test_a_restart_program_is_found_from_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert _words("./restart now") == [str(tmp_path / "restart"), "now"]
    assert _words("A=/b ./restart") == ["env", "A=/b", str(tmp_path / "restart")]
    assert _words("systemctl restart odoo")[0] == "systemctl"
