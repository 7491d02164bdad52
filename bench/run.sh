#!/usr/bin/env bash
# make bench: see README.md beside this file.
set -eu
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
mkdir -p "$BUILD/bench"
cc -O2 -D_GNU_SOURCE -o "$BUILD/bench/upstream" bench/upstream.c
cc -O2 -D_GNU_SOURCE -o "$BUILD/bench/idle" bench/idle.c
export BUILD
exec tools/with-node.sh node bench/bench.mjs "$@"
