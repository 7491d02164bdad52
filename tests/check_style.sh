#!/usr/bin/env bash
# The ceilings of the house, and what must not stand in it.
#
# The layout is what clang-format 14 makes of .clang-format; other versions
# differ in details and aren't asked.
set -u
cd "$(dirname "$0")/.."
bad=0

command -v python3 >/dev/null || {
	echo "$0 needs python3" >&2
	exit 1
}

complain() {
	[ -n "$1" ] || return
	echo "$1" >&2
	bad=1
}

because() { # why the lines are refused
	sed "s/\$/  <- $1/"
}

files() { # patterns, whose * is any text, "/" too
	local pattern names=()
	for pattern; do
		names+=(-o -path "./$pattern")
	done
	find . \( -name node_modules -o -path './build*' -o -path './.*' \) -prune \
		-o -type f \( "${names[@]:1}" \) -printf '%P\n' | sort
}

# Files: 800 lines, headers of the rooms 300.
complain "$(files '*.c' '*.h' '*.mjs' '*.js' '*.css' '*.py' '*.sh' '*.html' |
	while read -r file; do
		lines=$(wc -l <"$file")
		case "$file" in
		src/*.h) most=300 ;;
		*) most=800 ;;
		esac
		[ "$lines" -le "$most" ] ||
			echo "$file: $lines lines, at most $most"
	done)"

# Functions: 80 lines.  A body stands between "{" and "}" at the margin.
complain "$(files 'src/*.c' 'fuzz/*.c' 'bench/*.c' | while read -r file; do
	awk -v file="$file" '
		/^[a-z_][a-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
		/^\{/ { start = NR }
		/^\}/ && start {
			if (NR - start + 1 > 80)
				printf "%s:%d: %s has %d lines, at most 80\n",
					file, start, name, NR - start + 1
			start = 0
		}' "$file"
done)"

# Parameters, nesting, complexity.
complain "$(files 'src/*.c' 'fuzz/*.c' 'bench/*.c' |
	xargs -r python3 tests/ceilings.py)"

# Text: tabs at the margin, nothing after a line, and no line that a screen
# can't show (the layout's own 80 columns are clang-format's to keep).
complain "$(files 'src/*.c' 'src/*.h' | xargs -r grep -nE '^        |[ 	]+$' |
	head -20 | because 'blanks at the margin or the end')"
complain "$(files 'src/*.c' 'src/*.h' 'fuzz/*.c' | python3 -c '
import sys
for file in sys.stdin.read().split():
    for number, line in enumerate(open(file, encoding="utf-8"), 1):
        columns = len(line.rstrip("\n").expandtabs(8))
        if columns > 90:
            print(f"{file}:{number}: {columns} columns, at most 90")
')"

# Types have no second name.
complain "$(files 'src/*.c' 'src/*.h' |
	xargs -r grep -nE '^typedef (struct|enum)' |
	because 'types have no second name')"

# Promises instead of deeds.
complain "$(files 'src/*' 'tests/*' 'tools/*' 'fuzz/*.c' 'bench/*' 'web/*' \
	'docs/*' 'man/*' '*.md' Makefile CHANGES |
	grep -vE '^tests/check_style.sh$|lock.json$' |
	xargs -r grep -nIwE 'TODO|FIXME|XXX|HACK|not (yet )?implemented' |
	head -20 | because 'promises instead of deeds')"

# Lock files name packages, not where somebody fetched them.
complain "$(files '*package-lock.json' | xargs -r grep -n '"resolved"' |
	because 'lock files name packages, not places')"

# Layout.
if clang-format --version 2>/dev/null | grep -q ' version 14\.'; then
	complain "$(files 'src/*.c' 'src/*.h' 'fuzz/*.[ch]' 'bench/*.[ch]' \
		'tests/unit/*.[ch]' |
		xargs -r clang-format --dry-run -Werror 2>&1 |
		sed -n 's/^\([^ :]*\):.*: error.*/\1: make format would change it/p' |
		sort -u)"
else
	echo "$0: no clang-format 14, the layout is not checked"
fi

[ "$bad" -eq 0 ]
