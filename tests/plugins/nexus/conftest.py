"""A resource of the library, and the event that tells of it."""

import secrets

import pytest


@pytest.fixture
def title():
    return f"A book named {secrets.token_hex(4)}"


@pytest.fixture
def add(title):
    """`add(campus)`: a new resource and its event, once that is in the index of the log."""

    def add(campus, name=title):
        added = campus.call("library.add_resource", title=name, type="BOOK")
        return added, event_of(campus, added)

    return add


def event_of(campus, resource, kind="library.resource_added"):
    """The event that tells of this resource, as soon as it is in the index."""

    def find():
        found = campus.call("nexus.list_events", type=kind, key=resource["id"])["items"]
        return found and found[0]

    return campus.eventually(find)
