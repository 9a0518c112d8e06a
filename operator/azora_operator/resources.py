"""What people write: AzoraPlatform and AzoraPlugin, once; their CRDs are generated from here.

A constraint that JSON Schema cannot say is a CEL rule, whose message tells what to do.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from azora_operator.parts import (
    Address,
    Command,
    Deletion,
    Heal,
    Healing,
    Http,
    Job,
    KeyName,
    Migration,
    Name,
    Network,
    ObjectName,
    Part,
    PluginNetwork,
    Provision,
    Resources,
    Scaling,
    SecretKey,
    Secrets,
    Storage,
    rules,
)
from azora_operator.strategies import RolloutSpec

GROUP = "azora.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"


class PlatformSpec(Part):
    """One campus: what its plugins share."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "has(self.broker) != (has(self.provide) && has(self.provide.broker))",
                "name the Secret of a broker, or have one provided (provide.broker), and not both",
                ".broker",
            ),
            (
                "!has(self.database) || !has(self.provide) || !has(self.provide.database)",
                "name the Secret of a database, or have one provided (provide.database), and not both",
                ".database",
            ),
        )
    )

    broker: SecretKey | None = Field(
        None, description="Where the URL of RabbitMQ is: amqp://…; unless one is provided."
    )
    database: SecretKey | None = Field(
        None,
        description="Where the URL of PostgreSQL is: postgresql://…; each plugin has a schema.",
    )
    provide: Provision | None = Field(
        None, description="Have RabbitMQ and PostgreSQL made by their own operators."
    )
    management: SecretKey | None = Field(
        None,
        description="Where the URL of RabbitMQ's management API is: http://user:password@rabbitmq:15672. Without it the operator knows nothing of queues, and spec.scaling of plugins has no effect.",
    )
    keys: ObjectName | None = Field(
        None,
        description="Secret with the files of a campus's keys folder. Without it each pod makes keys of its own, and pods do not recognise one another's actors.",
    )
    config: dict[str, str] = Field(
        default_factory=dict,
        max_length=256,
        description="Settings of every plugin: AZORA_…, as docs/settings.md lists them. Nothing secret.",
        json_schema_extra=rules(
            ("self.all(name, name.matches('^AZORA_[A-Z0-9_]+$'))", "a setting is named AZORA_…")
        ),
    )
    resources: Resources = Field(
        Resources(), description="What each pod is given where its plugin says nothing."
    )
    address: Address | None = Field(
        None,
        description="Where people reach the campus: each plugin gets a route for its own paths.",
    )
    jobs: Literal["Process", "Cluster"] = Field(
        "Process",
        description="Who starts the plugins' jobs. Process: their pods, once for each due time however many there are. Cluster: CronJobs, which run while a plugin sleeps too, and which kubectl shows.",
    )
    network: Network = Field(
        Network(), description="Who may talk with the pods, and they with whom."
    )
    paused: bool = Field(False, description="The operator reads and reports, but changes nothing.")

    @classmethod
    def of(cls, platform: dict[str, Any]) -> "PlatformSpec":
        """The spec of an AzoraPlatform; what is provided is reached as its operator's Secret says."""
        spec, name = cls.model_validate(platform["spec"]), platform["metadata"]["name"]
        provide, told = spec.provide or Provision(), {}
        if provide.broker:
            told["broker"] = SecretKey(
                secret=f"{name}-broker-default-user", key="connection_string"
            )
            told["management"] = spec.management or told["broker"]
        if provide.database:
            told["database"] = SecretKey(secret=f"{name}-database-app", key="uri")
        return spec.model_copy(update=told)


class PluginSpec(Part):
    """One capability of a campus, run as pods of its own."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "self.platform == oldSelf.platform",
                "a plugin cannot move to another platform: delete it and make it again",
                ".platform",
            ),
            (
                "!has(self.storage) || self.storage.shared || (self.replicas <= 1 && !has(self.scaling))",
                "one pod alone can use a volume that is not shared: at most one replica and no scaling, or shared: true",
                ".storage",
            ),
            (
                "!has(self.rollout) || self.rollout.strategy == 'Rolling' || has(self.http)",
                "a canary is judged by what it counts, and tells by HTTP: give spec.http too",
                ".rollout",
            ),
            (
                "!has(self.rollout) || self.rollout.strategy == 'Rolling' || !has(self.storage) || self.storage.shared",
                "a canary runs beside the other pods: it needs a volume that is shared",
                ".rollout",
            ),
        )
    )

    platform: Name = Field(description="The AzoraPlatform of this namespace that it joins.")
    image: str = Field(min_length=1, max_length=512, description="Container image to run.")
    version: str | None = Field(
        None,
        max_length=63,
        pattern=r"^v?[0-9][0-9A-Za-z.+-]*$",
        description="Version of the plugin, for people to read.",
    )
    command: Command = Field(description="What a pod runs: azora run <plugin>.")
    replicas: int = Field(
        1, ge=0, le=1000, description="How many pods run side by side, unless scaling is given."
    )
    scaling: Scaling | None = Field(
        None, description="Let the number of pods follow the work that waits."
    )
    config: dict[str, str] = Field(
        default_factory=dict,
        max_length=256,
        description="Settings of this plugin, which win over the platform's. Nothing secret.",
        json_schema_extra=rules(
            ("self.all(name, name.matches('^AZORA_[A-Z0-9_]+$'))", "a setting is named AZORA_…")
        ),
    )
    secrets: list[Secrets] = Field(
        default_factory=list,
        max_length=16,
        description="Its secret settings. Its pods are replaced when one of them changes.",
    )
    keys: list[KeyName] = Field(
        default_factory=list,
        max_length=16,
        description="Private keys that its pods get from the platform's keys: its own, and nobody else's.",
    )
    requires: list[Name] = Field(
        default_factory=list,
        max_length=64,
        description="AzoraPlugins that must be Ready before this one is rolled out.",
        json_schema_extra={"x-kubernetes-list-type": "set"},
    )
    resources: Resources = Field(Resources(), description="What each pod is given.")
    jobs: list[Job] = Field(
        default_factory=list,
        max_length=64,
        description="What is run at certain times, where the platform's jobs are the cluster's.",
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["operation"],
        },
    )
    migration: Migration | None = Field(None, description="What prepares its database.")
    http: Http | None = Field(None, description="How its pages and API are reached.")
    storage: Storage | None = Field(
        None, description="A volume for its data folder, which else goes with each pod."
    )
    network: PluginNetwork = Field(PluginNetwork(), description="What it alone connects to.")
    rollout: RolloutSpec = Field(
        RolloutSpec(), description="How a new revision takes the place of the old one."
    )
    healing: Healing = Field(
        Healing(), description="What the operator does by itself when the pods are not well."
    )
    deletion: Deletion = Field(
        Deletion(), description="What becomes of it all when this resource is deleted."
    )
    paused: bool = Field(False, description="The operator reads and reports, but changes nothing.")


class Condition(Part):
    """One fact about a resource, as Kubernetes writes it."""

    type: str = Field(max_length=316)
    status: str = Field(json_schema_extra={"enum": ["True", "False", "Unknown"]})
    reason: str = Field(min_length=1, max_length=1024)
    message: str = Field(max_length=32768)
    last_transition_time: str = Field(json_schema_extra={"format": "date-time"})
    observed_generation: int = Field(ge=0)


class Status(Part):
    """What both kinds tell."""

    observed_generation: int | None = Field(None, description="The edit that this tells of.")
    conditions: list[Condition] = Field(
        default_factory=list,
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
    )


class PlatformStatus(Status):
    """What a platform tells."""

    plugins: str | None = Field(None, description="How many of its plugins are Ready: 3/4.")


class PluginStatus(Status):
    """What a plugin tells."""

    replicas: int | None = Field(None, description="Pods that exist.")
    ready_replicas: int | None = Field(None, description="Pods that answer.")
    selector: str | None = Field(None, description="Selects its pods, for an autoscaler.")
    revision: str | None = Field(None, description="Hash of what its pods are made from.")
    last_good_revision: str | None = Field(
        None, description="The revision whose pods last all answered for long enough."
    )
    plan: list[str] | None = Field(
        None,
        description="What the operator would do, while the annotation azora.dev/plan is true.",
    )
    heals: list[Heal] = Field(
        default_factory=list,
        description="When the operator acted by itself, within the window of its budget.",
    )


class AzoraPlatform(BaseModel):
    """One campus: the broker, the database and the settings that its plugins share."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "self.metadata.name.size() <= 40",
                "metadata.name: at most 40 characters, so that the names of what belongs to it fit",
            )
        )
    )
    spec: PlatformSpec = Field(description="What you want.")
    status: PlatformStatus | None = Field(None, description="What is.")


class AzoraPlugin(BaseModel):
    """One capability of a campus, deployed as pods of its own."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "self.metadata.name.size() <= 40",
                "metadata.name: at most 40 characters, so that the names of what belongs to it fit",
            ),
            (
                "!self.metadata.name.matches('-(canary|preview)$')",
                "metadata.name: what ends with -canary or -preview is of another plugin's canary",
            ),
            (
                "self.spec.deletion.policy != 'Purge' || self.spec.deletion.?confirm.orValue('') == self.metadata.name",
                "Purge deletes what the plugin keeps: confirm it with the plugin's name",
                ".spec.deletion",
            ),
        )
    )
    spec: PluginSpec = Field(description="What you want.")
    status: PluginStatus | None = Field(None, description="What is.")
