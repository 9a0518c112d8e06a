"""An outside plugin of which each version sounds otherwise, and one is broken."""

from pydantic import Field

from azora import Plugin, Reply, Request, Service, Settings, hookimpl, operation


class GongSettings(Settings):
    sound: str = Field("deep", description="What is heard.")
    broken: bool = Field(False, description="Whether the sound fails.")


class Strike(Request):
    pass


class Sound(Reply):
    sound: str


class Gong(Service):
    @operation("POST /strikes", public=True)
    def strike(self, request: Strike) -> Sound:
        """Be heard."""
        if self.settings.broken:
            raise RuntimeError("a mistake of this version")
        return Sound(sound=self.settings.sound)


@hookimpl
def describe() -> Plugin:
    return Plugin(
        name="gong", summary="Sounds as it is told to", services=[Gong], settings=GongSettings
    )
