# The everyday commands. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PORT ?= 8000
HOST ?= 127.0.0.1
# The machine's uv where there is one, else the one that the set-up puts into the environment.
UV := $(shell command -v uv || echo $(BIN)/uv)
LANGUAGES := ar fa he id km ko lo ms my th tl tr vi zh_Hans

.PHONY: help run test lint lock messages catalogues bench clean

help:
	@echo "make run        set up what is missing and start the site (PORT=8000 HOST=127.0.0.1)"
	@echo "make test       everything that CI runs"
	@echo "make lint       the static checks alone, with automatic repairs"
	@echo "make messages   collect the translatable texts into locale/"
	@echo "make bench      measure search against other engines and over HTTP (two hours; BENCH_N=100000 for less)"
	@echo "make lock       resolve pyproject.toml anew into requirements.lock"
	@echo "make clean      remove the environment and caches; var/ (the data) stays"

run: $(STAMP)
	@exec $(BIN)/python manage.py up --host $(HOST) --port $(PORT)

# OpenMP threads that wait actively starve each other when tests run side by side.
test: export OMP_NUM_THREADS = 1
test: export OMP_WAIT_POLICY = passive
test: $(STAMP) catalogues
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	MAWSIM_ENV=production SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
		ALLOWED_HOSTS=mawsim.example SITE_URL=https://mawsim.example \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/pytest -n $${PYTEST_WORKERS:-2}

lint: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

catalogues: $(STAMP)
	@$(BIN)/python -c 'from pathlib import Path; from mawsim.core.catalogues import compile_catalogues; \
		compile_catalogues(Path("locale"))'

messages: $(STAMP)
	@command -v xgettext >/dev/null || { echo "make messages needs GNU gettext (apt-get install gettext)."; exit 1; }
	$(BIN)/python manage.py makemessages --add-location=file --no-wrap --no-obsolete \
		--ignore=.venv --ignore=var --ignore=tests $(LANGUAGES:%=--locale=%)

# Neither the find-links folder nor the index of this machine may enter the file. torch keeps its plain
# version, and its CUDA libraries stay out: which build, and so which libraries, is the installer's choice.
lock: $(STAMP)
	@UV_FIND_LINKS="$$(echo $$PIP_FIND_LINKS | tr " " ,)" $(UV) pip compile pyproject.toml --group dev --upgrade \
		--universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
		--quiet --output-file $(VENV)/resolved.txt
	@{ echo "# Made by \`make lock\` from pyproject.toml; do not edit."; \
		sed -E '/^(nvidia|cuda)-|^triton==/d; s/^(torch==[0-9.]+).*/\1/' $(VENV)/resolved.txt | uniq; \
	} > requirements.lock
	@touch $(STAMP)

# Every step goes on where a run that was broken off has stopped.
BENCH := var/bench
BENCH_N ?= 10000 100000 1000000
bench: export OMP_WAIT_POLICY = passive
bench: $(STAMP)
	@if command -v $(UV) >/dev/null; then $(UV) pip install --quiet --python $(BIN)/python --group bench; \
	else $(BIN)/python -m pip install --quiet --group bench; fi
	mkdir -p $(BENCH)
	for n in $(BENCH_N); do \
		$(BIN)/python -m tests.bench.ann --n $$n --json $(BENCH)/ann-$$n.json || exit 1; \
		$(BIN)/python -m tests.bench.http --n $$n --json $(BENCH)/http-$$n.json || exit 1; \
	done
	$(BIN)/python -m tests.bench.hybrid --json $(BENCH)/hybrid.json
	$(BIN)/python -m tests.bench.report $(BENCH)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find platform matching tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew when what it should hold has changed.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { \
		echo "Mawsim needs Python 3.11, 3.12 or 3.13; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make run PYTHON=python3.11"; \
		exit 1; }
	@test -x $(BIN)/python || { echo "Creating $(VENV) ..."; $(PYTHON) -m venv $(VENV); } || { \
		rm -rf $(VENV); \
		echo "Python's venv module does not work. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked packages (half a minute with uv, some minutes with pip) ..."
	@command -v $(UV) >/dev/null || $(BIN)/python -m pip install --quiet uv 2>/dev/null || true
	@if command -v $(UV) >/dev/null; then \
		UV_FIND_LINKS="$$(echo $$PIP_FIND_LINKS | tr " " ,)" $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python \
			--requirement requirements.lock --editable .; \
	else \
		echo "uv cannot be had here; using pip."; \
		$(BIN)/python -m ensurepip >/dev/null 2>&1; \
		$(BIN)/python -m pip install --quiet --requirement requirements.lock --editable .; \
	fi
	@touch $@
