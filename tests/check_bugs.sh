#!/usr/bin/env bash
# What those find who read the C without running it: cppcheck everywhere, gcc's
# analyzer in the rooms that do no I/O.
#
# Each version finds other things; Debian 12's are asked, others aren't.
set -u
cd "$(dirname "$0")/.."
bad=0

complain() {
	[ -n "$1" ] || return
	echo "$1" >&2
	bad=1
}

if cppcheck --version 2>/dev/null | grep -qx 'Cppcheck 2\.10.*'; then
	complain "$(cppcheck -j "$(nproc)" --quiet --std=c11 -D_GNU_SOURCE \
		-Isrc --enable=warning,performance,portability \
		--library=tests/cppcheck.cfg \
		--suppressions-list=tests/cppcheck.txt \
		--template='{file}:{line}: {message} [{id}]' \
		src fuzz bench 2>&1)"
else
	echo "$0: no cppcheck 2.10, it is not asked"
fi

if gcc -dumpversion 2>/dev/null | grep -q '^12'; then
	complain "$(printf '%s\0' src/{base,text,crypto,model,oauth,mcp}/*.c |
		xargs -0 -n 1 -P "$(nproc)" gcc -fanalyzer -std=gnu17 \
			-D_GNU_SOURCE -DOSTIARY_VERSION='"0"' -Isrc -c -o /dev/null 2>&1 |
		grep -E 'Wanalyzer|error:')"
else
	echo "$0: no gcc 12, its analyzer is not asked"
fi

[ "$bad" -eq 0 ]
