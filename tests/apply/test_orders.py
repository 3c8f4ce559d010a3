"""Does a change go back to the very files that it changed, and to no other?"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.apply.conftest import MakeOrder

from workeroo.apply.orders import _as_read, is_behind, last_done, order_back
from workeroo.apply.product import Change, Expected
from workeroo.apply.store import Store
from workeroo.apply.transaction import carry_out
from workeroo.apply.watch import Watch
from workeroo.errors import InputError, MissingInput, UsageError


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def done(store: Store, order: MakeOrder, conf: Path) -> Change:
    return carry_out(store, order({conf: b"new"}), Watch())


def taken_back(store: Store, change: Change) -> Change:
    return carry_out(store, order_back(store, change, made_by="tester").order, Watch())


def test_a_change_that_was_taken_back_is_not_taken_back_again(store: Store, done: Change) -> None:
    taken_back(store, done)

    with pytest.raises(UsageError, match="was taken back already"):
        order_back(store, done, made_by="tester")
    with pytest.raises(MissingInput):
        last_done(store)


def test_a_change_whose_rollback_was_taken_back_stands_again(
    store: Store, done: Change, conf: Path
) -> None:
    taken_back(store, taken_back(store, done))

    assert conf.read_bytes() == b"new"
    assert last_done(store) == done
    taken_back(store, last_done(store))
    assert conf.read_bytes() == b"old"


def test_a_link_that_leads_elsewhere_since_is_not_followed_back(
    store: Store, order: MakeOrder, conf: Path, tmp_path: Path
) -> None:
    link = tmp_path / "enabled"
    link.symlink_to(conf)
    change = carry_out(store, order({link: b"new"}), Watch())
    other = tmp_path / "other.conf"
    other.write_bytes(b"precious")
    link.unlink()
    link.symlink_to(other)

    with pytest.raises(InputError, match="leads to another file since change"):
        order_back(store, change, made_by="tester")

    assert other.read_bytes() == b"precious"


def test_damaged_bytes_are_not_put_back(store: Store, done: Change, conf: Path) -> None:
    store.before(done.id, 0).write_bytes(b"ol")

    with pytest.raises(InputError, match="damaged"):
        order_back(store, done, made_by="tester")

    assert conf.read_bytes() == b"new"


def test_a_file_that_changed_since_it_was_read_is_not_replaced(
    order: MakeOrder, conf: Path
) -> None:
    pieces = order({conf: b"new"}).pieces
    _as_read(pieces, {str(conf): "old"})

    with pytest.raises(InputError, match="somebody else is changing it"):
        _as_read(pieces, {str(conf): "older"})


def test_a_file_that_only_a_container_has_is_not_made_on_the_host(
    order: MakeOrder, tmp_path: Path
) -> None:
    path = tmp_path / "site.conf"

    with pytest.raises(InputError, match="in a container, call it inside"):
        _as_read(order({path: b"new"}).pieces, {str(path): "server {}"})


def test_a_server_with_fewer_workers_than_its_files_say_is_behind() -> None:
    runs = Expected(conf_path="/etc/odoo.conf", http_port=8069, workers=2, crons=1, evented=1)
    planned = Expected(conf_path="/etc/odoo.conf", http_port=8069, workers=3, crons=1, evented=1)

    assert is_behind(runs, planned)
    assert not is_behind(runs, runs)
    assert not is_behind(None, planned)


@pytest.mark.parametrize("asked", ["1", "0001", "01"])
def test_a_change_is_found_by_its_number(
    store: Store, order: MakeOrder, tmp_path: Path, asked: str
) -> None:
    change = carry_out(store, order({tmp_path / "a.conf": b"new"}), Watch())

    assert store.read(asked) == change


@pytest.mark.parametrize("asked", ["2", "", "../0001", "one", "0001/../0001"])
def test_what_is_no_number_of_a_change_finds_none(
    store: Store, order: MakeOrder, tmp_path: Path, asked: str
) -> None:
    carry_out(store, order({tmp_path / "a.conf": b"new"}), Watch())

    with pytest.raises(MissingInput, match="there is no change"):
        store.read(asked)
