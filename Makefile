# Every target creates .venv and installs what it needs; nothing else has to be set up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

EVALUATIONS ?= 300000

# What Python compiles is kept, also where the environment says otherwise: hundreds of processes
# start in a run of the tests.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: check test mutants fuzz test-torch e2e release lab docs bench lint clean

check: $(VENV)/experiments.stamp
	$(BIN)/theorycalc check

# One BLAS thread a process: there is a process on every core already.
test: $(VENV)/dev.stamp
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist worksteal

# Wrong error bounds on copies of the package: the tests have to see every one of them.
mutants: $(VENV)/dev.stamp
	$(BIN)/python tests/mutants.py

# Random cases against independent oracles, until so many values have been compared (an hour); then
# nonsense in every argument of everything public.
fuzz: $(VENV)/dev.stamp
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/fuzz --evaluations $(EVALUATIONS)
	PYTHONPATH=tests/support $(BIN)/python tests/fuzz/nonsense.py --pairs 10000

# The same networks on torch tensors. The version is pinned because an unpinned torch pulls the
# newest build with several gigabytes of CUDA.
test-torch: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/pytest -m torch tests/networks tests/core/test_backends.py tests/test_docs.py

# The tour in a browser. Playwright brings a Chromium where there is none.
e2e: $(VENV)/e2e.stamp
	command -v chromium || $(BIN)/playwright install --with-deps chromium
	$(BIN)/pytest -m e2e tests/e2e

# Wheel and sdist in dist/, tried in an empty environment.
release: $(VENV)/release.stamp
	$(BIN)/python tests/release.py

lab: $(VENV)/notebook.stamp
	$(BIN)/jupyter lab notebooks

docs: $(VENV)/docs.stamp
	$(BIN)/sphinx-build --fail-on-warning --keep-going docs docs/_build/html

bench: $(VENV)/dev.stamp
	for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --level error --pythonpath $(BIN)/python

clean:
	rm -rf $(VENV) docs/_build docs/generated

# Python compiles a module when it is first imported: half of what is installed never is.
$(VENV)/%.stamp: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --no-compile --editable ".[$*]"
	touch $@
