"""The catalogue that a new campus begins with."""

from azora_library import domain
from azora_library.demo import works
from azora_library.exchange.contracts import CatalogueRecord


def test_every_work_is_a_sound_record_of_its_own() -> None:
    records = [CatalogueRecord(**values) for values in works()]
    assert len(records) >= 40
    assert len({one.key for one in records}) == len(records)
    assert {one.type for one in records} <= set(domain.TYPES)
    assert all(one.authors and one.category and one.content and one.year for one in records)
