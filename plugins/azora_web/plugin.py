"""The front door of the web plugin."""

from azora import Job, Permission, Plugin, hookimpl
from azora_web.audit import AuditTrail
from azora_web.audit_contracts import Identity
from azora_web.demo_service import DemoData
from azora_web.models import TABLES
from azora_web.pages import PAGES
from azora_web.service import Choices
from azora_web.settings_service import CampusSettings
from azora_web.sitemap import Sitemap
from azora_web.status import SEE, WATCH, Status


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="web",
        summary="The landing page, the home page and the search",
        services=[Choices, Status, AuditTrail, CampusSettings, DemoData, Sitemap],
        permissions=[
            Permission("web.read_styleguide", "Open the style guide"),
            Permission(SEE, "See the processes of the campus and what troubles them"),
            Permission(WATCH, "Note how the campus is"),
        ],
        needs=[Identity],
        calls=["*.admin_*", "*.list_*"],
        pages=PAGES,
        jobs=[Job("watch_status", "* * * * *")],
        tables=TABLES,
    )
