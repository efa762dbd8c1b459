# Names for people. Everything is done by `python -m gate` and `python -m sandbox`; CI calls the same.
# STACK=dev make preview   another stack (default: sandbox, the embedded AWS)
# ARGS="..."               further arguments for the command behind a target

STACK ?= sandbox
PYTHON ?= python3
ARGS ?=
export STACK

PY := .venv/bin/python
# a virtual environment whose Python is gone (an upgrade of the system's) is made again
VENV_GONE := $(shell test -x $(PY) || echo FORCE)

.DEFAULT_GOAL := help
.PHONY: preview test setup sandbox sandbox-stop up verify report destroy verify-attestation env help check attack mutation drift prowler permissions faults outside hook audit sample-reports bench recover requirements FORCE

preview: .venv/ok  ## preview the stack behind its gate (the main job)
	@$(PY) -m gate preview $(ARGS)

test: .venv/ok  ## every test that needs no cloud account
	@$(PY) -m sandbox setup && $(PY) -m pytest $(ARGS)

setup: .venv/ok  ## install what is missing: packages, engine, plugins
	@$(PY) -m sandbox setup

sandbox: .venv/ok  ## start the embedded AWS in the background
	@$(PY) -m sandbox start

sandbox-stop:  ## stop the embedded AWS
	@$(if $(VENV_GONE),$(PYTHON),$(PY)) -m sandbox stop

up: .venv/ok  ## deploy what was previewed and approved
	@$(PY) -m gate up $(ARGS)

verify: .venv/ok  ## test what is deployed
	@$(PY) -m gate verify $(ARGS)

report: .venv/ok  ## the latest evidence, as tables, Markdown and HTML
	@$(PY) -m gate report $(ARGS)

destroy: .venv/ok  ## delete the stack's resources
	@$(PY) -m gate destroy $(ARGS)

recover: .venv/ok  ## after a killed run: stale lock, resources left half created
	@$(PY) -m sandbox recover $(ARGS)

attack: .venv/ok  ## thousands of wrong settings against the policy pack
	@PYTHONPATH=.:policies $(PY) -m compliance_tests.attack $(ARGS)

mutation: .venv/ok  ## small wrong changes to the pack's own code: does a test notice?
	@PYTHONPATH=.:policies $(PY) -m compliance_tests.mutation $(ARGS)

drift: .venv/ok  ## a hundred changes behind the engine's back against the live tests (minutes)
	@$(PY) -m compliance_tests.drift $(ARGS)

verify-attestation: .venv/ok  ## verify what a run attested: FILE=reports/... [KEY=public key]
	@$(PY) -m gate verify-attestation "$(FILE)" --key "$(KEY)" $(ARGS)

faults: .venv/ok  ## what can go wrong around the gate, made to go wrong (minutes)
	@$(PY) -m sandbox setup && $(PY) -m compliance_tests.faults $(ARGS)

outside: .venv/ok-dev  ## judges from outside on reports and workflows: installs what is missing
	@$(PY) -m sandbox setup && $(PY) -m compliance_tests.outside $(ARGS)

prowler: .venv/ok  ## an outside judge on the deployed sandbox (installs 2 GB into .state)
	@$(PY) -m compliance_tests.prowler $(ARGS)

permissions: .venv/ok  ## the live tests' IAM policy, enforced, with each action taken away (minutes)
	@$(PY) -m compliance_tests.drift.permissions $(ARGS)

bench: .venv/ok  ## how fast it is, beside other tools (an hour; ARGS=--quick: minutes)
	@$(PY) -m benchmarks $(ARGS)

sample-reports: .venv/ok  ## reports of runs that pass, fail, are waived, undecided, and of twenty in a row
	@$(PY) -m compliance_tests.samples $(ARGS)

audit: .venv/ok  ## judge exported states: STATE=file make audit, or STATES=folder for many
	@$(PY) -m gate audit $(if $(STATES),--states "$(STATES)",--state "$(STATE)") $(ARGS)
hook:  ## the gate before each commit that touches infra/, policies/ or Pulumi*.yaml
	@test ! -e "$$(git rev-parse --git-path hooks)/pre-commit" -o -L "$$(git rev-parse --git-path hooks)/pre-commit" || { echo "there is a pre-commit hook already: call gate/hooks/pre-commit from it"; exit 3; }
	@mkdir -p "$$(git rev-parse --git-path hooks)" && ln -sfn "$(CURDIR)/gate/hooks/pre-commit" "$$(git rev-parse --git-path hooks)/pre-commit" && echo "hook: the gate looks at commits from now on"

env:  ## shell lines for bare commands: eval "$$(make -s env)"
	@$(if $(VENV_GONE),$(PYTHON),$(PY)) -m sandbox env

check: .venv/ok-dev  ## lint and types
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && $(PY) -m mypy infra

requirements: .venv/ok-dev  ## compile requirements*.txt again from requirements*.in
	@for name in requirements requirements-dev; do UV_CUSTOM_COMPILE_COMMAND="make requirements" \
	  $(PY) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $$name.in --output-file $$name.txt || exit 1; done
	@UV_CUSTOM_COMPILE_COMMAND="make requirements" $(PY) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --constraint requirements.txt policies/requirements.in --output-file policies/requirements.txt

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1|\2/p' Makefile | sed 's/[$$][$$]/$$/' | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

.venv/ok: requirements.txt $(VENV_GONE)
	@$(PYTHON) sandbox/bootstrap.py

.venv/ok-dev: requirements-dev.txt .venv/ok $(VENV_GONE)
	@$(PYTHON) sandbox/bootstrap.py --dev
