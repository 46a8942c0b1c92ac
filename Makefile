# Every target may be run again at any time and does only what is not done yet. Logic lives in Python; this is the index.
SHELL := /bin/bash
.SHELLFLAGS := -Eeuo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/build/uv/bin:$(CURDIR)/build/local/bin:$(PATH)
PYTHON := .venv/bin/python

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: venv
venv: ## the Python environment, from the lock file
	@local/bootstrap.sh

.PHONY: demo
demo: venv ## from nothing: cluster, deployment, a clone of the demo site through POST /clone, checks, URL and login
	@$(PYTHON) -m local demo

.PHONY: test
test: venv ## every test of the CI tier, from nothing, on the local cluster
	@$(PYTHON) -m tests.run

.PHONY: lint
lint: venv ## ruff, mypy, import contracts, shellcheck, PHP syntax
	@$(PYTHON) -m tests.run --only lint

.PHONY: unit
unit: venv ## unit tests (Python and PHP); no cluster
	@$(PYTHON) -m tests.run --only unit

.PHONY: validate
validate: venv ## values, templates and rendered files on an API server of its own with the real kro; ENVIRONMENT=mine.yaml for yours
	@$(PYTHON) -m kro.validate $(ENVIRONMENT)

.PHONY: engine
engine: venv ## agent and engine with real sites: WordPress over HTTP, Apache and nginx, MySQL and MariaDB, kills, damaged lines
	@$(PYTHON) -m tests.run --only engine

.PHONY: e2e
e2e: venv ## the whole path on the local cluster, in a real browser too
	@$(PYTHON) -m tests.run --only e2e

.PHONY: matrix
matrix: venv deploy ## the long tier: every kill point twenty times, 1 and 4 GB of files, files over 2 GB; all generations of sources
	@$(PYTHON) -m pytest tests/engine tests/sources --kills=20 --long --all-sources

.PHONY: soak
soak: venv deploy ## 500 clones made and deleted while everything fails at random; SOAK="--cycles=100 --seed=7" for another run
	@$(PYTHON) -m pytest -s tests/cluster/test_soak.py $(or $(SOAK),--cycles=500 --seed=$$RANDOM)

.PHONY: bench
bench: venv deploy ## all benchmarks beside the alternatives, in the same run; BENCH="--rounds 1 --scale 0.1" for less
	@$(PYTHON) -m tests.bench.rewriting
	@$(PYTHON) -m tests.bench.loading
	@$(PYTHON) -m tests.bench.clone
	@$(PYTHON) -m tests.bench.engine $(BENCH)

.PHONY: bench-clone
bench-clone: venv deploy ## pages of a clone beside its source's, on the local cluster; writes build/bench/clone.json
	@$(PYTHON) -m tests.bench.clone $(BENCH)

.PHONY: bench-engine
bench-engine: venv images ## a site of 1 GB files and 500 MB tables beside mysqldump+tar and mydumper+rsync; writes build/bench/engine.json
	@$(PYTHON) -m tests.bench.engine $(BENCH)

.PHONY: bench-scale
bench-scale: venv ## 100, 300 and 1,000 clones on simulated nodes; writes build/bench/scale.json; BENCH="--counts 20,50" for less
	@$(PYTHON) -m tests.bench.scale $(BENCH)

.PHONY: cluster
cluster: venv ## the local cluster: kind, kro, ingress, network policies
	@$(PYTHON) -m local up

.PHONY: cluster-down
cluster-down: venv ## remove the cluster and all it made, but images and build cache (those: python -m local down --purge)
	@$(PYTHON) -m local down

.PHONY: images
images: venv ## build the images and load them into the cluster
	@$(PYTHON) -m local images

.PHONY: deploy
deploy: venv ## deploy definition, database, facade, controller and demo source to the local cluster
	@$(PYTHON) -m local deploy

.PHONY: render
render: venv ## kro/rendered/<environment> from templates and values
	@$(PYTHON) -m kro.render

.PHONY: lock
lock: venv ## pin the dependencies again; no index is named, so the files install from whichever is configured
	uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
		--group dev --group build pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
		--group build -c requirements-dev.lock pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
		--group browser -c requirements-dev.lock -o browser/requirements.lock
