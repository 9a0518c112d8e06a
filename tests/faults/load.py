"""Writers that keep adding resources over HTTP, and remember what the campus said it had stored."""

import itertools
import threading
import time
import uuid

import requests

from azora.testing.campus import CampusProcess, Client


class Writers:
    """Threads that add resources until told to stop; `stored` holds the titles answered with 201."""

    def __init__(
        self, campus: CampusProcess, count: int = 4, *, idempotency_keys: bool = False
    ) -> None:
        self.mark = uuid.uuid4().hex[:8]
        self.stored: list[str] = []
        self.refused: list[int] = []
        self.unanswered: list[str] = []
        """Titles of which nobody said whether they are stored: the connection or the server broke."""
        self._keys = idempotency_keys
        self._numbers = itertools.count()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(client,), daemon=True)
            for client in _clients(campus, count)
        ]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)

    def _write(self, client: Client) -> None:
        while not self._stopping.is_set():
            title = f"{self.mark} {next(self._numbers)}"
            body = {"title": title, "type": "BOOK", "category": self.mark}
            headers = {"Idempotency-Key": title.replace(" ", "-")} if self._keys else {}
            try:
                answer = client.post(
                    "/api/library/resources", json=body, headers=headers, timeout=20
                )
            except requests.RequestException:
                self.unanswered.append(title)
                self._stopping.wait(0.05)
                continue
            if answer.status_code == 201:
                self.stored.append(title)
            else:
                self.refused.append(answer.status_code)
                if answer.status_code >= 500:
                    self.unanswered.append(title)
                self._stopping.wait(0.02)


def _clients(campus: CampusProcess, count: int) -> list[Client]:
    first = campus.sign_in()
    clients = [Client(campus.url) for _ in range(count)]
    for client in clients:
        client.cookies.update(first.cookies)
    return clients


def wait_for(writers, more):
    """Until so many more writes were accepted."""
    goal = len(writers.stored) + more
    end = time.monotonic() + 30
    while len(writers.stored) < goal:
        assert time.monotonic() < end, f"writes do not go on: {writers.refused[-5:]}"
        time.sleep(0.01)


def titles_in(campus: CampusProcess, mark: str) -> list[str]:
    """Every title of a category, page by page."""
    found, cursor = [], None
    while True:
        given = {"cursor": cursor} if cursor else {}
        page = campus.call("library.list_resources", limit=100, category=mark, **given)
        found += [item["title"] for item in page["items"]]
        cursor = page.get("next")
        if not cursor:
            return found


def counted_in(campus: CampusProcess, mark: str) -> int:
    """What the category's counter says, which handlers of events keep."""
    categories = campus.call("library.list_categories")["items"]
    return next((entry["resources"] for entry in categories if entry["name"] == mark), 0)
