# Verbs of this repository. `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV_VERSION := 0.13.9
PACKAGES := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml))
EDITABLE := $(foreach package,$(PACKAGES),-e $(package))
UV := .venv/bin/uv --no-config --quiet pip
CODE := libs services tests bench faults
VENDOR := services/portal/src/shenbao_portal/static/vendor
SECURITY := build/security
CATALOGUES := $(wildcard services/portal/src/shenbao_portal/translations/*/LC_MESSAGES/*.po)
export VIRTUAL_ENV := $(CURDIR)/.venv
export npm_config_update_notifier := false

.PHONY: help setup setup-dev installed run test test-service contracts known-service check lint security bench faults e2e e2e-compose compose-secrets lock promise events migration translations clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- environment: each stamp is redone only when what it was made of changes ---

.venv/bin/uv:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] < (3, 11))" || { echo "Python 3.11 is needed (name it with PYTHON=...)." >&2; exit 1; }
	@echo "Making the Python environment ..."
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.run: requirements.lock $(PACKAGES:%=%/pyproject.toml) | .venv/bin/uv
	@echo "Installing what the suite runs on ..."
	@$(UV) install --require-hashes --requirement requirements.lock
	@$(UV) install --no-deps --no-build-isolation $(EDITABLE)
	@touch $@

.venv/.dev: requirements-dev.lock $(PACKAGES:%=%/pyproject.toml) | .venv/bin/uv
	@echo "Installing what tests and checks need ..."
	@$(UV) install --require-hashes --requirement requirements-dev.lock
	@$(UV) install --no-deps --no-build-isolation $(EDITABLE)
	@touch .venv/.run $@

node_modules/.stamp: package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "Node with npm is needed." >&2; exit 1; }
	@echo "Installing front-end packages and fonts ..."
	@npm ci --silent --ignore-scripts
	@touch $@

# The few npm files that pages load; the portal's image copies the same list.
$(VENDOR)/.stamp: node_modules/.stamp services/portal/static-files.txt
	@rm -rf $(VENDOR)
	@grep -v '^#' services/portal/static-files.txt | while read -r from to; do \
	  [ -z "$$from" ] || { mkdir -p "$$(dirname $(VENDOR)/$$to)"; cp -r "node_modules/$$from" "$(VENDOR)/$$to"; }; \
	done
	@touch $@

.venv/.translations: $(CATALOGUES) | .venv/.run
	@for po in $(CATALOGUES); do .venv/bin/pybabel --quiet compile -i $$po -o $${po%.po}.mo 2>/dev/null; done
	@touch $@

# One at a time: two that install into the same folders leave each other half of it.
LOCKED := $(PYTHON) tools/locked build/setup.lock

# The security linter's packages lie apart from those of services and tests (docs/adr/0016).
$(SECURITY)/.installed: tools/security/requirements.lock | .venv/bin/uv
	@echo "Installing the security linter ..."
	@rm -rf $(SECURITY)
	@.venv/bin/uv --no-config --quiet venv --python .venv/bin/python $(SECURITY)
	@$(UV) install --python $(SECURITY)/bin/python --require-hashes --requirement tools/security/requirements.lock
	@touch $@

$(SECURITY)/.passed: $(SECURITY)/.installed tools/security/checkov.yaml $(shell find deploy/k8s -name '*.yaml')
	@$(SECURITY)/bin/checkov --config-file tools/security/checkov.yaml
	@touch $@

setup: ## environment to run the suite
	@$(LOCKED) $(MAKE) --silent installed

setup-dev: ## environment to test and change it
	@$(LOCKED) $(MAKE) --silent .venv/.dev installed

installed: .venv/.run $(VENDOR)/.stamp .venv/.translations

run: setup ## the whole suite at http://127.0.0.1:8000 (options: ARGS="--port 9000")
	@exec .venv/bin/shenbao run $(ARGS)

# --- tests ---

security: ## what a linter of security says of deploy/k8s
	@$(LOCKED) $(MAKE) --silent $(SECURITY)/.passed

lint: setup-dev security
	@.venv/bin/ruff check --quiet $(CODE)
	@.venv/bin/ruff format --check --quiet $(CODE)
	@.venv/bin/mypy --no-error-summary $(PACKAGES:%=%/src) tests bench faults
	@.venv/bin/lint-imports --no-logo

check: setup-dev lint ## lint, types, boundaries, security of deploy/k8s, unit and house tests: about a minute
	@.venv/bin/python -m pytest -q $(wildcard libs/*/tests/unit services/*/tests/unit) tests/house

test: setup-dev lint ## everything, with a real PostgreSQL, RabbitMQ and browser
	@tools/install-servers
	@mkdir -p build
	@red=0; \
	.venv/bin/python -m pytest -q -n 2 --dist loadscope --junitxml=build/junit.xml libs services tests/house || red=1; \
	.venv/bin/python -m pytest -q -n 2 --dist loadscope --no-loadscope-reorder --junitxml=build/junit-e2e.xml tests/e2e || red=1; \
	exit $$red

test-service: setup-dev known-service ## one service alone: its unit, integration and contract tests (s=units)
	@exec .venv/bin/python -m pytest -q services/$(s)/tests

contracts: setup-dev known-service ## what one service tells and hears against what was promised and is needed (s=units)
	@exec .venv/bin/python -m pytest -q $(wildcard services/$(s)/tests/contract) libs/common/tests/contract tests/house/test_consumers.py tests/house/test_promises_of_before.py

known-service:
	@[ -n "$(s)" ] && [ -d "services/$(s)" ] || { echo "Name a service: s=$(firstword $(notdir $(wildcard services/*)))" >&2; exit 1; }

e2e: setup-dev ## the journeys against a stack of their own
	@tools/install-servers
	@exec .venv/bin/python -m pytest -q tests/e2e

e2e-compose: setup-dev ## the journey against containers (needs a Docker engine)
	@exec tools/e2e-compose tests/e2e/test_journey.py tests/e2e/example-suite/tests/test_archive.py::test_the_archive_hears_of_a_report

bench: setup-dev ## every speed this project claims, against its limit
	@tools/install-servers
	@exec .venv/bin/python -m bench

faults: setup-dev ## a minute of load under each fault, nothing lost or done twice (ARGS="--seconds 20 poison")
	@tools/install-servers
	@exec .venv/bin/python -m faults $(ARGS)

# --- recipes ---

COMPILE := .venv/bin/uv --quiet pip compile --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11
DEPENDENCIES := import sys, tomllib; print(*(d for p in sys.argv[1:] \
  for d in tomllib.load(open(p, "rb"))["project"]["dependencies"] if not d.startswith("shenbao-")), sep="\n")

lock: .venv/bin/uv ## pin every dependency with its hash, for all and for each service's image
	@$(COMPILE) requirements.in -o requirements.lock >/dev/null
	@$(COMPILE) requirements-dev.in -o requirements-dev.lock >/dev/null
	@$(COMPILE) tools/security/requirements.in -o tools/security/requirements.lock >/dev/null
	@mkdir -p build
	@for service in services/*/; do \
	  .venv/bin/python -c '$(DEPENDENCIES)' libs/common/pyproject.toml $${service}pyproject.toml > build/service.in; \
	  $(COMPILE) build/service.in -c requirements.lock -o $${service}requirements.lock >/dev/null; \
	done

compose-secrets: .venv/.run ## write deploy/compose/.env once, for docker-compose.yml
	@.venv/bin/python -m shenbao_stack.compose_secrets $(ARGS)

promise: .venv/.dev ## enter new events and optional fields in the promise file (refuses to change old ones)
	@.venv/bin/python -m shenbao_common.contracts.promise

events: .venv/.run ## redraw docs/events.md and docs/asyncapi from the contracts
	@.venv/bin/python -m shenbao_stack.event_page .

migration: setup ## next numbered migration: make migration s=units m="what it does"
	@.venv/bin/shenbao migration $(s) "$(m)"

translations: .venv/.run ## collect the portal's texts anew
	@cd services/portal && ../../.venv/bin/pybabel --quiet extract --no-location --sort-output -F babel.cfg -k _l -o messages.pot src \
	  && ../../.venv/bin/pybabel --quiet update -w 120 --ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date \
	     -i messages.pot -d src/shenbao_portal/translations; rm -f messages.pot

clean: ## remove everything that was built or installed (keeps .data)
	@rm -rf .venv node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf $(VENDOR)
