"""Leases: one holder at a time, until it lets go or its time is up."""

import pytest

from azora.data import leases
from azora.data.leases import Lease
from azora.data.migrations import migrate


@pytest.fixture
def as_process(monkeypatch):
    return lambda name: monkeypatch.setattr(leases, "this_process", lambda: name)


@pytest.fixture
def at(monkeypatch):
    return lambda now: monkeypatch.setattr(leases.time, "time", lambda: now)


@pytest.fixture
def shop(database):
    migrate(database, None)
    return database


def test_of_several_processes_one_holds_a_lease(shop, as_process):
    if shop.dialect == "sqlite":
        assert Lease(shop, "relay", 10).take()
        return
    one, two = Lease(shop, "relay", 10), Lease(shop, "relay", 10)
    as_process("one")
    assert one.take() and one.take()
    as_process("two")
    assert not two.take()
    as_process("one")
    one.release()
    as_process("two")
    assert two.take()


def test_a_lease_whose_holder_is_gone_passes_on_when_its_time_is_up(shop, as_process, at):
    one, two = Lease(shop, "relay", 10), Lease(shop, "relay", 10)
    as_process("one")
    at(1000.0)
    assert one.take()
    as_process("two")
    at(1005.0)
    assert two.take() == (shop.dialect == "sqlite")
    at(1010.5)
    assert two.take()


def test_a_lease_is_renewed_before_its_time_is_up(shop, as_process, at):
    if shop.dialect == "sqlite":
        return
    one, two = Lease(shop, "relay", 10), Lease(shop, "relay", 10)
    as_process("one")
    for now in (1000.0, 1006.0, 1012.0, 1018.0):
        at(now)
        assert one.take()
    as_process("two")
    assert not two.take()


def test_children_of_a_fork_are_different_owners(monkeypatch):
    monkeypatch.setattr(leases.os, "getpid", lambda: 1)
    first = leases.this_process()
    monkeypatch.setattr(leases.os, "getpid", lambda: 2)
    assert leases.this_process() != first
