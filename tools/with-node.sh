#!/usr/bin/env bash
# Runs a command where "node" is a Node.js of version 20 or newer: the
# machine's own, else the one that tests/node/package.json names.
#
#	tools/with-node.sh COMMAND ...
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)

major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
[ "$major" -ge 20 ] && exec "$@"

modules=$top/tests/node/node_modules
[ -d "$modules" ] || (cd "$top/tests/node" && npm ci --loglevel=error)
# npm passes over optional packages that it could not get.
own=$(find "$modules" -path '*/bin/node' -type f | head -n 1)
if [ -z "$own" ]; then
	rm -rf "$modules"
	echo "could not get a Node.js of version 20 or newer" >&2
	exit 1
fi
PATH=$(dirname "$own"):$PATH exec "$@"
