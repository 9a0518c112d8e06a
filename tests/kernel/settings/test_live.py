"""Settings that are set in the browser: at once in every process, checked, on record, and never over the environment."""

import json

import pytest
from pydantic import Field, SecretStr
from tests.kernel.hosting import acting_as, make_plugin, running

from azora import Conflict, Invalid, NotFound, Reply, Request, Service, Settings, operation
from azora.cli.campus import campus_settings
from azora.observe import logs
from azora.processes.following import Following
from azora.settings import Live
from azora.testing.servers import wait_until


class MillSettings(Settings):
    sacks: Live[int] = Field(10, ge=1, le=100, description="Sacks that one cart takes.")
    kinds: Live[list[str]] = Field(["maize"], description="What is ground.")
    stones: int = Field(2, description="Millstones; read at the start.")
    key: Live[SecretStr] = Field(SecretStr("k"), description="The key of the mill.")


class Sacks(Reply):
    sacks: int
    kinds: list[str]


class Mill(Service):
    @operation("GET /sacks", public=True)
    def sacks(self, request: Request) -> Sacks:
        return Sacks(sacks=self.settings.sacks, kinds=self.settings.kinds)


@pytest.fixture
def start(tmp_path):
    def start(**settings):
        return running(
            tmp_path, make_plugin("mill", services=[Mill], settings=MillSettings), **settings
        )

    return start


def ask(runtime, asked, /, **fields):
    context = acting_as(runtime, "user:thandi", "mill.administer")
    return runtime.call(f"mill.{asked}", fields, context=context)


def change(runtime, name, value, section="mill"):
    return ask(runtime, "admin_change_setting", section=section, name=name, value=value)


def shown(runtime, section="mill"):
    found = ask(runtime, "admin_list_settings", section=section).items
    return {setting.name: setting for setting in found}


def test_a_change_holds_at_once_and_says_where_it_comes_from(start):
    with start() as runtime:
        reply = change(runtime, "sacks", "12")
        assert (reply.value, reply.source, reply.default) == ("12", "browser", "10")
        assert change(runtime, "kinds", "maize,millet").value == "maize,millet"
        answer = runtime.call("mill.sacks", {})
        assert (answer.sacks, answer.kinds) == (12, ["maize", "millet"])


def test_a_change_outlives_a_restart_and_a_reset_ends_it(start):
    with start() as runtime:
        change(runtime, "sacks", "12")
    with start() as runtime:
        assert runtime.call("mill.sacks", {}).sacks == 12
        reply = ask(runtime, "admin_reset_setting", section="mill", name="sacks")
        assert (reply.value, reply.source) == ("10", "default")
        assert runtime.call("mill.sacks", {}).sacks == 10


def test_another_process_follows_within_seconds(start):
    with start() as first, start() as second:
        change(first, "sacks", "31")
        wait_until(lambda: second.hosted["mill"].settings.sacks == 31, 10.0)


def test_what_is_not_valid_is_refused_in_the_models_words(start):
    with start() as runtime:
        with pytest.raises(Invalid) as refused:
            change(runtime, "sacks", "1000")
        assert refused.value.fields == [
            {
                "field": "value",
                "code": "setting_invalid",
                "detail": "Input should be less than or equal to 100.",
            }
        ]
        assert runtime.call("mill.sacks", {}).sacks == 10


def test_the_environment_wins_and_says_so(start, monkeypatch):
    with start() as runtime:
        change(runtime, "sacks", "12")
    monkeypatch.setenv("AZORA_MILL_SACKS", "7")
    with start() as runtime:
        assert runtime.call("mill.sacks", {}).sacks == 7
        setting = shown(runtime)["sacks"]
        assert (setting.changeable, setting.fixed_by) == (False, "environment AZORA_MILL_SACKS")
        with pytest.raises(Conflict, match="environment AZORA_MILL_SACKS"):
            change(runtime, "sacks", "12")


def test_the_browser_wins_over_the_file(start, tmp_path, monkeypatch):
    (tmp_path / "azora.toml").write_text("[mill]\nsacks = 5\n")
    monkeypatch.setenv("AZORA_CONFIG", str(tmp_path / "azora.toml"))
    with start() as runtime:
        assert shown(runtime)["sacks"].source.endswith("mill.sacks")
        change(runtime, "sacks", "12")
        assert runtime.call("mill.sacks", {}).sacks == 12
        ask(runtime, "admin_reset_setting", section="mill", name="sacks")
        assert runtime.call("mill.sacks", {}).sacks == 5


@pytest.mark.parametrize("name", ["stones", "key"])
def test_what_is_read_once_and_what_is_secret_does_not_change_here(start, name):
    with start() as runtime:
        with pytest.raises(Conflict):
            change(runtime, name, "3")
        assert shown(runtime)["key"].value == "***"


def test_a_setting_that_is_not_there_or_is_anothers_is_not_found(start):
    with start() as runtime:
        for section, name in (("mill", "sails"), ("library", "facet_bound")):
            with pytest.raises(NotFound):
                change(runtime, name, "1", section)


def test_a_setting_of_the_campus_reaches_the_kernel(start):
    with start() as runtime:
        change(runtime, "call_attempts", "5", "campus")
        change(runtime, "log_level", "error", "campus")
        assert runtime.settings.call_attempts == 5
        assert logs._output.default == logs.LEVELS["error"]
        ask(runtime, "admin_reset_setting", section="campus", name="log_level")
        assert logs._output.default == logs.LEVELS["info"]


def test_every_change_goes_on_record_with_what_it_was(start):
    with start() as runtime:
        change(runtime, "sacks", "12")
        rows = runtime.hosted["mill"].database.execute(
            'SELECT actor, entity, "row", before, after FROM azora_audit'
        )
        assert [row[:3] for row in rows] == [
            ("user:thandi", "mill.admin_change_setting", "mill.sacks")
        ]
        assert [json.loads(image) for image in rows[0][3:]] == [{"value": "10"}, {"value": "12"}]


def test_what_a_newer_version_knows_no_more_is_passed_over(start):
    with start() as runtime:
        database = runtime.hosted["mill"].database
        with database.transaction():
            for name, value in (("sails", "4"), ("sacks", "900"), ("kinds", "rye")):
                database.execute("INSERT INTO azora_settings VALUES ('mill', ?, ?, 1)", name, value)
    with start() as runtime:
        answer = runtime.call("mill.sacks", {})
        assert (answer.sacks, answer.kinds) == (10, ["rye"])


def test_the_front_follows_though_it_holds_no_database(new_campus):
    campus = new_campus("distributed")
    given = campus_settings(str(campus.data_dir), broker_url=campus.broker)
    front = Following(given, ["gone", "identity", "library", "web"])
    before = logs._output.default
    try:
        campus.call("web.change_setting", section="campus", name="log_level", value="error")
        wait_until(lambda: front.refresh() or front.campus.log_level == "error", 10.0)
        assert logs._output.default == logs.LEVELS["error"]
        campus.call("web.reset_setting", section="campus", name="log_level")
        wait_until(lambda: front.refresh() or front.campus.log_level == "info", 10.0)
        campus.stop()
        front.refresh()
        assert front.campus.log_level == "info"
    finally:
        logs._output.default = before
