# Needs Python 3.10 to 3.13, make and git. Everything else goes into .venv, and the engines into ppc's own cache folder.

# The first Python that fits; `make PYTHON=/path/to/python3.12 ...` for another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	"$$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$python" && break; done)
BIN := .venv/bin
READY := .venv/ready
TARGETS := airflow prefect kfp
EXAMPLE := examples/diagnosis/pipeline.py

# A developer's shell must not reach into the environments; and imports without .pyc files take several times as long.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup engines demo test test-fast test-pythons lint golden bench
.DEFAULT_GOAL := help

help:
	@echo 'make demo          check, run and compile the seven-stage example'
	@echo 'make test          lint, types and every test, those on the real engines included'
	@echo 'make test-fast     the quick tests, in less than a minute: units, texts of errors, generated files, architecture'
	@echo 'make test-pythons  all that needs no engine, on Python 3.10, 3.11, 3.12 and 3.13'
	@echo 'make lint          ruff, import-linter, mypy'
	@echo 'make golden        rewrite the expected output after a deliberate change'
	@echo 'make bench         time and memory of compiling, start-up, what a stage costs here and elsewhere; BENCH=runners for a part'

setup: $(READY)

$(READY): pyproject.toml requirements-dev.txt
	@test -n "$(PYTHON)" || { echo 'make: no Python 3.10 to 3.13 found; set PYTHON=' >&2; exit 1; }
	test -x $(BIN)/uv || { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --upgrade pip uv; }
	uv pip install --quiet --compile-bytecode --python $(BIN)/python --requirement requirements-dev.txt
	uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $(READY)

engines: $(READY)
	ppc engines install $(TARGETS)

demo: $(READY)
	ppc engines install kfp
	ppc check $(EXAMPLE) $(TARGETS:%=--target %)
	ppc run $(EXAMPLE) -p root=build/demo/artifacts --date 2026-01-05
	ppc compile $(EXAMPLE) $(TARGETS:%=--target %) --out build/demo/generated
	@echo && echo 'The metrics:  build/demo/artifacts/2026-01-05/metrics/metrics.json'
	@echo 'The code:     build/demo/generated/{airflow,prefect,kfp}: it does not need ppc any more'

# Two at a time; what needs an engine stays with the worker that has started it.
test: lint engines
	pytest -n 2 --dist loadgroup

test-fast: $(READY)
	pytest tests/unit tests/errors tests/golden tests/architecture -n 2

lint: $(READY)
	ruff check
	ruff format --check
	lint-imports
	mypy

# Versions that uv finds or can fetch, or paths; each gets an environment of its own.
PYTHONS ?= 3.10 3.11 3.12 3.13
test-pythons: $(READY)
	for python in $(PYTHONS); do \
		folder="build/pythons/$$(basename "$$python")" && \
		uv venv --quiet --clear --python "$$python" "$$folder" && \
		uv pip install --quiet --python "$$folder/bin/python" --requirement requirements-dev.txt && \
		uv pip install --quiet --python "$$folder/bin/python" --no-deps --editable . && \
		PATH="$(CURDIR)/$$folder/bin:$$PATH" pytest -m 'not engine and not packaging' -n 2 || exit 1; \
	done

golden: $(READY)
	pytest tests/golden tests/errors tests/architecture --update-golden

# Parts and options of bench/run.py.
BENCH ?=
bench: $(READY)
	python bench/run.py $(BENCH)
