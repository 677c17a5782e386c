# `make` alone says what there is; the work is done by the small scripts in .make/.
.PHONY: help run test bench attack docs lint sbom audit clean
.SILENT:

DATA ?= demo
PORT ?= 8501
ROWS ?= 150000
export DATA PORT ROWS ONLY TIMES PYTHON ADVISORIES

help:
	echo "make run     start the dashboard (DATA=demo, published or a folder; PORT=8501)"
	echo "make test    run every test (ONLY=tests/test_x.py for some; TIMES=20 tries more random data)"
	echo "make bench   measure it (ROWS=150000)"
	echo "make attack  attack the answers on invented data and publish what came of it"
	echo "make docs    write the dictionary, the index of questions and the pictures again"
	echo "make lint    check style and types"
	echo "make sbom    write sbom.json, the software bill of materials"
	echo "make audit   look the packages up in advisories (ADVISORIES=folder or zip of OSV records)"
	echo "make clean   remove what these made"

run:
	sh .make/run

test:
	sh .make/test

bench:
	sh .make/bench

attack:
	sh .make/attack

docs:
	sh .make/docs

lint:
	sh .make/lint

sbom:
	sh .make/sbom

audit:
	sh .make/audit

clean:
	rm -rf .venv .snapshots .bench sbom.json .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
