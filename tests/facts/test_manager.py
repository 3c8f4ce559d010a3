"""Is it seen who restarts a server, and nothing claimed of what starts it otherwise?"""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.evidence import Unknown
from workeroo.facts.commandline import program
from workeroo.facts.manager import Manager, Signs, manager_of
from workeroo.facts.servers import Seen

ID = "3f2a9c" + "0" * 58
SYSTEMD = "0::/init.scope\n"
SYSTEMD_V1 = "4:memory:/init.scope\n1:name=systemd:/init.scope\n0::/init.scope\n"


def signs(cgroup: str = "0::/system.slice/odoo.service\n", *above: str, pid: int = 812) -> Signs:
    """A server with what is above it, parent first, as it stands on a host with systemd."""
    return Signs(
        pid=pid,
        above=[
            Seen(pid=700 - place, parent_pid=699 - place, nice=0, argv=line.split(" "))
            for place, line in enumerate(above)
        ],
        cgroup=cgroup,
        first_cgroup=SYSTEMD,
    )


def but(given_signs: Signs, **changes: object) -> Signs:
    return msgspec.structs.replace(given_signs, **changes)


def managed(given_signs: Signs) -> tuple[str, str] | None:
    found = manager_of(given_signs)
    assert not isinstance(found, Unknown), found
    return (found.kind, found.name) if found else None


def reason(given_signs: Signs) -> str:
    found = manager_of(given_signs)
    assert isinstance(found, Unknown), found
    return found.reason


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/system.slice/odoo.service", "odoo.service"),
        ("/system.slice/system-odoo.slice/odoo@prod.service", "odoo@prod.service"),
        (r"/system.slice/odoo\x2dshop.service", r"odoo\x2dshop.service"),
        ("/system.slice/_cpu.service", "cpu.service"),
        ("/system.slice/__odoo.service", "_odoo.service"),
        ("/odoo.slice/odoo.service/payload", "odoo.service"),
    ],
)
def test_a_unit_of_systemd_is_named_by_the_cgroup_in_both_versions(path: str, unit: str) -> None:
    version_1 = f"4:memory:{path}\n1:name=systemd:{path}\n0::{path}\n"

    assert managed(signs(f"0::{path}\n")) == ("systemd", unit)
    assert managed(but(signs(version_1), first_cgroup=SYSTEMD_V1)) == ("systemd", unit)


@pytest.mark.parametrize("between", ["app.slice/", ""])
def test_a_unit_of_a_user_is_told_apart(between: str) -> None:
    path = f"/user.slice/user-1000.slice/user@1000.service/{between}odoo.service"
    found = manager_of(signs(f"0::{path}\n"))

    assert found == Manager(
        kind="systemd",
        name="odoo.service",
        why=f"its cgroup is {path}, a unit of the systemd of user 1000",
        user_id=1000,
    )


@pytest.mark.parametrize(
    "path",
    [
        "/user.slice/user-0.slice/session-4.scope",
        "/user.slice/user-1000.slice/user@1000.service",
        "/user.slice/user-1000.slice/user@1000.service/init.scope",
        "/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1b2c.scope",
        "/system.slice/ssh.service",
        "/system.slice/system-sshd.slice/sshd@3-10.0.0.1:22-10.0.0.2:5000.service",
        "/system.slice/cron.service",
        "/system.slice/system-getty.slice/getty@tty1.service",
        "/",
    ],
)
def test_what_somebody_started_has_no_manager(path: str) -> None:
    assert manager_of(signs(f"0::{path}\n")) is None


@pytest.mark.parametrize(
    "above",
    [
        ["bash"],
        ["-bash", "sshd: odoo@pts/0", "sshd: odoo [priv]"],
        ["sudo -u odoo python3 /usr/bin/odoo", "-zsh"],
        ["/bin/sh -c /usr/bin/odoo", "/usr/sbin/cron -f"],
        ["/bin/bash --login", "tmux: server"],
    ],
)
def test_a_server_below_a_shell_of_somebody_is_no_units_own(above: list[str]) -> None:
    """A terminal of a desktop is a unit too, and so is what logs in without a session."""
    assert manager_of(signs("0::/system.slice/terminal.service\n", *above)) is None


@pytest.mark.parametrize(
    "wrapper", ["/bin/bash /opt/odoo/start.sh", "/bin/sh -ec exec-odoo", "env"]
)
def test_a_script_of_the_unit_is_no_shell_of_somebody(wrapper: str) -> None:
    assert managed(signs("0::/system.slice/odoo.service\n", wrapper)) == ("systemd", "odoo.service")


def test_a_container_sees_no_unit_of_the_host_as_its_own() -> None:
    """Without a cgroup namespace, a container reads its cgroups as the host names them."""
    outside = "0::/system.slice/odoo-container.service\n"
    inside = but(signs(outside), first_cgroup=outside, first_name="tini", inside=True)
    below = f"{outside.rstrip()}/odoo.service\n"

    assert manager_of(inside) is None
    assert manager_of(but(inside, cgroup=below)) is None
    assert manager_of(but(inside, first_name="systemd")) is None


def test_a_unit_of_the_containers_own_systemd_is_one() -> None:
    """Below the cgroup in which the host keeps the container."""
    box = "0::/system.slice/box.service/payload"
    inside = but(
        signs(f"{box}/system.slice/odoo.service\n"), first_cgroup=f"{box}/init.scope", inside=True
    )

    assert managed(inside) == ("systemd", "odoo.service")
    assert "not below" in reason(but(inside, cgroup="0::/system.slice/odoo.service\n"))
    assert "not below" in reason(
        but(inside, first_cgroup=SYSTEMD, cgroup="0::/../system.slice/odoo.service\n")
    )


def test_a_unit_of_a_systemd_in_a_container_is_not_taken_for_one_of_the_host() -> None:
    path = "/machine.slice/systemd-nspawn@box.service/payload/system.slice/odoo.service"

    assert reason(signs(f"0::{path}\n")) == (
        "odoo.service belongs to another systemd, which runs in systemd-nspawn@box.service"
    )


def test_an_old_systemd_stands_in_the_root_of_its_tree() -> None:
    old = but(
        signs("1:name=systemd:/system.slice/odoo.service\n"), first_cgroup="1:name=systemd:/\n"
    )

    assert managed(but(old, first_name="systemd")) == ("systemd", "odoo.service")
    assert manager_of(but(old, first_name="init")) is None


SUPERVISORD = "/usr/bin/python3 /usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf"


@pytest.mark.parametrize(
    ("group", "name"), [("odoo", "odoo"), ("", "odoo"), ("shop", "shop:odoo"), (None, "odoo")]
)
def test_a_program_of_supervisor_is_named_as_supervisorctl_knows_it(
    group: str | None, name: str
) -> None:
    variables = {"SUPERVISOR_PROCESS_NAME": "odoo"}
    if group is not None:
        variables["SUPERVISOR_GROUP_NAME"] = group
    found = manager_of(
        but(
            signs("0::/system.slice/supervisor.service\n", "/bin/sh -c odoo", SUPERVISORD),
            variables=variables,
        )
    )

    assert found == Manager(kind="supervisor", name=name, why="supervisord (pid 699) is above it")


def test_a_program_of_supervisor_whose_name_is_not_seen_is_unknown() -> None:
    under = signs("0::/system.slice/supervisor.service\n", SUPERVISORD)
    closed = Unknown("this user may not read /proc/812/environ")

    assert "may not read /proc/812/environ" in reason(but(under, variables=closed))
    assert "does not name it" in reason(under)


def test_inherited_names_without_a_supervisord_mean_nothing() -> None:
    """A shell that supervisor once started hands its variables on."""
    session = signs("0::/user.slice/user-0.slice/session-4.scope\n")

    assert manager_of(but(session, variables={"SUPERVISOR_PROCESS_NAME": "shell"})) is None


def test_another_program_that_starts_servers_is_said() -> None:
    assert reason(signs("0::/system.slice/runit.service\n", "runsv odoo")).startswith("runsv (pid ")
    assert "PM2" in reason(signs("0::/\n", "PM2 v5.3.0: God Daemon (/root/.pm2)"))


@pytest.mark.parametrize(
    ("cgroup", "kind", "name"),
    [
        (f"0::/system.slice/docker-{ID}.scope", "docker", ID),
        (f"4:memory:/docker/{ID}\n1:name=systemd:/docker/{ID}", "docker", ID),
        (f"0::/system.slice/docker-{ID}.scope/system.slice/odoo.service", "docker", ID),
        (f"0::/machine.slice/libpod-{ID}.scope/container", "podman", ID),
        (f"0::/system.slice/odoo.service/libpod-payload-{ID}", "systemd", "odoo.service"),
    ],
)
def test_a_container_seen_from_outside_is_its_own_manager_unless_a_unit_runs_it(
    cgroup: str, kind: str, name: str
) -> None:
    assert managed(but(signs(cgroup), container=ID)) == (kind, name)


def test_dockers_shim_tells_a_container_whose_cgroup_has_another_name() -> None:
    shim = f"/usr/bin/containerd-shim-runc-v2 -namespace moby -id {ID}"

    assert managed(but(signs(f"0::/shops/{ID}\n", shim), container=ID)) == ("docker", ID)
    assert "is not known" in reason(but(signs(f"0::/shops/{ID}\n"), container=ID))


def test_what_docker_cannot_restart_is_no_container_of_docker() -> None:
    pod = signs(f"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope\n")

    assert "Kubernetes" in reason(but(pod, container=ID))
    assert "box" in reason(
        but(signs("0::/lxc.payload.box/system.slice/odoo.service\n"), container="box")
    )


def test_the_first_process_of_a_container_is_started_from_outside() -> None:
    alone = but(signs("0::/\n", pid=1), first_cgroup="0::/\n", inside=True)
    script = Seen(pid=7, parent_pid=1, nice=0, argv=["/bin/bash", "/entrypoint.sh"])
    tini = Seen(pid=1, parent_pid=0, nice=0, argv=["tini", "--", "odoo"])

    assert reason(alone).startswith("it is the first process of this container")
    assert reason(but(alone, pid=8, above=[tini])).startswith("only the first process")
    assert reason(but(alone, pid=8, above=[script, tini])).startswith("only the first process")


def test_what_was_started_in_a_container_by_hand_has_no_manager() -> None:
    """`docker exec` puts a process beside the first one, below nothing that is seen."""
    entered = but(signs("0::/\n", "bash"), first_cgroup="0::/\n", inside=True)
    first = Seen(pid=1, parent_pid=0, nice=0, argv=["sleep", "infinity"])
    tests = Seen(pid=7, parent_pid=1, nice=0, argv=["python3", "/usr/bin/pytest"])

    assert manager_of(entered) is None
    assert manager_of(but(entered, above=[])) is None
    assert manager_of(but(entered, above=[tests, first])) is None


def test_what_cannot_be_seen_is_unknown_with_its_reason() -> None:
    closed = Unknown("this user may not read it")

    assert reason(but(signs(), cgroup=closed)) == closed.reason
    assert reason(but(signs(), first_cgroup=closed)) == closed.reason
    assert "process 700" in reason(but(signs(), unseen=700))


def test_a_host_with_another_init_has_no_units() -> None:
    plain = but(signs("9:name=systemd:/\n0::/\n"), first_cgroup="9:name=systemd:/\n0::/\n")

    assert manager_of(but(plain, first_name="init")) is None


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        ([], ""),
        (["/usr/bin/python3", "-u", "/usr/bin/supervisord", "-n"], "supervisord"),
        (["python3", "-m", "supervisor.supervisord"], "supervisord"),
        (["/usr/local/bin/supervisord"], "supervisord"),
        (["python3"], "python3"),
        (["-bash"], "bash"),
        (["tmux: server (/tmp/tmux-1000/default)"], "tmux"),
        (["/bin/sh", "-c", "supervisord"], "sh"),
    ],
)
def test_a_program_is_named_also_where_python_runs_it(argv: list[str], name: str) -> None:
    assert program(argv) == name


@given(
    cgroup=st.text(max_size=80),
    first=st.sampled_from([SYSTEMD, "0::/\n", "", "0::/../init.scope"]),
    above=st.lists(st.lists(st.text(max_size=12), max_size=3), max_size=3),
    inside=st.booleans(),
)
def test_nonsense_is_never_a_unit_that_its_cgroup_does_not_name(
    cgroup: str, first: str, above: list[list[str]], inside: bool
) -> None:
    seen = [Seen(pid=700, parent_pid=1, nice=0, argv=argv) for argv in above]
    found = manager_of(Signs(pid=812, above=seen, cgroup=cgroup, first_cgroup=first, inside=inside))

    if isinstance(found, Manager):
        assert found.kind == "systemd"
        assert found.name.endswith(".service")
        assert found.name in cgroup
