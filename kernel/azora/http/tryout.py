"""The page at /api/docs."""

from typing import Any

SCRIPT = ""
STYLE = ""


def tryout_page(document: dict[str, Any]) -> str:
    return "<!doctype html><title>API</title>"
