"""The pages on which the fields of this campus are declared."""

from azora import Form, Page, Part
from azora_library.custom.service import DECLARE

FIELDS = "/library/fields"
ONE = f"{FIELDS}/{{name}}"
DECLARED = {"fields": Part("list_fields")}

PAGES = (
    Page(
        FIELDS,
        "Fields of this campus",
        "fields.html",
        permission=DECLARE,
        summary="What this campus says of its resources beyond what every library does",
        parts={**DECLARED, "types": Part("list_types")},
        forms={"add": Form("add_field", then=f"{ONE}?notice=added")},
    ),
    Page(
        ONE,
        "Field",
        "field.html",
        permission=DECLARE,
        parts={"field": Part("read_field"), "types": Part("list_types")},
        forms={
            "change": Form("update_field", then=f"{ONE}?notice=saved"),
            "retire": Form("retire_field", then=f"{ONE}?notice=saved"),
            "reinstate": Form("reinstate_field", then=f"{ONE}?notice=saved"),
            "remove": Form("remove_field", then=f"{FIELDS}?notice=removed"),
        },
    ),
)
