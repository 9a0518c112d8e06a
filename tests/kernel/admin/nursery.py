"""A plugin of somebody else's with tables, operations and people in it, and not a line about administration."""

from types import SimpleNamespace

import peewee
from tests.kernel.hosting import make_plugin

from azora import (
    Conflict,
    Event,
    NotFound,
    Permission,
    Plugin,  # noqa: F401 – what describe() returns
    Reply,
    Request,
    Service,
    Table,
    operation,
)
from azora.tables import IdField, TimeField


class Bed(Table):
    """A bed of the nursery. Second sentence."""

    id = IdField(primary_key=True)
    name = peewee.CharField(max_length=40, unique=True)
    size = peewee.IntegerField(null=True, index=True)
    keeper = peewee.CharField(max_length=40, null=True, index=True)
    gate_code = peewee.CharField(max_length=10, default="4711")
    note = peewee.TextField(default="")

    class Meta:
        personal = ("keeper",)
        secret = ("gate_code",)
        retention = "As long as the nursery."


class Plant(Table):
    id = IdField(primary_key=True)
    bed = peewee.ForeignKeyField(Bed, on_delete="CASCADE")
    name = peewee.CharField(max_length=40, index=True)
    planted = TimeField(null=True, index=True)
    hardy = peewee.BooleanField(default=False)
    label = peewee.CharField(max_length=20, default="")

    class Meta:
        personal = ()
        editable = ("label", "hardy")
        retention = "As long as its bed."


class BedNamed(Event):
    id: str
    name: str


class MakeBed(Request):
    name: str
    size: int | None = None


class ChangeBed(Request):
    id: str
    name: str
    size: int | None = None
    note: str = ""


class BedRef(Request):
    id: str


class Beds(Service):
    @operation("POST /beds", permission="nursery.keep")
    def add_bed(self, request: MakeBed) -> Reply:
        with self.transaction():
            Bed.create(name=request.name, size=request.size)
        return Reply()

    @operation("PUT /beds/{id}", permission="nursery.keep")
    def replace_bed(self, request: ChangeBed) -> Reply:
        if request.name == "Weeds":
            raise Conflict("nobody plants weeds")
        with self.transaction():
            values = {"name": request.name, "size": request.size, "note": request.note}
            if not Bed.update(values).where(Bed.id == request.id).execute():
                raise NotFound("no such bed")
            self.emit(BedNamed(id=request.id, name=request.name))
        return Reply()

    @operation("DELETE /beds/{id}", permission="nursery.keep")
    def remove_bed(self, request: BedRef) -> None:
        with self.transaction():
            Bed.delete().where(Bed.id == request.id).execute()

    @operation("POST /beds/{id}/water", permission="nursery.keep")
    def water_bed(self, request: BedRef) -> Reply:
        row = Bed.get(Bed.id == request.id)
        if row.size == 13:
            raise Conflict("this bed is dry for a reason")
        with self.transaction():
            Bed.update(note="wet").where(Bed.id == request.id).execute()
        return Reply()


def m0001_create(schema):
    schema.create_table(
        "bed",
        id=IdField(primary_key=True),
        name=peewee.CharField(max_length=40, unique=True),
        size=peewee.IntegerField(null=True, index=True),
        keeper=peewee.CharField(max_length=40, null=True, index=True),
        gate_code=peewee.CharField(max_length=10),
        note=peewee.TextField(),
    )
    schema.create_table(
        "plant",
        id=IdField(primary_key=True),
        bed=schema.reference("bed", on_delete="CASCADE"),
        name=peewee.CharField(max_length=40, index=True),
        planted=TimeField(null=True, index=True),
        hardy=peewee.BooleanField(),
        label=peewee.CharField(max_length=20),
    )


def m0001_create_down(schema):
    schema.drop_table("plant")
    schema.drop_table("bed")


MIGRATIONS = SimpleNamespace(m0001_create=m0001_create, m0001_create_down=m0001_create_down)


def nursery():
    return make_plugin(
        "nursery",
        services=[Beds],
        events=[BedNamed],
        tables=[Bed, Plant],
        permissions=[Permission("nursery.keep", "Keep the nursery")],
    )
