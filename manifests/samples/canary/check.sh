#!/bin/sh
# Whether the newest revision has passed its trial: kubectl must point at its cluster and namespace.
set -eu
kubectl wait --for=condition=Ready azoraplugin/hello --timeout=20m
kubectl wait --for=delete deployment/hello-canary --timeout=60s
kubectl get azoraplugin hello
