# Every target only calls bootstrap.py, which sets up what is missing. Arguments: make test ARGS="-k quorum"
PYTHON ?= python3
ARGS ?=
BOOTSTRAP = @$(PYTHON) bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-quick lint types fix bench rehearse vendor-check

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: ## the real plan with invented people: the conference is running, in rehearsal mode
	$(BOOTSTRAP) run $(ARGS)

test: ## style, types, import contracts, then every test (a browser is needed)
	$(BOOTSTRAP) test $(ARGS)

test-unit: ## the rules alone, in seconds
	$(BOOTSTRAP) test-unit $(ARGS)

test-quick: ## every test without a browser, in two minutes
	$(BOOTSTRAP) test-quick $(ARGS)

lint: ## style of code and pages, import contracts
	$(BOOTSTRAP) lint $(ARGS)

types: ## mypy, strict
	$(BOOTSTRAP) types $(ARGS)

fix: ## put right what ruff can put right by itself
	$(BOOTSTRAP) fix $(ARGS)

bench: ## the figures, as a table, beside the limit of the same disk
	$(BOOTSTRAP) bench $(ARGS)

rehearse: ## a whole simulated day over HTTP: make rehearse ARGS="--delegates 186 --json"
	$(BOOTSTRAP) rehearse $(ARGS)

vendor-check: ## the carried browser files are the ones we chose, byte by byte
	$(BOOTSTRAP) vendor-check $(ARGS)
