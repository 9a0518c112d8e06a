"""Static files: addresses name their content, and no path leads out."""

import gzip
from importlib import resources

import pytest

from azora.shell.assets import Assets

ASSETS = Assets({})


def test_an_address_names_the_content():
    address = ASSETS.url("tokens.css")
    path, _, digest = address.partition("?v=")
    asset = ASSETS.find(path, digest)
    assert asset.immutable
    assert asset.media_type == "text/css"


def test_an_old_address_gives_the_present_file_but_not_for_ever():
    assert not ASSETS.find("/static/shell/tokens.css", "000000000000").immutable


@pytest.mark.parametrize(
    "path",
    [
        "/static/shell/../pages.py",
        "/static/shell/..%2fpages.py",
        "/static/shell/",
        "/static/shell",
        "/static/nobody/tokens.css",
        "/static/shell//etc/passwd",
        "/static/shell/.hidden",
        "/static/shell/tokens.css\0",
        "/static/shell/..\\pages.py",
        "/static/",
    ],
)
def test_no_path_leads_out(path):
    assert ASSETS.find(path) is None


def test_a_folder_of_style_sheets_is_one_file_in_their_order():
    folder = resources.files("azora.shell") / "static" / "shell"
    sheets = sorted(sheet.name for sheet in folder.iterdir())
    joined = ASSETS.find("/static/shell/shell.css").content
    assert joined == b"\n".join((folder / name).read_bytes() for name in sheets)
    assert len(sheets) > 5


def test_the_script_and_the_styles_are_small():
    pages = [ASSETS.find(f"/static/shell/{name}").content for name in ("shell.css", "tokens.css")]
    assert len(gzip.compress(b"".join(pages))) < 12_000
    assert len(ASSETS.find("/static/shell/shell.js").content) < 12_000
