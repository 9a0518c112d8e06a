"""The library in step with other repositories: one real campus harvests another, and ones that misbehave."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from azora.testing.browser import browse

JOURNEYS = Path(__file__).with_name("harvest_journeys.py")
INSIDE = {"AZORA_OUTBOUND_INSIDE": '["127.0.0.1"]', "AZORA_LIBRARY_DEMO": "false"}
SPACE = 'xmlns="http://www.openarchives.org/OAI/2.0/"'
DC = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></oai_dc:dc>'
)
IDENTIFY = "<Identify><granularity>YYYY-MM-DD</granularity></Identify>"
Answer = tuple[int, dict[str, str], str]


@pytest.fixture(scope="module")
def harvester(new_module_campus: Any) -> Any:
    return new_module_campus("embedded", environment=INSIDE)


def add(campus: Any, address: str, source: str, **said: Any) -> str:
    made = campus.call("library.add_harvest", address=address, source=source, **said)
    return str(made["id"])


def harvest(campus: Any, id: str, seconds: float = 60.0, **said: Any) -> dict[str, Any]:
    """Start it; what it says when it rests."""
    campus.call("library.start_harvest", id=id, **said)
    return rested(campus, id, seconds)


def rested(campus: Any, id: str, seconds: float = 60.0) -> dict[str, Any]:
    def found() -> Any:
        one = campus.call("library.read_harvest", id=id)
        return one if one["state"] != "running" else None

    return dict(campus.eventually(found, seconds))


def titles(campus: Any, word: str) -> list[str]:
    found = campus.call("library.search", query=word, limit=100)["items"]
    return sorted(hit["title"] for hit in found)


class TestCampusToCampus:
    def test_it_takes_in_follows_changes_and_respects_what_is_deleted_and_closed(
        self, harvester: Any, embedded_campus: Any, word: str
    ) -> None:
        there = embedded_campus
        made = [
            there.call(
                "library.add_resource", title=f"{word} {n}", type="BOOK", category=word,
                authors=["Sol T. Plaatje"], tags=[word],
            )["id"]
            for n in range(130)
        ]  # fmt: skip
        sets = there.eventually(lambda: with_set(there, word))
        spec = sets[: sets.index(f"<setName>{word}")].rpartition("<setSpec>")[2].partition("<")[0]
        id = add(harvester, f"{there.url}/api/library/oai", word, subset=spec)
        first = harvest(harvester, id)
        assert (first["state"], first["added"], first["records"]) == ("idle", 130, 130), first
        found = harvester.call("library.search", query=f"{word} 77")["items"]
        assert [hit["authors"] for hit in found] == [["Sol T. Plaatje"]]

        time_moves_on(there)
        there.call("library.update_resource", id=made[0], title=f"{word} changed")
        there.call("library.remove_resource", id=made[1])
        there.call(
            "library.set_access", id=made[2], record_access="public", file_access="public",
            embargo_until="2100-01-01", embargo_covers="record",
        )  # fmt: skip
        there.eventually(lambda: all(is_buried(there, one) for one in made[1:3]))
        second = harvest(harvester, id)
        assert (second["updated"], second["deleted"]) == (1, 2), second
        assert second["records"] < 130
        assert titles(harvester, f"{word} changed") == [f"{word} changed"]

    def test_a_librarian_harvests_another_campus_in_the_browser(
        self, harvester: Any, embedded_campus: Any, word: str, tmp_path: Path
    ) -> None:
        there = embedded_campus
        there.call("library.add_resource", title=f"Mhudi {word}", type="BOOK")
        session = harvester.as_account("library.manage").cookies["azora_session"]
        address = f"{there.url}/api/library/oai"
        made = browse(JOURNEYS, "harvesting", harvester.url, tmp_path, session, address, word)
        seen = made["seen"]
        assert "form that is asked for" in seen["mistyped"]
        assert int(seen["counts"]["Added"]) >= 1 and seen["counts"]["Refused"] == "0"
        assert any(word in row for row in seen["listed"])
        assert seen["found"] == [f"Mhudi {word}"]
        assert seen["removed"] == "Removed."
        assert made["fits"]

    def test_a_killed_harvest_goes_on_where_it_was(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        repository.pages(word, 6, slow=0.3)
        id = add(harvester, repository.url, word)
        harvester.call("library.start_harvest", id=id)
        harvester.eventually(lambda: "2" in repository.tokens)
        harvester.kill()
        harvester.start()
        assert rested(harvester, id)["state"] == "idle"
        assert titles(harvester, word) == [f"{word} {n}" for n in range(6)]
        assert repository.tokens.count("") == 1


class TestManners:
    def test_it_waits_as_long_as_it_is_asked_to(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        repository.pages(word, 1)
        repository.busy = [(503, {"Retry-After": "2"}, "")]
        began = time.monotonic()
        assert harvest(harvester, add(harvester, repository.url, word))["added"] == 1
        assert time.monotonic() - began >= 2

    def test_broken_xml_is_named_and_the_records_before_it_come_in(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        whole = repository.page([record("a", f"{word} a"), record("b", f"{word} b")])
        repository.answer = lambda asked: (200, {}, whole.replace(f"{word} b", "b & <broken"))
        id = add(harvester, repository.url, word)
        done = harvest(harvester, id)
        assert done["state"] == "failed"
        assert "broken XML" in done["problem"]
        assert titles(harvester, word) == [f"{word} a"]

    def test_records_that_cannot_be_are_named_by_their_identifier(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        page = repository.page([record("good", word), record("untitled", ""), "<record/>"])
        repository.answer = lambda asked: (200, {}, page)
        id = add(harvester, repository.url, word)
        assert (harvest(harvester, id)["refused"], titles(harvester, word)) == (2, [word])
        strays = harvester.call("library.list_strays", id=id)["items"]
        assert {one["identifier"]: one["reason"] for one in strays} == {
            "untitled": "has no title",
            "record 3": "has no identifier",
        }

    def test_an_address_inside_is_not_asked(self, embedded_campus: Any, word: str) -> None:
        id = add(embedded_campus, f"{embedded_campus.url}/api/library/oai", word)
        done = harvest(embedded_campus, id)
        assert done["state"] == "failed"
        assert "inside this network" in done["problem"]

    def test_a_document_type_is_refused(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        bomb = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        page = bomb + repository.page([record("a", f"{word} &a;")])
        repository.answer = lambda asked: (200, {}, page)
        done = harvest(harvester, add(harvester, repository.url, word))
        assert done["state"] == "failed" and "document type" in done["problem"]
        assert titles(harvester, word) == []

    def test_no_records_is_no_failure(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        none = f'<OAI-PMH {SPACE}><error code="noRecordsMatch">None.</error></OAI-PMH>'
        repository.answer = lambda asked: (200, {}, none)
        done = harvest(harvester, add(harvester, repository.url, word))
        assert (done["state"], done["problem"]) == ("idle", None)

    def test_what_somebody_worked_on_here_stays_when_it_is_deleted_there(
        self, harvester: Any, word: str, repository: "Repository"
    ) -> None:
        page = repository.page([record("a", word)])
        repository.answer = lambda asked: (200, {}, page)
        id = add(harvester, repository.url, word)
        harvest(harvester, id)
        (hit,) = harvester.call("library.search", query=word)["items"]
        harvester.call("library.update_resource", id=hit["id"], title=f"{word} edited")
        gone = '<record><header status="deleted"><identifier>a</identifier></header></record>'
        page = repository.page([gone])
        assert harvest(harvester, id)["deleted"] == 0
        assert titles(harvester, word) == [f"{word} edited"]
        (stray,) = harvester.call("library.list_strays", id=id)["items"]
        assert "somebody changed it here" in stray["reason"]


def with_set(campus: Any, name: str) -> str:
    """The list of sets, once the category is counted."""
    found: str = campus.http.get("/api/library/oai?verb=ListSets").text
    return found if f"<setName>{name}" in found else ""


def is_buried(campus: Any, id: str) -> bool:
    """Whether harvesters are told that the record is gone."""
    at = "/api/library/oai?verb="
    said = campus.http.get(f"{at}Identify").text.partition("repositoryIdentifier>")[2]
    space = said.partition("<")[0]
    asked = f"GetRecord&metadataPrefix=oai_dc&identifier=oai:{space}:{id}"
    text: str = campus.http.get(at + asked).text
    return 'status="deleted"' in text


def time_moves_on(campus: Any) -> None:
    """Datestamps are whole seconds: wait for the next one."""
    began = int(time.time())
    campus.eventually(lambda: int(time.time()) > began)


def record(identifier: str, title: str) -> str:
    header = f"<header><identifier>{identifier}</identifier></header>"
    return f"<record>{header}<metadata>{DC.format(title)}</metadata></record>"


class Repository:
    """A repository that answers as a test says; it notes which tokens it was shown."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.busy: list[Answer] = []
        self.answer: Callable[[dict[str, str]], Answer] = lambda asked: (404, {}, "")
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                status, headers, text = repository.reply({k: v[0] for k, v in query.items()})
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/oai"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def reply(self, asked: dict[str, str]) -> Answer:
        if asked["verb"] == "Identify":
            return 200, {}, f"<OAI-PMH {SPACE}>{IDENTIFY}</OAI-PMH>"
        if self.busy:
            return self.busy.pop(0)
        self.tokens.append(asked.get("resumptionToken", ""))
        return self.answer(asked)

    def pages(self, word: str, count: int, slow: float = 0.0) -> None:
        """So many pages of one record each."""

        def answer(asked: dict[str, str]) -> Answer:
            time.sleep(slow)
            number = int(asked.get("resumptionToken", "0"))
            token = str(number + 1) if number + 1 < count else ""
            return 200, {}, self.page([record(f"k{number}", f"{word} {number}")], token)

        self.answer = answer

    def page(self, records: list[str], token: str = "") -> str:
        last = f"<resumptionToken>{token}</resumptionToken>"
        return (
            f"<OAI-PMH {SPACE}><responseDate>2026-11-23T10:00:00Z</responseDate>"
            f"<ListRecords>{''.join(records)}{last}</ListRecords></OAI-PMH>"
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def repository() -> Iterator[Repository]:
    made = Repository()
    yield made
    made.close()


class TestCommand:
    def test_it_harvests_and_follows(
        self, harvester: Any, word: str, repository: Repository
    ) -> None:
        repository.pages(word, 2)
        done = harvester.azora("library", "harvest", repository.url, "--source", word)
        assert done.code == 0, done.err
        assert f"2 records of {word}: 2 added" in done.out
        assert titles(harvester, word) == [f"{word} 0", f"{word} 1"]

    def test_a_page_shows_how_far_it_is_and_what_stayed_out(
        self, harvester: Any, word: str, repository: Repository
    ) -> None:
        page = repository.page([record("good", word), record("untitled", "")])
        repository.answer = lambda asked: (200, {}, page)
        id = add(harvester, repository.url, word)
        harvest(harvester, id)
        client = harvester.sign_in()
        assert f"Harvest of {word}" in client.get(f"/library/harvests/{id}").text
        assert "untitled" in client.get(f"/library/harvests/{id}").text
        assert word in client.get("/library/harvests").text
