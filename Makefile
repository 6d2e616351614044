# People and CI call the same targets. Everything is installed into .venv; nothing outside this folder changes.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# The tests start the service a hundred times: without bytecode each start compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE


.PHONY: run test check fmt bench quality eval demo lock clean install install-dev

run: install  ## start everything on embedded defaults
	@$(BIN)/tracemedic serve $(ARGS)

test: install-dev  ## the whole suite, on SQLite and on a real PostgreSQL
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: install-dev  ## lint, types, who may import whom, README's tables
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/basedpyright
	@$(BIN)/python -m pytest -q tests/test_readme.py

fmt: install-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: install-dev  ## ratios side by side, kept in bench/results; ARGS=--long for the long mode
	@$(BIN)/python -m bench $(ARGS)

quality: install-dev  ## how often the judgements are right, on the half they were tuned on and the half they were not
	@$(BIN)/python -m tests.quality $(ARGS)

eval: install-dev  ## how right diagnoses are: of the configured models, or of rules
	@$(BIN)/python -m tests.eval $(ARGS)

demo: install-dev  ## real failing requests through the real service, the enriched result in the terminal
	@$(BIN)/tracemedic demo $(ARGS)

lock: $(BIN)/uv  ## renew the locked versions; requirements files rather than uv.lock, which would write registry hosts into the repository
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --python-version 3.11 -c requirements-dev.lock pyproject.toml -o requirements.lock

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "tracemedic needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.11")'
	@echo "tracemedic: preparing $(VENV) (once)" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
