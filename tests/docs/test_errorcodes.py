"""Every error code has a cause and a cure, and the troubleshooting page names none that does not exist."""

import ast
import re

from tests.docs.pages import ROOT

from azora.cli.errorcodes import TERMINAL_CODES
from azora.errors import WIRE_ERRORS
from azora.http.errorcodes import KERNEL_CODES

KERNEL = ROOT / "kernel" / "azora"
KNOWN = {entry.code: entry for entry in (*KERNEL_CODES, *TERMINAL_CODES)}


def codes_of_whole_requests():
    """Every code that the kernel gives to an error which names no single field, with its file."""
    kinds = set(WIRE_ERRORS) | {"InTransaction", "HttpProblem"}
    for path in KERNEL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds:
                given = {one.arg: one.value for one in node.keywords}
                if isinstance(given.get("code"), ast.Constant) and "fields" not in given:
                    yield given["code"].value, str(path.relative_to(ROOT))


def test_every_code_of_the_kernel_is_explained():
    assert [(code, path) for code, path in codes_of_whole_requests() if code not in KNOWN] == []


def test_every_explanation_says_why_and_what_to_do():
    assert [code for code, entry in KNOWN.items() if not (entry.cause and entry.fix)] == []


def test_troubleshooting_names_codes_that_exist_under_their_status():
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    named = {
        (int(status), code)
        for status, codes in re.findall(r"\| (\d{3}) ((?:`[a-z_.]+`(?:, )?)+)", page)
        for code in re.findall(r"`([a-z_.]+)`", codes)
    }
    assert len(named) > 15
    assert {(status, code) for status, code in named if KNOWN[code].status != status} == set()
