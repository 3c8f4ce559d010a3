"""How is a change carried out so that the server ends with the old files or with the new ones?

    save       the bytes that stand and those that shall, and a record that says so
    prepare    the new files beside the old ones: all that needs room on the disk
    swap       each file, whole, in one rename
    take       Odoo is restarted, nginx reads its files
    verify     the server is looked at from outside
    or undo    the old bytes are put back, the server reads them and is looked at again

The record says which part begins before it begins. Whoever comes after an interruption reads it
and goes on from there (`finish`): forward where all files are in place, else back. What is done
twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from workeroo.apply import nginx
from workeroo.apply.place import (
    Traits,
    bring_back,
    bytes_of,
    digest,
    prepare,
    swap,
    tidy,
    write_synced,
)
from workeroo.apply.product import Change, Expected, Replaced, Restart, Seen, State
from workeroo.apply.restart import Way, restart
from workeroo.apply.stage import Piece, odoo_takes
from workeroo.apply.store import Store
from workeroo.apply.verify import find, fits, holds, verify
from workeroo.apply.watch import Watch
from workeroo.errors import NotPermitted, OutputError, Unavailable, WorkerooError

_DEEDS = ("restart", nginx.WHAT, "nginx reload")
"""What must have gone well before it makes sense to go on."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A change that was staged and checked, and what it is for; see `Change` for the words."""

    pieces: list[Piece]
    made_by: str
    why: str
    undoes: str | None = None
    conf_path: str | None = None
    series: int
    nginx: str | None = None
    restart: Way | None = None
    before: Expected | None = None
    before_restarted: Expected | None = None
    after: Expected | None = None
    told: list[str] = []


def carry_out(store: Store, order: Order, watch: Watch) -> Change:
    """Save, swap, take, verify; undo where that fails. The store is locked by the caller.

    Raises:
        NotPermitted, Unavailable: when the old bytes could not be saved; nothing was changed.
    """
    change = _save(store, order, watch)
    return _forward(store, change, watch, swaps=True)


def finish(store: Store, watch: Watch) -> Change | None:
    """Finish or undo what an interrupted call left; None where there is nothing.

    The store is locked by the caller.
    """
    store.sweep()
    change = store.unfinished()
    if change is None:
        return None
    if change.state == "staged":
        return _end(store, change, "abandoned", "It was interrupted before any file had changed.")
    if change.state == "restarting" and all(map(_is_new, change.files)):
        change = _note(change, "It was interrupted when all files were in place: finished now.")
        return _forward(store, change, watch, swaps=False)
    return _undo(store, change, "It was interrupted: undone now.", watch)


def _save(store: Store, order: Order, watch: Watch) -> Change:
    """Keep the bytes of both sides; only then is there a record, and with it a way back."""
    watch.at("begin")
    name = store.begin()
    watch.at("folder made")
    for number, piece in enumerate(order.pieces):
        for path, data in ((store.before, piece.before), (store.after, piece.after)):
            if data is not None:
                _keep(path(name, number), data)
    store.keep_words(name, order.restart)
    watch.at("bytes saved")
    change = Change(
        id=name,
        state="staged",
        made_at=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        made_by=order.made_by,
        why=order.why,
        undoes=order.undoes,
        files=[piece.told for piece in order.pieces],
        conf_path=order.conf_path,
        series=order.series,
        nginx=order.nginx,
        restart=order.restart.told if order.restart else None,
        before=order.before,
        before_restarted=order.before_restarted,
        after=order.after,
        told=order.told,
    )
    store.write(change)
    watch.at("staged")
    return change


def _keep(path: Path, data: bytes) -> None:
    try:
        write_synced(path, data)
    except OSError as error:
        what = f"the old bytes cannot be saved, so nothing was changed: {error.strerror}"
        raise OutputError(what, where=str(path), cure="make room") from error


def _forward(store: Store, change: Change, watch: Watch, *, swaps: bool) -> Change:
    if swaps and watch.strikes:
        return _end(store, change, "abandoned", "It was interrupted before any file had changed.")
    try:
        if swaps:
            change = _swap(store, change, watch)
        change, seen = _take(store, change, watch)
    except Exception as error:  # noqa: BLE001 - whatever it is, no server is left half-way
        # The record knows more than we do: it was written before each part began.
        return _undo(store, store.read(change.id), _sentence(error), watch)
    change = msgspec.structs.replace(change, verified=seen)
    if not holds(seen):
        return _undo(store, change, f"Not verified: {_against(seen)}.", watch)
    return _end(store, change, "done", "In place and verified.", watch)


def _swap(store: Store, change: Change, watch: Watch) -> Change:
    change = _enter(store, change, "swapping", watch)
    for number, file in enumerate(change.files):
        watch.heed()
        prepare(Path(file.real_path), _saved(file, store.after(change.id, number)), _traits(file))
        watch.at(f"{file.path} prepared")
    for file in change.files:
        watch.heed()
        if digest(bytes_of(Path(file.real_path))) != file.before_digest:
            what = "somebody else has changed this file meanwhile"
            raise Unavailable(what, where=file.real_path, cure="call it again")
        swap(Path(file.real_path), goes=file.after_digest is None)
        watch.at(f"{file.path} in place")
    watch.heed()
    return change


def _take(store: Store, change: Change, watch: Watch) -> tuple[Change, list[Seen]]:
    """Have the server read what stands now, and look at it."""
    change = msgspec.structs.replace(change, asked=True)
    change = _enter(store, change, "restarting", watch)
    seen: list[Seen] = []
    restarts = change.restart is not None
    for one in _read_anew(
        store, change, watch, restarts=restarts, wanted=change.after, heed=watch.heed
    ):
        seen.append(one)
        watch.heed()
        if one.holds is False and one.what in _DEEDS:
            break
    watch.at("verified")
    return change, seen


def _undo(store: Store, change: Change, why: str, watch: Watch) -> Change:
    """Put the old bytes back, have them read where the new ones may have been, look again."""
    change = msgspec.structs.replace(_note(change, why), state="restoring")
    change = _enter_if_possible(store, change)
    watch.at("restoring")
    try:
        _bring_all_back(store, change, watch)
    except (NotPermitted, OutputError) as error:  # not over: who comes later tries again
        cure = "Mend that, then call `workeroo apply --finish`."
        return _enter_if_possible(store, _note(change, f"{error}. {cure}"))
    except WorkerooError as error:
        return _end(store, change, "stuck", f"{error}.", watch)
    restarts, note = _may_restart(store, change)
    change = _note(change, note) if note else change
    wanted = _wanted_back(change, restarts=restarts)
    try:  # where one of these deeds fails, the others are still called for
        seen = list(_read_anew(store, change, watch, restarts=restarts, wanted=wanted))
    except Exception as error:  # noqa: BLE001 - the old files are back, and that must be said
        told = f"The old files are back, but: {_sentence(error)}"
        return _end(store, change, "stuck", told, watch)
    change = msgspec.structs.replace(change, verified=seen)
    if not holds(seen):
        told = f"The old files are back, but: {_against(seen)}."
        return _end(store, change, "stuck", told, watch)
    return _end(store, change, "restored", "The old files are back.", watch)


def _wanted_back(change: Change, *, restarts: bool) -> Expected | None:
    """What the server must show once the old files are back."""
    before, after = change.before, change.after
    if restarts:
        return change.before_restarted if before and change.before_restarted else before
    if before is None or after is None or fits(before):
        return before
    # It had been restarted with the new files, and is left so: the old ones would end it.
    left = msgspec.structs.replace(after, through_nginx=False)
    return left if change.asked and fits(left) else before


def _bring_all_back(store: Store, change: Change, watch: Watch) -> None:
    """Every old file in its place again, but for those that somebody else has changed meanwhile.

    Raises:
        Unavailable: when there were such; the others are back then.
    """
    foreign = []
    for number, file in enumerate(change.files):
        stands = digest(bytes_of(Path(file.real_path)))
        if stands not in (file.before_digest, file.after_digest):
            foreign.append(file.real_path)
            continue
        if stands != file.before_digest:
            saved = _saved(file, store.before(change.id, number), old=True)
            bring_back(Path(file.real_path), saved, _traits(file))
        watch.at(f"{file.path} back")
    if foreign:
        what = "somebody else has changed this file meanwhile: it was left alone"
        raise Unavailable(what, where=", ".join(foreign))


def _read_anew(
    store: Store,
    change: Change,
    watch: Watch,
    *,
    restarts: bool,
    wanted: Expected | None,
    heed: Callable[[], None] = lambda: None,
) -> Iterator[Seen]:
    """Restart Odoo, have nginx read its files, and verify, as far as each is called for."""
    running = find(wanted) if wanted and restarts else None
    old = running.processes[0].pid if running and running.processes else None
    if restarts and change.restart is not None:
        with watch.step("restarting Odoo"):
            done = _restarted(store, change.id, change.restart, watch)
        yield done
        watch.at("restarted")
        if done.holds is False:  # whoever runs now is looked at, old or new
            old, wanted = None, change.before
    if change.nginx is not None and change.asked:
        judged = nginx.judge_in_place(change.nginx)
        yield judged
        if judged.holds is not False:
            yield _reloaded(change.nginx)
            watch.at("nginx reloaded")
    if wanted is not None:
        with watch.step("looking whether it runs as it should"):
            yield from verify(wanted, besides=old, heed=heed)


def _restarted(store: Store, change: str, how: Restart, watch: Watch) -> Seen:
    try:
        restart(store.way(change, how), is_given_up=watch.patience())
    except WorkerooError as error:
        return Seen(what="restart", holds=False, text=str(error))
    return Seen(what="restart", holds=True, text=f"Odoo was restarted ({how.why})")


def _reloaded(config: str) -> Seen:
    try:
        return nginx.reload(config)
    except WorkerooError as error:
        return Seen(what="nginx reload", holds=False, text=str(error))


def _may_restart(store: Store, change: Change) -> tuple[bool, str]:
    """Whether the server shall be restarted into the old files, and what must be said of it."""
    if not change.asked or change.restart is None:
        return False, ""
    for number, file in enumerate(change.files):
        if file.path == change.conf_path and file.existed:
            said = odoo_takes(
                store.before(change.id, number).read_bytes(), file.path, change.series
            )
            if said.holds is False:
                text = f"Odoo was left running as it is, not restarted: {said.text}."
                return False, text
    return True, ""


def _saved(file: Replaced, source: Path, *, old: bool = False) -> bytes | None:
    """The bytes that were saved; None where there is to be no file.

    Raises:
        OutputError: when they are not those any more.
    """
    wanted = file.before_digest if old else file.after_digest
    if wanted is None:
        return None
    data = bytes_of(source)
    if digest(data) != wanted:
        raise OutputError("what was saved of this file is damaged", where=str(source))
    return data


def _traits(file: Replaced) -> Traits:
    return Traits(file.mode, file.uid, file.gid, file.attributes)


def _is_new(file: Replaced) -> bool:
    return digest(bytes_of(Path(file.real_path))) == file.after_digest


def _enter(store: Store, change: Change, state: State, watch: Watch) -> Change:
    """Say in the record which part begins."""
    change = msgspec.structs.replace(change, state=state)
    store.write(change)
    watch.at(state)
    return change


def _enter_if_possible(store: Store, change: Change) -> Change:
    """The same, but a full disk must not keep the old files from coming back."""
    try:
        store.write(change)
    except WorkerooError as error:
        return _note(change, f"{error}.")
    return change


def _end(
    store: Store, change: Change, state: State, told: str, watch: Watch | None = None
) -> Change:
    for file in change.files:
        left = tidy(Path(file.real_path))
        change = _note(change, left) if left else change
    change = _note(change, told)
    try:
        return _enter(store, change, state, watch or Watch())
    except WorkerooError as error:  # not over by its record: who comes later looks again
        return _note(change, f"{error}. Mend that, then call `workeroo apply --finish`.")


def _sentence(error: Exception) -> str:
    if isinstance(error, WorkerooError):
        return f"{error}."
    return f"An unexpected {type(error).__name__} came up: {error}."


def _note(change: Change, told: str) -> Change:
    return msgspec.structs.replace(change, told=[*change.told, told])


def _against(seen: list[Seen]) -> str:
    return "; ".join(one.text for one in seen if one.holds is False) or "nothing could be seen"
