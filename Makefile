# `make demo` shows what TraceLab does, `make test` runs every test. Both set up .venv first; a second run is instant.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test check lab bench clean graphviz

help:
	@echo "make demo    trace real models, print what each froze, write demo-reports/index.html"
	@echo "make test    every test"
	@echo "make check   format, lint, types"
	@echo "make lab     JupyterLab on notebooks/"
	@echo "make bench   what tracing and proving with TraceLab cost, as ratios"
	@echo "make clean   remove all of what the others made"

demo: $(VENV)/.ready graphviz
	$(BIN)/python notebooks/demo.py

test: $(VENV)/.ready graphviz
	$(BIN)/python -m pytest

check: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python

lab: $(VENV)/.lab graphviz
	$(BIN)/jupyter lab notebooks/

bench: $(VENV)/.ready
	$(BIN)/python tests/benchmarks/overhead.py
	$(BIN)/python tests/benchmarks/proof.py

clean:
	rm -rf $(VENV) demo-reports build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# torch comes first and alone: asked for with the rest, pip may take a newer build with gigabytes of CUDA.
$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) "$$(grep '^torch==' constraints.txt)"
	$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/.lab: $(VENV)/.ready
	$(PIP) jupyterlab
	@touch $@

# Reports draw their graphs with Graphviz's `dot`, which no Python package brings.
graphviz:
	@if command -v dot >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing Debian's graphviz, for 'dot'"; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get install -y -qq graphviz >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq graphviz >/dev/null; }; \
	else \
		echo "Graphviz's 'dot' is not installed, and reports have no drawing without it."; \
		echo "Get it with 'sudo apt-get install graphviz' or 'brew install graphviz'."; \
	fi
