"""The pages of subscriptions from outside."""

from azora import Form, Page, Part
from azora_nexus.journal.contracts import READ

_HERE = "/nexus/subscriptions"
_ONE = f"{_HERE}/{{id}}"

PAGES = (
    Page(
        _HERE,
        "Subscriptions",
        "subscriptions.html",
        parts={"subscriptions": Part("list_subscriptions", {"limit": 100})},
        forms={"add": Form("add_subscription", then="")},
        permission=READ,
    ),
    Page(
        _ONE,
        "Subscription",
        "subscription.html",
        parts={
            "subscription": Part("read_subscription"),
            "deliveries": Part("list_deliveries"),
        },
        forms={
            "pause": Form("pause_subscription", then=f"{_ONE}?notice=changed"),
            "resume": Form("resume_subscription", then=f"{_ONE}?notice=changed"),
            "rewind": Form("rewind_subscription", then=f"{_ONE}?notice=changed"),
            "resend": Form("resend", then=f"{_ONE}?notice=sent"),
            "rotate": Form("rotate_secret", then=""),
            "remove": Form("remove_subscription", then=f"{_HERE}?notice=removed"),
        },
        permission=READ,
    ),
)
