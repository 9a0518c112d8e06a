"""The examples on /api/docs are true: pasted as they stand, they do what they say."""

import html
import os
import re
import subprocess
import sys

import pytest

from azora.testing.parts import executable

RUN = {
    "curl": lambda text: ["bash", "-c", text],
    "python": lambda text: [sys.executable, "-c", text],
    "javascript": lambda text: [executable("node"), "--input-type=module", "-e", text],
}
OPERATIONS = ("identity.list_tokens", "identity.list_roles", "library.search", "library.add_resource",
              "library.read_resource", "library.upload_file", "campus.batch")  # fmt: skip


@pytest.fixture(scope="module")
def page(embedded_campus):
    return embedded_campus.http.get("/api/docs").text


@pytest.fixture(scope="module")
def surroundings(embedded_campus, tmp_path_factory):
    """The variables that the examples read."""
    client = embedded_campus.sign_in()
    permissions = client.get("/api/identity/permissions").json()["items"]
    scopes = [permission["name"] for permission in permissions]
    asked = {"name": "snippets", "scopes": scopes, "days": 1}
    token = client.post("/api/identity/tokens", json=asked).json()["secret"]
    made = client.post("/api/library/resources", json={"title": "Example", "type": "BOOK"})
    file = tmp_path_factory.mktemp("snippets") / "paper.txt"
    file.write_text("An example.")
    own = {"CAMPUS": embedded_campus.url, "TOKEN": token, "ID": made.json()["id"]}
    return os.environ | own | {"FILE": str(file), "NO_PROXY": "127.0.0.1"}


def written(page, operation, language):
    section = page.partition(f'<details id="{operation}">')[2].partition("</details>")[0]
    found = re.search(rf'data-language="{language}">(.*?)</pre>', section, re.DOTALL)
    return html.unescape(found[1])


@pytest.mark.parametrize("language", RUN)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_example_runs_as_it_stands(page, surroundings, operation, language):
    command = RUN[language](written(page, operation, language))
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout.strip().startswith("{")
