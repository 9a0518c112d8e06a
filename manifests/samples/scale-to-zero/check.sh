#!/bin/sh
# Whether the plugin goes to sleep when nobody needs it: kubectl must point at its cluster and namespace.
set -eu
kubectl wait --for=condition=Ready azoraplugin/hello --timeout=120s
kubectl wait --for=jsonpath='{.spec.replicas}'=0 deployment/hello --timeout=600s
kubectl wait --for=condition=Ready azoraplugin/hello --timeout=60s
kubectl get azoraplugin hello
