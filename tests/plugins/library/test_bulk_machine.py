"""Bulk edits, undoing and other people's edits in any order: every record says what a simple model says."""

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.plugins.library.test_bulk import settled

from azora import Conflict
from azora.ids import uuid7

TAG = st.sampled_from(["a", "b", "c"])
RECORDS = 4


@dataclass
class Record:
    """What the model knows of a record: its tags, and how often it was changed."""

    id: str
    tags: list[str] = field(default_factory=list)
    revision: int = 1

    def say(self, tags: list[str]) -> None:
        if tags != self.tags:
            self.tags, self.revision = tags, self.revision + 1


@dataclass
class Edit:
    """An edit: the tag that it adds, or removes; its records as they were, and as it left them."""

    id: str
    add: list[str]
    remove: list[str]
    numbers: list[int]
    state: str = "prepared"
    before: dict[int, Record] = field(default_factory=dict)
    after: dict[int, Record] = field(default_factory=dict)


class BulkEditing(RuleBasedStateMachine):
    library: Any

    @initialize()
    def begin(self) -> None:
        self.records = [Record(self.library.add(title=f"m{uuid7()}").id) for _ in range(RECORDS)]
        self.edits: list[Edit] = []

    @rule(tag=TAG, adds=st.booleans(), numbers=st.sets(st.integers(0, RECORDS - 1), min_size=1))
    def prepare(self, tag: str, adds: bool, numbers: set[int]) -> None:
        add, remove = ([tag], []) if adds else ([], [tag])
        ids = [self.records[n].id for n in numbers]
        made = self.library.call("prepare_bulk_edit", ids=ids, add_tags=add, remove_tags=remove)
        planned = [
            n for n in sorted(numbers) if self._tagged(n, add, remove) != self.records[n].tags
        ]
        assert (made.planned, made.alike) == (len(planned), len(numbers) - len(planned))
        self.edits.append(Edit(made.id, add, remove, planned))

    @precondition(lambda self: self.edits)
    @rule(data=st.data())
    def apply(self, data: Any) -> None:
        edit = data.draw(st.sampled_from(self.edits))
        if edit.state == "undone":
            with pytest.raises(Conflict):
                self.library.call("apply_bulk_edit", edit=edit.id)
            return
        self.library.call("apply_bulk_edit", edit=edit.id)
        settled(self.library, edit.id, "applied")
        if edit.state == "prepared":
            self._apply(edit)

    @precondition(lambda self: self.edits)
    @rule(data=st.data())
    def undo(self, data: Any) -> None:
        edit = data.draw(st.sampled_from(self.edits))
        if edit.state != "applied":
            with pytest.raises(Conflict):
                self.library.call("undo_bulk_edit", edit=edit.id)
            return
        self.library.call("undo_bulk_edit", edit=edit.id)
        back = settled(self.library, edit.id, "undone")
        edit.state = "undone"
        free = [n for n in edit.after if self.records[n].revision == edit.after[n].revision]
        for number in free:
            self.records[number].say(edit.before[number].tags)
        assert (back.taken_back, back.clashed) == (len(free), len(edit.after) - len(free))

    @rule(number=st.integers(0, RECORDS - 1), tags=st.lists(TAG, unique=True))
    def somebody_else_edits(self, number: int, tags: list[str]) -> None:
        self.library.call("update_resource", id=self.records[number].id, tags=tags)
        self.records[number].say(tags)

    @invariant()
    def every_record_says_what_the_model_says(self) -> None:
        for record in getattr(self, "records", ()):
            now = self.library.call("read_resource", id=record.id, count=False)
            assert (now.tags, now.revision) == (record.tags, record.revision)

    def _apply(self, edit: Edit) -> None:
        edit.state = "applied"
        for number in edit.numbers:
            before = copy.deepcopy(self.records[number])
            self.records[number].say(self._tagged(number, edit.add, edit.remove))
            if self.records[number].revision != before.revision:
                edit.before[number], edit.after[number] = (
                    before,
                    copy.deepcopy(self.records[number]),
                )

    def _tagged(self, number: int, add: list[str], remove: list[str]) -> list[str]:
        kept = [tag for tag in self.records[number].tags if tag not in remove]
        return kept + [tag for tag in add if tag not in kept]


def test_whatever_the_order_every_record_says_what_it_should(library: Any) -> None:
    machine = type("BulkEditingHere", (BulkEditing,), {"library": library})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
