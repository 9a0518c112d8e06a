"""The ServiceMonitor, by which Prometheus finds a plugin's metrics where its operator is installed."""

from azora_operator.rendering import Object, Rendering


def service_monitor(given: Rendering) -> Object | None:
    if given.plugin.http is None or "ServiceMonitor" not in given.served:
        return None
    spec = {
        "selector": {"matchLabels": given.selector},
        "endpoints": [{"port": "http", "path": "/metrics"}],
    }
    return given.child("monitoring.coreos.com/v1", "ServiceMonitor", spec)
