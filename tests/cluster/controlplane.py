"""A private Kubernetes control plane: etcd, API server, controllers and scheduler, a process each."""

import json
import ssl
import subprocess
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azora.testing.servers import Server, free_port

CONTROLLERS = (
    "deployment-controller",
    "replicaset-controller",
    "horizontal-pod-autoscaler-controller",
    "disruption-controller",
    "job-controller",
    "cronjob-controller",
    "garbage-collector-controller",
    "namespace-controller",
    "endpointslice-controller",
    "serviceaccount-controller",
    "pod-garbage-collector-controller",
    "ttl-after-finished-controller",
    "node-lifecycle-controller",
    "taint-eviction-controller",
)
TOKEN = "an-administrator-of-a-private-cluster"
_READS = ("get", "list", "watch")
_AUDIT = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- {level: None, resources: [{group: coordination.k8s.io, resources: [leases]}]}
- {level: Metadata, userGroups: ["system:serviceaccounts"]}
- {level: None}
"""


@dataclass(frozen=True)
class Request:
    """What somebody has asked the API server for, and the status of its answer."""

    verb: str
    resource: str
    name: str
    status: int

    @property
    def writes(self) -> bool:
        return self.verb not in _READS


class Part(Server):
    """One process of the control plane, which answers once `probe` does."""

    def __init__(self, name: str, arguments: Sequence[str], probe: Callable[[], bool]) -> None:
        self.name = name
        super().__init__()
        self._arguments, self._probe = arguments, probe

    def command(self) -> Sequence[str]:
        return self._arguments

    def answers(self) -> bool:
        return self._probe()


class ControlPlane:
    """A cluster without nodes at `url`, a `port` of this machine; `kubeconfig` is its administrator's."""

    def __init__(self, binaries: Path, directory: Path, services: str) -> None:
        self.directory, self._binaries, self._services = directory, binaries, services
        self._etcd, self._peers, self.port = free_port(), free_port(), free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = directory / "kubeconfig"
        self._parts: list[Part] = []
        self._write_credentials()

    def start(self) -> "ControlPlane":
        """Start its processes in their order; a failed one takes the others with it."""
        try:
            for part in (self._store(), self._server(), self._controllers(), self._scheduler()):
                self._parts.append(part)
                part.start()
        except AssertionError:
            self.close()
            raise
        return self

    def client_config(self, token: str, namespace: str = "default") -> str:
        """A kubeconfig of whoever holds the token."""
        authority = self.directory / "certificates" / "apiserver.crt"
        cluster = f'{{server: "{self.url}", certificate-authority: "{authority}"}}'
        return f"""\
apiVersion: v1
kind: Config
current-context: azora
clusters: [{{name: azora, cluster: {cluster}}}]
users: [{{name: azora, user: {{token: "{token}"}}}}]
contexts: [{{name: azora, context: {{cluster: azora, user: azora, namespace: {namespace}}}}}]
"""

    def audited(self, account: str) -> list[Request]:
        """What a ServiceAccount (namespace:name) has asked for so far, but for its Lease."""
        user = f"system:serviceaccount:{account}"
        told = map(json.loads, (self.directory / "audit.log").read_text().splitlines())
        return [_request(each) for each in told if each["user"]["username"] == user]

    def close(self) -> None:
        """End all of it at once: nobody needs what it holds."""
        for part in reversed(self._parts):
            part.kill()
            part.close()

    def _write_credentials(self) -> None:
        key, public = self.directory / "sa.key", self.directory / "sa.pub"
        for command in (
            ["openssl", "genrsa", "-out", key, "2048"],
            ["openssl", "rsa", "-in", key, "-pubout", "-out", public],
        ):
            subprocess.run(command, check=True, capture_output=True)
        (self.directory / "tokens.csv").write_text(f'{TOKEN},admin,1,"system:masters"\n')
        (self.directory / "audit.yaml").write_text(_AUDIT)
        self.kubeconfig.write_text(self.client_config(TOKEN))

    def _store(self) -> Part:
        client, peer = (f"http://127.0.0.1:{port}" for port in (self._etcd, self._peers))
        arguments = [
            *(self._binary("etcd"), "--data-dir", str(self.directory / "etcd")),
            *("--unsafe-no-fsync", "--listen-client-urls", client),
            *("--advertise-client-urls", client, "--listen-peer-urls", peer),
            *("--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"),
        ]
        return Part("etcd", arguments, lambda: _answers(f"{client}/health"))

    def _server(self) -> Part:
        at = self.directory
        arguments = [
            *(self._binary("kube-apiserver"), "--etcd-servers", f"http://127.0.0.1:{self._etcd}"),
            *("--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1"),
            *("--secure-port", str(self.port), "--cert-dir", str(at / "certificates")),
            *("--token-auth-file", str(at / "tokens.csv"), "--authorization-mode", "RBAC"),
            *("--service-account-issuer", "https://kubernetes.default.svc"),
            *("--service-account-key-file", str(at / "sa.pub")),
            *("--service-account-signing-key-file", str(at / "sa.key")),
            *("--service-cluster-ip-range", self._services, "--endpoint-reconciler-type", "none"),
            *("--disable-admission-plugins", "ServiceAccount", "--profiling=false"),
            *("--audit-policy-file", str(at / "audit.yaml")),
            *("--audit-log-path", str(at / "audit.log")),
        ]
        return Part("kube-apiserver", arguments, lambda: _answers(f"{self.url}/readyz"))

    def _controllers(self) -> Part:
        port = free_port()
        arguments = [
            *(self._binary("kube-controller-manager"), "--kubeconfig", str(self.kubeconfig)),
            *("--leader-elect=false", "--controllers", ",".join(CONTROLLERS)),
            *("--bind-address", "127.0.0.1", "--secure-port", str(port)),
            *("--cert-dir", str(self.directory / "controllers")),
            *("--node-monitor-period", "1s", "--node-monitor-grace-period", "8s"),
            *("--horizontal-pod-autoscaler-sync-period", "2s"),
        ]
        return Part(
            "kube-controller-manager",
            arguments,
            lambda: _answers(f"https://127.0.0.1:{port}/healthz"),
        )

    def _scheduler(self) -> Part:
        port = free_port()
        arguments = [
            *(self._binary("kube-scheduler"), "--kubeconfig", str(self.kubeconfig)),
            *("--leader-elect=false", "--bind-address", "127.0.0.1", "--secure-port", str(port)),
            *("--cert-dir", str(self.directory / "scheduler")),
        ]
        return Part(
            "kube-scheduler", arguments, lambda: _answers(f"https://127.0.0.1:{port}/healthz")
        )

    def _binary(self, name: str) -> str:
        return str(self._binaries / name)


def _request(told: dict[str, Any]) -> Request:
    about = told.get("objectRef", {})
    parts = about.get("resource", ""), about.get("subresource", "")
    resource, status = "/".join(filter(None, parts)), told["responseStatus"]["code"]
    return Request(told["verb"], resource, about.get("name", ""), status)


def _answers(url: str) -> bool:
    unchecked = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(url, timeout=2, context=unchecked) as answer:
            return answer.status == 200
    except OSError:
        return False
