"""The administration that every plugin has without a line of its own.

`administered` adds to what a plugin declares: operations (their names begin with `admin_`), two
permissions, pages below `/admin/<plugin>`, and the job that keeps its audit trail in bounds.
"""

from dataclasses import replace

from azora.admin.contracts import PREFIX
from azora.admin.pages import pages_of
from azora.admin.setting_service import setting_administration
from azora.admin.table_service import table_administration
from azora.admin.trail_service import PRUNE, trail_administration
from azora.contract import Job, Permission, Plugin, operations_of
from azora.demo import demo_administration
from azora.errors import PluginError

__all__ = ["PREFIX", "administered"]


def administered(plugin: Plugin, *, demo: bool = False) -> Plugin:
    """The plugin with its administration. Raises PluginError where it takes the kernel's names.

    `demo` says that it can take its demo data out again.
    """
    for service in plugin.services:
        for _, operation in operations_of(service):
            if operation.name.startswith(PREFIX):
                raise PluginError(
                    f"{operation.name}: names that begin with {PREFIX!r} are the kernel's"
                )
    administer, personal = f"{plugin.name}.administer", f"{plugin.name}.administer_personal"
    services = [trail_administration(administer), setting_administration(administer)]
    permissions = [
        Permission(administer, f"Administer {plugin.name}: tables, audit trail, settings")
    ]
    if demo:
        services.append(demo_administration(administer))
    if plugin.tables:
        services.append(table_administration(administer, personal))
        permissions.append(
            Permission(personal, f"See personal data in the administration of {plugin.name}")
        )
    return replace(
        plugin,
        services=(*plugin.services, *services),
        permissions=(*plugin.permissions, *permissions),
        pages=(*plugin.pages, *pages_of(plugin)),
        jobs=(*plugin.jobs, Job(PRUNE, "37 3 * * *")),
    )
