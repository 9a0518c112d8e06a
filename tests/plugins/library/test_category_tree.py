"""The tree of categories under any sequence of changes: no circle, no orphan, counts right."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from azora.errors import Conflict, RequestError
from azora.ids import uuid7
from azora_library.subjects import retiring
from azora_library.subjects.models import BranchRow, CategoryRow

NUMBERS = st.integers(0, 30)


class Tree(RuleBasedStateMachine):
    """Changes by the operations, beside a plain dictionary of who stands below whom."""

    library: Any

    @initialize()
    def begin(self) -> None:
        self.mark = uuid7()
        self.above: dict[str, str | None] = {}  # name -> name
        self.carried: dict[str, str | None] = {}  # resource id -> category name
        self.count = 0

    def any_of(self, number: int) -> str:
        return sorted(self.above)[number % len(self.above)]

    def fresh(self) -> str:
        self.count += 1
        return f"{self.mark} {self.count}"

    def way(self, name: str | None) -> list[str]:
        found: list[str] = []
        while name is not None:
            found.append(name)
            name = self.above[name]
        return found

    @rule(number=NUMBERS, at_top=st.booleans())
    def add(self, number: int, at_top: bool) -> None:
        parent = None if at_top or not self.above else self.any_of(number)
        name = self.fresh()
        self.library.call("add_category", name=name, parent=parent)
        self.above[name] = parent

    @precondition(lambda self: self.above)
    @rule(number=NUMBERS)
    def file_a_resource(self, number: int) -> None:
        name = self.any_of(number)
        self.carried[self.library.add(category=name).id] = name

    @precondition(lambda self: self.above)
    @rule(number=NUMBERS, other=NUMBERS)
    def move(self, number: int, other: int) -> None:
        name, parent = self.any_of(number), self.any_of(other)
        if name in self.way(parent):
            with pytest.raises(Conflict) as refused:
                self.library.call("move_category", id=name, parent=parent)
            assert refused.value.code == "library.category_cycle"
        else:
            self.library.call("move_category", id=name, parent=parent)
            self.above[name] = parent

    @precondition(lambda self: self.above)
    @rule(number=NUMBERS)
    def rename(self, number: int) -> None:
        old, new = self.any_of(number), self.fresh()
        before = self.library.call("browse_categories", id=old).category.id
        self.library.call("update_category", id=old, name=new)
        assert self.library.call("browse_categories", id=new).category.id == before
        self.above = {
            new if name == old else name: new if above == old else above
            for name, above in self.above.items()
        }
        self._carry(old, new)

    @precondition(lambda self: len(self.above) > 1)
    @rule(number=NUMBERS, other=NUMBERS)
    def merge(self, number: int, other: int) -> None:
        name, into = self.any_of(number), self.any_of(other)
        if name == into:
            with pytest.raises(RequestError):
                self.library.call("merge_categories", id=name, into=into)
            return
        self.library.call("merge_categories", id=name, into=into)
        if name in self.way(into):
            self.above[into] = self.above[name]
        del self.above[name]
        for one, above in self.above.items():
            self.above[one] = into if above == name else above
        self._carry(name, into)

    @precondition(lambda self: self.above)
    @rule(number=NUMBERS, whole=st.booleans(), to_none=st.booleans())
    def remove(self, number: int, whole: bool, to_none: bool) -> None:
        name = self.any_of(number)
        above = self.above[name]
        going = {one for one in self.above if name in self.way(one)} if whole else {name}
        wish = "none" if to_none else "above"
        self.library.call("remove_category", id=name, branch=whole, resources_to=wish)
        self.above = {
            one: above if parent in going else parent
            for one, parent in self.above.items()
            if one not in going
        }
        for one in going:
            self._carry(one, None if to_none else above)

    def _carry(self, old: str, new: str | None) -> None:
        for id, name in self.carried.items():
            self.carried[id] = new if name == old else name

    @invariant()
    def tree_is_what_was_done(self) -> None:
        rows = {row.id: row for row in self._rows() if not row.retired}
        assert {
            row.name: rows[row.parent].name if row.parent else None for row in rows.values()
        } == self.above

    @invariant()
    def every_pair_of_the_branches_is_there_and_no_other(self) -> None:
        rows = {row.id: row for row in self._rows() if not row.retired}
        expected = set()
        for id in rows:
            here, distance = id, 0
            while here is not None:
                expected.add((here, id, distance))
                here, distance = rows[here].parent, distance + 1
                assert distance <= len(rows), "a circle"
        found = BranchRow.select().where(BranchRow.descendant.in_(list(rows)))
        assert {(row.ancestor, row.descendant, row.distance) for row in found} == expected

    def teardown(self) -> None:
        if not hasattr(self, "above"):
            return
        self.library.eventually(self._settled)
        for id, name in self.carried.items():
            assert self.library.call("read_resource", id=id, count=False).category == name
        for name in self.above:
            inside = [one for one in self.carried.values() if one and name in self.way(one)]
            shown = self.library.call("browse_categories", id=name).category
            assert (shown.resources, shown.total) == (
                sum(one == name for one in self.carried.values()),
                len(inside),
            )
            found = self.library.call("search", category=name)
            assert found.total == len(inside)

    def _rows(self) -> list[CategoryRow]:
        return list(CategoryRow.select().where(CategoryRow.name.startswith(self.mark)))

    def _settled(self) -> bool:
        """Whether everything has moved and every event is counted."""
        moves = self.library.call("list_moves", limit=100).items
        return not any(one.name.startswith(self.mark) for one in moves) and {
            row.name: row.resources for row in self._rows()
        } == {name: list(self.carried.values()).count(name) for name in self.above}


def test_any_sequence_of_changes_leaves_a_sound_tree(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retiring, "AT_ONCE", 2)

    class OfThisLibrary(Tree):
        pass

    OfThisLibrary.library = library
    test_case = OfThisLibrary.TestCase
    test_case.settings = settings(
        max_examples=12,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    test_case().runTest()
