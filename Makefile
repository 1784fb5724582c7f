# The two commands are `make demo` and `make test`. Both set everything up themselves, and work again offline.

# The first interpreter that is new enough; override with `make PYTHON=/path/to/python demo`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)

DEV := .venv
DEMO := build/demo-venv
PIP := -q --disable-pip-version-check
INSTALLED := pyproject.toml constraints.txt

.PHONY: demo test lint types editors vsix bench constraints clean python

# Review a real change with the embedded reviewer: no key, no network.
demo: $(DEMO)/.installed
	@bash tests/demo.sh $(DEMO)/bin/diffvet

# All tests. Editors that cannot be installed here are skipped with the reason.
test: $(DEV)/.installed
	@bash tests/editors/provide.sh $(DEV)
	$(DEV)/bin/python -m pytest -n 2 $(ARGS)

lint: $(DEV)/.installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .

types: $(DEV)/.installed
	$(DEV)/bin/mypy

bench: $(DEV)/.installed
	for b in tests/bench/bench_*.py; do $(DEV)/bin/python $$b || exit 1; done

vsix: $(DEV)/.installed
	cd vscode-client && npm ci --ignore-scripts --no-audit --no-fund && PYTHON=../$(DEV)/bin/python npm run package

$(DEV)/.installed: $(INSTALLED) | python
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install $(PIP) -U 'pip>=25.1'
	$(DEV)/bin/python -m pip install $(PIP) -c constraints.txt --group dev -e '.[all]'
	@touch $@

$(DEMO)/.installed: $(INSTALLED) | python
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install $(PIP) -c constraints.txt -e .
	@touch $@

python:
	@test -n "$(PYTHON)" || { echo "Diffvet needs Python 3.11 or newer on PATH (or: make PYTHON=/path/to/python ...)" >&2; exit 1; }

# Resolve anew within pyproject.toml's ranges and write down what was chosen.
constraints: | python
	rm -rf build/resolve-venv
	$(PYTHON) -m venv build/resolve-venv
	build/resolve-venv/bin/python -m pip install $(PIP) -U 'pip>=25.1'
	build/resolve-venv/bin/python -m pip install $(PIP) --group dev '.[all]'
	{ sed -n '/^#/p' constraints.txt; build/resolve-venv/bin/python -m pip freeze --exclude diffvet; } > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean:
	rm -rf .venv build dist vscode-client/dist vscode-client/bundled vscode-client/node_modules vscode-client/*.vsix .mypy_cache .ruff_cache .pytest_cache .hypothesis
