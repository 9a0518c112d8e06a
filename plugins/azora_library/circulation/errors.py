"""The codes with which lending refuses."""

from azora import ErrorCode

ERRORS = [
    ErrorCode("library.copy_not_found", 404, "No copy has this barcode.", "Scan it again."),
    ErrorCode("library.card_not_found", 404, "No card has this number.", "Issue one at the desk."),
    ErrorCode("library.loan_not_found", 404, "There is no such loan.", "See your loans anew."),
    ErrorCode("library.hold_not_found", 404, "There is no such hold.", "See your holds anew."),
    ErrorCode("library.policy_not_found", 404, "There are no such terms.", "List the policies."),
    ErrorCode("library.barcode_taken", 409, "Another copy has this barcode.", "Use another."),
    ErrorCode("library.card_taken", 409, "The number or the account has a card.", "Use that card."),
    ErrorCode("library.not_lent", 409, "This copy is for reading here.", "Take another copy."),
    ErrorCode("library.copy_is_out", 409, "The copy is on loan.", "Check it in first."),
    ErrorCode("library.copy_not_here", 409, "It is lost, in repair or withdrawn.", "Mark it found."),
    ErrorCode("library.held_for_another", 409, "It is set aside for a reader.", "Lend another copy."),
    ErrorCode("library.card_blocked", 409, "The card is blocked.", "The card's page says why."),
    ErrorCode("library.has_overdue", 409, "Something is overdue.", "Bring it back first."),
    ErrorCode("library.too_many_loans", 409, "No more may be out at once.", "Bring one back first."),
    ErrorCode("library.too_many_holds", 409, "No more holds at once.", "Cancel one first."),
    ErrorCode("library.no_renewals_left", 409, "It was renewed often enough.", "Bring it back."),
    ErrorCode("library.others_wait", 409, "Another reader waits for it.", "Bring it back."),
    ErrorCode("library.already_held", 409, "There is a hold already.", "Wait for its turn."),
    ErrorCode("library.already_lent", 409, "The reader has a copy already.", "Renew that one."),
    ErrorCode("library.no_copies", 409, "The library has no copy to lend.", "Ask a librarian."),
    ErrorCode("library.not_on_loan", 409, "The copy is not on loan.", "It only needs its shelf."),
    ErrorCode("library.copies_remain", 409, "The resource has copies.", "Remove the copies first."),
]  # fmt: skip
