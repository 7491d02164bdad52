#!/usr/bin/env bash
# Builds in a configured folder.  On a terminal it says how far it is, and
# nothing at all when there is nothing to build.
#
#	tools/build.sh FOLDER [TARGET ...]
set -eu
cd "$1"
shift
how=--quiet
[ ! -t 1 ] || how=
# Configures it again if that is due; meson tells a long story.
said=$(ninja build.ninja 2>&1) || { echo "$said" >&2; exit 1; }
ninja -n "$@" | grep -q 'no work to do' || exec ninja $how "$@"
