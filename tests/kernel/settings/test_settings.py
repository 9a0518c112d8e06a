"""Settings: which layer wins, what is refused, and what is never shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from azora.settings import (
    KERNEL_SECTIONS,
    CampusSettings,
    Settings,
    SettingsError,
    load_campus_settings,
    load_settings,
    section_class,
)

Secrets = Callable[..., Path]


class ShopSettings(Settings):
    page_size: int = Field(20, ge=1, description="Things on a page.")
    colours: list[str] = Field([], description="Colours on offer.")
    prices: dict[str, int] = Field({}, description="Prices in cents.")
    api_key: SecretStr | None = Field(None, description="Key of the till.")


class TestLayers:
    def test_defaults_need_nothing(self) -> None:
        settings = load_campus_settings()
        assert (settings.port, settings.source_of("port")) == (8000, "default")

    def test_each_layer_wins_over_the_one_before(
        self, bare_environment: Path, monkeypatch: pytest.MonkeyPatch, secrets: Secrets
    ) -> None:
        (bare_environment / "azora.toml").write_text("port = 1")
        assert load_campus_settings().port == 1
        monkeypatch.setenv("AZORA_PORT", "2")
        assert load_campus_settings().port == 2
        secrets(port="3\n")
        assert load_campus_settings().port == 3
        assert load_campus_settings(port=4).port == 4

    def test_the_source_of_each_value_is_known(
        self, bare_environment: Path, monkeypatch: pytest.MonkeyPatch, secrets: Secrets
    ) -> None:
        (bare_environment / "azora.toml").write_text("port = 1")
        monkeypatch.setenv("AZORA_HOST", "::1")
        folder = secrets(AZORA_SENTRY_DSN="https://k@sentry.example/1")
        settings = load_campus_settings(profile="production")
        assert settings.source_of("port") == "azora.toml port"
        assert settings.source_of("host") == "environment AZORA_HOST"
        assert settings.source_of("sentry_dsn") == f"secret file {folder}/AZORA_SENTRY_DSN"
        assert settings.source_of("profile") == "argument profile"
        assert settings.source_of("log_level") == "default"

    def test_the_file_may_lie_elsewhere(
        self, bare_environment: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = bare_environment / "campus.toml"
        elsewhere.write_text('host = "0.0.0.0"')
        monkeypatch.setenv("AZORA_CONFIG", str(elsewhere))
        assert load_campus_settings().host == "0.0.0.0"

    def test_a_named_file_that_is_absent_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AZORA_CONFIG", "absent.toml")
        with pytest.raises(SettingsError, match=r"absent\.toml does not exist"):
            load_campus_settings()

    @pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"port = 1\nport = 2"])
    def test_a_file_that_is_no_toml_is_refused_by_name(
        self, bare_environment: Path, content: bytes
    ) -> None:
        (bare_environment / "azora.toml").write_bytes(content)
        with pytest.raises(SettingsError, match=r"azora\.toml cannot be read"):
            load_campus_settings()

    def test_a_secrets_folder_that_is_absent_is_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZORA_SECRETS_DIR", "/absent")
        with pytest.raises(SettingsError, match="AZORA_SECRETS_DIR /absent"):
            load_campus_settings()

    def test_a_mounted_kubernetes_secret_is_read_through_its_links(
        self, bare_environment: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        generation = bare_environment / "mount" / "..2026"
        generation.mkdir(parents=True)
        (generation / "redis_url").write_text("redis://:pw@cache/0")
        (bare_environment / "mount" / "..data").symlink_to(generation)
        (bare_environment / "mount" / "redis_url").symlink_to("..data/redis_url")
        monkeypatch.setenv("AZORA_SECRETS_DIR", str(bare_environment / "mount"))
        assert load_campus_settings().redis_url == "redis://:pw@cache/0"

    def test_an_empty_variable_counts_as_absent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AZORA_BROKER_URL", "")
        assert load_campus_settings().broker_url is None

    def test_what_kubernetes_makes_of_a_service_is_no_setting(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {
            "AZORA_PORT": "tcp://10.0.0.1:80",
            "AZORA_SERVICE_HOST": "10.0.0.1",
            "AZORA_SERVICE_PORT_HTTP": "80",
            "AZORA_PORT_80_TCP_ADDR": "10.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        assert load_campus_settings().port == 8000


class TestRefusal:
    def test_an_unknown_variable_is_refused_with_the_likely_name(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZORA_BROKR_URL", "amqp://x")
        with pytest.raises(SettingsError, match=r"AZORA_BROKR_URL .*did you mean AZORA_BROKER_URL"):
            load_campus_settings()

    def test_an_unknown_name_in_the_file_is_refused_with_the_likely_name(
        self, bare_environment: Path
    ) -> None:
        (bare_environment / "azora.toml").write_text("prot = 80")
        with pytest.raises(SettingsError, match=r"azora\.toml prot .*did you mean port\?"):
            load_campus_settings()

    def test_an_unknown_secret_file_is_refused(self, secrets: Secrets) -> None:
        secrets(sentri_dsn="x")
        with pytest.raises(SettingsError, match=r"did you mean .*sentry_dsn"):
            load_campus_settings()

    def test_an_unknown_section_is_refused(self, bare_environment: Path) -> None:
        (bare_environment / "azora.toml").write_text("[nowhere]\nx = 1")
        with pytest.raises(SettingsError, match=r"nowhere\.x is not a setting"):
            load_campus_settings()

    def test_every_invalid_value_is_named_and_none_is_quoted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZORA_PORT", "hunter2")
        monkeypatch.setenv("AZORA_CAMPUS_ID", "Hunter2!")
        with pytest.raises(SettingsError) as caught:
            load_campus_settings()
        assert len(caught.value.problems) == 2
        assert "AZORA_PORT" in caught.value.detail and "AZORA_CAMPUS_ID" in caught.value.detail
        assert "unter2" not in caught.value.detail


class TestPlugins:
    def test_a_plugin_reads_its_section_from_every_layer(
        self, bare_environment: Path, monkeypatch: pytest.MonkeyPatch, secrets: Secrets
    ) -> None:
        (bare_environment / "azora.toml").write_text("[shop]\npage_size = 5\ncolours = ['red']")
        monkeypatch.setenv("AZORA_SHOP_PRICES", "tea=300,cake=450")
        secrets(shop_api_key="hush")
        campus = load_campus_settings(plugins=["shop"], shop={"page_size": 7})
        shop = load_settings(ShopSettings, "shop", campus)
        assert (shop.page_size, shop.colours) == (7, ["red"])
        assert shop.prices == {"tea": 300, "cake": 450}
        assert shop.api_key and shop.api_key.get_secret_value() == "hush"

    @pytest.mark.parametrize("text", ['["red","blue"]', "red,blue", " red , blue "])
    def test_a_list_is_json_or_separated_by_commas(
        self, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        monkeypatch.setenv("AZORA_SHOP_COLOURS", text)
        campus = load_campus_settings(plugins=["shop"])
        assert load_settings(ShopSettings, "shop", campus).colours == ["red", "blue"]

    def test_an_unknown_key_of_a_plugin_is_refused_with_the_likely_name(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZORA_SHOP_PAGESIZE", "3")
        campus = load_campus_settings(plugins=["shop"])
        with pytest.raises(SettingsError, match="did you mean AZORA_SHOP_PAGE_SIZE"):
            load_settings(ShopSettings, "shop", campus)

    def test_a_plugin_without_settings_takes_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AZORA_SHOP_PAGE_SIZE", "3")
        campus = load_campus_settings(plugins=["shop"])
        with pytest.raises(SettingsError, match="AZORA_SHOP_PAGE_SIZE is not a setting"):
            load_settings(None, "shop", campus)

    def test_of_two_plugins_the_longer_name_owns_a_variable(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AZORA_SHOP_WINDOW_PAGE_SIZE", "3")
        campus = load_campus_settings(plugins=["shop", "shop_window"])
        assert load_settings(ShopSettings, "shop", campus).page_size == 20
        assert load_settings(ShopSettings, "shop_window", campus).page_size == 3

    def test_a_plugin_may_have_a_database_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AZORA_DATABASE_URL", "postgresql://u:p@h/all")
        monkeypatch.setenv("AZORA_SHOP_DATABASE_URL", "postgresql://u:p@h/shop")
        campus = load_campus_settings(plugins=["shop"])
        assert campus.database_url_of("shop") == "postgresql://u:p@h/shop"
        assert campus.database_url_of("library") == "postgresql://u:p@h/all"
        assert load_settings(ShopSettings, "shop", campus).page_size == 20


class TestSecrecy:
    def test_passwords_and_secrets_are_never_printed(self) -> None:
        settings = load_campus_settings(
            database_url="postgresql://u:hunter2@h/db",
            database_urls={"shop": "postgresql://u:hunter2@h/shop"},
            files_secret_key="hunter2" * 5,
            sentry_dsn="https://hunter2@sentry.example/1",
        )
        for text in (repr(settings), str(settings), f"{settings}"):
            assert "hunter2" not in text
        assert settings.shown("database_url") == "postgresql://u:***@h/db"
        assert settings.database_url == "postgresql://u:hunter2@h/db"

    @pytest.mark.parametrize("kind", [CampusSettings, *map(section_class, KERNEL_SECTIONS)])
    def test_every_setting_of_the_kernel_is_described(self, kind: type[Settings]) -> None:
        bare = [name for name, field in kind.model_fields.items() if not field.description]
        assert bare == []
