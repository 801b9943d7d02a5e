# Each target makes what it needs; the second time it only checks.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# torch first and pinned: asked for by another package, pip would take the newest build.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt

.PHONY: run test lint bench wiki-demo clean

run: $(VENV)/ready          ## serve on http://127.0.0.1:7860
	$(BIN)/wenju serve

test: $(VENV)/ready-test    ## the whole test suite
	$(BIN)/python -m pytest

lint: $(VENV)/ready-test    ## style, types, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/ready-test   ## measure, and write docs/benchmarks.md
	$(BIN)/python benchmarks/report.py --retrieval

wiki-demo: $(VENV)/ready-test  ## a DokuWiki with the widget; needs Debian's dokuwiki and php-cli
	$(BIN)/python -m tests.hosts

clean:                      ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	@echo "Installing (a few minutes the first time) ..."
	$(PIP) torch
	$(PIP) --editable .
	touch $@

$(VENV)/ready-test: $(VENV)/ready
	$(PIP) --editable '.[test]'
	touch $@
