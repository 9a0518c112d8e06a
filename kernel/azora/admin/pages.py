"""The pages below `/admin/<plugin>`: its tables, the rows of one, and one row. Each has its operations."""

from azora.contract import Form, Page, Part, Plugin

_TABLE = "/admin/{plugin}/{{table}}"


def pages_of(plugin: Plugin) -> tuple[Page, ...]:
    """The administration pages of a plugin; none where it has no tables."""
    if not plugin.tables:
        return ()
    title = plugin.name.replace("_", " ").capitalize()
    table = _TABLE.format(plugin=plugin.name)
    row = f"{table}/{{key}}"
    permission = f"{plugin.name}.administer"
    return (
        Page(
            f"/admin/{plugin.name}",
            title,
            "shell/admin/tables.html",
            parts={"tables": Part("admin_tables")},
            permission=permission,
        ),
        Page(
            table,
            "Table",
            "shell/admin/rows.html",
            parts={"rows": Part("admin_list")},
            forms={"act": Form("admin_act", then="")},
            permission=permission,
        ),
        Page(
            f"{table}/new",
            "New row",
            "shell/admin/new.html",
            parts={"table": Part("admin_describe")},
            forms={"add": Form("admin_add", then=f"{table}?notice=added")},
            permission=permission,
        ),
        Page(
            row,
            "Row",
            "shell/admin/row.html",
            parts={"whole": Part("admin_read")},
            forms={
                "change": Form("admin_change", then=f"{row}?notice=saved"),
                "remove": Form("admin_remove", then=f"{table}?notice=removed"),
                "act": Form("admin_act", then=""),
            },
            permission=permission,
        ),
    )
