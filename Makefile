# For a machine with Python 3.11 or newer and make. `make` alone lists the targets.

PYTHON ?= python3
CV ?= examples/jane/resume.md
DEPLOYED_PYTHON ?= python3.11
FUNCTIONS ?= functions
VENV := .venv
BIN := $(VENV)/bin
BROWSER := tests/browser

SETUP := $(VENV)/.installed
ifneq ($(wildcard $(BROWSER)/package.json),)
ifneq ($(shell command -v npm 2>/dev/null),)
SETUP += $(BROWSER)/node_modules/.installed
endif
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench generate package discovery clean

help:
	@echo 'make demo         make a finished CV of an example; CV=path takes another'
	@echo 'make setup        make .venv with all that is needed'
	@echo 'make test         run all tests'
	@echo 'make check        lint, format, types, import contracts, layout, shipped pipelines'
	@echo 'make bench        measure speed and reading, and kill the process 200 times: ten minutes'
	@echo 'make generate     write the generated documents in docs/ anew'
	@echo 'make package      put into functions/ what a deployment needs from outside it'
	@echo 'make discovery    make the environment in which a deployment asks for functions'
	@echo 'make clean        remove what these targets made, out/ excepted'

setup: $(SETUP)

$(VENV)/.installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo 'There is no $(PYTHON). Name a Python 3.11 or newer: make PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo 'Name another one: make PYTHON=python3.12' >&2; exit 1; }
	@echo 'Setting up $(VENV); the first time takes minutes, and the network.'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
	  --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(BROWSER)/node_modules/.installed: $(BROWSER)/package.json $(wildcard $(BROWSER)/package-lock.json)
	@cd $(BROWSER) && npm ci --silent --no-audit --no-fund
	@touch $@

demo: setup
	@out=out/demo; number=2; \
	while [ -e "$$out" ]; do out="out/demo-$$number"; number=$$((number + 1)); done; \
	$(BIN)/cvplus-workflow run "$(CV)" --data out/data --out "$$out"

test: setup
	@$(BIN)/python -m pytest -n auto --dist loadgroup

check: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/layout
	@$(BIN)/cvplus-workflow doctor --shipped

# Those that need nothing else; docs/benchmarks.md has the commands of the long ones.
bench: setup
	$(BIN)/python benchmarks/throughput.py --shape job10
	$(BIN)/python benchmarks/throughput.py --shape chain10
	$(BIN)/python benchmarks/extraction.py
	$(BIN)/python benchmarks/kills.py --kills 200

generate: setup
	@$(BIN)/python docs/generate.py
	@$(BIN)/python deploy/describe.py

# Both are run by `firebase deploy`. An old build/ would leave deleted modules in the wheel.
package:
	@rm -rf build functions/*.whl
	@$(DEPLOYED_PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps \
	  --wheel-dir functions .
	@cp constraints.txt functions/constraints.txt

discovery:
	@$(DEPLOYED_PYTHON) -m venv --clear "$(FUNCTIONS)/venv"
	@cd "$(FUNCTIONS)" && venv/bin/python -m pip install --quiet --disable-pip-version-check \
	  --no-compile --requirement requirements.txt

clean:
	rm -rf functions/*.whl functions/constraints.txt functions/venv deploy/terraform/.terraform
	rm -rf $(VENV) $(BROWSER)/node_modules build dist .hypothesis
	rm -rf benchmarks/peers/.venv benchmarks/peers/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .benchmarks
	rm -rf shared/*.egg-info
	find benchmarks docs functions shared tests -name __pycache__ -type d -prune -exec rm -rf {} +
