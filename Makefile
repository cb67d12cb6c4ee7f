# The two commands that a newcomer needs are `make run` and `make test`; CONTRIBUTING tells of the rest.

SWIFT ?= swift
ARGS ?= check .
SECONDS ?= 60
TARGETS ?= dockerfile gzip image-json json-form layers outer-archive pyc shell tar
STATIC := .build-static
SOURCES := Package.swift Sources Tests Benchmarks

.PHONY: run build test format generate static integration bench bench-images bench-layers fuzz setup

run: build
	@$(SWIFT) run -c release --skip-build cachepolicy $(ARGS)

build: setup
	$(SWIFT) build -c release --product cachepolicy

test: setup
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	$(SWIFT) test

integration: setup
	@sh .ci/setup integration
	@sh .ci/integration

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

generate: setup
	$(SWIFT) run generate

static: setup
	$(SWIFT) build -c release --product cachepolicy --scratch-path $(STATIC) \
	  --static-swift-stdlib -Xswiftc -static-executable
	strip -s -o $(STATIC)/cachepolicy $(STATIC)/release/cachepolicy
	@ls -l $(STATIC)/cachepolicy

bench: static
	$(SWIFT) run -c release --package-path Benchmarks bench $(CURDIR)/$(STATIC)/cachepolicy

bench-images: static
	$(SWIFT) run -c release --package-path Benchmarks bench images $(CURDIR)/$(STATIC)/cachepolicy

bench-layers: setup
	CACHEPOLICY_BENCHMARKS=1 $(SWIFT) build -c release --product read-layer --scratch-path $(STATIC) \
	  --static-swift-stdlib -Xswiftc -static-executable
	$(SWIFT) run -c release --package-path Benchmarks bench layers $(CURDIR)/$(STATIC)/release/read-layer

fuzz: setup
	@sh .ci/setup fuzz
	@Tests/Fuzz/run "$(TARGETS)" "$(or $(INPUT),$(SECONDS))"

setup:
	@sh .ci/setup
