"""What administrators do goes on record: in the transaction of the act, whatever comes of it."""

import json

import peewee
import pytest
from tests.kernel.hosting import acting_as, make_plugin, running

from azora import Conflict, NotAllowed, Permission, Reply, Request, Service, Table, operation
from azora.data.migrations import Schema  # noqa: F401 – what a migration is annotated with
from azora.tables import IdField


class Bed(Table):
    id = IdField(primary_key=True)
    plant = peewee.TextField()
    keeper = peewee.TextField(default="")
    gate_code = peewee.TextField(default="")

    class Meta:
        personal = ("keeper",)
        secret = ("gate_code",)
        retention = "As long as the garden."


class Plant(Request):
    id: str
    plant: str
    keeper: str = ""
    fail: str = ""


class Water(Request):
    id: str


class Gardens(Service):
    @operation("PUT /beds/{id}", permission="plots.keep")
    def plant(self, request: Plant) -> Reply:
        with self.transaction():
            values = {"plant": request.plant, "keeper": request.keeper}
            changed = Bed.update(values).where(Bed.id == request.id).execute()
            if not changed:
                Bed.create(id=request.id, gate_code="4711", **values)
            if request.fail == "inside":
                raise Conflict("something grows here already")
        if request.fail == "after":
            raise Conflict("too late")
        return Reply()

    @operation("GET /beds/{id}", permission="plots.keep")
    def look(self, request: Water) -> Reply:
        return Reply()

    @operation("POST /beds/{id}/water", permission="plots.own")
    def water_mine(self, request: Water) -> Reply:
        return Reply()

    @operation("POST /rain", permission="plots.keep")
    def rain(self, request: Request) -> Reply:
        self.audit(on="every bed", before={"dry": True}, after={"dry": False, "api_key": "k"})
        return Reply()

    @operation("POST /imports", permission="plots.keep", audited="act")
    def take_in(self, request: Request) -> Reply:
        with self.transaction():
            Bed.create(plant="Aloe")
        return Reply()


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    def m0001_create(schema):
        schema.create_table(
            "bed",
            id=IdField(primary_key=True),
            plant=peewee.TextField(),
            keeper=peewee.TextField(),
            gate_code=peewee.TextField(),
        )

    def m0001_create_down(schema):
        schema.drop_table("bed")

    steps = type(
        "migrations", (), {"m0001_create": m0001_create, "m0001_create_down": m0001_create_down}
    )
    monkeypatch.setattr("azora.processes.upgrade.load_migrations", lambda package: steps)
    plugin = make_plugin(
        "plots",
        services=[Gardens],
        tables=[Bed],
        permissions=[
            Permission("plots.keep", "Keep the garden"),
            Permission("plots.own", "Water one's own bed", own=True),
        ],
    )
    with running(tmp_path, plugin) as runtime:
        assert not runtime.registry.refused
        yield runtime


def ask(runtime, name, actor="user:thandi", permissions=("*",), **fields):
    context = acting_as(runtime, actor, *permissions)
    context.address = "192.0.2.7"
    return runtime.call(f"plots.{name}", fields, context=context)


def trail(runtime, columns='actor, entity, "row", action, outcome'):
    database = runtime.hosted["plots"].database
    return database.execute(f"SELECT {columns} FROM azora_audit ORDER BY link")


def test_an_act_and_the_rows_that_it_changes_are_one_entry_each_joined_by_an_id(runtime):
    ask(runtime, "plant", id="b1", plant="Aloe", keeper="Sipho")
    assert trail(runtime) == [
        ("user:thandi", "bed", "b1", "insert", None),
        ("user:thandi", "plots.plant", "beds/b1", "act", "done"),
    ]
    (row, entry) = trail(runtime, "act, address, trace")
    assert row[0] == entry[0] and entry[1] == "192.0.2.7" and len(entry[2]) == 32


def test_a_change_shows_what_was_and_what_is_and_neither_people_nor_secrets(runtime):
    ask(runtime, "plant", id="b1", plant="Aloe", keeper="Sipho")
    ask(runtime, "plant", id="b1", plant="Protea", keeper="Nomsa")
    images = trail(runtime, "before, after")
    assert json.loads(images[0][1]) == {"id": "b1", "plant": "Aloe"}
    assert [json.loads(image) for image in images[2]] == [
        {"plant": "Aloe", "keeper": "***"},
        {"plant": "Protea", "keeper": "*** changed"},
    ]


def test_a_long_text_is_cut(runtime):
    ask(runtime, "plant", id="b1", plant="x" * 5000)
    assert len(json.loads(trail(runtime, "after")[0][0])["plant"]) == 1001


def test_what_was_refused_is_on_record_and_changed_nothing(runtime):
    with pytest.raises(NotAllowed):
        ask(runtime, "plant", permissions=("plots.own",), id="b1", plant="Aloe")
    assert trail(runtime) == [("user:thandi", "plots.plant", "beds/b1", "act", "not_allowed")]


def test_what_failed_inside_its_transaction_is_on_record_as_failed_alone(runtime):
    with pytest.raises(Conflict):
        ask(runtime, "plant", id="b1", plant="Aloe", fail="inside")
    assert trail(runtime) == [("user:thandi", "plots.plant", "beds/b1", "act", "conflict")]


def test_what_failed_after_its_transaction_is_on_record_as_done_and_as_failed(runtime):
    with pytest.raises(Conflict):
        ask(runtime, "plant", id="b1", plant="Aloe", fail="after")
    assert [row[4] for row in trail(runtime)] == [None, "done", "conflict"]


@pytest.mark.parametrize(
    ("name", "actor"),
    [("look", "user:thandi"), ("water_mine", "user:thandi"), ("rain", "plugin:plots")],
)
def test_reading_and_ones_own_things_and_what_plugins_do_are_no_acts(runtime, name, actor):
    context = runtime.hosted["plots"].as_itself()
    if actor == "plugin:plots":
        with pytest.raises(NotAllowed):
            runtime.call(f"plots.{name}", {}, context=context)
    else:
        ask(runtime, name, actor, id="b1")
    assert trail(runtime) == []


def test_an_operation_may_say_what_it_was_about(runtime):
    ask(runtime, "rain")
    ((on, before, after),) = trail(runtime, '"row", before, after')
    assert on == "every bed" and json.loads(before) == {"dry": True}
    assert json.loads(after) == {"dry": False, "api_key": "***"}


def test_an_import_is_one_entry(runtime):
    ask(runtime, "take_in")
    assert [row[1] for row in trail(runtime)] == ["plots.take_in"]


def test_a_hook_or_a_command_may_put_something_on_record(runtime):
    runtime.hosted["plots"].audit("plots.backup", on="today.tar", after={"files": 3})
    assert trail(runtime) == [("plugin:plots", "plots.backup", "today.tar", "act", "done")]
