# Two commands: `make run` and `make test`. README gives the plain ones too.
PYTHON ?= python3
SAMPLE ?= larkspur
PORT ?= 8501
BIN := .venv/bin

.venv/.ready: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

run: .venv/.ready
	@test -n "$$COMMONGROUND_DATA" || test -f data/$(SAMPLE)/CURRENT || $(BIN)/python -m commonground import sample_data/$(SAMPLE) --data data/$(SAMPLE)
	COMMONGROUND_DATA=$${COMMONGROUND_DATA:-data/$(SAMPLE)} $(BIN)/python -m commonground serve --server.port=$(PORT)

test: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations 15

quick: .venv/.ready
	$(BIN)/python -m pytest -m "not slow and not browser"

bench: .venv/.ready
	$(BIN)/python -m bench

truth: .venv/.ready
	$(BIN)/python -m bench.truth --door ask

pictures: .venv/.ready
	$(BIN)/python -m tests.journeys.pictures

.PHONY: run test quick bench truth pictures
