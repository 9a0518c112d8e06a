"""Whoever meets a reason of a condition finds in the guide what to do."""

import re
from pathlib import Path

from azora_operator.conditions import Reason

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"


def test_guide_explains_exactly_the_reasons_that_are_given():
    explained = re.findall(r"^\| `(\w+)` \|", GUIDE.read_text(), re.MULTILINE)
    assert sorted(explained) == sorted(Reason)
