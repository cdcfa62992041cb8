# Needs Python 3.11 or newer and make; everything else is installed into .venv, pinned by hash.
.DEFAULT_GOAL := help
.PHONY: help demo run quick test test-faults test-postgresql test-adapters adapters-table test-evals test-image release-check test-wheel test-client-wheel test-bot-wheel again check bench pictures reading reading-run lock lock-adapters clean

PYTHON ?= python3
BIN := .venv/bin
ADAPTERS ?= plain $(notdir $(basename $(wildcard locks/adapters/*.txt)))
# Compiled modules are kept even where the environment says not to, as images for containers do: the tests start many processes.
TESTS = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
# They cover approvals, policy and the proof wholly, with a few examples of each law: watching every line doubles the time.
# The longest come first, so that no core waits for the other at the end.
CORE := $(wildcard tests/storage/ tests/policy/ tests/api/ tests/approvals/)
LAWS = $(shell grep -l hypothesis $(CORE:%=%test_*.py))
LONG := $(wildcard tests/faults/ tests/threats/ tests/slack/ tests/client/)
REST = $(LONG) $(filter-out $(CORE) $(LONG) tests/evals/ %__pycache__/,$(wildcard tests/*/))
AGAIN = $(BIN)/python -m pytest -n 0 --last-failed --last-failed-no-failures none
ON_POSTGRESQL := SIGNOFF_TESTS_ON=postgresql
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# A lock is complete, so nothing is left to resolve: a resolver would only ask which version is the newest today.
INSTALL_LOCK := install --no-deps --require-hashes -r

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

demo: .venv/run.stamp ## a local Slack page, the bot and an agent; nothing leaves this machine
	@$(BIN)/signoff demo

run: .venv/run.stamp ## the bot against the real Slack, with the settings in .env
	@$(BIN)/signoff serve

quick: .venv/test.stamp ## a minute for while you work: the core and the rules of the house, its laws with few examples
	$(TESTS) -q --hypothesis-profile=quick $(CORE) tests/house/

test: check ## everything that must hold: style, types, tests, coverage
	@failed=0; \
	$(TESTS) $(CORE) --hypothesis-profile=quick --cov --cov-report=term || failed=1; \
	$(TESTS) -m 'hypothesis or not core' $(LAWS) $(REST) || failed=1; \
	$(MAKE) --no-print-directory test-postgresql || failed=1; \
	exit $$failed

# What holds over either database is tried on both: the store, the verbs and their laws, the API, and each journey once.
test-postgresql: .venv/test.stamp ## the same tests of what is kept, on PostgreSQL: a server that comes as a wheel and lives in a folder of its own
	$(ON_POSTGRESQL) $(TESTS) -o cache_dir=.pytest_cache/postgresql -m 'not sqlite' --hypothesis-profile=quick $(filter-out %policy/,$(CORE)) tests/fsck/ tests/journeys/

# A selection of these is in `make test`. Each fault has a test, so no core waits for the others at the end.
test-faults: .venv/test.stamp ## kill -9 and disk errors at every call, control builds, 100,000 random steps: an hour; needs strace
	SIGNOFF_FAULTS=all $(TESTS) --dist load -o cache_dir=.pytest_cache/faults tests/faults/ tests/fsck/ tests/replicas/

again: .venv/test.stamp ## the tests that failed last, one after the other: what passes now depends on time, and wants mending
	$(AGAIN) --cov --cov-append --cov-report=term || [ $$? = 5 ]  # 5: on this database none had failed
	$(ON_POSTGRESQL) $(AGAIN) -o cache_dir=.pytest_cache/postgresql || [ $$? = 5 ]

test-adapters: test-wheel $(ADAPTERS:%=adapter-%) ## every framework's adapter in an environment of its own (ADAPTERS="mcp temporal": only those)

adapters-table: ## the table in docs/reference/adapters.md, written from what the adapters' tests find
	@SIGNOFF_WRITE_TABLE=1 $(MAKE) --no-print-directory $(ADAPTERS:%=adapter-%)

test-evals: .venv/evals/stamp ## our datasets of feedback, read by the eval tools that they are for, in an environment of its own
	@SIGNOFF_EVALS_PYTHON=$(CURDIR)/.venv/evals/bin/python $(BIN)/python -m pytest -q tests/evals

# The environment of `plain` is our own: the client and nothing else.
adapter-%: python = $(if $(filter plain,$*),.venv,.venv/adapters/$*)/bin/python
adapter-%: module = $(subst -,_,$*)
adapter-%: tests = $(python) -m pytest -q -c client/tests/pytest.ini -o cache_dir=$(CURDIR)/.venv/adapters/$*.cache \
  $(wildcard client/tests/adapters/test_$(module).py client/tests/adapters/test_$(module)_*.py)
adapter-%: adapter = $(wildcard client/signoff_client/adapters/$(module).py client/signoff_client/adapters/$(module)/)
adapter-%: .venv/adapters/%.stamp
	@printf '\n== %s ==\n' '$*'
	@SIGNOFF_STAGE_PYTHON=$(CURDIR)/$(BIN)/python $(tests) || { printf '\nOnce more, only what failed. What passes now depends on time, and wants mending.\n\n'; \
	  SIGNOFF_STAGE_PYTHON=$(CURDIR)/$(BIN)/python $(tests) --last-failed --last-failed-no-failures none; }
	@$(if $(adapter),$(python) -m mypy --config-file= --strict --cache-dir .venv/adapters/$*.mypy $(adapter),:)

test-wheel: test-client-wheel test-bot-wheel ## both distributions as they are installed: their wheels in empty environments

test-client-wheel: .venv/test.stamp
	@rm -rf .venv/wheel && $(BIN)/python -m venv --without-pip .venv/wheel
	@cd client && ../$(BIN)/python -m hatchling build -t wheel -d ../.venv/wheel/dist >/dev/null 2>&1
	@$(PIP) --python .venv/wheel/bin/python $(INSTALL_LOCK) locks/client.txt
	@$(PIP) --python .venv/wheel/bin/python install --no-deps .venv/wheel/dist/*.whl
	@$(PIP) --python .venv/wheel/bin/python check
	@printf '\n== the wheel of the client ==\n'
	@cd .venv/wheel && bin/python -I $(CURDIR)/client/tests/installed.py

test-bot-wheel: .venv/test.stamp
	@rm -rf .venv/wheels && $(BIN)/python -m venv --without-pip .venv/wheels
	@$(BIN)/python -m hatchling build -t wheel -d .venv/wheels/dist >/dev/null 2>&1
	@cd client && ../$(BIN)/python -m hatchling build -t wheel -d ../.venv/wheels/dist >/dev/null 2>&1
	@$(PIP) --python .venv/wheels/bin/python $(INSTALL_LOCK) locks/run.txt
	@$(PIP) --python .venv/wheels/bin/python install --no-deps .venv/wheels/dist/*.whl
	@$(PIP) --python .venv/wheels/bin/python check
	@printf '\n== the wheels of the client and the bot ==\n'
	@cd .venv/wheels && bin/python -I $(CURDIR)/tests/installed.py

test-image: .venv/test.stamp ## the container image's steps, run in a bare root, and the bot in it on a read-only one (as root, on Linux)
	@$(BIN)/python -m tests.deploy.image

release-check: .venv/test.stamp ## whether this can be released as the version it names: numbers, changelog, tag, then everything that is run
	@$(BIN)/python -m tests.house.release
	$(MAKE) --no-print-directory test test-image test-adapters test-evals

check: .venv/test.stamp ## style and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/test.stamp ## how fast it is, beside what one would write by hand, measured here (QUICK=1: less of each; MILLION=1: a past of a million, too)
	@$(BIN)/python -m bench --json var/bench.json $(if $(MILLION),--million) $(if $(QUICK),--quick,--page docs/performance.md)

pictures: .venv/test.stamp ## the pictures in docs/, taken anew by the tests
	SIGNOFF_PICTURES=$(CURDIR)/docs/pictures $(BIN)/python -m pytest -q tests/demo tests/pages

reading: .venv/test.stamp ## what 24 cards cost to read on a phone, as a table; their pictures go to var/reading
	@$(BIN)/python -m tests.reading var/reading

reading-run: .venv/test.stamp ## a run of 36 cards for somebody to judge one at a time; their pictures go to var/reading36, what is right beside it
	@$(BIN)/python -m tests.reading.run var/reading36 var/reading36-answers.txt

lock: .venv/test.stamp ## resolve the dependencies anew (needs uv on the path)
	uv pip compile pyproject.toml client/pyproject.toml --group build --no-emit-package signoff-client --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --output-file locks/run.txt
	uv pip compile pyproject.toml client/pyproject.toml --group build --extra otel --no-emit-package signoff-client --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --constraint locks/run.txt --output-file locks/run-otel.txt
	uv pip compile pyproject.toml client/pyproject.toml --group build --extra pictures --no-emit-package signoff-client --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --constraint locks/run.txt --output-file locks/run-pictures.txt
	uv pip compile pyproject.toml client/pyproject.toml --group test --extra otel --extra pictures --no-emit-package signoff-client --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --constraint locks/run-otel.txt --constraint locks/run-pictures.txt --output-file locks/test.txt
	uv pip compile client/pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --constraint locks/run.txt --output-file locks/client.txt
	uv pip compile --group evals --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --output-file locks/evals.txt

lock-adapters: .venv/test.stamp ## the same for the adapters' environments (ADAPTERS="mcp": only that one)
	@mkdir -p locks/adapters
	set -e; for name in $(filter-out plain,$(ADAPTERS)); do uv pip compile client/pyproject.toml --extra $$name --group client/pyproject.toml:adapters $$(grep -q "^adapter-$$name = " client/pyproject.toml && echo "--group client/pyproject.toml:adapter-$$name") --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet --output-file locks/adapters/$$name.txt; done

clean: ## remove what was installed and made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Signoff needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version`. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/run.stamp: locks/run.txt pyproject.toml client/pyproject.toml | .venv/bin/python
	@echo "Setting up .venv (once, about a minute) …"
	@$(PIP) $(INSTALL_LOCK) locks/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable client --editable .
	@$(PIP) check
	@touch $@

.venv/test.stamp: locks/test.txt pyproject.toml client/pyproject.toml | .venv/bin/python
	@echo "Setting up .venv with the tools of the tests (once, about a minute) …"
	@$(PIP) $(INSTALL_LOCK) locks/test.txt
	@$(PIP) install --no-deps --no-build-isolation --editable client --editable .
	@$(PIP) check
	@PYRIGHT_PYTHON_CACHE_DIR=$(CURDIR)/.venv/pyright $(BIN)/pyright --version >/dev/null
	@touch $@ .venv/run.stamp

# Kept: make takes what only patterns lead to for something in between, and would make every environment anew each time.
.PRECIOUS: .venv/adapters/%.stamp

.venv/adapters/plain.stamp: .venv/test.stamp
	@mkdir -p .venv/adapters
	@touch $@

.venv/evals/stamp: locks/evals.txt .venv/test.stamp
	@echo "Setting up .venv/evals (once) …"
	@$(BIN)/python -m venv --clear --without-pip .venv/evals
	@$(PIP) --python .venv/evals/bin/python $(INSTALL_LOCK) locks/evals.txt
	@$(PIP) --python .venv/evals/bin/python check
	@touch $@

.venv/adapters/%.stamp: locks/adapters/%.txt client/pyproject.toml .venv/test.stamp
	@echo "Setting up .venv/adapters/$* (once) …"
	@$(BIN)/python -m venv --clear --without-pip .venv/adapters/$*
	@$(PIP) --python .venv/adapters/$*/bin/python $(INSTALL_LOCK) locks/adapters/$*.txt
	@$(PIP) --python .venv/adapters/$*/bin/python install --no-deps --no-build-isolation --editable client
	@$(PIP) --python .venv/adapters/$*/bin/python check
	@touch $@
