"""Lending: copies, cards, loans, renewals and holds, as a desk and its readers use them."""

import contextlib
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.plugins.library.desk import Desk, assert_sound, days

from azora import Conflict, NotAllowed, NotAuthenticated, NotFound
from azora.ids import uuid7
from azora_library import people
from azora_library.circulation.models import CardRow, HoldRow, LoanRow


@pytest.fixture
def desk(library: Any) -> Desk:
    return Desk(library)


class TestLoans:
    def test_a_copy_goes_out_until_the_end_of_a_day_and_comes_back(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        loan = desk.lend(book, reader)
        assert days(13.9) < loan.due < days(15)
        assert (loan.due + timedelta(hours=2)).strftime("%H:%M:%S") == "23:59:59"
        assert [one.item.barcode for one in desk.of(reader).loans] == [book.label]
        assert desk.state(book) == "on_loan"
        back = desk.take_back(book)
        assert (back.item.resource_id, back.late, back.hold_for) == (book.id, False, None)
        assert desk.state(book) == "available"
        assert desk.of(reader).loans == []

    def test_of_two_desks_that_lend_a_copy_at_once_one_does(self, desk: Desk) -> None:
        book, readers = desk.book(), [desk.reader() for _ in range(5)]

        def lend(reader: SimpleNamespace) -> bool:
            try:
                return bool(desk.lend(book, reader))
            except Conflict as refused:
                assert refused.code == "library.copy_is_out"
                return False

        running = [eventlet.spawn(lend, reader) for reader in readers]
        assert sum(one.wait() for one in running) == 1

    def test_a_reader_whose_first_holds_come_at_once_gets_one_card(self, desk: Desk) -> None:
        reader = SimpleNamespace(account=f"user:{uuid7()}")
        books = [desk.book() for _ in range(5)]
        placing = [eventlet.spawn(desk.wait_for, book, reader) for book in books]
        assert all(one.wait() for one in placing)
        assert CardRow.select().where(CardRow.account == reader.account).count() == 1

    def test_a_copy_for_reading_here_is_not_lent(self, desk: Desk) -> None:
        book = desk.book(policy="reference")
        assert desk.refusal(desk.lend, book, desk.reader()) == "library.not_lent"

    @pytest.mark.parametrize("state", ["lost", "repair", "withdrawn"])
    def test_a_copy_that_is_not_here_is_not_lent(self, desk: Desk, state: str) -> None:
        book = desk.book()
        desk.library.call("update_copy", barcode=book.label, state=state)
        assert desk.refusal(desk.lend, book, desk.reader()) == "library.copy_not_here"

    def test_a_blocked_card_borrows_nothing(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        desk.library.call("update_card", number=reader.card, blocked="Moved away")
        assert desk.refusal(desk.lend, book, reader) == "library.card_blocked"
        assert desk.refusal(desk.wait_for, book, reader) == "library.card_blocked"
        desk.library.call("update_card", number=reader.card, blocked="")
        assert desk.lend(book, reader).card == reader.card

    def test_who_has_something_overdue_brings_it_back_first(self, desk: Desk) -> None:
        late, other, reader = desk.book(), desk.book(), desk.reader()
        desk.let_pass(LoanRow, desk.lend(late, reader).id, due=days(-1))
        assert desk.refusal(desk.lend, other, reader) == "library.has_overdue"
        assert desk.take_back(late).late
        assert desk.lend(other, reader).card == reader.card

    def test_nobody_has_more_out_than_the_campus_lets(self, desk: Desk) -> None:
        reader = desk.reader()
        for _ in range(10):
            desk.lend(desk.book(), reader)
        assert desk.refusal(desk.lend, desk.book(), reader) == "library.too_many_loans"

    def test_a_lost_copy_ends_its_loan_and_may_be_found_again(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        desk.lend(book, reader)
        desk.library.call("update_copy", barcode=book.label, state="lost")
        assert desk.of(reader).loans == []
        desk.take_back(book)
        assert desk.state(book) == "available"

    def test_what_is_not_out_cannot_come_back(self, desk: Desk) -> None:
        assert desk.refusal(desk.take_back, desk.book()) == "library.not_on_loan"

    def test_a_resource_with_copies_stays(self, desk: Desk) -> None:
        book = desk.book()
        remove = desk.library.call
        assert desk.refusal(lambda: remove("remove_resource", id=book.id)) == (
            "library.copies_remain"
        )
        desk.library.call("remove_copy", barcode=book.label)
        desk.library.call("remove_resource", id=book.id)

    def test_what_goes_back_and_what_stands_ready_is_listed_for_its_reader(
        self, desk: Desk
    ) -> None:
        lent, ready, reader = desk.book(), desk.book(), desk.reader()
        desk.lend(lent, reader)
        desk.wait_for(ready, reader)
        desk.take_back(ready)
        for operation, book in (("list_due", lent), ("list_ready", ready)):
            found = desk.library.call(operation, by=desk.signed_in(reader)).items
            assert [one.id for one in found] == [book.id]
            assert desk.library.call(operation, by=None).items == []
            assert desk.library.call(operation, by=desk.signed_in(desk.reader())).items == []


class TestRenewals:
    def test_a_loan_is_renewed_as_often_as_its_terms_allow(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        loan = desk.lend(book, reader)
        desk.let_pass(LoanRow, loan.id, due=days(1))
        assert desk.renew(loan, reader).due > days(13.9)
        assert desk.renew(loan, reader).renewals == 0
        assert desk.refusal(desk.renew, loan, reader) == "library.no_renewals_left"

    def test_not_while_another_waits(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        loan = desk.lend(book, reader)
        desk.wait_for(book, desk.reader())
        assert desk.refusal(desk.renew, loan, reader) == "library.others_wait"

    def test_not_by_somebody_else(self, desk: Desk) -> None:
        loan = desk.lend(desk.book(), desk.reader())
        with pytest.raises(NotFound):
            desk.renew(loan, desk.reader())


class TestHolds:
    def test_a_copy_that_comes_back_stands_ready_for_the_first_who_waits(self, desk: Desk) -> None:
        book, first, second = desk.book(), desk.reader(), desk.reader()
        desk.lend(book, desk.reader())
        assert desk.wait_for(book, first).position == 1
        assert desk.wait_for(book, second).position == 2
        assert desk.take_back(book).hold_for == first.card
        assert desk.state(book) == "held"
        assert desk.refusal(desk.lend, book, second) == "library.held_for_another"
        assert [one.state for one in desk.of(first).holds] == ["ready"]
        desk.lend(book, first)
        assert desk.of(first).holds == []
        assert [one.position for one in desk.of(second).holds] == [1]

    def test_a_copy_on_its_shelf_is_kept_for_who_waits_until_it_is_fetched(
        self, desk: Desk
    ) -> None:
        book, waits = desk.book(), desk.reader()
        desk.wait_for(book, waits)
        assert desk.refusal(desk.lend, book, desk.reader()) == "library.held_for_another"
        assert desk.take_back(book).hold_for == waits.card
        desk.lend(book, waits)

    def test_with_a_second_copy_on_the_shelf_another_reader_gets_it(self, desk: Desk) -> None:
        book = desk.book(copies=2)
        desk.wait_for(book, desk.reader())
        assert desk.lend(book, desk.reader())

    def test_who_cancels_leaves_the_copy_to_the_next(self, desk: Desk) -> None:
        book, first, second = desk.book(), desk.reader(), desk.reader()
        desk.lend(book, desk.reader())
        held = desk.wait_for(book, first)
        desk.wait_for(book, second)
        desk.take_back(book)
        desk.library.call("cancel_hold", by=desk.signed_in(first), hold=held.id)
        assert [one.state for one in desk.of(second).holds] == ["ready"]

    def test_nobody_cancels_what_is_another_s(self, desk: Desk) -> None:
        held = desk.wait_for(desk.book(), desk.reader())
        with pytest.raises(NotFound):
            desk.library.call("cancel_hold", by=desk.signed_in(desk.reader()), hold=held.id)

    def test_one_waits_once_and_not_for_what_one_has(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        desk.wait_for(book, reader)
        assert desk.refusal(desk.wait_for, book, reader) == "library.already_held"
        mine = desk.book()
        desk.lend(mine, reader)
        assert desk.refusal(desk.wait_for, mine, reader) == "library.already_lent"

    def test_there_is_nothing_to_wait_for_without_a_copy_to_lend(self, desk: Desk) -> None:
        assert desk.refusal(desk.wait_for, desk.book(copies=0), desk.reader()) == (
            "library.no_copies"
        )
        assert desk.refusal(desk.wait_for, desk.book(policy="reference"), desk.reader()) == (
            "library.no_copies"
        )

    def test_a_reader_without_a_card_gets_one_with_the_first_hold(self, desk: Desk) -> None:
        newcomer = SimpleNamespace(account=f"user:{uuid7()}")
        desk.wait_for(desk.book(), newcomer)
        assert desk.of(newcomer).card.number.startswith("C")

    def test_only_a_librarian_places_a_hold_for_somebody_else(self, desk: Desk) -> None:
        book, other = desk.book(), desk.reader()
        with pytest.raises(NotAllowed):
            desk.library.call(
                "place_hold", by=desk.signed_in(desk.reader()), id=book.id, card=other.card
            )
        assert desk.library.call("place_hold", id=book.id, card=other.card).card == other.card

    def test_a_copy_in_repair_leaves_its_reader_at_the_head_of_the_queue(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        desk.wait_for(book, reader)
        desk.take_back(book)
        desk.library.call("update_copy", barcode=book.label, state="repair")
        assert [one.position for one in desk.of(reader).holds] == [1]
        desk.library.call("update_copy", barcode=book.label, state="available")
        assert [one.state for one in desk.of(reader).holds] == ["ready"]

    def test_who_may_not_see_a_resource_sees_no_copies_and_waits_for_none(self, desk: Desk) -> None:
        hidden = desk.library.add(record_access="restricted", file_access="restricted")
        desk.library.call("add_copy", id=hidden.id)
        with pytest.raises(NotFound):
            desk.library.call("list_copies", by=None, id=hidden.id)
        with pytest.raises(NotFound):
            desk.wait_for(hidden, desk.reader())


class TestTending:
    def test_a_loan_is_told_of_once_before_its_day_and_once_after(self, desk: Desk) -> None:
        loan = desk.lend(desk.book(), desk.reader())
        desk.let_pass(LoanRow, loan.id, due=days(1))
        assert desk.library.call("tend_loans").due_soon == 1
        assert desk.library.call("tend_loans").due_soon == 0
        desk.let_pass(LoanRow, loan.id, due=days(-1))
        assert desk.library.call("tend_loans").overdue == 1
        assert desk.library.call("tend_loans").overdue == 0
        found = desk.library.call("list_loans", overdue=True, limit=100).items
        assert loan.id in [one.id for one in found]

    def test_what_nobody_fetches_goes_to_the_next(self, desk: Desk) -> None:
        book, first, second = desk.book(), desk.reader(), desk.reader()
        held = desk.wait_for(book, first)
        desk.wait_for(book, second)
        desk.take_back(book)
        desk.let_pass(HoldRow, held.id, until=days(-1))
        assert desk.library.call("tend_loans").expired == 1
        assert desk.of(first).holds == []
        assert [one.state for one in desk.of(second).holds] == ["ready"]

    def test_who_borrowed_what_is_forgotten_and_the_loan_still_counts(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        loan = desk.lend(book, reader)
        desk.take_back(book)
        desk.let_pass(LoanRow, loan.id, returned=days(-31))
        assert desk.library.call("tend_loans").forgotten == 1
        assert LoanRow.get_by_id(loan.id).card is None


class TestPeople:
    def test_who_leaves_is_forgotten_once_everything_is_back(self, desk: Desk) -> None:
        book, reader = desk.book(), desk.reader()
        desk.lend(book, reader)
        exported = people.export(desk.library.hosted, reader.account)
        assert [one["barcode"] for one in exported["loans"]] == [book.label]  # type: ignore[index]
        assert people.erase(desk.library.hosted, reader.account) == "kept: on loan"
        assert CardRow.get_or_none(CardRow.account == reader.account) is not None
        desk.take_back(book)
        assert people.erase(desk.library.hosted, reader.account) == "erased"
        assert CardRow.get_or_none(CardRow.number == reader.card) is None

    def test_only_a_librarian_sees_cards_and_loans(self, desk: Desk) -> None:
        reader = desk.reader()
        for operation, fields in (
            ("find_cards", {}),
            ("read_card", {"number": reader.card}),
            ("list_loans", {}),
            ("list_holds", {}),
            ("check_in", {"barcode": "L1"}),
        ):
            with pytest.raises(NotAllowed):
                desk.library.call(operation, by=desk.signed_in(reader), **fields)
        with pytest.raises(NotAuthenticated):
            desk.library.call("own_lending", by=None)

    def test_a_card_is_found_by_the_beginning_of_its_name(self, desk: Desk) -> None:
        name = f"Nomsa {uuid7()}"
        desk.library.call("issue_card", name=name)
        assert [one.name for one in desk.library.call("find_cards", query=name).items] == [name]

    def test_an_account_has_one_card(self, desk: Desk) -> None:
        reader = desk.reader()
        again = {"name": "Thandi", "account": reader.account}
        assert desk.refusal(lambda: desk.library.call("issue_card", **again)) == (
            "library.card_taken"
        )


ACTS = st.tuples(
    st.sampled_from(
        ["lend", "take_back", "wait", "cancel", "renew", "lost", "repair", "found", "tend", "late"]
    ),
    st.integers(0, 2),
    st.integers(0, 1),
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=8, max_size=25))
def test_whatever_happens_every_copy_is_in_one_place_and_for_one_reader(
    library: Any, acts: list[tuple[str, int, int]]
) -> None:
    desk = Desk(library)
    book, readers = desk.book(copies=2), [desk.reader() for _ in range(3)]
    for act, who, which in acts:
        copy = SimpleNamespace(id=book.id, label=book.labels[which])
        with contextlib.suppress(Conflict, NotFound):
            perform(desk, act, copy, readers[who])
        assert_sound(book)


def perform(desk: Desk, act: str, copy: SimpleNamespace, reader: SimpleNamespace) -> None:
    mine = desk.of(reader)
    states = {"lost": "lost", "repair": "repair", "found": "available"}
    if act in states:
        desk.library.call("update_copy", barcode=copy.label, state=states[act])
    elif act == "tend":
        desk.library.call("tend_loans")
    elif act == "late":
        for hold in mine.holds:
            if hold.until:
                desk.let_pass(HoldRow, hold.id, until=days(-1))
    elif act == "cancel":
        for hold in mine.holds:
            desk.library.call("cancel_hold", by=desk.signed_in(reader), hold=hold.id)
    elif act == "renew":
        for loan in mine.loans:
            desk.renew(loan, reader)
    elif act == "take_back":
        desk.take_back(copy)
    else:
        {"lend": desk.lend, "wait": desk.wait_for}[act](copy, reader)
