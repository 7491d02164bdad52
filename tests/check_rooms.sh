#!/usr/bin/env bash
# Refuses an include that goes up: each room may include only what stands in
# its own list, which is the picture of docs/ARCHITECTURE.md.
set -eu
cd "$(dirname "$0")/.."

declare -A below=(
	[base]=""
	[text]="base"
	[crypto]="text base"
	[model]="text base"
	[oauth]="model crypto text base"
	[mcp]="model crypto text base"
	[net]="crypto text base"
	[store]="model crypto text base"
	[back]="oauth mcp net store model crypto text base"
	[hall]="back oauth mcp net store model crypto text base"
	[front]="hall oauth mcp net store model crypto text base"
	[app]="front hall back oauth mcp net store model crypto text base"
)
bad=0

complain() {
	echo "$*" >&2
	bad=1
}

for dir in src/*/; do
	room=$(basename "$dir")
	if [ -z "${below[$room]+set}" ]; then
		complain "src/$room: no such room in $0"
		continue
	fi
	while IFS=: read -r file line text; do
		name=${text#*\"}
		name=${name%%\"*}
		other=${name%%/*}
		[ "$other" = "$name" ] && {
			complain "$file:$line: include it as \"$room/$name\""
			continue
		}
		[ -d "src/$other" ] || continue # generated
		case " $room ${below[$room]} " in
		*" $other "*) ;;
		*) complain "$file:$line: $room/ must not include $name" ;;
		esac
	done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
		"$dir" --include='*.[ch]' || true)
done

# Libraries with a room of their own.
outside() { # pattern, rooms that may
	local pattern=$1 file room
	shift
	while read -r file; do
		room=${file#src/}
		room=${room%%/*}
		case " $* " in
		*" $room "* | *" $file "*) ;;
		*) complain "$file: must not include <$pattern>" ;;
		esac
	done < <(grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<$pattern" \
		src --include='*.[ch]' || true)
}
outside 'openssl/' crypto src/net/tls.c src/net/tls_stream.c src/net/stream.c
outside 'sodium' crypto
outside 'sqlite3' store
outside 'uv\.h' net
outside '(sys/socket|netinet/|netdb)' net
outside 'arpa/' net text app
# The pure rooms open nothing.
for pure in base text model oauth mcp; do
	while read -r place; do
		complain "$place: $pure/ touches neither socket nor file"
	done < <(grep -rnE '\b(socket|connect|accept4?|bind|fopen|open|openat)\(' \
		"src/$pure" --include='*.c' |
		grep -vE '^[^:]*:[0-9]+:[[:space:]]*(\*|/\*)' || true)
done

[ "$bad" -eq 0 ]
