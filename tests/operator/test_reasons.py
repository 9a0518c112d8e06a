"""Whoever meets a reason, an Event or a metric of the operator finds in the guide what to do."""

import re
from pathlib import Path

from prometheus_client import REGISTRY

from azora_operator import metrics
from azora_operator.conditions import Reason
from azora_operator.news import ALARMING, Happening

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"


def explained(head):
    """The names in the first column of the table with this head, each with what is said of it."""
    table = GUIDE.read_text().split(f"| {head} |")[1].split("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE))


def test_guide_explains_exactly_the_reasons_that_are_given():
    assert sorted(explained("Reason")) == sorted(Reason)


def test_guide_explains_exactly_the_events_that_are_written():
    assert sorted(explained("Event")) == sorted(Happening)
    assert all(f"`{reason}`" in GUIDE.read_text().split("| Event |")[0] for reason in ALARMING)


def test_guide_explains_exactly_what_is_counted():
    assert metrics.LEADING in vars(metrics).values()
    counted = {
        f"{each.name}_total" if each.type == "counter" else each.name
        for each in REGISTRY.collect()
        if each.name.startswith("azora_operator_")
    }
    assert set(explained("Metric")) == counted


def test_what_is_wrong_is_explained_with_a_remedy():
    said = explained("Reason")
    assert not [
        each for each in ALARMING if not re.search(r"Look|look|Make|Mend|Read|says why", said[each])
    ]
