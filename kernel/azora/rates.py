"""How often something may be asked, written as people say it: `10/min`."""

from dataclasses import dataclass

from azora.errors import PluginError

_UNITS = {"sec": 1, "min": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True)
class Rate:
    """So many calls in so many seconds, of each actor, or of each address that is not signed in."""

    limit: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> "Rate":
        """The rate that `10/min` says. Raises PluginError where it says none."""
        limit, _, unit = text.partition("/")
        if not limit.isdecimal() or limit.strip("0") == "" or unit not in _UNITS:
            raise PluginError(f"rate={text!r}: write it as '10/min' ({', '.join(_UNITS)})")
        return cls(int(limit), _UNITS[unit])
