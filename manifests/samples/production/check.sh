#!/bin/sh
# Whether the campus is up and can be backed up: kubectl must point at its cluster and namespace.
set -eu
kubectl wait --for=condition=Ready azoraplatform,azoraplugin --all --timeout=300s
kubectl get azora
kubectl delete job azora-backup-first --ignore-not-found
kubectl create job azora-backup-first --from=cronjob/azora-backup
kubectl wait --for=condition=Complete job/azora-backup-first --timeout=300s
