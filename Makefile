# Everything here works on a machine with only Python 3.11 or later and its venv module.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
.DEFAULT_GOAL := help

.PHONY: help run test check bench prove docs lock clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-7s %s\n", $$1, $$2}'

run: .venv/run.stamp ## Everything on this machine: world, ingest, training, service; until Ctrl-C
	$(BIN)/matinee up

test: .venv/dev.stamp ## All tests with coverage; below 90 % is a failure
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n auto --maxprocesses 4 --dist loadfile
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=90

check: .venv/dev.stamp ## Style, types, import directions, Dockerfile, compose file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

bench: .venv/dev.stamp ## Speed, as ratios measured side by side in one run
	$(BIN)/python -m bench

prove: .venv/dev.stamp ## The long proofs: crash points, and the model on real ratings
	$(BIN)/python -m pytest -q -m prove

docs: .venv/dev.stamp ## Write .env.example and the settings and command tables
	$(BIN)/python -m matinee.docs

lock: .venv/dev.stamp ## Pin all versions with hashes for every platform and Python from 3.11
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate \
		--extra kafka --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate -c requirements.lock \
		--extra kafka --group dev pyproject.toml -o requirements-dev.lock

clean: ## Remove the virtual environment and all state
	rm -rf .venv var

.venv/made.stamp:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version)'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run.stamp: .venv/made.stamp requirements.lock pyproject.toml
	$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@
