"""The pages that belong to the campus as a whole."""

from azora import Form, Page, Part
from azora_web.audit_contracts import ADMINISTER

PAGES = (
    Page("/", "A campus of your own", "landing.html"),
    Page("/home", "Home", "home.html", panels={"due": 8, "new": 5}, nav=0),
    Page("/search", "Search the campus", "search.html", panels={"search": 10}),
    Page("/search/suggestions", "Search the campus", "suggestions.html", panels={"search": 4}),
    Page(
        "/language",
        "Language",
        "language.html",
        forms={"language": Form("set_language", then="{next}")},
    ),
    Page("/theme", "Colours", "theme.html", forms={"theme": Form("set_theme", then="{next}")}),
    Page(
        "/styleguide",
        "Style guide",
        "styleguide.html",
        forms={"trial": Form("try_form", then="")},
        permission="web.read_styleguide",
    ),
    Page(
        "/status",
        "Status",
        "status.html",
        parts={"status": Part("read_status"), "processes": Part("read_processes")},
    ),
    Page(
        "/admin",
        "Administration",
        "admin.html",
        parts={"administered": Part("list_administration")},
        permission=ADMINISTER,
        nav=90,
        summary="Every table, the audit trail and the settings of the campus",
    ),
    Page(
        "/admin/audit",
        "Audit trail",
        "audit.html",
        parts={"entries": Part("search_audit")},
        permission=ADMINISTER,
    ),
    Page(
        "/admin/audit/{plugin}/{act}",
        "Act",
        "act.html",
        parts={"act": Part("read_act")},
        permission=ADMINISTER,
    ),
    Page(
        "/admin/settings",
        "Settings",
        "settings.html",
        parts={"settings": Part("list_settings")},
        permission=ADMINISTER,
    ),
    Page(
        "/admin/settings/{section}/{name}",
        "Setting",
        "setting.html",
        parts={"setting": Part("read_setting")},
        forms={
            "change": Form("change_setting", then="/admin/settings?notice=changed"),
            "reset": Form("reset_setting", then="/admin/settings?notice=changed"),
        },
        permission=ADMINISTER,
    ),
    Page(
        "/admin/demo",
        "Demo data",
        "demo.html",
        parts={"demo": Part("list_demo")},
        forms={
            "remove_demo": Form("remove_demo", then="/admin/demo?notice=removed"),
            "add_demo": Form("add_demo", then="/admin/demo?notice=added"),
        },
        permission=ADMINISTER,
    ),
    Page("/robots.txt", "Azora", "robots.txt"),
    Page("/sitemap.xml", "Azora", "", parts={"index": Part("read_sitemap_index")}),
    Page("/sitemap/{plugin}/{kind}/{part}", "Azora", "", parts={"part": Part("read_sitemap")}),
    Page("/manifest.webmanifest", "Azora", "manifest.webmanifest"),
    Page("/favicon.svg", "Azora", "favicon.svg"),
)
