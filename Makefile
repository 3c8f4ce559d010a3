# One word per chore; people and CI use the same ones. `make help` lists them.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PRINTS := $(VENV)/.prints

help:  ## list the chores
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## install what the project needs: system packages (apt-get) and .venv

$(READY): requirements-dev.lock pyproject.toml scripts/system-packages
	scripts/system-packages
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(PRINTS): $(READY)
	scripts/system-packages --printing
	@touch $@

run: setup  ## the main job: a real Odoo, judged and planned for
	$(BIN)/workeroo lab tour

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint  ## lint, types, contracts and the pure tests, in seconds
	$(BIN)/pytest -q -m "not lab"

test: lint $(PRINTS)  ## everything, on a real Odoo, with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

docs: setup  ## make the generated pages, schemas and man pages again
	$(BIN)/python scripts/reference

bench: setup  ## measure start-up and audit, side by side
	$(BIN)/python benchmarks/start.py

lab: setup  ## bring the lab up and leave it running
	$(BIN)/workeroo lab up

lock: setup  ## resolve the dependencies anew and write both lock files
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.10 \
		--generate-hashes --no-header --upgrade --quiet -o requirements-dev.lock
	$(BIN)/uv pip compile src/workeroo/lab/odoo19.in --universal --python-version 3.10 \
		--generate-hashes --no-header --upgrade --quiet -o src/workeroo/lab/odoo19.lock

clean:  ## remove what can be made again
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache dist build

.PHONY: help setup run lint check test docs bench lab lock clean
