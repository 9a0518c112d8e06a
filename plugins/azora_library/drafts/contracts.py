"""What is asked and answered about drafts, beyond what every plugin's drafts are."""

from azora import Reply, Request


class ExpireDrafts(Request):
    """No choice to make."""


class DraftsExpired(Reply):
    removed: int
