"""The settings of the campus and of every plugin, in one place; each plugin keeps and checks its own."""

from collections.abc import Iterator

from azora import NotFound, Reply, Request, Service, Unavailable, operation
from azora.admin.contracts import ChangeSetting, ListSettings, Setting, SettingRef, Settings
from azora.errors import ServiceError
from azora_web.audit_contracts import ADMINISTER

CAMPUS = "campus"


class SettingSection(Reply):
    section: str
    items: list[Setting]


class SettingSections(Reply):
    """`missing` names the plugins that did not answer."""

    items: list[SettingSection]
    missing: list[str]


class CampusSettings(Service):
    """Asks the plugins that the caller administers; what concerns the campus goes to all of them."""

    @operation("GET /settings", permission=ADMINISTER)
    def list_settings(self, request: Request) -> SettingSections:
        """List every setting, its value, and the place that it comes from."""
        sections, missing = [self._section("web", CAMPUS)], []
        for name in self._administered():
            try:
                sections.append(self._section(name, name))
            except ServiceError:
                missing.append(name)
        return SettingSections(items=[one for one in sections if one.items], missing=missing)

    @operation("GET /settings/{section}/{name}", permission=ADMINISTER)
    def read_setting(self, request: SettingRef) -> Setting:
        """Read one setting."""
        owner = next(self._owners(request.section))
        found = [
            one for one in self._section(owner, request.section).items if one.name == request.name
        ]
        if not found:
            raise NotFound("There is no such setting.", code="setting_not_found")
        return found[0]

    @operation("PUT /settings/{section}/{name}", permission=ADMINISTER, audited=False)
    def change_setting(self, request: ChangeSetting) -> Setting:
        """Change a setting while the campus runs; every process follows within seconds."""
        return self._everywhere("admin_change_setting", request)

    @operation("DELETE /settings/{section}/{name}", permission=ADMINISTER, audited=False)
    def reset_setting(self, request: SettingRef) -> Setting:
        """Forget what was set in the browser, so that azora.toml or the default holds again."""
        return self._everywhere("admin_reset_setting", request)

    def _everywhere(self, operation: str, request: SettingRef) -> Setting:
        """Ask each plugin that keeps the section. What is wrong with the value, the first one says."""
        reply, away = None, []
        for owner in self._owners(request.section):
            try:
                reply = self.call(f"{owner}.{operation}", request, Setting)
            except ServiceError:
                away.append(owner)
        if away or reply is None:
            raise Unavailable(
                f"Not everywhere: {', '.join(away)} did not answer. Change it again when they are there."
            )
        return reply

    def _section(self, owner: str, section: str) -> SettingSection:
        asked = ListSettings(section=section)
        found = self.call(f"{owner}.admin_list_settings", asked, Settings)
        return SettingSection(section=section, items=found.items)

    def _owners(self, section: str) -> Iterator[str]:
        """The plugins that keep a section: all of them the campus's. Raises NotFound for another's."""
        administered = self._administered()
        if section == CAMPUS:
            yield from sorted(self.hosted.runtime.registry.plugins)
        elif section in administered:
            yield section
        else:
            raise NotFound("There is no such setting.", code="setting_not_found")

    def _administered(self) -> list[str]:
        known = self.hosted.runtime.registry.plugins
        return sorted(name for name in known if self.actor.may(f"{name}.administer"))
