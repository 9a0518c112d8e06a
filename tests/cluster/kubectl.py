"""kubectl as a user has it, on a cluster of the tests."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any


class KubectlError(AssertionError):
    """kubectl ended with an error; its text is what kubectl said."""


class Kubectl:
    """`kubectl(…)` runs a command in one namespace and returns what it printed."""

    def __init__(self, executable: str, kubeconfig: Path, namespace: str = "default") -> None:
        self._executable, self._kubeconfig = executable, kubeconfig
        self.namespace = namespace

    def __call__(self, *arguments: str, input: str | None = None, seconds: float = 60.0) -> str:
        command = [self._executable, "--kubeconfig", str(self._kubeconfig)]
        command += ["--namespace", self.namespace, *arguments]
        home = {"HOME": str(self._kubeconfig.parent)}
        done = subprocess.run(
            command,
            input=input,
            env=os.environ | home,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if done.returncode:
            raise KubectlError(done.stderr or done.stdout)
        return done.stdout

    def within(self, namespace: str) -> "Kubectl":
        """The same client in a namespace that is made for it."""
        self("create", "namespace", namespace)
        return self.at(namespace)

    def at(self, namespace: str) -> "Kubectl":
        """The same client in a namespace that is there."""
        return Kubectl(self._executable, self._kubeconfig, namespace)

    def may(self, account: str, verb: str, what: str, namespace: str = "") -> bool:
        """Whether a ServiceAccount of this namespace may do this to pods, azoraplugins.azora.dev, pods/log …"""
        resource, _, part = what.partition("/")
        name, _, group = resource.partition(".")
        asked = {"verb": verb, "group": group, "resource": name, "subresource": part}
        spec = {
            "user": f"system:serviceaccount:{self.namespace}:{account}",
            "resourceAttributes": asked | {"namespace": namespace or self.namespace},
        }
        kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
        review = json.dumps(kind | {"spec": spec})
        said = json.loads(self("create", "--filename=-", "--output=json", input=review))
        return said["status"]["allowed"]

    def apply(self, *objects: dict[str, Any]) -> str:
        """`kubectl apply` of these objects."""
        whole = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        return self("apply", "--filename", "-", input=json.dumps(whole))

    def get(self, *what: str) -> dict[str, Any]:
        """One object, or a List, as JSON values."""
        return json.loads(self("get", *what, "--output", "json"))

    def items(self, *what: str) -> list[dict[str, Any]]:
        """The objects of a list."""
        return self.get(*what)["items"]

    def wait(self, condition: str, *what: str, seconds: int = 30) -> None:
        """`kubectl wait --for=condition`; raises KubectlError after `seconds`."""
        self("wait", f"--for={condition}", *what, f"--timeout={seconds}s", seconds=seconds + 10)
