"""A small plugin with pages of every kind: what the shell's tests draw."""

import json
from typing import Literal

from pydantic import Field

from azora import (
    Conflict,
    Document,
    FileRef,
    Form,
    ListRequest,
    NotFound,
    Page,
    Part,
    Permission,
    Plugin,
    Reply,
    Request,
    Service,
    Unavailable,
    hookimpl,
    operation,
)

PLANTS = {"1": "Aloe", "2": "Protea"}


class Plants(Reply):
    items: list[str]


class ReadPlant(Request):
    id: str


class Plant(Reply):
    id: str
    name: str


class FindPlants(ListRequest):
    query: str = Field(min_length=1, max_length=40)


class AddPlant(Request):
    name: str = Field(min_length=2, max_length=20)
    note: str = ""
    kind: Literal["tree", "herb"] = "herb"
    height: int | None = Field(None, ge=1, le=900)
    tags: list[str] = []
    picture: FileRef | None = None
    hardy: bool = False


class Label(Request):
    id: str
    text: str = Field(min_length=1)


class Key(Reply):
    secret: str


class Garden(Service):
    @operation("GET /plants", public=True)
    def list_plants(self, request: Request) -> Plants:
        return Plants(items=list(PLANTS.values()))

    @operation("GET /plants/{id}", public=True)
    def read_plant(self, request: ReadPlant) -> Plant:
        if request.id not in PLANTS:
            raise NotFound("no such plant")
        return Plant(id=request.id, name=PLANTS[request.id])

    @operation("GET /plants/{id}/label", public=True)
    def plant_label(self, request: ReadPlant) -> Document:
        return Document(text=self.read_plant(request).name, media_type="text/x-label")

    @operation("GET /weather", public=True)
    def weather(self, request: Request) -> Plants:
        raise Unavailable("the weather is away")

    @operation("GET /broken", public=True)
    def broken(self, request: Request) -> Plants:
        raise ValueError("<secret>")

    @operation("GET /search", public=True)
    def find(self, request: FindPlants) -> Plants:
        return Plants(items=[name for name in PLANTS.values() if request.query in name])

    @operation("GET /ledger", permission="garden.keep")
    def ledger(self, request: Request) -> Plants:
        return Plants(items=["ledger line"])

    @operation("POST /plants", permission="garden.keep")
    def add_plant(self, request: AddPlant) -> Plant:
        if request.name == "Weed":
            raise Conflict("that plant grows here already")
        ADDED.append(request)
        return Plant(id="new/1", name=request.name)

    @operation("GET /plants/{id}/about", public=True)
    def about_plant(self, request: ReadPlant) -> Document:
        about = {"@type": "Thing", "name": "</script><b>Aloe & co"}
        return Document(text=json.dumps(about), media_type="application/ld+json")

    @operation("POST /plants/{id}/labels", public=True)
    def label(self, request: Label) -> Plant:
        return Plant(id=request.id, name=request.text)

    @operation("POST /keys", public=True)
    def make_key(self, request: Request) -> Key:
        return Key(secret="shown-once")


ADDED: list[AddPlant] = []

PAGES = (
    Page(
        "/garden",
        "Garden",
        "garden.html",
        parts={
            "plants": Part("list_plants"),
            "weather": Part("garden.weather"),
            "broken": Part("broken"),
            "ledger": Part("ledger"),
        },
        nav=10,
    ),
    Page("/garden/keeper", "Keeper", "keeper.html", parts={"ledger": Part("ledger")}, nav=20),
    Page("/garden/closed", "Closed", "keeper.html", permission="garden.keep"),
    Page("/garden/find", "Find", "find.html", parts={"found": Part("find")}),
    Page(
        "/garden/add",
        "Add",
        "add.html",
        forms={"add": Form("add_plant", then="/garden/{id}?notice=added")},
    ),
    Page("/garden/{id}.label", "Label", "", parts={"label": Part("plant_label")}),
    Page(
        "/garden/{id}",
        "Plant",
        "plant.html",
        parts={"plant": Part("read_plant"), "about": Part("about_plant")},
        data="about",
        alternates={"text/x-label": "/garden/{id}.label"},
        forms={"label": Form("label", then="/garden/{id}"), "key": Form("make_key", then="")},
    ),
)


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="garden",
        summary="Plants",
        services=[Garden],
        permissions=[Permission("garden.keep", "Keep the garden")],
        pages=PAGES,
    )
