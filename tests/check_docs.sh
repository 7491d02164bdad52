#!/usr/bin/env bash
# Manual, settings page and code are in step.
set -u
cd "$(dirname "$0")/.."
bad=0

complain() {
	echo "$*" >&2
	bad=1
}

# "TR-71 to TR-73" explains TR-72.
in_a_range() {
	awk -v id="$1" 'match($0, /^\| [A-Z]+-[0-9]+ to [A-Z]+-[0-9]+ /) {
		if (substr($0, 3, 3) == substr(id, 1, 3) &&
			substr($2, 4) <= substr(id, 4) &&
			substr($4, 4) >= substr(id, 4))
			found = 1
	} END { exit !found }' docs/PROTOCOL.md
}

python3 tools/compile_settings.py --check || bad=1
python3 tools/compile_faults.py --check || bad=1

# Every command and option stands in the manual, and nothing else does.
manual=$(sed 's/\\-/-/g' man/ostiary.1)
commands=$(sed -n 's/^	{ "\([a-z ]*\)", command_.*/\1/p' src/app/commands.c)
[ -n "$commands" ] || complain "no commands found in src/app/commands.c"
while read -r command; do
	grep -qE "^\.B(R)? \"?$command\b" <<<"$manual" ||
		complain "man/ostiary.1 lacks the command \"$command\""
done <<<"$commands"
options=$(sed -n 's/^	{ "\(--[a-z-]*\)", OPTION_.*/\1/p' src/app/options.c)
for option in $options; do
	grep -qE "^\.B(R)? $option\b" <<<"$manual" ||
		complain "man/ostiary.1 lacks the option $option"
done
for option in $(grep -oE '^\.BR? --[a-z-]+' <<<"$manual" |
	sed 's/.* //' | sort -u); do
	grep -qx -- "$option" <<<"$options" ||
		complain "man/ostiary.1 tells of $option, which is no option"
done

# An id in a comment or a test means something to a reader.
for id in $(grep -rhoE '\b(U|V|AS|RS|TR|BR)-[0-9]{2}\b' src tests/unit \
	tests/attacks tests/e2e --include='*.[ch]' --include='*.mjs' | sort -u); do
	grep -qE "^\| [^|]*\b$id\b" docs/PROTOCOL.md ||
		in_a_range "$id" || complain "docs/PROTOCOL.md does not explain $id"
done
for id in $(grep -rhoE 'lesson[_ ][FB][0-9]{2}' tests --include='*.c' \
	--include='*.mjs' --exclude-dir=node_modules |
	sed 's/lesson.//' | sort -u); do
	grep -q "^| $id |" docs/LESSONS.md ||
		complain "docs/LESSONS.md does not explain $id"
done

# What the documents name is there.
while IFS=: read -r file path; do
	[ -e "$path" ] || complain "$file names $path, which is not there"
done < <(grep -oP '(?<!build/)\b(src|tests|docs|tools|fuzz|bench|man|packaging|sql|web)/[A-Za-z0-9_./-]+[A-Za-z0-9_]' \
	README.md docs/ARCHITECTURE.md docs/PROTOCOL.md docs/LESSONS.md \
	docs/DEPENDENCIES.md docs/decisions.md | sort -u)

[ "$bad" -eq 0 ]
