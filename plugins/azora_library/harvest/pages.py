"""The pages of harvests: the repositories, and one of them."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE

ONE = "/library/harvests/{id}"

PAGES = (
    Page(
        "/library/harvests",
        "Harvests",
        "harvests.html",
        permission=MANAGE,
        parts={"harvests": Part("list_harvests")},
        forms={"add": Form("add_harvest", then=ONE)},
    ),
    Page(
        ONE,
        "Harvest",
        "harvest.html",
        permission=MANAGE,
        parts={"harvest": Part("read_harvest"), "strays": Part("list_strays")},
        forms={
            "start": Form("start_harvest", then=ONE),
            "stop": Form("stop_harvest", then=ONE),
            "remove": Form("remove_harvest", then="/library/harvests?notice=removed"),
        },
    ),
)
