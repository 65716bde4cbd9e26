# make demo    index the archive that ships and ask it four questions
# make test    run the tests
# make check   lint, types
# make eval    ask the gold questions; fail where an answer has become worse (DATA=CORPORA for those of ARCD too)
# make serve   open the chat page
# make bench   speed on 10,000 passages, and a transformer's
# make bench-scale   cost against size, 1,000 to 1,000,000 passages, and what others take (an hour, 12 GB of disk)
# make clean   remove what the others made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_OFFLINE := 1

.PHONY: demo test check eval serve bench bench-scale clean

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Isnad needs Python 3.11 or later; name one with: make PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(VENV)/installed
	@for question in "Who co-chairs the GCTF?" "Which initiatives were launched?" \
	    "من يترأس المنتدى العالمي لمكافحة الإرهاب؟" "ما هي المبادرات التي أُطلقت؟"; do \
	    echo; echo "> $$question"; $(BIN)/isnad ask "$$question" || [ $$? -eq 1 ] || exit; done

test: $(VENV)/installed
	$(BIN)/pytest

check: $(VENV)/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

eval: $(VENV)/installed
	$(BIN)/python -m qa.gate $(if $(DATA),--data $(DATA))

serve: $(VENV)/installed
	$(BIN)/isnad serve

bench: $(VENV)/installed
	$(BIN)/python -m tests.bench

bench-scale: $(VENV)/installed
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python -m tests.bench.scale $(if $(NEWS),--news $(NEWS))

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
