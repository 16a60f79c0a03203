# Krait: every command sets up what it needs, builds what is missing and does its job.
FILE ?= examples/tour.py
ARGS ?=
PREFIX ?= /usr/local
KRAIT := build/release/krait
JOBS ?= $(shell nproc)
SECONDS ?= 60
TARGETS ?=

.PHONY: all release debug asan setup run test test-asan oracle oracle-frontend conformance conformance-update fuzz bench install format lint lint-quick clean

all: release

setup:
	@scripts/setup.sh

setup-dev:
	@scripts/setup.sh --dev

release: setup
	@scripts/build.sh release $(JOBS)

debug: setup
	@scripts/build.sh debug $(JOBS)

asan: setup-dev
	@scripts/build.sh asan $(JOBS)

run: release
	@$(KRAIT) $(FILE) $(ARGS)

test: release
	@tests/run.sh $(KRAIT)

# Everything that `make test` runs, in the instrumented build: four to eight times as long.
test-asan: asan
	@tests/run.sh build/asan/krait

oracle: release
	@tests/oracle.sh $(KRAIT)

oracle-frontend: release
	@tests/oracle_frontend.sh $(KRAIT)

conformance: release
	@tests/conformance/run.sh $(KRAIT)

conformance-update: release
	@tests/conformance/run.sh $(KRAIT) --update

fuzz: setup-dev release
	@nice -n 19 tests/fuzz/fuzz.py $(KRAIT) $(SECONDS) $(TARGETS)

bench: release
	@bench/run.sh $(KRAIT)

install: release
	install -D -m 755 $(KRAIT) $(DESTDIR)$(PREFIX)/bin/krait

format:
	@git ls-files 'src/*.cpp' 'src/*.h' 'tools/*.cpp' | xargs clang-format-19 -i

lint: setup-dev release
	@scripts/lint.sh

lint-quick: setup-dev
	@scripts/lint.sh --quick

clean:
	rm -rf build
