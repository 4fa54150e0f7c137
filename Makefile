# make setup   builds .venv from the lock file (seconds when nothing changed)
# make demo    runs the demo; ARGS="--port 8081 --fresh" is passed on
# make check   installs what the tests need and runs every check; ARGS="-k queue" is passed on to pytest
# make crash   only the thousand kills and the four daemons on one PostgreSQL (docs/crash.md), six minutes
# make mutation  every function of docs/rules.toml does nothing for once, and its test must fail; minutes
# make catalogue  the sentences of the source into the English catalogue, refused while one is not translated (docs/translating.md)
# make lock    writes the lock files after a change in pyproject.toml; UPGRADE=--upgrade takes newer releases
#
# PYTHON chooses the interpreter of a new .venv: make setup PYTHON=python3.12

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.PHONY: setup setup-dev demo check crash mutation catalogue lock

VENV := .venv
PYTHON ?=
ARGS ?=
UPGRADE ?=

# Tests run side by side, whole files at a time (tests/lanes.py); `make check LANES=` runs them one after another.
LANES ?= --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# What only the build needs, so that the editable install runs without build isolation and without the network.
BUILD_TOOLS := hatchling editables
COMPILE = $(VENV)/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --universal \
	--python-version 3.11 --custom-compile-command "make lock" $(UPGRADE)

setup:
	.ci/venv requirements.lock $(PYTHON)

setup-dev:
	.ci/venv requirements-dev.lock $(PYTHON)

demo: setup
	exec $(VENV)/bin/widerhall demo $(ARGS)

check: setup-dev
	tests/peers/install-debian || exit 2
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/mypy --no-error-summary
	$(VENV)/bin/lint-imports --no-cache > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }
	$(VENV)/bin/deptry . --no-ansi 2> $(VENV)/deptry.log || { cat $(VENV)/deptry.log; exit 1; }
	$(VENV)/bin/python -m pytest $(LANES) $(ARGS)

crash: setup-dev
	$(VENV)/bin/python -m pytest tests/crash tests/several $(ARGS)

mutation: setup-dev
	$(VENV)/bin/python -m tests.rules.mutation

catalogue: setup-dev
	$(VENV)/bin/python -m monitor.locale.catalogue

lock:
	printf '%s\n' $(BUILD_TOOLS) | $(COMPILE) --extra strong -o requirements.lock pyproject.toml -
	printf '%s\n' $(BUILD_TOOLS) uv | $(COMPILE) -c requirements.lock -o requirements-dev.lock --extra strong --group dev pyproject.toml -
