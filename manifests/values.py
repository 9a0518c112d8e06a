"""The values of charts/azora, once; their JSON Schema, against which Helm checks, is generated from here.

What a campus may say is what the operator's kinds take, so `platform.spec` and `plugins.<name>.spec` are those.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from azora_operator.crds import structural
from azora_operator.resources import Name, PlatformSpec, PluginSpec

Schema = dict[str, Any]


class Part(BaseModel):
    """A part of the values: camelCase outside, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class Image(Part):
    """The image of the operator, and of every plugin that names none."""

    repository: str = Field(min_length=1, description="Registry and name.")
    tag: str = Field(description="Without it the chart's appVersion.")
    digest: str = Field(
        pattern="^(sha256:[0-9a-f]{64})?$", description="sha256:…, in place of the tag."
    )
    pull_policy: str = Field(
        description="Of the operator's pods.",
        json_schema_extra={"enum": ["Always", "IfNotPresent", "Never"]},
    )


class Operator(Part):
    """The operator and its rights."""

    enabled: bool = Field(description="Once per namespace, or once per cluster.")
    replicas: int = Field(ge=0, le=9, description="One is at work, the others stand by.")
    cluster_wide: bool = Field(
        description="Keep the campuses of every namespace, which takes rights in all of them."
    )
    resources: Schema = Field(description="Requests and limits of a pod.")
    node_selector: dict[str, str] = Field(description="Labels of the nodes that may run it.")
    tolerations: list[Schema] = Field(description="Taints of nodes that it bears.")
    priority_class_name: str = Field(description="Without it the cluster's default.")


class Platform(Part):
    """The AzoraPlatform, and with it the plugins."""

    enabled: bool = Field(description="Make a campus here.")
    name: Name = Field(description="Name of the AzoraPlatform.")
    spec: PlatformSpec = Field(description="What `kubectl explain azoraplatform.spec` tells.")


class Plugin(Part):
    """An AzoraPlugin: one of this release, changed, or one of somebody else's, whole."""

    enabled: bool = Field(True, description="Whether it runs.")
    spec: PluginSpec = Field(
        description="What `kubectl explain azoraplugin.spec` tells; of plugins of this release only "
        "what differs, of others at least `image` and `command`."
    )


class Values(Part):
    """Values of the chart azora."""

    global_: Schema = Field({}, alias="global", description="Helm's own, for charts above this.")
    image: Image = Field(description="What runs.")
    operator: Operator = Field(description="The operator and its rights.")
    platform: Platform = Field(description="The campus.")
    plugins: dict[Name, Plugin] = Field(
        description="Plugins by name: what differs from this release, and plugins of others."
    )


def schema(model: type[BaseModel]) -> Schema:
    """The JSON Schema of the values: nothing that Helm merges from its defaults is required."""
    return {"$schema": "http://json-schema.org/draft-07/schema#"} | _strict(structural(model))


def _strict(node: Any) -> Any:
    """Refuse what is unknown, ask for nothing, and leave out what only an API server understands."""
    if isinstance(node, list):
        return [_strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: {name: _strict(each) for name, each in value.items()}
        if key == "properties"
        else _strict(value)
        for key, value in node.items()
        if key == "properties" or not (key in ("required", "default") or key.startswith("x-"))
    }
    if "properties" in kept:
        kept["additionalProperties"] = False
    return kept
