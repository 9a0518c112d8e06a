"""docs/settings.md is what the settings classes say."""

from pathlib import Path

from azora.loader import load_registry
from azora.settings.reference import reference_markdown

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_settings_reference_is_fresh() -> None:
    registry = load_registry()
    assert registry.refused == {}
    assert reference_markdown(registry) == PAGE.read_text("utf-8"), (
        "docs/settings.md is stale: azora settings --markdown > docs/settings.md"
    )


def test_every_setting_of_every_plugin_is_described() -> None:
    kinds = [loaded.plugin.settings for loaded in load_registry().plugins.values()]
    bare = [
        f"{kind.__name__}.{name}"
        for kind in kinds
        if kind
        for name, field in kind.model_fields.items()
        if not field.description
    ]
    assert bare == []
