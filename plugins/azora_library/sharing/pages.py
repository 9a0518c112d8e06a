"""The pages on which librarians say who may see what, and on which requests are answered."""

from azora import Form, Page, Part
from azora_library.catalogue.access import MANAGE

HERE = "/library/{id}/access?notice=saved"

PAGES = (
    Page(
        "/library/requests",
        "Requests for access",
        "requests.html",
        permission=MANAGE,
        parts={"requests": Part("list_access_requests")},
        forms={"answer": Form("answer_access_request", then="/library/requests?notice=saved")},
    ),
    Page(
        "/library/asked",
        "What you asked for",
        "asked.html",
        parts={"asked": Part("list_own_access_requests")},
        forms={"withdraw": Form("withdraw_access_request", then="/library/asked?notice=removed")},
    ),
    Page(
        "/library/{id}/access",
        "Who may see it",
        "sharing.html",
        permission=MANAGE,
        parts={"sharing": Part("read_sharing")},
        forms={
            "levels": Form("set_access", then=HERE),
            "let_in": Form("let_in", then=HERE),
            "shut_out": Form("shut_out", then="/library/{id}/access?notice=removed"),
            "make_link": Form("make_link", then=""),
            "revoke_link": Form("revoke_link", then="/library/{id}/access?notice=removed"),
            "answer": Form("answer_access_request", then="/library/{resource}/access?notice=saved"),
        },
    ),
)
