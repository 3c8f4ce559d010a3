"""Is this bare metal, a virtual machine or a container?"""

from __future__ import annotations

import re

import msgspec

from workeroo.evidence import Maybe, Unknown
from workeroo.facts.host import HostKind

_MACHINES = {
    "KVM": "kvm",
    "QEMU": "qemu",
    "VMware": "vmware",
    "VirtualBox": "virtualbox",
    "innotek GmbH": "virtualbox",
    "Xen": "xen",
    "Microsoft Corporation": "hyper-v",
    "Amazon EC2": "amazon",
    "Google Compute Engine": "google",
    "DigitalOcean": "kvm",
    "Hetzner": "kvm",
    "Parallels": "parallels",
    "OpenStack": "openstack",
    "Bochs": "bochs",
    "bhyve": "bhyve",
    "Apple Virtualization": "apple",
}
"""Words by which firmware names its hypervisor, as systemd-detect-virt knows them."""

_CONTAINERS = {
    "docker": r"/docker[-/]|/system\.slice/docker-",
    "kubernetes": r"/kubepods",
    "podman": r"libpod[-_]",
    "lxc": r"/lxc[./]",
}
"""How the cgroup path of a container's first process names its manager."""


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may betray where we are; None where a sign is not there.

    Attributes:
        container_file: content of /run/systemd/container.
        container_variable: `container=` of the first process.
        dockerenv, containerenv: whether /.dockerenv and /run/.containerenv exist.
        first_cgroup: /proc/1/cgroup.
        firmware: texts of /sys/class/dmi/id, joined.
        hypervisor_type: content of /sys/hypervisor/type.
        hypervised: whether the processor's flags name a hypervisor.
    """

    container_file: str | None = None
    container_variable: str | None = None
    dockerenv: bool = False
    containerenv: bool = False
    first_cgroup: str = ""
    firmware: str | None = None
    hypervisor_type: str | None = None
    hypervised: bool | None = None


def kind_of(signs: Signs) -> tuple[Maybe[HostKind], str | None]:
    """The kind of host, and what makes it one: "docker", "kvm"."""
    if container := _container(signs):
        return "container", container
    if machine := _machine(signs):
        return "virtual machine", machine
    if signs.hypervised is False or signs.firmware:
        return "bare", None
    return Unknown("neither the firmware nor the processor's flags can be read"), None


def _container(signs: Signs) -> str | None:
    if signs.container_file or signs.container_variable:
        return (signs.container_file or signs.container_variable or "").strip()
    if signs.dockerenv:
        return "docker"
    if signs.containerenv:
        return "podman"
    for name, pattern in _CONTAINERS.items():
        if re.search(pattern, signs.first_cgroup):
            return name
    return None


def _machine(signs: Signs) -> str | None:
    for word, name in _MACHINES.items():
        # Microsoft also makes laptops: its name alone says nothing without the flag.
        if word in (signs.firmware or "") and signs.hypervised is not False:
            return name
    if signs.hypervisor_type:
        return signs.hypervisor_type.strip()
    return "unnamed hypervisor" if signs.hypervised else None


def pretty_name(os_release: str) -> str | None:
    """The distribution, from os-release."""
    match = re.search(r"^PRETTY_NAME=(.*)$", os_release, re.MULTILINE)
    return match[1].strip().strip("\"'") if match else None
