# Two commands matter: `make run` and `make test`. `make` alone prints the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input \
	--only-binary :all: --require-hashes
PIN := .venv-pins/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-build $(UPGRADE)

ARCHITECTURE := tests/test_architecture.py tests/test_documentation.py

.PHONY: help run test check form types architecture bench pins clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' Makefile

run: $(VENV)/installed ## start Botcadence and print its address
	@exec $(BIN)/python main.py

test: $(VENV)/installed-test ## run the tests (ARGS='-k name' chooses some)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: form types architecture ## look at form, types and architecture without running the tests

form: $(VENV)/installed-test
	@$(BIN)/python -m ruff format --check --quiet .
	@$(BIN)/python -m ruff check --quiet .

types: $(VENV)/installed-test
	@$(BIN)/python -m mypy --no-error-summary

architecture: $(VENV)/installed-test
	@$(BIN)/python -m pytest --quiet $(ARCHITECTURE)

bench: $(VENV)/installed-test ## measure speed and memory
	@$(BIN)/python -m tests.load

pins: ## resolve requirements*.txt from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@$(PYTHON) -m venv .venv-pins
	@.venv-pins/bin/python -m pip install -qq --disable-pip-version-check 'uv>=0.13,<0.14'
	@$(PIN) --custom-compile-command 'make pins' --output-file requirements.txt pyproject.toml
	@$(PIN) --custom-compile-command 'make pins' --constraint requirements.txt --extra test \
		--output-file requirements-test.txt pyproject.toml

clean: ## remove what was installed and cached; the data stays
	@rm -rf $(VENV) .venv-pins .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Botcadence needs Python 3.11 or newer. Name one: make PYTHON=python3.12 run' >&2; exit 1; }
	@echo 'Installing into $(VENV) ...'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(INSTALL) --requirement requirements.txt
	@touch $@

$(VENV)/installed-test: requirements-test.txt $(VENV)/installed
	@echo 'Installing what the tests need ...'
	@$(INSTALL) --requirement requirements-test.txt
	@touch $@
