"""Any plugin's tables: listed, filtered, sorted, searched, shown with their people hidden, exported."""

import csv
import io
import json

import pytest

from azora import Invalid, NotAllowed, NotFound

READER = ("nursery.administer",)
BEDS = [
    {"name": "Aloe", "size": 3, "keeper": "user:a", "note": "on the slope"},
    {"name": "Protea", "size": None, "keeper": "user:b", "note": "by the gate"},
    {"name": "Rooibos", "size": 9},
    {"name": "Buchu", "size": 3},
]


def names(rows):
    return [row.label for row in rows.items]


def listed(desk, **asked):
    return names(desk.ask("admin_list", table="bed", **asked))


def test_every_table_is_there_with_what_it_says_of_itself_and_its_rows(desk):
    desk.beds(*BEDS)
    tables = desk.ask("admin_tables").items
    assert [(table.name, table.rows, table.exact) for table in tables] == [
        ("bed", 4, True),
        ("plant", 0, True),
    ]
    assert tables[0].summary == "A bed of the nursery."


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sort": "name"}, ["Aloe", "Buchu", "Protea", "Rooibos"]),
        ({"sort": "-name"}, ["Rooibos", "Protea", "Buchu", "Aloe"]),
        ({"filter": ["size=3"], "sort": "name"}, ["Aloe", "Buchu"]),
        ({"filter": ["size>=4"]}, ["Rooibos"]),
        ({"filter": ["size="]}, ["Protea"]),
        ({"filter": ["size!=3"], "sort": "name"}, ["Protea", "Rooibos"]),
        ({"filter": ["name~oi"]}, ["Rooibos"]),
        ({"filter": ["size=3", "name~A"], "sort": "name"}, ["Aloe"]),
        ({"search": "gate"}, ["Protea"]),
        ({"column": "name", "value": "Buchu"}, ["Buchu"]),
        ({"column": "size", "how": "<=", "value": "3", "sort": "-name"}, ["Buchu", "Aloe"]),
    ],
)
def test_rows_are_filtered_searched_and_sorted(desk, asked, expected):
    desk.beds(*BEDS)
    assert listed(desk, **asked) == expected


@pytest.mark.parametrize("sort", ["size", "-size"])
def test_pages_hold_every_row_once_also_where_nothing_is_in_the_column(desk, sort):
    desk.beds(*({"name": f"b{number}", "size": number % 3 or None} for number in range(11)))
    seen, cursor = [], None
    while True:
        page = desk.ask("admin_list", table="bed", sort=sort, limit=2, cursor=cursor)
        seen += [row.values["size"] for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    filled = [1] * 4 + [2] * 3
    assert seen == (filled[::-1] if sort == "-size" else filled) + [None] * 4


def test_a_page_is_stable_while_rows_are_added(desk):
    desk.beds(*BEDS)
    first = desk.ask("admin_list", table="bed", sort="name", limit=2)
    desk.beds({"name": "Agapanthus"})
    second = desk.ask("admin_list", table="bed", sort="name", limit=2, cursor=first.next)
    assert names(first) + names(second) == ["Aloe", "Buchu", "Protea", "Rooibos"]


@pytest.mark.parametrize(
    "asked",
    [
        {"filter": ["nonsense"]},
        {"filter": ["gate_code=4711"]},
        {"filter": ["size=many"]},
        {"filter": ["size=nan"]},
        {"filter": [f"size>={10**30}"]},
        {"sort": "note"},
        {"sort": "gate_code"},
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(desk, asked):
    with pytest.raises(Invalid) as refused:
        listed(desk, **asked)
    assert refused.value.fields[0]["field"] in asked


def test_personal_columns_are_stars_without_the_permission_and_cannot_be_guessed(desk):
    desk.beds(*BEDS)
    (row,) = desk.ask("admin_list", READER, table="bed", filter=["name=Aloe"]).items
    assert (row.values["keeper"], row.values["gate_code"]) == ("***", "***")
    for asked in ({"filter": ["keeper=user:a"]}, {"sort": "keeper"}):
        with pytest.raises(Invalid):
            desk.ask("admin_list", READER, table="bed", **asked)
    assert names(desk.ask("admin_list", READER, table="bed", search="user:a")) == []


def test_with_the_permission_they_are_shown_and_secrets_never(desk):
    desk.beds(*BEDS)
    (row,) = desk.ask("admin_list", table="bed", search="user:a").items
    assert (row.values["keeper"], row.values["gate_code"]) == ("user:a", "***")


def test_nobody_administers_without_the_permission(desk):
    with pytest.raises(NotAllowed):
        desk.ask("admin_list", ("nursery.keep",), table="bed")
    with pytest.raises(NotFound):
        desk.ask("admin_list", table="azora_audit")


def test_a_row_shows_what_refers_to_it(desk):
    (bed,) = desk.beds(BEDS[0])
    desk.plant(bed=bed, name="A1")
    assert desk.ask("admin_read", table="bed", key=bed).table.referring == [("plant", "bed")]
    (plant,) = desk.ask("admin_list", table="plant", filter=[f"bed={bed}"]).items
    column = next(
        each for each in desk.ask("admin_describe", table="plant").columns if each.name == "bed"
    )
    assert (plant.values["bed"], column.refers_to) == (bed, "bed")


def exported(desk, permissions=("nursery.administer", "nursery.administer_personal"), **asked):
    pieces = desk.stream("admin_export", permissions, table="bed", **asked)
    return pieces[0], "".join(piece.text for piece in pieces)


def test_an_export_is_csv_that_runs_no_formula_and_goes_on_record(desk):
    desk.beds(*BEDS, {"name": "=HYPERLINK(1)", "size": -2})
    head, text = exported(desk, filter=["size<=3"], sort="name")
    assert (head.name, head.media_type) == ("nursery-bed.csv", "text/csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["name"], row["size"]) for row in rows] == [
        ("'=HYPERLINK(1)", "-2"),
        ("Aloe", "3"),
        ("Buchu", "3"),
    ]
    assert "gate_code" not in rows[0]
    assert desk.trail() == [("nursery.admin_export", "bed", "act", "done")]


def test_an_export_as_json_holds_what_may_be_seen(desk):
    desk.beds(*BEDS)
    _, text = exported(desk, READER, format="json", sort="name")
    rows = json.loads(text)
    assert [row["name"] for row in rows] == ["Aloe", "Buchu", "Protea", "Rooibos"]
    assert "keeper" not in rows[0]
    assert json.loads(exported(desk, format="json", filter=["name=x"])[1]) == []
