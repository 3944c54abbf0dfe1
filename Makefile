# Boathouse. `make` alone prints this help.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup setup-airflow setup-bases setup-clients setup-localstack setup-minio demo up down logs test test-bases test-data \
	test-fire test-compose check check-locks format bench coverage wheel clean lock

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The first Python that AWS Glue 5.1's own (3.11) is close to and that really runs; PYTHON=... overrides.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)

# Airflow has an environment of its own and takes no 3.13; MWAA has it on 3.12. Its lock is whole: pip, resolving again,
# would stumble over extras, which no pinned line names.
AIRFLOW_READY := .venv-airflow/.ready
AIRFLOW_PYTHON ?= $(shell for p in python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && break; done)

help:  ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Boathouse needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version): about a minute, once"
	@$(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.txt && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@$(BIN)/python -m compileall -q emulator pipelines || true
	@touch $@

# What the tests talk to the platform with, apart from it: what the AWS CLI pins is not to pin ours.
CLIENTS_READY := .venv-clients/.ready

setup-clients: $(CLIENTS_READY)

$(CLIENTS_READY): requirements/clients.txt
	@test -n "$(PYTHON)" || { echo "Boathouse needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv --clear .venv-clients
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python .venv-clients/bin/python --require-hashes -r $<; \
	else \
		.venv-clients/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r $<; \
	fi
	@touch $@

setup: $(READY)  ## Install everything into .venv, and Spark's jars into your cache
	@$(BIN)/python -m boathouse.workers.prepare

setup-airflow: $(AIRFLOW_READY)  ## Install Airflow into .venv-airflow, for the DAGs' tests

$(AIRFLOW_READY): requirements/airflow.txt
ifeq ($(AIRFLOW_PYTHON),)
	@echo "Airflow needs Python 3.11 or 3.12 and found neither: the DAGs' tests are skipped. Name one: make AIRFLOW_PYTHON=/path/to/python3.12"
	@test -z "$${CI:-}"
else
	@echo "Setting up .venv-airflow with $$($(AIRFLOW_PYTHON) --version): once"
	@$(AIRFLOW_PYTHON) -m venv --clear .venv-airflow
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python .venv-airflow/bin/python --compile-bytecode --require-hashes -r $<; \
	else \
		.venv-airflow/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $<; \
	fi
	@touch $@
endif

setup-bases: setup-localstack setup-minio  ## Install the other base emulators, for the tests on them

setup-localstack: .venv-localstack/.ready

# LocalStack runs on 3.13; where pyenv keeps one without choosing it, its python3.13 on the PATH does not run.
.venv-localstack/.ready: requirements/localstack.txt requirements/localstack/package-lock.json
	@for p in python3.13 $${PYENV_ROOT:-$$HOME/.pyenv}/versions/3.13.*/bin/python; do \
		$$p -c '' 2>/dev/null && exec $$p -m venv --clear .venv-localstack; \
	done; echo "LocalStack needs Python 3.13; install one"; exit 1
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --python .venv-localstack/bin/python --compile-bytecode --require-hashes -r requirements/localstack.txt; \
	else \
		.venv-localstack/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/localstack.txt; \
	fi
	@command -v npm >/dev/null || { echo "LocalStack's Kinesis is a program for Node: install Node 20 and npm"; exit 1; }
	@mkdir -p .venv-localstack/node/kinesis-local/0.5.2
	@cp requirements/localstack/*.json .venv-localstack/node/kinesis-local/0.5.2/
	@npm ci --silent --ignore-scripts --no-audit --no-fund --prefix .venv-localstack/node/kinesis-local/0.5.2
	@touch $@

setup-minio: tests/bases/build_minio.py
	@command -v go >/dev/null || { echo "MinIO is built from its source: install Go"; exit 1; }
	@$(PYTHON) tests/bases/build_minio.py .minio

demo: setup  ## Run the whole platform on generated events, and show what came out
	@$(BIN)/python demo.py

up:  ## Start everything in Docker, with Airflow; BASE=minio or BASE=ministack for another base
	@$(or $(PYTHON),python3) compose/up.py $(if $(BASE),--base $(BASE))

# LocalStack keeps nothing, so by default nothing is kept; with another base it is worth while.
down:  ## Remove what `up` started, with all it knew; KEEP=yes keeps the volumes
	@COMPOSE_PROFILES=minio,ministack docker compose down --remove-orphans $(if $(KEEP),,--volumes)

logs:  ## Follow what the containers say
	@docker compose logs --follow --tail 50

test: setup setup-clients setup-airflow  ## Run the tests: no Docker, no network
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not data and not compose and not fire and not bases"

test-bases: setup setup-clients setup-bases  ## Run the conformance suite and what hangs on a base on LocalStack and MinIO, too
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m bases tests

test-data: setup  ## Run the tests on real GH Archive hours, where they lie beside the checkout
	@$(BIN)/python -m pytest -m data

test-fire: setup  ## Kill it, attack it, feed it bad input: nothing lost, nothing leaked
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m fire tests

# Where an image cannot be pulled, a stand-in of its name is built; STANDINS=no takes none.
test-compose: setup  ## Run docker-compose.yml on a real Docker Engine, which is started on Debian where none is
	@tests/compose/engine.sh start
	@test "$(STANDINS)" = no || $(BIN)/python tests/compose/standins.py --if-needed
	@$(BIN)/python -m pytest -q -m compose tests/compose

check: setup  ## Lint, format, types, template, Dockerfiles
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy emulator pipelines dags compose requirements tests bench demo.py
	@$(BIN)/cfn-lint infra/platform.yaml
	@$(BIN)/hadolint --config compose/hadolint.yaml compose/*/Dockerfile tests/compose/standins/*/Dockerfile

check-locks: setup  ## See each lock install on Linux and macOS, x86-64 and arm64, Python 3.11 to 3.13
	@$(BIN)/python requirements/check.py

format: setup  ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: setup  ## Measure, each figure beside what it is held against; WRITE=yes puts it into docs/performance.md
	@$(BIN)/python -m bench $(if $(WRITE),--write)

wheel: setup  ## Build dist/boathouse-*.whl, which is what other projects install
	@$(BIN)/hatchling build --target wheel --directory dist

coverage: setup  ## Write docs/coverage.md from what a running platform answers
	@$(BIN)/python -m pytest -q tests/conformance/test_coverage.py --write-coverage

LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--python-version 3.11
lock:  ## Resolve requirements/ again (needs uv)
	$(LOCK) pyproject.toml --extra glue --group dev -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt pyproject.toml --extra glue --group build -o requirements/emulator.txt
	$(LOCK) --group clients -o requirements/clients.txt
	$(LOCK) -c requirements/dev.txt requirements/deploy.in -o requirements/deploy.txt
	$(LOCK) --exclude-newer 2025-09-10 requirements/airflow.in -o requirements/airflow.txt
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.13 \
		requirements/localstack.in -o requirements/localstack.txt
	sed -nE 's/^([a-z0-9._-]+==[^\\]*[^\\ ]).*/\1/p' requirements/airflow.txt > dags/constraints.txt

clean:  ## Remove what was built and what the platform kept
	rm -rf $(VENV) .venv-clients .venv-airflow .venv-localstack .minio .boathouse .mypy_cache .ruff_cache .pytest_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
