# Meson does the work; this is the short front. `make help` lists what there is.
BUILD  ?= build
PREFIX ?= /usr/local
.DEFAULT_GOAL := $(BUILD)/merlon
.PHONY: help demo test test-full fuzz bench soak goldens install format lint clean $(BUILD)/merlon

help:       ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

$(BUILD)/merlon: $(BUILD)/build.ninja
	@ninja -C $(BUILD) merlon

$(BUILD)/build.ninja: | packages-build
	@meson setup $(BUILD) --prefix=$(PREFIX) --buildtype=release -Dtests=false > /dev/null

.PHONY: packages-build
packages-build:
	@tools/packages.sh build

demo:       ## fresh machine: install what it needs, build, scan examples/
	@tools/packages.sh build
	@$(MAKE) --no-print-directory $(BUILD)/merlon
	@tools/demo.sh $(BUILD)/merlon

test:       ## fresh machine: everything that CI runs (under 20 minutes on 2 cores)
	@tools/packages.sh test
	@tools/test.sh

test-full:  ## test, and every variant: TSan, scan-build, coverage, reproducible build, long fuzz
	@tools/packages.sh test
	@tools/test.sh full

fuzz:       ## a million inputs per reader (RUNS=...)
	@tools/packages.sh test
	@FUZZ_CMP=1 tools/fuzz.sh 50000
	@tools/fuzz.sh $(or $(RUNS),1000000)

bench: $(BUILD)/merlon ## ratios against named peers (PEERS=dir) and limits
	@ninja -C $(BUILD) tools/bench/merlon-bench tools/bench/log-bench > /dev/null
	@tools/bench.sh $(BUILD)/merlon

soak: $(BUILD)/merlon ## the gateway under mixed traffic for ten minutes: is its memory flat? (RUNS=seconds)
	@tools/soak.py $(BUILD)/merlon $(or $(RUNS),600)

goldens:    ## remake the golden files (needs python3-sklearn, -torch, -joblib, -numpy)
	@tests/makers/make_goldens.sh

install: $(BUILD)/build.ninja ## DESTDIR and PREFIX are honoured
	@ninja -C $(BUILD)
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir $(DESTDIR))

format:     ## clang-format over the sources
	@git ls-files '*.c' '*.h' | xargs clang-format -i

lint:       ## house rules, format, cppcheck
	@tools/lint.sh

clean:
	@rm -rf build build-*
