# Sightline. `make` lists what there is to do; `make run` and `make test` need nothing done before them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
WORKERS ?= 2
QSB_TARGETS := --glsl "300 es,150" --hlsl 50 --msl 20
PACKAGES := app courtroom annotations player sync evidence resources

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## set up .venv and system libraries (leaves .venv/bin/sightline)
	@build/setup.sh run

.PHONY: setup-test
setup-test:
	@build/setup.sh test

.PHONY: setup-bench
setup-bench:
	@build/setup.sh bench

.PHONY: run
run: setup ## open Sightline on the demo incident (without a display: a tour written to demo-output/)
	@$(BIN)/sightline demo

.PHONY: test
test: setup-test lint ## everything CI checks: style, types, imports, tests (GUI tests on Xvfb)
	@status=0; \
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not alone" || status=$$?; \
	$(BIN)/pytest -m alone || status=$$?; \
	exit $$status

.PHONY: lint
lint: setup-test ## style, types and imports only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: setup-test ## put the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: soak
soak: setup-test ## the tests that take long
	$(BIN)/pytest -m soak

.PHONY: bench
bench: setup-bench ## measure, as ratios against something run beside it; results in bench-output/
	$(BIN)/python -m tests.bench

.PHONY: validate
validate: setup-test ## check on this machine that every frame of every kind of clip is found; certificate in validation-output/
	$(BIN)/sightline validate --out validation-output

.PHONY: shaders
shaders: setup-test ## compile the shaders of resources/shaders for every graphics interface
	for source in resources/shaders/*.vert resources/shaders/*.frag; do \
	  $(BIN)/pyside6-qsb $(QSB_TARGETS) -o $$source.qsb $$source || exit 1; done

.PHONY: lock
lock: setup-test ## resolve requirements.lock anew from pyproject.toml, for all systems
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 --extra team --extra freeze --extra dev \
	  --upgrade pyproject.toml --output-file requirements.lock

.PHONY: clean
clean: ## remove what the other targets made, but .venv
	rm -rf demo-output bench-output validation-output dist .build-work .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
