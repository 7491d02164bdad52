#!/usr/bin/env bash
# Manual, settings page and code are in step.
set -u
cd "$(dirname "$0")/.."
bad=0

complain() {
	echo "$*" >&2
	bad=1
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

# What the documents name is there.
while IFS=: read -r file path; do
	[ -e "$path" ] || complain "$file names $path, which is not there"
done < <(grep -oE '\b(src|tests|docs|tools|fuzz|bench|man|packaging|sql|web)/[A-Za-z0-9_./-]+[A-Za-z0-9_]' \
	README.md docs/ARCHITECTURE.md docs/PROTOCOL.md docs/THREATS.md \
	docs/decisions.md 2>/dev/null | sort -u)

[ "$bad" -eq 0 ]
