PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

$(VENV)/.site: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.site requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

site: $(VENV)/.site ## set up, check the sample newsroom and build site/ from its record
	$(BIN)/greenchannel check
	$(BIN)/greenchannel build
	@echo '看站点：make serve    工作流程：README.zh-CN.md    Look: make serve    Go on: README.md'

serve: $(VENV)/.site ## live preview of everything, drafts included, on this machine
	$(BIN)/greenchannel serve

test: $(VENV)/.dev lint ## set up and run every test
	$(BIN)/pytest -n 2 --dist loadfile --max-worker-restart 0 \
	  -o faulthandler_timeout=300 -o faulthandler_exit_on_timeout=true  # What hangs is told, and ends the run.

lint: $(VENV)/.dev ## ruff, mypy and the layers
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

torture: $(VENV)/.dev ## kill and fail every call that changes a file, each in turn (needs strace; an hour and more)
	$(BIN)/pytest -m torture tests
	$(BIN)/pytest --hypothesis-profile thorough tests/unit

screenshots: $(VENV)/.dev ## every kind of page in each mode, at three widths and as printed, into build/screenshots
	PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py

lighthouse: $(VENV)/.dev ## Lighthouse at phone settings against nginx, at least 95 in each category (needs node and npm)
	npm install --silent --no-audit --no-fund --ignore-scripts --prefix build/lighthouse lighthouse@12.8.2
	PYTHONPATH=tests $(BIN)/python tests/browser/lighthouse.py

bench: $(VENV)/.dev ## how long an officer waits, on newsrooms of SIZES="1000 10000" releases, and what feeds and search cost
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/feeds.py
	$(BIN)/python tests/bench/search.py

bench-province: $(VENV)/.dev ## NEWSROOMS=100 of RELEASES=1000, merged into a province from their records (needs nginx; half an hour)
	$(BIN)/python tests/bench/province.py

bench-peers: $(VENV)/.dev ## other site generators on the same texts, SIZES="1000 10000" (needs node and npm; an hour)
	$(BIN)/python tests/bench/peers.py

demo: $(VENV)/.site ## replay the sample newsroom's record with its own clock, to the same bytes
	$(BIN)/python tooling/demo/replay.py releases

lock: $(VENV)/.dev ## renew both lock files
	$(BIN)/pip install -q pip-tools
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --extra dev --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header -c requirements.lock -o requirements-dev.lock pyproject.toml

messages: $(VENV)/.dev ## collect the portal's words for the English catalogue, and compile both
	$(BIN)/python tooling/messages/collecting.py

.PHONY: messages help site serve test lint torture screenshots lighthouse bench bench-peers bench-province demo lock
