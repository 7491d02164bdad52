#!/usr/bin/env bash
# Installs what is missing, and only that, from Debian's archive.
#
#	tools/install-deps.sh build|test|bench|fuzz ...
#
# A need is met when its command, pkg-config module, file or package is there,
# however it came there; so a Node of one's own is left alone.
set -eu

# what to look for = the Debian package that brings it
build="cmd:meson=meson cmd:ninja=ninja-build cmd:pkg-config=pkg-config
	cmd:python3=python3 file:/usr/include/stdio.h=libc6-dev
	pc:libuv=libuv1-dev pc:openssl=libssl-dev pc:libsodium=libsodium-dev
	pc:sqlite3=libsqlite3-dev"
test="file:/usr/include/cmocka.h=libcmocka-dev cmd:node=nodejs cmd:npm=npm
	cmd:chromium=chromium cmd:openssl=openssl cmd:clang-format=clang-format
	cmd:cppcheck=cppcheck
	file:/etc/ssl/certs/ca-certificates.crt=ca-certificates"
bench="cmd:nginx=nginx-light cmd:wrk=wrk cmd:node=nodejs
	cmd:npm=npm"
fuzz="cmd:clang=clang pkg:libclang-rt-14-dev=libclang-rt-14-dev
	cmd:c++=g++ file:/usr/include/simdjson.h=libsimdjson-dev
	file:/usr/share/llhttp/llhttp.c=node-llhttp"

have() {
	case "$1" in
	cmd:*) command -v "${1#cmd:}" || PATH=$PATH:/usr/sbin:/sbin \
		command -v "${1#cmd:}" ;;
	pc:*) pkg-config --exists "${1#pc:}" ;;
	file:*) test -e "${1#file:}" ;;
	pkg:*) test "$(dpkg-query -W -f='${db:Status-Status}' "${1#pkg:}")" = \
		installed ;;
	esac >/dev/null 2>&1
}

missing=
for set in "$@"; do
	case "$set" in
	build | test | bench | fuzz) ;;
	*) echo "usage: $0 build|test|bench|fuzz ..." >&2; exit 2 ;;
	esac
	for need in ${!set}; do
		have "${need%%=*}" || missing="$missing ${need#*=}"
	done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "Please install (names of Debian's packages):$missing" >&2
	exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "Please install, as root: apt-get install$missing" >&2
		exit 1
	fi
	as_root="sudo"
fi

echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}
# shellcheck disable=SC2086 # one word a package
if ! apt install --no-install-recommends $missing; then
	apt update || { cat "$log" >&2; exit 1; }
	apt install --no-install-recommends $missing ||
		{ cat "$log" >&2; exit 1; }
fi
