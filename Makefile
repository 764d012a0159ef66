# Everything that a newcomer runs; `make demo` and `make test` do their own set-up.
SHELL := /bin/bash
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PORT ?= 8000
PYTEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder --nomigrations --durations 12
# Status 1 is that of a whole run in which tests failed; CI looks at some of them once more.
RUN_TESTS = $(PYTHON) -m pytest $(PYTEST_ARGS) \
	|| { [ $$? = 1 ] && [ -n "$$SECOND_TRY" ] && $(PYTHON) -m tests.second_try; }

.DEFAULT_GOAL := help
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## Show the targets
	@grep -hE '^[a-zA-Z_-]+:.*?## ' $(MAKEFILE_LIST) \
		| awk -F ':.*?## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: ## Make .venv from the lock file and fetch fonts and icons
	@bash deploy/setup.sh

translations: setup
	@env -u DATABASE_URL -u REDIS_URL -u CELERY_BROKER_URL $(MANAGE) compile_translations

demo: translations ## Run the whole product with the Russian demo course (PORT=8000)
	@$(MANAGE) migrate --verbosity 0
	@PUBLIC_URL=$${PUBLIC_URL:-http://127.0.0.1:$(PORT)} $(MANAGE) demo
	@PUBLIC_URL=$${PUBLIC_URL:-http://127.0.0.1:$(PORT)} exec $(MANAGE) serve --port $(PORT)

test: translations ## Run all the tests
	@bash deploy/test-tools.sh
	@$(RUN_TESTS)

test-services: translations ## The same tests on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@bash deploy/test-tools.sh
	@export DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres} \
		REDIS_URL=$${REDIS_URL:-redis://127.0.0.1:6379/15} \
		SECRET_KEY=$${SECRET_KEY:-only-for-the-tests}; \
		$(RUN_TESTS)

lint: translations ## Style, types, import directions, templates, migrations, deployment checks
	@bash deploy/lint.sh

fuzz-api: translations ## Ask the API whatever its description allows, as every kind of client (minutes)
	@$(PYTHON) -m pytest -q -s --nomigrations tests/api/fuzz.py

drill-kill: translations ## Kill the installation while regions enrol people; nothing may be lost
	@$(PYTHON) -m tests.drills.kill

drill-live: translations ## A live room of 200 while servers, Redis and PostgreSQL fail; nothing may be lost
	@$(PYTHON) -m tests.drills.live

drill-certificates: translations ## 2,000 certificates by two workers that are killed (PostgreSQL, Redis)
	@$(PYTHON) -m tests.drills.certificates

bench-pages: translations ## Signed-in pages against the stock Wagtail rendering of the same pages
	@$(PYTHON) -m tests.bench.pages

bench-enrolment: translations ## Imports and single requests against bare COPY and a bare view (PostgreSQL)
	@$(PYTHON) -m tests.bench.enrolment

bench-live: translations ## Live rooms against a floor, Socket.IO and stock Channels (PostgreSQL, Redis)
	@$(PYTHON) -m tests.bench.live

bench-gains: translations ## The report of gains over 100,000 learners against a bare numpy core (PostgreSQL)
	@DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres} \
		$(PYTHON) -m tests.bench.gains

bench-certificates: setup ## Certificates a second on one core, against a PDF written by hand
	@$(PYTHON) -m tests.bench.certificates

client: translations ## Generate the Python client of the API and pack it as a wheel (dist/)
	@$(MANAGE) make_client dist

messages: setup ## Collect new texts for translation into the catalogues
	@$(MANAGE) collect_translations

speech-model: setup ## Train the careful-speech classifier anew on its corpus, then measure it
	@$(PYTHON) -m courses.careful_speech.learning.classifier
	@$(PYTHON) -m courses.careful_speech.figures

speech-figures: setup ## Precision and recall of the careful-speech hints on the kept lines
	@$(PYTHON) -m courses.careful_speech.figures

screenshots: translations ## Take the pictures of docs/screenshots anew (PART=practicum: of it alone)
	@bash deploy/test-tools.sh
	@$(PYTHON) -m tests.browser.screenshots $(PART)

lock: setup ## Resolve the dependencies of pyproject.toml into the lock files
	@.venv/bin/uv pip compile -q --universal --generate-hashes --no-annotate --no-header \
		pyproject.toml --extra node -o deploy/requirements.txt
	@.venv/bin/uv pip compile -q --universal --generate-hashes --no-annotate --no-header \
		pyproject.toml --extra node --extra dev -o deploy/requirements-dev.txt
