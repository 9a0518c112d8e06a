"""Forms: what is typed becomes a request, errors come back beside the fields, replies lead on."""

import io

import garden
import pytest
from tests.kernel.shell.browsing import token_in

from azora import Request
from azora.shell.forms import decode


@pytest.fixture
def keeper(browser):
    return browser.sign_in("garden.keep")


def test_a_form_that_fits_leads_on_by_the_fields_of_its_reply(keeper):
    answer = keeper.send("/garden/add", name="Fynbos", kind="tree")
    assert answer.status_code == 303
    assert answer.location == "/garden/new%2F1?notice=added"
    assert garden.ADDED[0].name == "Fynbos"


def test_blanks_are_absent_but_for_texts_that_may_be_blank(keeper):
    keeper.send("/garden/add", name="Aloe", height="", kind="", note="", tags="")
    added = garden.ADDED[0]
    assert (added.height, added.kind, added.note, added.tags) == (None, "herb", "", [])


def test_text_becomes_what_the_model_says(keeper):
    keeper.send(
        "/garden/add", name="Aloe", height="30", tags="dry, red\nsmall", hardy=["false", "true"]
    )
    added = garden.ADDED[0]
    assert (added.height, added.tags, added.hardy) == (30, ["dry", "red", "small"], True)


def test_line_breaks_arrive_as_one_character(keeper):
    keeper.send("/garden/add", name="Aloe", note="one\r\ntwo")
    assert garden.ADDED[0].note == "one\ntwo"


def test_errors_stand_beside_their_fields_and_everything_typed_is_still_there(keeper):
    answer = keeper.send(
        "/garden/add", name="x", note="A <b>note</b>", height="tall", kind="tree", hardy="true"
    )
    assert answer.status_code == 422
    assert (
        '<p class="field-error" id="add-name-error">Write at least 2 characters.</p>' in answer.text
    )
    assert '<p class="field-error" id="add-height-error">Write a whole number.</p>' in answer.text
    assert 'aria-describedby="add-name-help add-name-error"' in answer.text
    assert '<a href="#add-name">Name: Write at least 2 characters.</a>' in answer.text
    assert 'value="tall"' in answer.text
    assert "A &lt;b&gt;note&lt;/b&gt;</textarea>" in answer.text
    assert '<option value="tree" selected>' in answer.text
    assert " checked" in answer.text
    assert not garden.ADDED


def test_a_needed_field_that_is_blank_is_asked_for(keeper):
    answer = keeper.send("/garden/add", name="  ")
    assert 'id="add-name-error">This is needed.' in answer.text


def test_errors_are_told_in_the_readers_language(keeper):
    keeper.set_cookie("azora_language", "zu", domain="localhost")
    answer = keeper.send("/garden/add", name="")
    assert "Lokhu kuyadingeka." in answer.text


def test_an_error_of_the_operation_stands_above_the_form_under_its_own_status(keeper):
    answer = keeper.send("/garden/add", name="Weed", note="kept")
    assert answer.status_code == 409
    assert "That plant grows here already." in answer.text
    assert "kept</textarea>" in answer.text


def test_inputs_say_what_the_model_says(keeper):
    page = keeper.get("/garden/add").text
    name = page.partition('name="name"')[2].partition(">")[0]
    assert " required" in name
    assert 'maxlength="20"' in name
    assert 'type="number" id="add-height"' in page
    assert 'enctype="multipart/form-data"' in page


def test_without_a_token_nothing_is_done_and_nothing_is_lost(keeper):
    answer = keeper.post("/garden/add", data={"name": "Aloe", "note": "long work"})
    assert answer.status_code == 403
    assert "long work</textarea>" in answer.text
    assert not garden.ADDED
    again = keeper.post("/garden/add", data={"name": "Aloe", "csrf_token": token_in(answer.text)})
    assert again.status_code == 303


def test_a_token_of_another_browser_is_refused(keeper):
    keeper.get("/garden/add")
    stranger = type(keeper)(keeper.application)
    token = token_in(stranger.get("/garden/add").text)
    assert keeper.post("/garden/add", data={"name": "Aloe", "csrf_token": token}).status_code == 403


def test_who_was_signed_out_while_typing_keeps_it_and_sends_it_again(keeper):
    token = token_in(keeper.get("/garden/add").text)
    keeper.sign_out()
    answer = keeper.post(
        "/garden/add", data={"name": "Aloe", "note": "long work", "csrf_token": token}
    )
    assert answer.status_code == 401
    assert 'name="note" value="long work"' in answer.text
    keeper.sign_in("garden.keep")
    fields = {"name": "Aloe", "note": "long work", "csrf_token": token_in(answer.text)}
    assert keeper.post("/garden/add", data=fields).status_code == 303


def test_a_file_becomes_a_reference(keeper):
    picture = (io.BytesIO(b"petals"), "../flower.png", "image/png")
    keeper.send("/garden/add", name="Aloe", picture=picture)
    ref = garden.ADDED[0].picture
    assert (ref.name, ref.size, ref.media_type) == ("flower.png", 6, "image/png")


def test_a_file_that_arrived_is_kept_when_something_else_is_wrong(keeper):
    answer = keeper.send("/garden/add", name="", picture=(io.BytesIO(b"petals"), "flower.png"))
    note = answer.text.partition('name="kept.picture" value="')[2].partition('"')[0]
    fields = {"name": "Aloe", "kept.picture": note, "csrf_token": token_in(answer.text)}
    assert keeper.post("/garden/add", data=fields).status_code == 303
    assert garden.ADDED[0].picture.size == 6


def test_a_reference_that_this_browser_did_not_get_opens_no_file(keeper):
    answer = keeper.send("/garden/add", name="", picture=(io.BytesIO(b"petals"), "flower.png"))
    note = answer.text.partition('name="kept.picture" value="')[2].partition('"')[0]
    stranger = type(keeper)(keeper.application)
    stranger.send("/garden/add", **{"name": "Aloe", "kept.picture": note})
    assert garden.ADDED[0].picture is None


def test_of_several_forms_the_one_that_is_named_is_taken(browser):
    answer = browser.send("/garden/1", _form="label", text="Ikhala")
    assert answer.location == "/garden/1"
    assert browser.send("/garden/1", _form="nothing").status_code == 400


def test_path_fields_cannot_be_typed_over(browser):
    assert browser.send("/garden/1", _form="label", text="x", id="2").location == "/garden/1"


def test_a_form_that_leads_nowhere_shows_its_reply_once(browser):
    answer = browser.send("/garden/1", _form="key")
    assert answer.status_code == 200
    assert "<output>shown-once</output>" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "shown-once" not in browser.get("/garden/1").text


def test_a_done_form_is_confirmed_on_the_next_page(browser):
    assert "Added." in browser.get("/garden/1?notice=added").text
    assert "anything" not in browser.get("/garden/1?notice=anything").text


def test_a_link_may_fill_in_a_form_but_slips_nothing_into_what_is_sent(keeper):
    page = keeper.get("/garden/add?name=Aloe&height=7").text
    assert 'value="Aloe"' in page
    fields = {"name": "Protea", "csrf_token": token_in(page)}
    assert keeper.post("/garden/add?name=Aloe&height=7", data=fields).status_code == 303
    assert (garden.ADDED[0].name, garden.ADDED[0].height) == ("Protea", None)


def test_a_body_that_is_too_large_gets_a_page_that_says_so(keeper):
    answer = keeper.send("/garden/add", name="Aloe", picture=(io.BytesIO(b"x" * 3_000_000), "big"))
    assert answer.status_code == 413
    assert "That is too large" in answer.text


class Sorted(Request):
    """A table of values, and one of values or lists of them."""

    plain: dict[str, str] = {}
    several: dict[str, str | list[str]] = {}


def test_of_inputs_with_one_name_in_a_table_the_last_counts_unless_it_holds_lists():
    ticked = {"plain.a": ["false", "true"], "several.a": ["", "x", "y"], "several.b": ["z\r\nz"]}
    assert decode(Sorted, ticked) == {
        "plain": {"a": "true"},
        "several": {"a": ["", "x", "y"], "b": "z\nz"},
    }
