# Everything a developer types. `make help` lists it.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) taskforge/dev/bootstrap.py
DEV = $(BOOTSTRAP) requirements-dev.txt
LAUNCH = $(DEV) taskforge/dev
VENV = .venv/bin/python
PYTEST_WORKERS ?= 2
ARGS ?=
SECONDS = 120
SEED =
CLIENTS = 8

.DEFAULT_GOAL := help
.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## install, start and serve everything on http://127.0.0.1:8000 (PORT=8001 for another)
	@exec $(LAUNCH)

.PHONY: test
test: ## all tests but the browser's, on real servers (ARGS="-k sessions" for some)
	@$(DEV) -m pytest -n $(PYTEST_WORKERS) --dist worksteal --ignore=tests/e2e $(ARGS)

.PHONY: e2e
e2e: ## the tests in a real browser (needs Chromium)
	@$(BOOTSTRAP) requirements-e2e.txt -m pytest -n $(PYTEST_WORKERS) --dist worksteal tests/e2e $(ARGS)

.PHONY: screenshots
screenshots: ## pictures of every page into test-results/screenshots
	@$(BOOTSTRAP) requirements-e2e.txt -m pytest -q tests/e2e/screenshots.py

.PHONY: bench
bench: ## what a request costs every process, beside the floors (ARGS=--quick for a few in a minute)
	@$(BOOTSTRAP) requirements-e2e.txt -m tests.bench.run $(ARGS)

.PHONY: soak
soak: ## half an hour of mixed load, in which nothing may grow (ARGS="--minutes 5 --settle-minutes 1")
	@$(DEV) -m tests.bench.soak $(ARGS)

.PHONY: check
check: ## format, lint, types, layers, templates, documentation, dependencies, secrets
	@$(DEV) -m ruff format --check .
	@$(VENV) -m ruff check .
	@$(VENV) -m mypy
	@.venv/bin/lint-imports
	@$(VENV) -m djlint templates --lint --quiet
	@$(VENV) -m pytest -q tests/docs
	@$(VENV) -m taskforge.dev.supply_chain

.PHONY: format
format: ## format the code and fix what ruff can fix
	@$(DEV) -m ruff format .
	@$(VENV) -m ruff check --fix .

.PHONY: admin
admin: ## a one-time link that makes its reader the first administrator
	@$(LAUNCH) exec flask taskforge admin-link

.PHONY: demo
demo: ## a team of eight with half a year of work to look at (ARGS="--seed 2")
	@$(LAUNCH) exec flask --app wsgi taskforge demo $(ARGS)

.PHONY: doctor
doctor: ## compare the stores with each other (ARGS=--repair mends them)
	@$(LAUNCH) exec flask taskforge doctor $(ARGS)

.PHONY: chaos
chaos: ## kill every process at random under eight clients, then judge (SECONDS=120 SEED=1 CLIENTS=8)
	@$(DEV) -m tests.chaos.run --seconds $(SECONDS) --clients $(CLIENTS) $(if $(SEED),--seed $(SEED)) \
	  --json .data/chaos.json

.PHONY: shell
shell: ## a Python shell inside the application
	@$(LAUNCH) exec flask shell

.PHONY: lock
lock: ## compile requirements*.in into pinned requirements*.txt
	@$(DEV)
	@$(VENV) -m pip install --quiet --disable-pip-version-check pip-tools==7.6.2
	@for name in requirements requirements-dev requirements-e2e; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(VENV) -m piptools compile --quiet --strip-extras --allow-unsafe \
	    --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	    --output-file=$$name.txt $$name.in || exit 1; \
	done
