#!/bin/sh
# Refuses SQL that SQLite and PostgreSQL don't share, and sees that the refusal
# works.
set -eu
cd "$(dirname "$0")/.."

python3 tools/compile_sql.py --check sql/*.sql sql/migrations/*.sql

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/migrations"
failed=0

# refuse PLACE STATEMENT: it must not pass.
refuse() {
	printf '%s\n' "$2" >"$scratch/$1"
	if python3 tools/compile_sql.py --check "$scratch/$1" 2>/dev/null; then
		echo "check_sql: let through: $2" >&2
		failed=1
	fi
	rm "$scratch/$1"
}

statement() {
	refuse x.sql "-- name: x
$1"
}

migration() {
	refuse migrations/0001_x.sql "$1"
}

statement 'INSERT OR REPLACE INTO a (b) VALUES ($1);'
statement 'REPLACE INTO a (b) VALUES ($1);'
statement 'SELECT a FROM b WHERE c = ?;'
statement 'SELECT a FROM b WHERE c = :c;'
statement 'SELECT a FROM b WHERE c = $2 AND d = $1;'
statement 'SELECT a FROM b WHERE c = $2;'
statement 'SELECT rowid FROM b;'
statement 'SELECT IFNULL(a, 0) FROM b;'
statement "SELECT strftime('%s') FROM b;"
statement 'SELECT "a" FROM b;'
statement 'SELECT a FROM b WHERE c == $1;'
statement 'SELECT a FROM b LIMIT 1, 2;'
statement 'SELECT a::text FROM b;'
statement 'PRAGMA foreign_keys = ON;'
statement 'SELECT a FROM b; SELECT c FROM d;'
statement 'SELECT a FROM b'
migration 'CREATE TABLE a (b INTEGER PRIMARY KEY AUTOINCREMENT);'
migration 'CREATE TABLE a (b INTEGER);'
migration 'CREATE TABLE a (b);'
migration 'CREATE TABLE a (b TEXT, c BOOLEAN);'
migration 'CREATE TABLE a (b TEXT) WITHOUT ROWID;'
migration 'CREATE TABLE a (b TEXT) STRICT;'
migration 'CREATE TABLE grant (b TEXT);'
migration 'CREATE TABLE a (user TEXT);'
refuse migrations/0002_x.sql 'CREATE TABLE a (b TEXT);'
refuse migrations/x.sql 'CREATE TABLE a (b TEXT);'
refuse x.sql 'SELECT a FROM b;'
exit $failed
