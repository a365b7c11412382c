# The commands of this checkout. `make run` and `make test` need nothing but make and Python 3.11 or later.
PYTHON_FOUND = $$(PYTHON="$(PYTHON)" sh scripts/find-python)
# A Python that was named is used; otherwise the best one of the machine is (scripts/interpreters.py).
SETUP = scripts/setup.py $(if $(PYTHON),--this-python)
LOCK = .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --quiet

.PHONY: help run test bench lock console client pictures setup setup-runtime clean
.DEFAULT_GOAL := help

help:
	@echo "make run     start Centralita with the demo tenant (ARGS=… for centralita up)"
	@echo "make test    everything that must hold: lint, types, imports, all tests (ARGS=… for pytest)"
	@echo "make bench   measure, and compare with the peers found on this machine (ARGS=…)"
	@echo "make console build the web console; make client: only its client of the API, anew"
	@echo "make lock    bring the lock files up to date with pyproject.toml"
	@echo "make setup   only the virtual environment, with all that development needs"
	@echo "make setup-runtime   only the virtual environment, with what running needs"
	@echo "make clean   remove the virtual environment and the caches (never the data folder)"

run:
	@python=$(PYTHON_FOUND) && "$$python" $(SETUP) && exec .venv/bin/centralita up --demo $(ARGS)

setup-runtime:
	@python=$(PYTHON_FOUND) && "$$python" $(SETUP)

setup:
	@python=$(PYTHON_FOUND) && "$$python" $(SETUP) --dev

test:
	@python=$(PYTHON_FOUND) && "$$python" $(SETUP) --dev --tools && exec .venv/bin/python scripts/check.py $(ARGS)

bench:
	@python=$(PYTHON_FOUND) && "$$python" $(SETUP) --dev --tools && exec .venv/bin/python bench/run.py $(ARGS)

console:
	@python=$(PYTHON_FOUND) && "$$python" scripts/setup.py && "$$python" scripts/console.py

client: setup
	@.venv/bin/python scripts/check_console.py --client

pictures: setup
	@.venv/bin/python tests/browser/pictures.py $(ARGS)

lock: setup
	$(LOCK) --upgrade --group build -o requirements.lock
	$(LOCK) --upgrade --group build --group dev -c requirements.lock -o requirements-dev.lock
	.venv/bin/uv pip compile --group node --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet \
		--upgrade -o requirements-node.lock
	cd console && npm update --package-lock-only

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
