# What a newcomer needs: `make demo` and `make test`. Everything is installed into .venv from uv.lock.
.DEFAULT_GOAL := help
SHELL := /bin/bash

UV := $(shell command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1 && echo uv || echo .tools/uv)
RUN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 3000
AS_OF ?=
WORKERS ?= 2

# The demo keeps to itself: its own data folder, the embedded defaults, the bundled sample.
DEMO_ENV := env -u TOUCHLINE_DATABASE_URL -u MLFLOW_TRACKING_URI -u TOUCHLINE_MIRROR -u TOUCHLINE_AS_OF \
	TOUCHLINE_HOME=$(CURDIR)/.touchline

.PHONY: help install demo stop test lint format e2e image-test bento bench-fit chart-docs clean

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: .venv/.stamp ## Install the locked environment (uv, Python 3.12) into .venv

.venv/.stamp: uv.lock pyproject.toml $(if $(filter .tools/uv,$(UV)),.tools/uv)
	@echo "Installing the locked environment into .venv (3 GB; half a minute to some minutes) …"
	@$(UV) sync --frozen --all-extras --quiet
	@touch $@

.tools/uv: scripts/get_uv.py
	python3 scripts/get_uv.py .tools

demo: install ## Import the bundled sample, backtest, train, serve; DETACH=1 returns once it is ready
	@$(DEMO_ENV) $(RUN)/touchline demo --host $(HOST) --port $(PORT) $(if $(AS_OF),--as-of $(AS_OF)) $(if $(DETACH),--detach)

stop: install ## End what `make demo DETACH=1` left running
	@$(DEMO_ENV) $(RUN)/touchline stop

test: install ## Install, then run the unit, property and integration tests
	$(RUN)/pytest tests/unit tests/property tests/integration -n $(WORKERS)

e2e: install ## Drive what a user drives: the commands, and the page in Chromium
	$(RUN)/pytest tests/e2e -m "not docker"

image-test: install ## Build the image with a real Docker engine and run it
	$(RUN)/pytest tests/e2e/images -m docker

bento: install ## Package the service with bentoml build
	rm -rf bentos/predictor/wheels
	$(UV) build --wheel --quiet --out-dir bentos/predictor/wheels
	$(UV) export --frozen --quiet --no-dev --extra serve --extra track --extra postgres --no-emit-project --no-hashes \
		--no-annotate --no-header --output-file bentos/predictor/requirements.txt
	$(RUN)/bentoml build bentos/predictor

bench-fit: install ## Time a fit against penaltyblog's; the last line is speedup=…
	$(RUN)/python -m tests.bench.fit

lint: install ## Format, lint, types, layers, manifests
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/python scripts/chart_docs.py --check
	$(RUN)/python scripts/check_manifests.py

chart-docs: install ## Make the chart's README and schema from the comments in its values.yaml
	$(RUN)/python scripts/chart_docs.py

format: install ## Put the code into the one format
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

clean: ## Remove the environment, the tools and the demo's data
	rm -rf .venv .tools .touchline
