"""Edits: by the plugin's own operation where one fits, with its event; directly only where that is said."""

import json

import pytest
from tests.kernel.admin.nursery import Bed, Plant

from azora import Conflict, Invalid, NotAllowed


def read(desk, table, key):
    return desk.ask("admin_read", table=table, key=key)


def change(desk, table, key, permissions=None, **values):
    version = read(desk, table, key).row.version
    given = {"permissions": permissions} if permissions else {}
    desk.ask("admin_change", **given, table=table, key=key, version=version, values=values)


def events(desk):
    return desk.database.execute("SELECT type FROM azora_outbox")


def test_the_operations_that_fit_are_found(desk):
    able = desk.ask("admin_describe", table="bed").abilities
    assert (able.add, able.change, able.remove) == ("add_bed", "replace_bed", "remove_bed")
    assert (able.editable, able.directly) == (["name", "size", "note"], False)
    assert [(act.name, act.label) for act in able.acts] == [
        ("remove_bed", "Remove"),
        ("water_bed", "Water"),
    ]


def test_what_one_may_not_do_is_not_offered(desk):
    able = desk.ask("admin_describe", ("nursery.administer",), table="bed").abilities
    assert (able.add, able.change, able.remove, able.acts) == (None, None, None, [])


def test_a_change_is_the_operations_own_with_its_event_and_its_entry(desk):
    (bed,) = desk.beds({"name": "Aloe", "size": 3, "note": "kept"})
    change(desk, "bed", bed, size="4")
    row = Bed.get()
    assert (row.name, row.size, row.note) == ("Aloe", 4, "kept")
    assert events(desk) == [("nursery.bed_named",)]
    assert [entry[0] for entry in desk.trail()] == ["bed", "nursery.replace_bed"]


def test_a_blank_clears_a_field(desk):
    (bed,) = desk.beds({"name": "Aloe", "size": 3})
    change(desk, "bed", bed, size="")
    assert Bed.get().size is None


def test_a_row_that_changed_meanwhile_is_not_overwritten(desk):
    (bed,) = desk.beds({"name": "Aloe", "size": 3})
    version = read(desk, "bed", bed).row.version
    change(desk, "bed", bed, size="5")
    with pytest.raises(Conflict) as refused:
        desk.ask("admin_change", table="bed", key=bed, version=version, values={"size": 6})
    assert refused.value.code == "row_changed"
    assert Bed.get().size == 5


@pytest.mark.parametrize(
    ("values", "field"),
    [({"size": "big"}, "values.size"), ({"keeper": "user:x"}, "values.keeper")],
)
def test_what_is_wrong_is_said_beside_its_column(desk, values, field):
    (bed,) = desk.beds({"name": "Aloe"})
    with pytest.raises(Invalid) as refused:
        change(desk, "bed", bed, **values)
    assert refused.value.fields[0]["field"] == field


def test_an_administrator_needs_the_operations_own_permission(desk):
    (bed,) = desk.beds({"name": "Aloe"})
    with pytest.raises(NotAllowed):
        change(desk, "bed", bed, permissions=("nursery.administer",), name="B")
    assert Bed.get().name == "Aloe"


def test_a_row_is_made_and_removed_by_operations(desk):
    desk.ask("admin_add", table="bed", values={"name": "Aloe", "size": "7"})
    bed = Bed.get()
    assert (bed.name, bed.size) == ("Aloe", 7)
    desk.ask("admin_remove", table="bed", key=bed.id)
    assert Bed.select().count() == 0


def test_what_no_operation_makes_or_removes_is_refused(desk):
    (bed,) = desk.beds({"name": "Aloe"})
    plant = desk.plant(bed=bed, name="A1")
    with pytest.raises(NotAllowed):
        desk.ask("admin_add", table="plant", values={"name": "A2"})
    with pytest.raises(NotAllowed):
        desk.ask("admin_remove", table="plant", key=plant.id)
    assert Plant.select().count() == 1


def test_a_column_that_its_table_names_is_written_directly_and_goes_on_record(desk):
    (bed,) = desk.beds({"name": "Aloe"})
    plant = desk.plant(bed=bed, name="A1")
    assert desk.ask("admin_describe", table="plant").abilities.directly
    change(desk, "plant", plant.id, label="hello", hardy="true")
    row = Plant.get()
    assert (row.label, row.hardy, row.name) == ("hello", True, "A1")
    images = desk.database.execute(
        "SELECT before, after FROM azora_audit "
        "WHERE entity = 'plant' AND action = 'update' ORDER BY link DESC LIMIT 1"
    )
    assert json.loads(images[0][0])["label"] == "" and json.loads(images[0][1])["label"] == "hello"
    assert desk.trail()[-1][0] == "nursery.admin_write"


def test_no_other_column_is_written_directly(desk):
    (bed,) = desk.beds({"name": "Aloe"})
    plant = desk.plant(bed=bed, name="A1")
    with pytest.raises(Invalid):
        change(desk, "plant", plant.id, name="A2")
    with pytest.raises(Invalid):
        change(desk, "plant", plant.id, label="x" * 21)


def test_a_direct_write_does_not_overwrite_either(desk):
    (bed,) = desk.beds({"name": "Aloe"})
    plant = desk.plant(bed=bed, name="A1")
    version = read(desk, "plant", plant.id).row.version
    change(desk, "plant", plant.id, label="one")
    with pytest.raises(Conflict):
        desk.ask(
            "admin_change", table="plant", key=plant.id, version=version, values={"label": "two"}
        )


def test_an_act_is_done_to_every_chosen_row_and_refusals_are_told(desk):
    first, dry, third = desk.beds({"name": "a"}, {"name": "b", "size": 13}, {"name": "c"})
    report = desk.ask("admin_act", table="bed", act="water_bed", keys=[first, dry, third])
    assert report.done == 2
    assert [(one.key, one.reason) for one in report.refused] == [
        (dry, "this bed is dry for a reason")
    ]
