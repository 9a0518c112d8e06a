"""However a restore is broken off, the old campus is there or the new one, never half of each."""

import pytest

from azora.backup import restore as restoring
from azora.backup import switch
from azora.campus import prepare_campus
from azora.loader import load_registry


@pytest.fixture
def there(new_campus_here):
    there = new_campus_here("there")
    there.add_books("Here before")
    return there


def broken_at(monkeypatch, module, name, call):
    """Let the n-th call of a function end as a killed process would."""
    real, calls = getattr(module, name), []

    def interrupted(*given):
        calls.append(given)
        if len(calls) == call:
            raise SystemExit("killed")
        return real(*given)

    monkeypatch.setattr(module, name, interrupted)


@pytest.mark.parametrize("step", ["unpacked", "put_back", "stage_database", "switch"])
def test_before_everything_is_ready_the_old_one_stays(campus, kept, there, monkeypatch, step):
    kept.back_up(campus)
    before = there.content()
    broken_at(monkeypatch, restoring, step, 1)
    with pytest.raises(SystemExit):
        kept.restore(there, replace=True)
    assert there.content() == before
    assert there.titles("before") == ["Here before"]
    monkeypatch.undo()
    kept.restore(there, replace=True)
    assert there.content() == campus.content()


@pytest.mark.parametrize("move", [1, 2, 3, 5, 8])
def test_after_that_whoever_comes_next_finishes_it(campus, kept, there, monkeypatch, move):
    kept.back_up(campus)
    broken_at(monkeypatch, switch, "_moved", move)
    with pytest.raises(SystemExit):
        kept.restore(there, replace=True)
    monkeypatch.undo()
    prepare_campus(there.settings, load_registry())
    assert there.content() == campus.content()
    assert there.titles("mhudi") == ["Mhudi"]
    assert not (there.folder / "restoring").exists()
