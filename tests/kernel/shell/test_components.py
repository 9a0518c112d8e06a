"""The components that are more than markup: tables that become lists, charts, changes of a text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from azora.shell.changes import changed_words
from azora.shell.charts import HEIGHT, WIDTH, axis_top, line_path, shares
from azora.shell.labelled import labelled

TEXTS = st.text(max_size=60)
AMOUNTS = st.floats(0, 1e12, allow_subnormal=False)


def test_each_cell_bears_the_words_of_its_column():
    rows = Markup('<tr><th scope="row">Nomsa</th><td>nomsa@campus.example</td></tr>')
    marked = labelled(rows, ["Name", "E-mail"])
    assert '<th role="rowheader" scope="row">Nomsa' in marked
    assert '<td role="cell" data-label="E-mail">nomsa' in marked


def test_a_column_of_figures_stands_to_the_right():
    rows = Markup("<tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>")
    marked = labelled(rows, ["Week", {"label": "Marks", "figure": True}])
    assert marked.count('data-label="Marks" class="figure"') == 2


def test_a_cell_over_several_columns_has_no_label_and_the_next_has_its_own():
    marked = labelled(Markup('<tr><td colspan="2">none</td><td>x</td></tr>'), ["A", "B", "C"])
    assert '<td role="cell" colspan="2">' in marked
    assert 'data-label="C"' in marked


def test_a_head_with_quotes_stays_inside_its_attribute():
    marked = labelled(Markup("<tr><td>1</td></tr>"), ['"><script>'])
    assert "<script>" not in marked


@given(st.lists(AMOUNTS, min_size=1, max_size=40))
def test_no_value_is_above_the_top_and_the_top_is_round(values):
    top = axis_top([("", values)])
    assert top >= max(values)
    assert len(f"{top:e}".split("e")[0].rstrip("0")) <= 3


@given(st.lists(st.none() | AMOUNTS, max_size=40))
def test_a_line_stays_inside_its_box(values):
    numbers = line_path(values).replace("M", " ").replace("L", " ").split()
    assert all(0 <= float(x) <= WIDTH for x in numbers[::2])
    assert all(0 <= float(y) <= HEIGHT for y in numbers[1::2])


def test_a_missing_value_breaks_the_line():
    assert line_path([1, 2, None, 2, 1]).count("M") == 2


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 10**9)), max_size=6))
def test_shares_follow_one_another_and_fill_the_whole(rows):
    parts = shares(rows)
    assert len(parts) == len(rows)
    for (start, wide), (after, _) in pairwise(parts):
        assert abs(start + wide - after) < 0.05
    if any(value for _, value in rows):
        assert abs(sum(wide for _, wide in parts) - 100) < 0.1


@given(TEXTS, TEXTS)
def test_what_is_the_same_and_new_is_the_text_after_and_what_is_gone_makes_the_one_before(old, new):
    pieces = changed_words(old, new)
    assert "".join(text for kind, text in pieces if kind != "gone") == new
    assert "".join(text for kind, text in pieces if kind != "new") == old


def test_a_list_is_compared_as_one_text():
    assert changed_words(["a", "b"], ["a", "c"]) == [
        ("same", "a, "),
        ("gone", "b"),
        ("new", "c"),
    ]


def test_a_long_text_is_compared_line_by_line():
    lines = [f"line {number}\n" for number in range(3000)]
    changed = [*lines[:5], "another\n", *lines[6:]]
    kinds = [kind for kind, _ in changed_words("".join(lines), "".join(changed))]
    assert kinds == ["same", "gone", "new", "same"]
