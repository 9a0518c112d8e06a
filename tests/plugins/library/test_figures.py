"""Counting readings and downloads: people and not robots, once and not twice, and by month."""

import csv
import io
from typing import Any

import eventlet
import pytest

from azora.errors import Invalid, NotAllowed, NotFound
from azora.http import Gateway
from azora.http.exchange import HttpRequest
from azora_library.figures.counting import is_robot
from azora_library.figures.models import RecentUseRow

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class Visitor:
    """Somebody at an address with a browser, over HTTP."""

    def __init__(self, library: Any, agent: str = FIREFOX, address: str = "203.0.113.1") -> None:
        self._gateway, self._agent, self._address = (
            Gateway(library.hosted.runtime),
            agent,
            address,
        )

    def get(self, id: str, what: str = "", method: str = "GET", **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self._agent:
            sent["user-agent"] = self._agent
        path = f"/api/library/resources/{id}{what}"
        request = HttpRequest(method, path, headers=sent, remote=self._address)
        return self._gateway.respond(request).status


def used(library: Any, id: str) -> tuple[int, int]:
    read = library.call("read_resource", id=id, count=False)
    return read.views, read.downloads


def with_file(library: Any) -> str:
    file = library.hosted.files.put([b"%PDF-1.7 ..."], "mhudi.pdf", "application/pdf")
    return str(library.add(file=file.model_dump()).id)


def seconds_pass(library: Any, seconds: float) -> None:
    """What was seen so far was seen so much earlier."""
    with library.hosted.transaction():
        RecentUseRow.update(at=RecentUseRow.at - seconds).execute()


def test_a_double_click_counts_once_and_a_later_click_again(library: Any) -> None:
    id, visitor = with_file(library), Visitor(library)
    for _ in range(3):
        assert visitor.get(id) == 200 and visitor.get(id, "/file") == 200
    assert used(library, id) == (1, 1)
    for _ in range(3):  # clicks that follow one another stay one, however long it lasts
        seconds_pass(library, 20)
        visitor.get(id)
    assert used(library, id) == (1, 1)
    seconds_pass(library, 31)
    visitor.get(id)
    assert used(library, id) == (2, 1)


def test_visitors_count_each_by_address_browser_and_account(library: Any, word: str) -> None:
    id = library.add(title=word).id
    for agent, address in ((FIREFOX, "203.0.113.1"), (PHONE, "203.0.113.1"), (PHONE, "::2")):
        Visitor(library, agent, address).get(id)
    assert used(library, id) == (3, 0)


@pytest.mark.parametrize(
    "agent",
    [GOOGLE, "python-requests/2.34.2", "curl/8.5.0", "", "facebookexternalhit/1.1", "Wget/1"],
)
def test_robots_scripts_and_nobody_are_not_counted(library: Any, agent: str) -> None:
    id, robot = with_file(library), Visitor(library, agent)
    assert robot.get(id) == robot.get(id, "/file") == 200
    assert used(library, id) == (0, 0)


def test_browsers_of_people_are_no_robots() -> None:
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
    assert not any(
        map(is_robot, [FIREFOX, PHONE, safari, "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80)"])
    )


def test_what_nobody_reads_is_not_counted(library: Any) -> None:
    id, visitor = with_file(library), Visitor(library)
    visitor.get(id, method="HEAD")
    visitor.get(id, "/file", method="HEAD")
    visitor.get(id, sec_purpose="prefetch;prerender")
    visitor.get(id, "/file", sec_purpose="prefetch")
    assert visitor.get(id, "/file", range="bytes=4-8") == 206
    assert used(library, id) == (0, 0)
    assert visitor.get(id, "/file", range="bytes=0-3") == 206
    assert visitor.get(id, "/file", range="bytes=4-") == 206
    assert used(library, id) == (0, 1)


def test_no_use_is_lost_and_none_counted_twice_when_many_come_at_once(library: Any) -> None:
    id = with_file(library)
    visitors = [Visitor(library, FIREFOX, f"203.0.113.{n}") for n in range(20)]
    pool = eventlet.GreenPool()
    clicks = [(one, what) for one in visitors for what in ("", "/file") for _ in range(3)]
    assert set(pool.imap(lambda click: click[0].get(id, click[1]), clicks)) == {200}
    library.call("update_resource", id=id, title="Changed meanwhile")
    assert used(library, id) == (20, 20)
    months = library.call("read_figures", id=id, by=None).items
    assert (sum(one.views for one in months), sum(one.downloads for one in months)) == (20, 20)


def test_who_looked_is_a_hash_and_forgotten_soon(library: Any) -> None:
    id = library.add().id
    Visitor(library, FIREFOX, "203.0.113.77").get(id)
    rows = list(RecentUseRow.select())
    assert rows and not any("203.0.113" in str(row.__data__) for row in rows)
    assert {len(row.visitor) for row in rows} == {32}
    seconds_pass(library, 31)
    assert library.call("forget_visitors").forgotten >= 1
    assert RecentUseRow.select().count() == 0


def test_the_most_used_come_first(library: Any, word: str) -> None:
    ids = [library.add(title=f"{word} {n}").id for n in range(3)]
    for n, times in ((0, 1), (2, 2)):
        for visitor in range(times):
            Visitor(library, FIREFOX, f"198.51.100.{visitor}").get(ids[n])
    assert library.titles(query=word, sort="used") == [f"{word} {n}" for n in (2, 0, 1)]
    page = library.call("search", query=word, sort="used", limit=1)
    rest = library.call("search", query=word, sort="used", limit=2, cursor=page.next)
    assert [one.views for one in (*page.items, *rest.items)] == [2, 1, 0]


def test_figures_are_told_by_month_also_of_months_without_use(library: Any) -> None:
    id = library.add().id
    with library.hosted.transaction():
        library.hosted.database.execute("INSERT INTO library_usage VALUES (?, '2025-03', 5, 7)", id)
    told = library.call("read_figures", id=id, since="2025-02", until="2025-04").items
    assert [(one.month, one.views, one.downloads) for one in told] == [
        ("2025-02", 0, 0), ("2025-03", 5, 7), ("2025-04", 0, 0),
    ]  # fmt: skip
    assert len(library.call("list_figures").items) == 12


def test_figures_are_exported_as_a_table_also_of_what_is_gone(
    embedded_campus: Any, word: str
) -> None:
    campus = embedded_campus
    librarian = campus.as_account("library.manage")
    ids = [
        campus.call("library.add_resource", title=title, type="BOOK")["id"]
        for title in (f'{word} "quoted", =1+1', word)
    ]
    for id in ids:
        path = f"/api/library/resources/{id}"
        assert campus.http.get(path, headers={"User-Agent": FIREFOX}).status_code == 200
    campus.call("library.remove_resource", id=ids[1])
    answer = librarian.get("/api/library/figures/export")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert (rows[ids[0]]["views"], rows[ids[0]]["downloads"]) == ("1", "0")
    assert word in rows[ids[0]]["title"] and rows[ids[1]]["title"] == ""
    assert campus.http.get("/api/library/figures/export").status_code == 401


@pytest.mark.parametrize(
    "period", [{"since": "2026-02", "until": "2026-01"}, {"since": "0001-01", "until": "9999-12"}]
)
def test_a_period_that_is_none_is_refused(library: Any, period: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        library.call("list_figures", **period)
    assert refused.value.code == "library.no_period"


def test_figures_of_what_a_reader_may_not_see_and_of_the_whole_are_closed(library: Any) -> None:
    hidden = library.add(record_access="restricted", file_access="restricted").id
    with pytest.raises(NotFound):
        library.call("read_figures", id=hidden, by=None)
    with pytest.raises(NotAllowed):
        library.call("list_figures", by=library.person("library.read"))
