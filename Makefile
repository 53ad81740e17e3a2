# Everything here also works without make: python3 tools/setup.py run | test | check
PYTHON ?= python3

.PHONY: run test check transformer fmt bench faults lock rasa rasa-test

run:            ## install what is missing, then serve (first start: within three minutes)
	$(PYTHON) tools/setup.py run

test:           ## every test; real PostgreSQL, Valkey and Chromium where installed
	$(PYTHON) tools/setup.py test

check:          ## what CI runs: format, lint, types, import rules, migrations equal the models
	$(PYTHON) tools/setup.py check

fmt:
	$(PYTHON) tools/setup.py dev
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

transformer:    ## what the engine transformer needs: torch (CPU or GPU, as the machine has it), ONNX, a pretrained encoder
	$(PYTHON) tools/setup.py transformer

bench:          ## the figures of docs/measured.md; needs some minutes of a quiet machine
	$(PYTHON) tools/setup.py dev
	.venv/bin/hotline bench

rasa:           ## the optional Rasa service: its own Python 3.10 environment, a trained model, then http://127.0.0.1:5005
	$(PYTHON) tools/setup.py install
	.venv/bin/python -m tools.rasa make

rasa-test:      ## the same in short against tests/rasa; needs a Python 3.10
	$(PYTHON) tools/setup.py dev
	.venv/bin/python -m tools.rasa test

faults:         ## kill -9 in the middle, many times: nothing lost, nothing doubled
	$(PYTHON) tools/setup.py dev
	HOTLINE_FAULTS=20 .venv/bin/python -m pytest tests/faults -q

lock:           ## resolve anew within pyproject's bounds; hashes, and no index address
	.venv/bin/python -m tools.lock
