# The whole vocabulary: run · test · lint · bench · coverage · soak · image
.PHONY: help run test lint bench coverage soak image parts plane tools
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PARTS := rabbitmq-server postgresql redis-server nodejs chromium prometheus systemd iproute2 openssl
FILES = setup.cfg pyproject.toml constraints.txt

help:  ## What there is
	@sed -n 's/^\([a-z]*\):.*##/make \1  –/p' Makefile

run: .venv/run.stamp .venv/islands.stamp  ## Start the campus here: nothing else is needed
	@exec $(BIN)/azora up

# Two lanes of about the same length, one for each core of a small machine; the second takes what the first does not name.
LANE := architecture cluster kernel operator shipping thirdparty
test: parts .venv/dev.stamp .venv/islands.stamp plane tools lint  ## Install what the tests need, lint, and run every test
	@.ci/lanes $(BIN)/python "$(LANE:%=tests/%)" "$(filter-out $(LANE:%=tests/%/),$(wildcard tests/[!_]*/))"

# Faults and the whole journeys run against the clock, which a tracer slows, and reach what the others cover.
UNTRACED := faults docs/test_commands.py e2e thirdparty cluster shipping
coverage: parts .venv/dev.stamp  ## Run the tests under coverage: the kernel 90 %, each plugin 80 %
	@rm -rf .coverage .coverage.*
	$(BIN)/coverage run -m pytest -m 'not untraced' $(UNTRACED:%=--ignore=tests/%)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='kernel/*' --fail-under=90
	@for plugin in plugins/azora_*; do $(BIN)/coverage report --include="$$plugin/*" --fail-under=80 || exit; done

lint: .venv/dev.stamp  ## Format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: parts .venv/dev.stamp  ## Measure what is fast beside its peers, into docs/benchmarks.md
	$(BIN)/python -m benchmarks

soak: parts .venv/dev.stamp  ## A hundred random schedules of faults under load, into docs/soak.md
	SOAK_SCHEDULES=100 $(BIN)/python -m pytest tests/faults/test_schedules.py

image: .venv/dev.stamp  ## Build the image with Debian's buildah, and try what is in it (as root; some minutes)
	@.ci/parts buildah debootstrap rabbitmq-server postgresql
	$(BIN)/python -m pytest tests/shipping/check_image.py

parts:
	@.ci/parts $(PARTS)

# The Kubernetes of tests/cluster: built once per machine, in some minutes; without it those tests are named.
plane: .venv/dev.stamp
	@$(BIN)/python -m tests.cluster.building || true

# helm and the others that check what we ship, and the vectors of CESQL: once per machine too, and named in the same way.
tools: .venv/dev.stamp
	@$(BIN)/python -m tests.shipping.building || true
	@$(BIN)/python -m tests.plugins.nexus.building || true

.venv/bin/python:
	@.ci/venv .venv

.venv/run.stamp: .venv/bin/python $(FILES)
	@echo "Installing Azora (once; some 40 small packages) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[compression,distributed]'
	@touch $@

.venv/dev.stamp: .venv/bin/python $(FILES)
	@echo "Installing Azora and its development tools …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch .venv/run.stamp $@

.venv/islands.stamp: .venv/run.stamp $(wildcard kernel/azora/islands/* plugins/*/islands/*.*)
	@.ci/islands $(BIN)/python
	@touch $@
