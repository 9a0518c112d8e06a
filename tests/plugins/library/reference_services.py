"""A stand-in for the services that know identifiers, which the tests cannot reach: their paths, and answers
of the shapes that they document (Crossref and DataCite by content negotiation, Open Library's Books API,
Google Books' volumes), and pages of the web with each kind of metadata."""

import json
from typing import Any

import eventlet
from eventlet import wsgi

CSL = "application/vnd.citationstyles.csl+json"
CROSSREF = {
    "indexed": {"date-parts": [[2026, 1, 2]], "timestamp": 1767312000000},
    "publisher": "Informa UK Limited", "issue": "2", "DOI": "10.1080/02572117.2019.1618",
    "type": "article-journal", "created": {"date-parts": [[2019, 7, 1]]}, "page": "121-134",
    "source": "Crossref", "title": "Language and the praise poem", "prefix": "10.1080", "volume": "39",
    "author": [{"given": "Nomsa", "family": "Dlamini", "sequence": "first", "affiliation": []},
               {"given": "Peter", "family": "Nkosi", "sequence": "additional", "affiliation": []}],
    "container-title": "South African Journal of African Languages", "language": "en",
    "abstract": "<jats:p>On <jats:italic>izibongo</jats:italic>.</jats:p>",
    "issued": {"date-parts": [[2019, 5, 4]]}, "URL": "http://dx.doi.org/10.1080/02572117.2019.1618",
    "ISSN": ["0257-2117", "2305-1159"], "score": 1, "references-count": 12,
}  # fmt: skip
DATACITE = {
    "type": "dataset", "id": "https://doi.org/10.5281/zenodo.7", "categories": ["climate"],
    "author": [{"family": "Mokoena", "given": "Lerato"}], "issued": {"date-parts": [[2021]]},
    "abstract": "Daily rainfall.", "DOI": "10.5281/ZENODO.7", "publisher": "Zenodo",
    "title": "Rainfall at Maseru", "version": "1.0", "copyright": "CC-BY-4.0",
}  # fmt: skip
OPEN_LIBRARY = {
    "ISBN:9780435908348": {
        "url": "https://openlibrary.org/books/OL1M/Weep_not_child", "key": "/books/OL1M",
        "title": "Weep not, child", "subtitle": "a novel",
        "authors": [{"url": "https://openlibrary.org/authors/OL1A", "name": "Ngũgĩ wa Thiong'o"}],
        "number_of_pages": 136, "identifiers": {"isbn_10": ["0435908340"], "openlibrary": ["OL1M"]},
        "publishers": [{"name": "Heinemann"}], "publish_date": "July 1987",
        "subjects": [{"name": "Kenya", "url": "https://openlibrary.org/subjects/kenya"}],
        "cover": {"small": "https://covers.openlibrary.org/b/id/1-S.jpg"},
    }
}  # fmt: skip
GOOGLE = {
    "kind": "books#volumes", "totalItems": 1,
    "items": [{"kind": "books#volume", "id": "x", "volumeInfo": {
        "title": "Mhudi", "authors": ["Sol T. Plaatje"], "publisher": "Heinemann",
        "publishedDate": "1978-01-01", "description": "A love story.", "categories": ["Fiction"],
        "industryIdentifiers": [{"type": "ISBN_13", "identifier": "9780435901813"}], "language": "en",
        "printType": "BOOK", "pageCount": 165}}],
}  # fmt: skip
PAGES = {
    "journal": """<html lang="en-GB"><head><title>x | Journal</title><meta name="citation_title" content="On the &amp; of it">
<meta name="citation_author" content="Dlamini, Nomsa"><meta name="citation_author" content="Nkosi, Peter">
<meta name="citation_publication_date" content="2020/03/01"><meta name="citation_journal_title" content="Journal of It">
<meta name="citation_doi" content="10.1234/IT"><meta property="og:title" content="worse"></head></html>""",
    "shop": """<html lang="zu"><script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "BreadcrumbList"}, {"@type": ["Book", "Product"], "name": "Insila kaShaka", "author": {"@type": "Person",
"name": "John L. Dube"}, "isbn": "978-0-435-90181-3", "datePublished": "1930", "publisher": {"name": "Mariannhill"},
"inLanguage": "zu", "keywords": "Novels, isiZulu"}]}</script><title>Shop</title></html>""",
    "archive": """<meta name="DC.title" content="A letter"><meta name="DC.creator" content="Plaatje, Sol T.">
<meta name="DCTERMS.issued" content="1915-06-01"><meta name="DC.identifier" content="https://doi.org/10.1234/letter">""",
    "blog": """<title>Plain title</title><meta property="og:title" content="A shared title">
<meta property="og:type" content="video.other"><meta property="og:site_name" content="A site">""",
    "plain": "<title> Only a\n title </title><p>text",
    "broken": "<script type='application/ld+json'>{nonsense</script><title>Broken &#0; one</title><p",
    "nothing": "<p>no title here",
}


class Services:
    """Answers as they do; `asked` holds the paths, `down` makes all of them fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False
        listener = eventlet.listen(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = eventlet.spawn(wsgi.server, listener, self._answer, log_output=False)

    def close(self) -> None:
        self._server.kill()

    def _answer(self, environ: Any, start: Any) -> list[bytes]:
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        self.asked.append(path)
        if self.down:
            start("503 Service Unavailable", [])
            return [b""]
        if path.startswith("/doi/"):
            return self._doi(path.removeprefix("/doi/"), environ, start)
        if path == "/agency/crossref":
            return _json(start, CROSSREF, CSL)
        if path == "/agency/datacite":
            return _json(start, DATACITE, CSL)
        if path == "/api/books":
            return _json(start, {k: v for k, v in OPEN_LIBRARY.items() if k.split(":")[1] in query})
        if path == "/books/v1/volumes":
            known = "9780435901813" in query
            return _json(start, GOOGLE if known else {"kind": "books#volumes", "totalItems": 0})
        page = PAGES.get(path.removeprefix("/pages/"))
        start("200 OK" if page else "404 Not Found", [("Content-Type", "text/html; charset=utf-8")])
        return [(page or "").encode()]

    def _doi(self, doi: str, environ: Any, start: Any) -> list[bytes]:
        """doi.org sends a known DOI on to its agency, by what is accepted; others get its page."""
        agencies = {"10.1080/02572117.2019.1618": "crossref", "10.5281/zenodo.7": "datacite"}
        if doi == "10.1234/inside":
            start("302 Found", [("Location", "http://10.0.0.1/secret")])
            return [b""]
        if doi == "10.1234/rubbish":
            return _json(start, None, CSL)
        if doi not in agencies or environ.get("HTTP_ACCEPT") != CSL:
            start("404 Not Found", [("Content-Type", "text/html")])
            return [b"<html><body>DOI Not Found</body></html>"]
        start("302 Found", [("Location", f"{self.address}/agency/{agencies[doi]}")])
        return [b""]


def _json(start: Any, said: Any, media_type: str = "application/json") -> list[bytes]:
    start("200 OK", [("Content-Type", f"{media_type}; charset=utf-8")])
    return [json.dumps(said).encode() if said is not None else b"{nonsense"]
