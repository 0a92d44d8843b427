# Everything goes through two commands: `make run` and `make test`. Both set up what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
DATA ?= var
# Tests wait more than they compute: three at once on two CPUs.
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )))
VENV := .venv
BIN := $(VENV)/bin

##@ Use
.PHONY: run
run: setup ## Serve on http://127.0.0.1:$(PORT) with a store under $(DATA); LIVE=1 plays the sample jam, SAMPLE=no starts empty
	@exec $(BIN)/hothouse serve --development --port $(PORT) --data "$(DATA)" $(if $(filter no,$(SAMPLE)),,--sample) $(if $(LIVE),--live)

##@ Work on it
.PHONY: setup
setup: $(VENV)/.ready frontend/node_modules/.ready frontend/dist/index.html ## Install what is locked, and build the page

.PHONY: tools
tools:
	@scripts/require

$(VENV)/.ready: requirements.lock pyproject.toml | tools
	@echo "» Python packages (requirements.lock)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

frontend/node_modules/.ready: frontend/package-lock.json frontend/package.json | tools
	@echo "» Node packages (package-lock.json)"
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: clients
clients: tests/live/clients/node_modules/.ready

tests/live/clients/node_modules/.ready: tests/live/clients/package-lock.json tests/live/clients/package.json | tools
	@echo "» GraphQL clients for the tests (tests/live/clients/package-lock.json)"
	@cd tests/live/clients && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

PAGE := $(shell find frontend/src frontend/scripts frontend/messages frontend/public frontend/project.inlang -type f -not -path '*/cache/*' -not -path '*/paraglide/*' 2>/dev/null | sed 's/ /\\ /g') schema/schema.graphql
frontend/dist/index.html: frontend/node_modules/.ready frontend/index.html frontend/vite.config.ts $(PAGE)
	@echo "» the page"
	@cd frontend && npm run --silent build
	@touch $@

tests/access/provider/node_modules/.ready: tests/access/provider/package-lock.json | tools
	@echo "» the OpenID provider of the tests"
	@cd tests/access/provider && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: test
test: setup browser deploy-tools clients check tests/access/provider/node_modules/.ready ## Lint, types, import contracts, then unit, contract and browser tests
	@echo "» page tests"
	@cd frontend && npm test --silent
	@echo "» tests of the server"
	@$(BIN)/pytest -q --ignore=tests/e2e --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder || { echo "» once more, alone, what failed"; $(BIN)/pytest -q --ignore=tests/e2e --last-failed --last-failed-no-failures none; }
	@echo "» tests in a browser"
	@$(BIN)/pytest -q tests/e2e --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder || { echo "» once more, what failed"; $(BIN)/pytest -q tests/e2e --last-failed; }

.PHONY: check
check: setup ## Lint, types, import contracts, SDL, lock files
	@echo "» ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@echo "» mypy" && $(BIN)/mypy
	@echo "» import contracts" && $(BIN)/lint-imports
	@echo "» svelte-check" && (cd frontend && npm run --silent check)
	@echo "» lock files and SDL" && scripts/check-locks && $(BIN)/python -m schema --check

.PHONY: format
format: setup ## Format the Python code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

.PHONY: schema
schema: setup ## Write schema/schema.graphql anew from the code
	@$(BIN)/python -m schema

.PHONY: lock
lock: ## Resolve the Python dependencies anew (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements.lock pyproject.toml -o requirements.runtime.lock

.PHONY: browser
browser:
	@scripts/browser

.PHONY: deploy-tools
deploy-tools:
	@scripts/deploy-tools

.PHONY: bench
bench: $(VENV)/.ready ## Measure the live transport, the API and votes against their peers (needs gcc and wrk); BENCH=--quick only shows that it works
	@$(BIN)/python -m bench.run $(BENCH)

.PHONY: bench-jam
bench-jam: $(VENV)/.ready ## Play a jam of InnovationJam's size through the API; BENCH="--scale 0.01" plays a hundredth
	@$(BIN)/python -m bench.jam $(BENCH)

.PHONY: bench-themes
bench-themes: $(VENV)/.ready ## Measure the clustering and write bench/THEMES.md; BENCH="--sets banking77 --seeds 2" only prints that much
	@$(BIN)/python -m bench.themes $(if $(BENCH),$(BENCH),--large 46000 --throughput --write)

.PHONY: bench-workers
bench-workers: $(VENV)/.ready ## Measure 1, 2 and 4 workers of one server, and write bench/WORKERS.md; BENCH=--quick only shows that it works
	@$(BIN)/python -m bench.workers $(BENCH)

.PHONY: faults
faults: setup ## Kill, pause and cut off what the server stands on while people vote; the table says what was lost (nothing). FAULTS=5 each five times at most, SEED=7 other chances, RESUME=1 what a stopped run left
	@mkdir -p "$(DATA)"; $(if $(RESUME),,rm -f "$(DATA)/faults.jsonl";) \
	FAULTS=$(or $(FAULTS),all) FAULTS_SEED=$(or $(SEED),0) FAULTS_RECORD="$(DATA)/faults.jsonl" $(BIN)/pytest -q tests/faults

.PHONY: fuzz
fuzz: setup ## Send nonsense at the GraphQL endpoint, the websocket, the importers and Markdown, for FUZZ_MINUTES (10)
	@FUZZ_MINUTES=$${FUZZ_MINUTES:-10} $(BIN)/pytest -q tests/fuzz

.PHONY: bench-vault
bench-vault: $(VENV)/.ready ## Measure the vault with 100,000 people; BENCH="--people 10000 --mongo" another number, on MongoDB
	@$(BIN)/python -m bench.vault $(BENCH)

.PHONY: bench-overload
bench-overload: $(VENV)/.ready ## Send one worker three times the votes it can take, with and without admission control, for a minute; writes bench/OVERLOAD.md
	@$(BIN)/python -m bench.overload $(BENCH)

.PHONY: release-fixture
release-fixture: $(VENV)/.ready ## Write the stores of this version into tests/released, for all later versions to read; AGAIN=yes before its release
	@$(BIN)/python -m tests.released.make $(if $(AGAIN),--again)

.PHONY: audit
audit: ## Ask the registries what is known against the locked packages (needs a way to their advisories)
	@scripts/audit

.PHONY: clean
clean: ## Remove what setup installed and built; stores under $(DATA) stay
	@rm -rf $(VENV) frontend/node_modules tests/live/clients/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*##"} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*##/ {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
