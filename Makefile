# The commands of this project. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) cli/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: up down demo test check bench chaos mutations lock clean help

up: ## set up what is missing, start everything, print the addresses
	@$(SETUP)
	@$(BIN)/muse up --detach

down: ## stop everything that `make up` started
	@if [ -x $(BIN)/muse ]; then $(BIN)/muse down; else echo "Muse is not set up here, so nothing runs."; fi

demo: ## play a scripted conversation on a scratch stack and check it
	@$(SETUP)
	@$(BIN)/muse demo

test: ## run all tests, as many at once as there are cores (real Postgres, Valkey, Chroma and a browser)
	@$(SETUP) --dev
	@$(BIN)/python -m cli.doctor.browser
	@$(BIN)/python -m tests.storage.s3_server
	@$(BIN)/python -m pytest -n auto

check: ## formatting, lint, types, import contracts, documentation
	@$(SETUP) --dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/architecture

bench: ## measure against the budgets of the design
	@$(SETUP) --dev
	@$(BIN)/muse bench

chaos: ## break a running stack for 10,000 bursts, and compare what fans, ledger and platform say
	@$(SETUP) --dev
	@$(BIN)/muse chaos --incidents
	@$(BIN)/muse chaos

mutations: ## take one mechanism away at a time, in a copy, and see that a chaos run catches it
	@$(SETUP) --dev
	@$(BIN)/muse chaos --mutations

lock: ## write requirements/constraints.txt anew from what is installed
	@$(SETUP) --dev
	@$(BIN)/python cli/lock.py

clean: ## stop everything and remove .venv and caches; the data folder stays
	@if [ -x $(BIN)/muse ]; then $(BIN)/muse down; fi
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
