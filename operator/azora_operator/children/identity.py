"""The ServiceAccount of a plugin's pods, which may do nothing in Kubernetes and gets no token."""

from azora_operator.rendering import Object, Rendering


def service_account(given: Rendering) -> Object:
    return given.child("v1", "ServiceAccount", automountServiceAccountToken=False)
