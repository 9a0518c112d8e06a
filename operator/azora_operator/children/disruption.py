"""The PodDisruptionBudget: whoever empties a node leaves all pods but one."""

from azora_operator.rendering import Object, Rendering


def disruption_budget(given: Rendering) -> Object | None:
    if given.replicas < 2:
        return None
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": given.selector}}
    return given.child("policy/v1", "PodDisruptionBudget", spec)
