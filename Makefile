# Two commands on a fresh Debian or Ubuntu with Swift 6.3: `make demo` and `make test`.

SHELL := /bin/bash
CONFIGURATION ?= debug
SWIFT_SOURCES := Sources Tests Benchmarks Fuzz Package.swift
BINARY := .build/release/portcullis

.PHONY: help demo test run bench fuzz screenshots build release lint format install clean python-packages

help:
	@echo 'make demo      the main job on real programs, in a network made for it'
	@echo 'make test      every test, as CI runs them'
	@echo 'make run       build the gateway and start it on this machine (as root)'
	@echo 'make bench     measure it beside plain routing and hand-written rules'
	@echo 'make fuzz      feed the parsers of the wire with what a fuzzer makes up'
	@echo 'make screenshots  take the pictures of the page anew'
	@echo 'make install   install the program, its manuals and its service under PREFIX'
	@echo 'make format    format the sources;  make lint checks them'

demo: packages-demo swift
	swift build -c $(CONFIGURATION) --product portcullis
	sudo=$$([ $$(id -u) = 0 ] || echo sudo); \
	$$sudo env PORTCULLIS=$$(swift build -c $(CONFIGURATION) --show-bin-path)/portcullis scripts/demo

test: packages-test python-packages swift lint
	swift build --build-tests
	sudo=$$([ $$(id -u) = 0 ] || echo sudo -E env PATH=$$PATH); \
	$$sudo swift test --skip-build

run: packages-build swift release
	sudo=$$([ $$(id -u) = 0 ] || echo sudo); $$sudo $(BINARY) run $(ARGUMENTS)

bench: packages-bench swift
	swift build -c release --product portcullis-bench
	swift build -c release --product EventCounting
	swift build -c release --product portcullis
	sudo=$$([ $$(id -u) = 0 ] || echo sudo); $$sudo .build/release/portcullis-bench $(ARGUMENTS)

FUZZ_SECONDS ?= 60

fuzz: packages-build swift
	scripts/fuzz ProxyHeader $(FUZZ_SECONDS)
	scripts/fuzz ClientHello $(FUZZ_SECONDS)
	scripts/fuzz PCP $(FUZZ_SECONDS)
	scripts/fuzz NATPMP $(FUZZ_SECONDS)
	scripts/fuzz SSDP $(FUZZ_SECONDS)
	scripts/fuzz SOAP $(FUZZ_SECONDS)
	scripts/fuzz GENA $(FUZZ_SECONDS)
	scripts/fuzz STUN $(FUZZ_SECONDS)

screenshots: packages-test python-packages swift
	swift build --build-tests
	sudo=$$([ $$(id -u) = 0 ] || echo sudo -E env PATH=$$PATH); \
	$$sudo env PORTCULLIS_SCREENSHOTS=$(CURDIR)/docs/screenshots \
		swift test --skip-build --filter 'pictures of every page'

build: packages-build swift
	swift build

release: swift
	swift build -c release --static-swift-stdlib --product portcullis

lint: swift
	swift format lint --strict --configuration .swift-format --recursive $(wildcard $(SWIFT_SOURCES))

format: swift
	swift format format -i --configuration .swift-format --recursive $(wildcard $(SWIFT_SOURCES))

PREFIX ?= /usr/local

install: release
	install -D -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/sbin/portcullis
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 man/portcullis.1
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 man/portcullis.toml.5
	install -D -m 0644 contrib/systemd/portcullis.service \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/portcullis.service
	install -D -m 0644 contrib/sysusers.d/portcullis.conf \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d/portcullis.conf
	$(BINARY) completion bash | install -D -m 0644 /dev/stdin \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/portcullis
	$(BINARY) completion zsh | install -D -m 0644 /dev/stdin \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_portcullis
	$(BINARY) completion fish | install -D -m 0644 /dev/stdin \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/portcullis.fish

clean:
	rm -rf .build

packages-%:
	@scripts/install-system-packages $*

python-packages: packages-test
	@scripts/install-python-packages

swift:
	@command -v swift >/dev/null || { \
		echo 'Swift 6.3 is not on the PATH; install it from swift.org/install/linux' >&2; exit 1; }

.PHONY: swift
