#!/bin/sh
# Whether the small campus is up: kubectl must point at its cluster and namespace.
set -eu
kubectl wait --for=condition=Ready azoraplatform/azora azoraplugin/library --timeout=120s
kubectl get azora
