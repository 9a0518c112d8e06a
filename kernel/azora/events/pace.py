"""How fast events are handled, tried again and forgotten."""

from dataclasses import dataclass

from azora.data.liveness import SECONDS


@dataclass(frozen=True)
class Pace:
    """How fast deliveries run and fail; seconds unless said otherwise."""

    width: int = 16
    """Handlers that run side by side in one plugin."""
    first_pause: float = 0.5
    longest_pause: float = 600.0
    idle: float = 2.0
    """After so long the inbox is looked at unasked: another replica may have stored something."""
    lease: float = SECONDS
    grace: float = 15.0
    """A row whose handler's time is up by so much is taken up whoever runs it."""
    judge_every: float = 1.0
    """So often rows are looked for that nobody runs any more."""
    window: int = 256
    """Rows that one look for work considers before it looks at all of them."""
    look_at_all: float = 0.25
    """So often all rows are looked at, where those of the window wait for others of their keys."""
    keep_done: float = 7 * 86_400.0
    """For so long a repeated event is recognised as one."""
    clean_every: float = 600.0
