"""The operations by which every plugin shows its settings, and changes those that may change."""

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from azora.admin import contracts
from azora.contract import operation
from azora.errors import Conflict, FieldError, Invalid, NotFound
from azora.service import Service
from azora.settings import SettingsError
from azora.settings.layers import FIXED
from azora.settings.reference import default_of, type_of

if TYPE_CHECKING:
    from azora.settings import Settings

CAMPUS = "campus"
_ONE = "/admin/settings/{section}/{name}"


def setting_administration(administer: str) -> type[Service]:
    """The service with this permission of its plugin."""

    class SettingAdministration(Service):
        @operation("GET /admin/settings", permission=administer)
        def admin_list_settings(self, request: contracts.ListSettings) -> contracts.Settings:
            """List the plugin's settings, or the campus's as this process has them."""
            section = request.section or self.hosted.name
            values = self._values(section)
            names = type(values).model_fields
            return contracts.Settings(items=[_setting(section, name, values) for name in names])

        @operation(f"PUT {_ONE}", permission=administer)
        def admin_change_setting(self, request: contracts.ChangeSetting) -> contracts.Setting:
            """Change a setting while the campus runs; every process follows within seconds."""
            from azora.settings.live import choose

            self._check_changeable(request.section, request.name)
            live = self.hosted.runtime.live
            try:
                live.would_be(self.hosted, request.section, request.name, request.value)
            except SettingsError as error:
                words = error.problems[0].partition("is invalid: ")[2] or error.problems[0]
                problem = FieldError(field="value", code="setting_invalid", detail=words)
                raise Invalid("Some fields are not right.", fields=[problem]) from None
            before = self._shown(request)
            self.audit(
                on=f"{request.section}.{request.name}",
                before={"value": before.value},
                after={"value": request.value},
            )
            with self.transaction():
                choose(self.hosted, request.section, request.name, request.value)
            live.refresh()
            return self._shown(request)

        @operation(f"DELETE {_ONE}", permission=administer)
        def admin_reset_setting(self, request: contracts.SettingRef) -> contracts.Setting:
            """Forget what was set in the browser, so that azora.toml or the default holds again."""
            from azora.settings.live import choose

            self._check_changeable(request.section, request.name)
            before = self._shown(request)
            self.audit(
                on=f"{request.section}.{request.name}",
                before={"value": before.value},
                after={"value": before.default},
            )
            with self.transaction():
                choose(self.hosted, request.section, request.name, None)
            self.hosted.runtime.live.refresh()
            return self._shown(request)

        def _values(self, section: str) -> "Settings":
            if section not in (CAMPUS, self.hosted.name):
                raise NotFound(f"{self.hosted.name} keeps no settings of {section}.")
            values: Settings = (
                self.hosted.runtime.settings if section == CAMPUS else self.hosted.settings
            )
            return values

        def _shown(self, ref: contracts.SettingRef) -> contracts.Setting:
            return _setting(ref.section, ref.name, self._values(ref.section))

        def _check_changeable(self, section: str, name: str) -> None:
            values = self._values(section)
            if name not in type(values).model_fields:
                raise NotFound("There is no such setting.", code="setting_not_found")
            shown = _setting(section, name, values)
            if not shown.changeable:
                why = shown.fixed_by or "it is read once, at the start"
                raise Conflict(f"This setting cannot change here: {why}.", code="setting_fixed")

    return SettingAdministration


def _setting(section: str, name: str, values: "Settings") -> contracts.Setting:
    kind = type(values)
    field: Any = kind.model_fields[name]
    source = values.source_of(name)
    fixed = source if source.startswith(FIXED) else ""
    secret = isinstance(getattr(values, name), SecretStr) or field.annotation is SecretStr
    prefix = "AZORA_" if section == CAMPUS else f"AZORA_{section.upper()}_"
    return contracts.Setting(
        section=section,
        name=name,
        variable=f"{prefix}{name.upper()}",
        description=" ".join((field.description or "").split()),
        kind=type_of(field),
        value=_written(values, name),
        default=default_of(field),
        source=source,
        fixed_by=fixed,
        changeable=kind.is_live(name) and not fixed,
        secret=secret,
    )


def _written(values: "Settings", name: str) -> str:
    """The value as it would be typed; a secret as stars."""
    value = getattr(values, name)
    if isinstance(value, dict):
        return ",".join(f"{key}={one}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return values.shown(name)
