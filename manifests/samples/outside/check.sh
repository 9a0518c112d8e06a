#!/bin/sh
# Whether the plugin has joined its campus: kubectl must point at its cluster and namespace.
set -eu
kubectl wait --for=condition=Ready azoraplugin/hello --timeout=120s
kubectl get azoraplugin hello
