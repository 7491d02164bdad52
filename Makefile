# The front of the build: meson does the work underneath.
#
#   make run          install what is missing, build, start
#   make test         install what is missing, build twice, run every test
#   make              build
#   make bench        CPU, latency and memory of a call, beside nginx
#   make fuzz         each fuzz target for FUZZ_SECONDS (60)
#   make install      PREFIX (/usr/local), DESTDIR
#   make check-style  ceilings, rooms, words, layout; what cppcheck finds
#   make format       lays the C out
#   make clean

BUILD ?= build
BUILD_SAN ?= build-asan
BUILD_FUZZ ?= build-fuzz
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
DEPS = tools/install-deps.sh
NINJA = tools/build.sh $(BUILD)

.PHONY: all build run test bench fuzz install check-style format clean

all: build

build: $(BUILD)/build.ninja
	@[ -x $(BUILD)/src/app/ostiary ] || echo "Building Ostiary ..."
	@$(NINJA) src/app/ostiary

run: build
	@exec $(BUILD)/src/app/ostiary serve $(ARGS)

test:
	@$(DEPS) build test
	@BUILD=$(BUILD) BUILD_SAN=$(BUILD_SAN) tests/run.sh

bench: build
	@$(DEPS) bench
	@BUILD=$(BUILD) bench/run.sh

fuzz:
	@$(DEPS) build fuzz
	@BUILD=$(BUILD_FUZZ) tools/fuzz.sh $(FUZZ_SECONDS)

install: build
	@meson configure $(BUILD) -Dprefix=$(PREFIX) >/dev/null
	@$(NINJA) src/app/ostiary
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir $(abspath $(DESTDIR)))

check-style:
	@$(DEPS) build test
	@tests/check_rooms.sh
	@tests/check_style.sh
	@tests/check_bugs.sh

format:
	@git ls-files 'src/*.[ch]' 'fuzz/*.[ch]' 'bench/*.[ch]' 'tests/unit/*.[ch]' | \
		xargs clang-format -i

clean:
	rm -rf $(BUILD) $(BUILD_SAN) $(BUILD_FUZZ)

$(BUILD)/build.ninja:
	@$(DEPS) build
	@said=$$(meson setup $(BUILD) --prefix $(PREFIX)) || \
		{ echo "$$said"; exit 1; }
