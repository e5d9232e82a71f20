# Every target does its own set-up first; nothing but a Swift 6.3 toolchain, git and make is assumed.
#
#   CONFIG=debug      build the tests in debug (default: release, as the demo)
#   VERBOSE=1         show each test as it ends
#   SUITES="A B"      run these test suites only
#   ONCE=1            let a demo run to its end instead of serving until Ctrl-C
#   ARGS="..."        more arguments for the demo or the benchmarks

CONFIG ?= release
SCRATCH ?= .build
TEST_SCRATCH ?= .build-test
JANGBU = $(SCRATCH)/release/jangbu
SHIM = .build-tools/lib/flushshim.so

.DEFAULT_GOAL := help
.PHONY: help setup build tools demo demo-import test torture sanitize bench schemas format clean

help: ## this list
	@printf 'make demo    set up, build, and run the main job (ONCE=1: to its end, and prove it)\n'
	@printf 'make test    set up, build, and pass every check and test\n\n'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## install what is missing to build and run
	@scripts/setup.sh build

build: setup ## build the jangbu executable, optimised
	@echo '==> build jangbu (release; the first time takes some minutes)'
	@swift build -c release --product jangbu --scratch-path $(SCRATCH)

demo: build ## collect people's data from a sandbox of providers and show it (ONCE=1: and prove it)
	@echo '==> jangbu demo'
	@exec $(JANGBU) demo $(if $(filter-out 0,$(ONCE)),--once) $(ARGS)

demo-import: build ## import files of real data and show them (ONCE=1: to the end, and prove it)
	@echo '==> jangbu demo-import'
	@exec $(JANGBU) demo-import $(if $(filter-out 0,$(ONCE)),--once) $(ARGS)

test: ## every check and test, a line per stage
	@CONFIG=$(CONFIG) TEST_SCRATCH=$(TEST_SCRATCH) scripts/test.sh

torture: ## the fault suites at full length: 100,000 power failures, 5,000 kills
	@CONFIG=$(CONFIG) TEST_SCRATCH=$(TEST_SCRATCH) JANGBU_TORTURE=1 scripts/test.sh torture

sanitize: ## the modules over C libraries under the address sanitizer
	@TEST_SCRATCH=.build-sanitize scripts/test.sh sanitize

tools: ## build the fault tools and let them prove that they find what they must
	@scripts/build-test-tools.sh --self-test

bench: build ## the figures of docs/performance.md, on the 1 ms flush shim
	@scripts/build-test-tools.sh
	@echo '==> jangbu bench'
	@FLUSH_US=$${FLUSH_US:-1000} FLUSH_LOG_PATH=$${FLUSH_LOG_PATH:-/log/} \
	    LD_PRELOAD=$(CURDIR)/$(SHIM) $(JANGBU) bench $(ARGS)

schemas: setup ## generate the Swift code of Schemas/ again
	@scripts/generate-schemas.sh

format: ## put every Swift file into the project's format
	@swift format --in-place --recursive --parallel Package.swift Sources Tests

clean: ## remove what was built; data directories and installed packages stay
	@rm -rf .build .build-test .build-sanitize .build-tools
	@echo 'removed .build .build-test .build-sanitize .build-tools'
