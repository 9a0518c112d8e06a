"""What the pictures of editing show: two librarians at one record, a draft, a bulk edit that waits."""

import time
from typing import Any

BOOKS = (("Native Life in South Africa", 1916), ("Sechuana Proverbs", 1916), ("Mhudi, again", 1930))
DRAFT = "01999999-0000-7000-8000-000000000001"


def editing(campus: Any, client: Any) -> dict[str, str]:
    """The address of each picture, once both have done their part."""
    query = {"query": "mhudi"}
    [found] = client.get("/api/library/search", params=query).json()["items"][:1]
    address, page = f"/api/library/resources/{found['id']}", f"/library/{found['id']}"
    _draft(client, f"{page}/edit", client.get(f"{address}?count=false").json())
    colleague = campus.as_account("library.manage", name="Lerato Dube")
    said = {"title": "Mhudi: an epic of South African native life", "language": "en"}
    now = colleague.patch(address, json=said).json()["revision"]
    changes = {"query": "south africa", "whole": True, "add_tags": ["Southern Africa"]}
    bulk = client.post("/api/library/bulk-edits", json=changes).json()["id"]
    return {
        "draft": f"{page}/edit",
        "conflict": f"{page}/merge?draft={DRAFT}",
        "history": f"{page}/history?before={now - 1}&after={now}",
        "bulk-edit": f"/library/bulk-edits/{bulk}",
    }


def importing(client: Any) -> dict[str, str]:
    """A small library's table: one to be looked at, and one whose import is done."""
    rows = "".join(f"{title};Plaatje, Sol T.;{year};{year}-{year % 100}\n" for title, year in BOOKS)
    table = f"Titel;By;Year;Shelf mark\n{rows};no title;;\n".encode()
    look, done = (
        client.post("/api/library/imports/files", files={"file": (name, table)}).json()["id"]
        for name in ("village-library.csv", "school-library.csv")
    )
    mapping = {"Titel": "title", "By": "authors", "Year": "year", "Shelf mark": "-"}
    client.put(f"/api/library/imports/{done}/mapping", json={"mapping": mapping})
    client.post(f"/api/library/imports/{done}/start", json={})
    while client.get(f"/api/library/imports/{done}").json()["state"] != "done":
        time.sleep(0.1)
    return {"import": f"/library/imports/{look}", "imported": f"/library/imports/{done}"}


def _draft(client: Any, place: str, record: dict[str, Any]) -> None:
    """Keep what the form of a record holds, with some of it typed anew."""
    values = record | {
        "title": "Mhudi: a romance",
        "tags": [*record["tags"], "Barolong"],
        "if_revision": record["revision"],
    }
    names = (
        "id", "if_revision", "title", "type", "content", "authors", "category", "tags",
        "language", "year", "publisher", "isbn", "issn", "doi", "link",
    )  # fmt: skip
    typed = {name: [_text(values[name])] for name in names}
    kept = {"place": place, "form": "edit", "typed": typed}
    assert client.put(f"/api/library/drafts/{DRAFT}", json=kept).ok


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else str(value)
