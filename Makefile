# Everything a developer or operator starts. `make help` lists it.
#
# PYTHON   the interpreter that the virtual environment is made of (3.11 or later)
# PORT     where `make serve` listens            ARCHIVE  a folder of FITS images, any or in the archive's layout
# SURVEYS  the surveys of the sample sky that `make serve` serves (default: 2mass,allwise)
# PYTEST   more words for pytest, as in PYTEST='-k tally'
# UPGRADE  1 for `make pins` to take newer versions than those pinned
# ARCHITECTURE  the processor that `make package` builds for: x86_64 (default) or arm64
# PARAMS   template parameters for serve, demo and deploy, as in PARAMS='MaxBatchBytes=1000000 MaxRows=100'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8080
ARCHIVE ?=
SURVEYS ?=
PARAMS ?=
ARCHITECTURE ?=
# What `make deploy` deploys, and where; tools/deploy.py reads them.
STACK ?=
CODE_BUCKET ?=
MAIL_FROM ?=
ALARM_EMAIL ?=
export ARCHIVE PARAMS ARCHITECTURE STACK CODE_BUCKET MAIL_FROM ALARM_EMAIL
PYTEST ?=

PY := .venv/bin/python
STAMP := .venv/.installed
ASL_VALIDATOR := asl-validator@4.0.0
NODE := build/node
CUTANA := build/cutana
# Programs people use with the service, run by the long tests in environments of their own.
CLIENTS := build/clients
CLIENT_PYTHON := openapi-python-client==0.29.1 openapi-generator-cli==7.26.0 ruff pydantic urllib3 httpx python-dateutil
CLIENT_NODE := @stoplight/spectral-cli@6.16.3 @redocly/cli@2.77.0 openapi-typescript@7.13.0 openapi-fetch@0.17.0 \
  typescript@5.9.3 @types/node@24 aladin-lite@3.8.2 js9@3.9.0
# Debian packages whose programs judge our files in tests; tests that want a missing one say so and skip.
TEST_PROGRAMS := funpack:libcfitsio-bin fitsverify:fitsverify shellcheck:shellcheck curl:curl wget:wget zsh:zsh fish:fish \
  aws:awscli chromium:chromium chromedriver:chromium-driver stilts:stilts
# Those of the long tests alone.
DRILL_PROGRAMS := topcat:topcat xvfb-run:xvfb mImgtbl:montage

.PHONY: help venv system lint test tests demo serve bench clients drill security pins audit openapi docs dist package deploy clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP) ## install the package and all it needs for development into .venv

$(STAMP): pyproject.toml
	@test -x $(PY) || $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed: make PYTHON=…")'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

system: ## install the programs that tests compare with (as root; else only says what is missing)
	@missing=; for pair in $(TEST_PROGRAMS) $(MORE_PROGRAMS); do \
	  command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair##*:}"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq; else \
	  echo "system: not installed:$$missing; their tests are skipped"; exit 0; \
	fi; \
	for package in $$missing; do \
	  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$$package" >/dev/null \
	    || echo "system: $$package could not be installed; its tests are skipped"; \
	done

lint: $(STAMP) $(NODE)/installed ## style, types, the template and the state machine
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy --no-error-summary
	@$(PY) -m mypy --no-error-summary functions tools
	@.venv/bin/bandit --quiet --configfile pyproject.toml --recursive layers/skybatch/python functions
	@.venv/bin/cfn-lint --include-checks I -- template.yaml cdn.yaml
	@if [ -e $(NODE)/installed ]; then \
	  $(NODE)/node_modules/.bin/asl-validator --json-path statemachine/batch.asl.json; fi

$(NODE)/installed: Makefile
	@mkdir -p $(NODE)
	@if ! command -v npm >/dev/null; then echo "asl-validator: skipped, there is no node"; \
	elif ! npm install --silent --no-audit --no-fund --prefix $(NODE) $(ASL_VALIDATOR); then \
	  echo "asl-validator: skipped, npm could not install it"; \
	else touch $@; fi

# Beside each other, as tests often wait for a stack. Both go on to their end, and the last line names what failed.
FAILED := build/failed
test: $(STAMP) system ## all checks and tests but the long ones
	@rm -rf $(FAILED)
	@$(MAKE) --no-print-directory --keep-going --jobs 2 beside-lint beside-tests \
	  || { echo "make test: failed: $$(cd $(FAILED) && echo *)" >&2; exit 1; }

beside-%:
	@$(MAKE) --no-print-directory $* || { mkdir -p $(FAILED) && echo "make test: $* failed" >&2; touch $(FAILED)/$*; exit 1; }

tests: $(STAMP)
	@$(PY) -m pytest -n 2 --dist loadfile -m 'not soak' $(if $(PYTEST),$(PYTEST),--cov --cov-report=term)

demo: $(STAMP) ## one batch from request to verified result on this machine
	@PARAMS='$(PARAMS)' $(PY) -m local.demo

serve: $(STAMP) ## the whole service on this machine until Ctrl-C
	@PORT='$(PORT)' ARCHIVE='$(ARCHIVE)' SURVEYS='$(SURVEYS)' PARAMS='$(PARAMS)' $(PY) -m local.serve

.venv/.bench: $(STAMP)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

bench: .venv/.bench $(CUTANA)/installed ## figures, as a table and in build/bench.json
	@$(PY) -m tests.bench

# What `skybatch local` is measured against, in an environment of its own.
$(CUTANA)/installed: Makefile
	@$(PYTHON) -m venv $(CUTANA)
	@$(CUTANA)/bin/python -m pip install --quiet --disable-pip-version-check cutana==0.4.0 \
	  || { echo "cutana: skipped, pip could not install it"; rm -rf $(CUTANA); mkdir -p $(CUTANA); }
	@touch $@

clients: $(CLIENTS)/.installed ## generators of API clients and other programs that the long tests run

$(CLIENTS)/.installed: Makefile
	@$(MAKE) --no-print-directory system MORE_PROGRAMS='$(DRILL_PROGRAMS)'
	@mkdir -p $(CLIENTS)
	@test -x $(CLIENTS)/python/bin/python || $(PYTHON) -m venv $(CLIENTS)/python
	$(CLIENTS)/python/bin/python -m pip install --quiet --disable-pip-version-check $(CLIENT_PYTHON)
	@if ! command -v npm >/dev/null; then echo "clients: npm programs skipped, there is no node"; \
	else npm install --silent --no-audit --no-fund --prefix $(CLIENTS) $(CLIENT_NODE); fi
	@touch $@

drill: $(STAMP) security audit clients ## the long tests: large batches, faults, load
	@$(PY) -m pytest -m soak $(PYTEST)

# checkov pins boto3, so it has an environment of its own. What the two need not find is in .checkov.yaml and
# .parliament.yaml.
.venv-checkov/.installed: Makefile
	@test -x .venv-checkov/bin/python || $(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/python -m pip install --quiet --disable-pip-version-check 'checkov>=3.2' 'parliament>=1.6' 'setuptools<81'
	@touch $@

security: $(STAMP) .venv-checkov/.installed ## checkov on the template, parliament on its policies, bandit on the code
	@.venv/bin/bandit --quiet --configfile pyproject.toml --recursive layers/skybatch/python functions
	@.venv-checkov/bin/checkov --config-file .checkov.yaml --skip-download --file template.yaml cdn.yaml
	@rm -rf build/policies && $(PY) -m tools.policies build/policies
	@PYTHONWARNINGS=ignore .venv-checkov/bin/parliament --directory build/policies --config .parliament.yaml

openapi: $(STAMP) ## the OpenAPI document that the API serves, from the types that check its bodies
	@$(PY) -m tools.openapi

# uv and pip-audit, apart from what they look at.
.venv-supply/.installed: Makefile
	@test -x .venv-supply/bin/python || $(PYTHON) -m venv .venv-supply
	.venv-supply/bin/python -m pip install --quiet --disable-pip-version-check 'uv==0.13.9' 'pip-audit==2.10.1'
	@touch $@

# Versions already pinned stay unless UPGRADE=1. What the client alone needs is left out.
pins: .venv-supply/.installed ## the science layer's pins with their hashes, from pyproject.toml
	@.venv-supply/bin/uv pip compile pyproject.toml --quiet --extra service $(if $(UPGRADE),--upgrade) \
	  --no-emit-package skybatch --no-emit-package certifi --no-emit-package shtab --no-emit-package tqdm \
	  --generate-hashes --only-binary :all: --python-version 3.13 --python-platform x86_64-manylinux_2_28 \
	  --custom-compile-command 'make pins' --output-file layers/science/requirements.txt

audit: $(STAMP) .venv-supply/.installed ## known vulnerabilities of the pins, where their database can be had
	@$(PY) -m tools.audit

docs: $(STAMP) ## the documentation as a site in build/site
	@$(PY) -m tools.build_site

dist: $(STAMP) ## wheel and source archive in build/dist
	@rm -rf build/dist && $(PY) -m tools.distributions build/dist

package: openapi ## layers and functions for Lambda in build/package, weighed and imported
	@$(PY) -m tools.package

deploy: $(STAMP) ## check, package, deploy: STACK=… CODE_BUCKET=… ARCHIVE=… [MAIL_FROM=… ALARM_EMAIL=… PARAMS=…]
	@$(PY) -m tools.deploy

clean: ## all that was built, the virtual environment aside
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
