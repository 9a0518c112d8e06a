"""Adds data sets to what a library holds: a plugin that extends another's vocabulary by a hook."""

from typing import TYPE_CHECKING

from azora import Plugin, Reply, Request, Service, hookimpl, needs

if TYPE_CHECKING:
    from azora.hosted import HostedPlugin


class AddType(Request):
    name: str
    label: str


class ResourceType(Reply):
    name: str


@needs("library")
class Library:
    def add_type(self, request: AddType) -> ResourceType: ...


class Datasets(Service):
    library = Library()


@hookimpl
def describe() -> Plugin:
    return Plugin(name="datasets", summary="Data sets", services=[Datasets], needs=[Library])


@hookimpl
def seed(plugin: "HostedPlugin") -> None:
    Library().add_type(AddType(name="DATASET", label="Data set"))
