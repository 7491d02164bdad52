#!/usr/bin/env bash
# Every test, and at the end one line: "N passed, N failed".
#
#	tests/run.sh [unit|checks|e2e ...]    all of them without arguments
set -u
cd "$(dirname "$0")/.." || exit

BUILD=$(realpath -m "${BUILD:-build}")
BUILD_SAN=$(realpath -m "${BUILD_SAN:-build-asan}")
export BUILD BUILD_SAN
parts=${*:-unit checks e2e}
# Several times what they take: then something hangs.
E2E_SECONDS=${E2E_SECONDS:-1800}
passed=0
failed=0

count() { # passed failed
	passed=$((passed + $1))
	failed=$((failed + $2))
}

say() {
	printf '\n== %s\n' "$*"
}

stop() {
	echo "$*" >&2
	echo "$passed passed, $((failed + 1)) failed"
	exit 1
}

# A folder of somebody's own keeps its options; in one that is made here no
# warning passes.
configure() { # folder, options
	local dir=$1 log
	shift
	log=$(if [ -f "$dir/build.ninja" ]; then
		meson setup --reconfigure "$dir" "$@"
	else
		meson setup --werror "$dir" "$@"
	fi 2>&1) || { echo "$log"; stop "could not configure $dir"; }
	tools/build.sh "$dir" || stop "could not build $dir"
}

run_unit() { # folder
	local counts
	meson test -C "$1" --no-rebuild --quiet --print-errorlogs
	counts=$(python3 tests/count.py "$1/meson-logs/testlog.json") ||
		stop "no test log in $1"
	# shellcheck disable=SC2086 # two numbers
	count $counts
}

run_checks() {
	local check
	for check in tests/check_*.sh; do
		if "$check"; then
			count 1 0
		else
			echo "$check failed"
			count 0 1
		fi
	done
}

packages_ready() {
	local stamp=tests/node_modules/.lock
	cmp -s tests/package-lock.json "$stamp" && return
	(cd tests && npm ci --loglevel=error) ||
		stop "could not install the tests' packages"
	cp tests/package-lock.json "$stamp"
}

run_e2e() {
	local tap files good bad
	files=$(find tests -name '*.test.mjs' -not -path '*/node_modules/*' |
		sort)
	[ -n "$files" ] || return
	packages_ready
	tap=$(mktemp)
	# shellcheck disable=SC2086 # one word a file
	OSTIARY=$BUILD/src/app/ostiary OSTIARY_SAN=$BUILD_SAN/src/app/ostiary \
		timeout "$E2E_SECONDS" tools/with-node.sh \
		node --test --test-concurrency=1 \
		--test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination="$tap" $files
	bad=$?
	good=$(sed -n 's/^# pass //p' "$tap" | tail -n 1)
	[ "$bad" -eq 0 ] || bad=$(sed -n 's/^# \(fail\|cancelled\) //p' "$tap" |
		awk '{ n += $1 } END { print n > 0 ? n : 1 }')
	rm -f "$tap"
	count "${good:-0}" "$bad"
}

say "build"
configure "$BUILD"
configure "$BUILD_SAN" -Db_sanitize=address,undefined -Db_lundef=false
for part in $parts; do
	case "$part" in
	unit)
		say "unit tests and corpora"
		run_unit "$BUILD"
		say "unit tests and corpora, with sanitizers"
		run_unit "$BUILD_SAN"
		;;
	checks)
		say "checks"
		run_checks
		;;
	e2e)
		say "end to end"
		run_e2e
		;;
	*)
		stop "no such part: $part"
		;;
	esac
done

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
