"""Does a world keep to its root, and say why it shows nothing?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from workeroo.evidence import Unknown
from workeroo.probe.world import MOST_BYTES, Call, World

NOBODY = 65534


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").write_text("127.0.0.1 localhost\n")
    return World(tmp_path)


def test_a_file_is_read_below_the_root(world: World) -> None:
    assert world.text("/etc/hosts") == "127.0.0.1 localhost\n"
    assert world.is_there("/etc/hosts") is True


def test_what_is_not_there_is_none(world: World) -> None:
    assert world.text("/etc/nothing") is None
    assert world.text("/etc/hosts/below") is None
    assert world.link("/etc/hosts") is None
    assert world.names("/nowhere") is None
    assert world.is_there("/etc/nothing") is False


def test_an_absolute_link_stays_inside(world: World, tmp_path: Path) -> None:
    (tmp_path / "etc/os-release").symlink_to("/usr/lib/os-release")
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/os-release").write_text("inside")

    assert world.text("/etc/os-release") == "inside"
    assert world.link("/etc/os-release") == "/usr/lib/os-release"
    assert world.resolve("/etc/os-release") == "/usr/lib/os-release"


def test_no_path_leads_out(world: World, tmp_path: Path) -> None:
    (tmp_path / "etc/out").symlink_to("../../../../../../etc/passwd")

    assert world.text("/etc/out") is None
    assert world.text("/../../../../etc/passwd") is None


def test_a_loop_of_links_ends(world: World, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    assert isinstance(world.text("/a"), Unknown)


def test_a_folder_is_no_file(world: World) -> None:
    told = world.text("/etc")

    assert isinstance(told, Unknown)
    assert "/etc" in told.reason


def test_a_pattern_is_followed_inside(world: World, tmp_path: Path) -> None:
    for name in ("b.conf", "a.conf", ".hidden.conf", "c.txt"):
        (tmp_path / "etc" / name).write_text("")

    assert world.glob("/etc/*.conf") == ["/etc/a.conf", "/etc/b.conf"]
    assert world.glob("/etc/hosts") == ["/etc/hosts"]
    assert world.glob("/*/nothing") == []


def test_a_huge_file_is_cut(world: World, tmp_path: Path) -> None:
    with (tmp_path / "etc/huge").open("wb") as file:
        file.truncate(MOST_BYTES + 4096)
    data = world.data("/etc/huge")

    assert isinstance(data, bytes)
    assert len(data) == MOST_BYTES


def test_a_container_has_its_own_root(world: World, tmp_path: Path) -> None:
    (tmp_path / "merged/etc").mkdir(parents=True)
    (tmp_path / "merged/etc/hosts").write_text("theirs")
    (tmp_path / "proc/7").mkdir(parents=True)
    (tmp_path / "proc/7/root").symlink_to("/merged")

    assert world.inside("/proc/7/root").text("/etc/hosts") == "theirs"


def test_a_recorded_world_runs_no_program(world: World, tmp_path: Path) -> None:
    call = Call(argv=["touch", str(tmp_path / "made")])

    assert isinstance(world.run(call), Unknown)
    assert not (tmp_path / "made").exists()


def test_a_program_answers() -> None:
    assert World().run(Call(argv=["echo", "hello"])) == "hello\n"


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["no-such-program"], "the program no-such-program is not installed here"),
        (["sh", "-c", "echo no way >&2; exit 2"], "sh failed: no way"),
        (["sh", "-c", "exit 3"], "sh failed: status 3"),
    ],
)
def test_a_program_that_does_not_answer_says_why(argv: list[str], reason: str) -> None:
    assert World().run(Call(argv=argv)) == Unknown(reason)


def test_a_program_that_hangs_is_left() -> None:
    told = World().run(Call(argv=["sleep", "60"], timeout_seconds=0.05))

    assert isinstance(told, Unknown)
    assert "did not answer" in told.reason


def test_a_variable_of_ours_does_not_reach_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "x")

    assert "SECRET_OF_OURS" not in str(World().run(Call(argv=["env"])))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_what_may_not_be_read_is_unknown() -> None:
    script = (
        "import os, sys; from pathlib import Path; from workeroo.probe.world import World;"
        f"root = Path(sys.argv[1]); world = World(root); os.setgid({NOBODY}); os.setuid({NOBODY});"
        "print(world.text('/closed'), world.names('/folder'), world.is_there('/folder/x'))"
    )
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        root = Path(folder)
        root.chmod(0o755)
        (root / "closed").write_text("hush")
        (root / "closed").chmod(0)
        (root / "folder").mkdir(mode=0o700)
        done = subprocess.run(
            [sys.executable, "-c", script, folder], capture_output=True, text=True, check=True
        )

    assert done.stdout.count("this user may not read") == 3
    assert "hush" not in done.stdout
