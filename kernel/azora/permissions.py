"""Every permission that a role may grant: what the installed plugins declare, and the kernel's own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from azora.contract import Permission

if TYPE_CHECKING:
    from azora.registry import Registry

KERNEL = "azora"
READ_METRICS = "azora.read_metrics"
CHECK_REFERENCES = "azora.check_references"
OPEN_PERSONAL = "azora.open_personal_fields"
ERASE_PEOPLE = "azora.erase_people"
MANAGE_EVENTS = "azora.manage_events"
KERNEL_PERMISSIONS = (
    Permission(READ_METRICS, "Read the metrics of every process"),
    Permission(CHECK_REFERENCES, "Ask whether ids of another plugin still name something"),
    Permission(OPEN_PERSONAL, "Read personal fields of events, as a plugin that listens to them"),
    Permission(ERASE_PEOPLE, "Erase a person from a plugin"),
    Permission(MANAGE_EVENTS, "See, stop, replay and repair the events that plugins are told"),
)


def members_permissions(registry: "Registry") -> frozenset[str]:
    """What every member may do, as the plugins declare it."""
    return frozenset(one.name for _, one in known_permissions(registry) if one.members)


def known_permissions(registry: "Registry") -> Iterator[tuple[str, Permission]]:
    """Each permission with the name of the plugin that declares it, the kernel's first."""
    for permission in KERNEL_PERMISSIONS:
        yield KERNEL, permission
    for name, loaded in sorted(registry.plugins.items()):
        for permission in loaded.plugin.permissions:
            yield name, permission
