"""Libraries that only some campuses need: what to install is said where a setting asks for one."""

from collections.abc import Iterator
from contextlib import contextmanager

from azora.settings.layers import SettingsError


@contextmanager
def needs_extra(extra: str, setting: str) -> Iterator[None]:
    """Round imports that a setting asks for. Raises SettingsError that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = f"{setting} needs {error.name}, which is not installed"
        raise SettingsError([f"{missing}: pip install 'azora[{extra}]'."]) from None
