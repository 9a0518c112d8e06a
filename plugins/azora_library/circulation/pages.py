"""The pages of lending: a reader's loans, the desk, a card, and the copies of a resource."""

from azora import Form, Page, Part
from azora_library.circulation.borrowing import BORROW
from azora_library.circulation.desk import LEND
from azora_library.circulation.stockroom import MANAGE

COPIES = {"copies": Part("list_copies")}
HOLDING = {"place_hold": Form("place_hold", then="/library/loans?notice=saved")}
DESK = "/library/desk"
STOCK = "/library/{id}/copies"

PAGES = (
    Page(
        "/library/loans",
        "Your loans",
        "loans.html",
        permission=BORROW,
        nav=12,
        summary="What you have out, when it goes back, and what you wait for",
        parts={"lending": Part("own_lending")},
        forms={
            "renew_loan": Form("renew_loan", then="/library/loans?notice=saved"),
            "cancel_hold": Form("cancel_hold", then="/library/loans?notice=saved"),
        },
    ),
    Page(
        DESK,
        "Lending desk",
        "desk.html",
        permission=LEND,
        nav=14,
        summary="Lend copies and take them back",
        parts={
            "overdue": Part("list_loans", {"overdue": True}),
            "ready": Part("list_holds", {"state": "ready"}),
            "waiting": Part("list_holds", {"state": "waiting"}),
        },
        forms={
            "check_out": Form("check_out", then=""),
            "check_in": Form("check_in", then=""),
        },
    ),
    Page(
        "/library/cards",
        "Cards",
        "cards.html",
        permission=LEND,
        parts={"cards": Part("find_cards")},
        forms={"issue_card": Form("issue_card", then="/library/cards/{number}?notice=added")},
    ),
    Page(
        "/library/cards/{number}",
        "Card",
        "card.html",
        permission=LEND,
        parts={"lending": Part("read_card")},
        forms={
            "update_card": Form("update_card", then="/library/cards/{number}?notice=saved"),
            "renew_loan": Form("renew_loan", then="/library/cards/{card}?notice=saved"),
            "cancel_hold": Form("cancel_hold", then="/library/cards/{number}?notice=saved"),
        },
    ),
    Page(
        STOCK,
        "Copies",
        "stock.html",
        permission=MANAGE,
        parts={
            "resource": Part("read_resource", {"count": False}),
            **COPIES,
            "policies": Part("list_policies"),
        },
        forms={
            "add_copy": Form("add_copy", then=f"{STOCK}?notice=added"),
            "update_copy": Form("update_copy", then=f"{STOCK}?notice=saved"),
            "remove_copy": Form("remove_copy", then=f"{STOCK}?notice=removed"),
        },
    ),
)
