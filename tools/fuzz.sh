#!/usr/bin/env bash
# Each fuzz target for so many seconds; findings stay in the build folder.
set -eu -o pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
dir=${BUILD:-build-fuzz}

[ -f "$dir/build.ninja" ] || CC=clang CXX=clang++ meson setup "$dir" \
	-Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
tools/build.sh "$dir"
bad=0
for target in "$dir"/fuzz/fuzz_*; do
	[ -x "$target" ] && [ -f "$target" ] || continue
	name=${target##*/fuzz_}
	mkdir -p "$dir/corpus/$name" "$dir/findings"
	seeds=
	[ -d "fuzz/corpus/$name" ] && seeds=fuzz/corpus/$name
	echo "== $name"
	# shellcheck disable=SC2086 # absent or one word
	"$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=0 -verbosity=0 \
		-artifact_prefix="$dir/findings/$name-" \
		"$dir/corpus/$name" $seeds 2>&1 |
		sed '/^#* Recommended dict/,/^#* End of rec/d' ||
		bad=$((bad + 1))
done
echo "$bad targets with findings"
[ "$bad" -eq 0 ]
