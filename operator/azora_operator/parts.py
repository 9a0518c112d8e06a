"""The parts that AzoraPlatform and AzoraPlugin are made of, and the types of their fields."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

_DNS = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_DURATION = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"

Name = Annotated[str, Field(max_length=63, pattern=_DNS)]
ObjectName = Annotated[str, Field(min_length=1, max_length=253)]
Argument = Annotated[str, Field(max_length=1024)]
Command = Annotated[list[Argument], Field(min_length=1, max_length=32)]
KeyName = Annotated[str, Field(max_length=63, pattern=r"^[a-z0-9]([-_a-z0-9]*[a-z0-9])?$")]
Duration = Annotated[str, Field(max_length=16, pattern=_DURATION)]
Port = Annotated[int, Field(ge=1, le=65535)]
Path = Annotated[str, Field(max_length=255, pattern=r"^/([-._~A-Za-z0-9]+(/[-._~A-Za-z0-9]+)*)?$")]
Quantity = Annotated[
    str, Field(max_length=32, pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")
]


def rules(*pairs: tuple[str, str] | tuple[str, str, str]) -> dict[str, Any]:
    """CEL rules as (rule, message) or (rule, message, path of the field)."""
    keys = ("rule", "message", "fieldPath")
    return {"x-kubernetes-validations": [dict(zip(keys, pair, strict=False)) for pair in pairs]}


def _between(least: str, most: str) -> dict[str, Any]:
    within = f"duration(self) >= duration('{least}') && duration(self) <= duration('{most}')"
    return rules((within, f"between {least} and {most}"))


def lasting(least: str, most: str, description: str, default: Any = ...) -> Any:
    """A field that is a Duration within these bounds."""
    bounds = _between(least, most)
    return Field(default, description=description, json_schema_extra=bounds)


class Part(BaseModel):
    """A part of a resource: camelCase outside, frozen inside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class SecretKey(Part):
    """One key of a Secret in the same namespace."""

    secret: ObjectName = Field(description="Name of the Secret.")
    key: ObjectName = Field("url", description="Key in it whose value is meant.")


class Provided(Part):
    """A server that another operator makes and keeps."""

    replicas: int = Field(3, ge=1, le=9, description="How many servers, of which one may fall.")
    size: Quantity = Field("10Gi", description="The volume of each.")
    storage_class: ObjectName | None = Field(None, description="Without it the cluster's default.")


class Provision(Part):
    """What others' operators make for this campus. It outlives the campus: its data are in it."""

    broker: Provided | None = Field(
        None, description="A RabbitmqCluster, by the RabbitMQ cluster operator."
    )
    database: Provided | None = Field(None, description="A PostgreSQL Cluster, by CloudNativePG.")


class Resources(Part):
    """Processor time and memory."""

    cpu: Quantity | None = Field(None, description="Processor time that is reserved: 100m, 2.")
    memory: Quantity | None = Field(
        None, description="Memory that is reserved, and that is not exceeded: 256Mi."
    )


class Destination(Part):
    """Where pods may connect to."""

    ports: list[Port] = Field(min_length=1, max_length=16, description="TCP ports: 5672, 5432.")
    cidr: str | None = Field(
        None,
        max_length=43,
        pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$",
        description="Addresses, as 10.0.0.0/8; without it and without a namespace, any.",
    )
    namespace: Name | None = Field(None, description="The pods of a namespace.")


class PluginNetwork(Part):
    """What one plugin connects to beside what all do."""

    destinations: list[Destination] = Field(
        default_factory=list,
        max_length=16,
        description="Where its pods may connect to, beside the platform's destinations. Without effect where the platform names none.",
    )


class Network(Part):
    """Who may talk with the pods, and with whom they may."""

    isolate: bool = Field(
        True,
        description="Refuse connections from outside the platform. Needs a network plugin that enforces NetworkPolicies.",
    )
    destinations: list[Destination] | None = Field(
        None,
        max_length=16,
        description="Where pods may connect to, beside DNS: the broker, the database, the object store. Without it, anywhere.",
    )


class Gateway(Part):
    """A Gateway of the Gateway API."""

    name: ObjectName = Field(description="Its name.")
    namespace: Name | None = Field(None, description="Its namespace; without it this one.")
    section: ObjectName | None = Field(None, description="Its listener; without it any.")


class Address(Part):
    """One address for all plugins of a campus."""

    url: str = Field(
        max_length=253,
        pattern=r"^https?://[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
        description="What people type: https://campus.example.org.",
    )
    gateway: Gateway | None = Field(
        None,
        description="Routes are attached to it (HTTPRoute). Without it, or where the Gateway API is not installed, they are Ingresses.",
    )
    ingress_class: ObjectName | None = Field(
        None, description="Class of the Ingresses; without it the cluster's default."
    )
    tls: ObjectName | None = Field(
        None, description="Secret with the certificate, for the Ingresses."
    )
    annotations: dict[str, Argument] = Field(
        default_factory=dict,
        max_length=32,
        description="Of the routes: what your ingress controller or cert-manager asks for.",
    )


class Storage(Part):
    """A volume that stays when pods are replaced."""

    size: Quantity = Field(description="How much: 10Gi. It may grow where the class allows it.")
    storage_class: ObjectName | None = Field(None, description="Without it the cluster's default.")
    shared: bool = Field(
        False, description="Several pods use it at once, which takes a class that can do so."
    )


class Secrets(Part):
    """Settings of one plugin that are secret."""

    secret: ObjectName = Field(description="Secret whose keys are the names of settings: AZORA_….")


class Migration(Part):
    """What brings the database to this version's schema."""

    command: Command = Field(description="Run once per image before its pods.")
    timeout: Duration = lasting("1s", "24h", "How long it may take.", "10m")
    breaking: bool = Field(
        False,
        description="Run steps too after which the pods that run cannot go on: they stop answering until the new ones have come.",
    )


class Job(Part):
    """An operation of the plugin that is run at certain times."""

    operation: str = Field(
        max_length=128,
        pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$",
        description="With the plugin's name: library.tend_loans.",
    )
    schedule: str = Field(
        min_length=9, max_length=128, description="Cron expression, in UTC: 10 5 * * *."
    )


class Http(Part):
    """Pages and API."""

    port: int = Field(8000, ge=1, le=65535, description="Port on which the plugin listens.")
    paths: list[Path] = Field(
        default_factory=list,
        max_length=32,
        description="Beginnings of its pages' paths, at the platform's address: /library. Those of its API and static files go without saying.",
        json_schema_extra={"x-kubernetes-list-type": "set"},
    )


class Healing(Part):
    """What the operator does by itself when the pods are not well, and how often."""

    roll_back: bool = Field(
        True, description="Put the pods back to the last good revision when a new one fails."
    )
    deadline: Duration = lasting(
        *("10s", "24h"),
        "How long the pods of a new revision may take to answer; then it has failed.",
        "10m",
    )
    proven_after: Duration = lasting(
        *("1s", "24h"),
        "How long all pods of a revision must have answered for it to be a good one.",
        "30s",
    )
    replace_stuck: bool = Field(
        True, description="Replace a pod that answers but holds messages and finishes none."
    )
    stuck_after: Duration = Field(
        "5m",
        description="How long a pod may hold messages without finishing one; longer than anything it does.",
        json_schema_extra=_between("10s", "24h"),
    )
    budget: int = Field(3, ge=0, le=100, description="How often it may act within the window.")
    window: Duration = lasting("1s", "24h", "The time over which the budget counts.", "10m")


class Heal(Part):
    """Once that the operator has acted by itself."""

    time: str = Field(json_schema_extra={"format": "date-time"})
    action: str = Field(max_length=64)
    message: str = Field(max_length=1024)


class Deletion(Part):
    """What becomes of what runs, and of what is kept, when the resource is deleted."""

    policy: Literal["Drain", "Orphan", "Purge"] = Field(
        "Drain",
        description="Drain: take in nothing new, finish what waits, then go; what it keeps stays. Orphan: leave everything running. Purge: Drain, then delete its queues, database and files too.",
    )
    deadline: Duration = Field(
        "2m",
        description="How long finishing may take, and as long again deleting what it keeps; then it goes anyway, and an Event says what is left.",
        json_schema_extra=_between("1s", "24h"),
    )
    confirm: Name | None = Field(
        None, description="The plugin's name once more: without it, Purge is refused."
    )


class Scaling(Part):
    """How many pods there are, from how long messages may wait."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self.min <= self.max", "min must not be above max", ".min"))
    )

    target_latency: Duration = lasting(
        "50ms", "1h", "How long a call or an event may wait before a pod takes it: 500ms, 2s."
    )
    min: int = Field(1, ge=1, le=1000, description="The fewest pods while there is work.")
    max: int = Field(10, ge=1, le=1000, description="The most pods.")
    to_zero: bool = Field(
        False,
        description="No pods at all while there is no work; the first message starts them. HTTP does not.",
    )
    idle_after: Duration = lasting(
        "1s", "24h", "How long there must have been no work before there are no pods.", "5m"
    )
    stabilization: Duration = lasting(
        *("1s", "1h"),
        "Pods are taken away only if so many were not needed for as long as this.",
        "1m",
    )
