#!/usr/bin/env python3
"""Turns sql/ into C: an enum of statements, their texts, the migrations.

    compile_sql.py --check FILE...              refuse what isn't shared SQL
    compile_sql.py HEADER SOURCE FILE...        the same, then write both

A statement is a block that "-- name: some_name" begins.  A migration is a
file NNNN_name.sql in a folder named migrations; numbers run from 1 without a
gap.  Only the SQL that SQLite and PostgreSQL share is let through: types TEXT
and BIGINT, placeholders $1, $2 ... whose first uses stand in that order
(SQLite numbers them as they come, PostgreSQL by their digits).
"""

import os
import re
import sys

# What only one of the two understands, or both understand differently.
REFUSED = [
    (r'\bINSERT\s+OR\b', 'INSERT OR'),
    (r'\bUPDATE\s+OR\b', 'UPDATE OR'),
    (r'\bREPLACE\s+INTO\b', 'REPLACE INTO'),
    (r'\b(AUTOINCREMENT|PRAGMA|GLOB|REGEXP|IFNULL|ISNULL|NOTNULL|STRICT|'
     r'ROWID|OID|ATTACH|VACUUM|INDEXED|NOCASE|MATCH|TRIGGER|VIRTUAL|'
     r'SERIAL|ILIKE|JSONB|NOW|STRFTIME|DATETIME|JULIANDAY|UNIXEPOCH|'
     r'PRINTF|TYPEOF|HEX|RANDOM|RANDOMBLOB|LAST_INSERT_ROWID|CHANGES|'
     r'BEGIN|COMMIT|ROLLBACK|SAVEPOINT|TRUE|FALSE)\b', 'this word'),
    (r'\b(INTEGER|INT|SMALLINT|BLOB|BYTEA|REAL|DOUBLE|NUMERIC|FLOAT|'
     r'VARCHAR|CHAR|BOOLEAN|TIMESTAMP|TIMESTAMPTZ|JSON)\b',
     'a type that is neither TEXT nor BIGINT'),
    (r'\bsqlite_|\bpg_', 'a table of one of them'),
    (r'==|::', 'this sign'),
    (r'[?`"\[\]@]', 'this sign'),
    (r'(?<!:):[A-Za-z]', 'a placeholder by name'),
    (r'\$[^0-9]', 'a placeholder by name'),
    (r'\bLIMIT\s+[^\s]+\s*,', 'LIMIT with a comma'),
]

# Words that PostgreSQL reserves and that make tempting names.
RESERVED = set('''all analyse analyze and any array as asc asymmetric both case
cast check collate column constraint create current_date current_role
current_time current_timestamp current_user default deferrable desc distinct
do else end except fetch for foreign from grant group having in initially
intersect into lateral leading limit localtime localtimestamp not null offset
on only or order placing primary references returning select session_user
some symmetric table then to trailing union unique user using variadic when
where window with'''.split())

CONSTRAINTS = {'PRIMARY', 'FOREIGN', 'UNIQUE', 'CHECK', 'CONSTRAINT'}


class Refused(Exception):
    pass


def bare(text):
    """Without comments and the insides of quoted texts."""
    text = re.sub(r'--[^\n]*', '', text)
    return re.sub(r"'(?:[^']|'')*'", "''", text)


def split_outside(text, sep):
    """At each sep that stands in no parentheses."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == '(') - (c == ')')
        if c == sep and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


def check_name(name):
    if name.lower() in RESERVED:
        raise Refused(f'"{name}" is a word that PostgreSQL reserves')


def check_table(statement):
    head = re.match(r'\s*CREATE\s+TABLE\s+(\w+)\s*\((.*)\)\s*$', statement,
                    re.S | re.I)
    if head is None:
        raise Refused('CREATE TABLE that ends in more than its columns')
    check_name(head[1])
    for column in split_outside(head[2], ','):
        words = column.split()
        if words and words[0].upper() in CONSTRAINTS:
            continue
        if len(words) < 2 or words[1] not in ('TEXT', 'BIGINT'):
            raise Refused(f'column "{" ".join(words)}" is neither TEXT nor '
                          'BIGINT')
        check_name(words[0])


def check_statement(text):
    plain = bare(text)
    for pattern, what in REFUSED:
        found = re.search(pattern, plain, re.I)
        if found:
            raise Refused(f'"{found[0].strip()}": {what} is not shared SQL')
    if re.match(r'\s*CREATE\s+TABLE\b', plain, re.I):
        check_table(plain)
    seen = []
    for n in re.findall(r'\$(\d+)', plain):
        if n not in seen:
            seen.append(n)
    if seen != [str(i + 1) for i in range(len(seen))]:
        raise Refused('the first uses of $1, $2 ... do not stand in order')
    return len(seen)


def read_statements(path, text):
    blocks = re.split(r'^-- name: *(.*)$', text, flags=re.M)
    if bare(blocks[0]).strip():
        raise Refused('a statement without a name')
    for name, body in zip(blocks[1::2], blocks[2::2]):
        if not re.fullmatch(r'[a-z][a-z0-9_]*', name.strip()):
            raise Refused(f'"{name}" is no name')
        plain = bare(body).strip()
        if not plain.endswith(';') or ';' in plain[:-1]:
            raise Refused(f'{name}: one statement, ended by ";"')
        try:
            count = check_statement(plain[:-1])
        except Refused as e:
            raise Refused(f'{name}: {e}') from None
        body = re.sub(r'--[^\n]*', '', body).strip()[:-1]
        yield name.strip(), re.sub(r'\s+', ' ', body), count


def read_migration(path, text):
    name = re.fullmatch(r'(\d{4})_([a-z0-9_]+)\.sql', os.path.basename(path))
    if name is None:
        raise Refused('a migration is named NNNN_name.sql')
    for statement in bare(text).split(';'):
        if check_statement(statement) != 0:
            raise Refused('a migration takes no parameters')
    return int(name[1]), name[2], re.sub(r'--[^\n]*\n?', '', text).strip()


def read_all(paths):
    statements, migrations = {}, []
    for path in sorted(paths):
        with open(path, encoding='ascii') as file:
            text = file.read()
        try:
            if os.path.basename(os.path.dirname(path)) == 'migrations':
                migrations.append(read_migration(path, text))
                continue
            for name, body, count in read_statements(path, text):
                if name in statements:
                    raise Refused(f'{name} stands twice')
                statements[name] = (body, count)
        except Refused as e:
            raise Refused(f'{path}: {e}') from None
    migrations.sort()
    if [m[0] for m in migrations] != list(range(1, len(migrations) + 1)):
        raise Refused('migrations do not run from 1 without a gap')
    return statements, migrations


def c_text(text):
    lines = text.split('\n')
    escaped = [line.replace('\\', '\\\\').replace('"', '\\"')
                   .replace('\t', '\\t') for line in lines]
    return '\\n"\n\t\t"'.join(escaped).join('""')


def write_header(path, statements, migrations):
    with open(path, 'w', encoding='ascii') as out:
        out.write('/* Made from sql/ by tools/compile_sql.py. */\n'
                  '#ifndef STORE_SQL_LIST_H\n#define STORE_SQL_LIST_H\n\n'
                  'enum sql_id {\n')
        for name in statements:
            out.write(f'\tSQL_{name.upper()},\n')
        out.write('\tSQL_COUNT\n};\n\n'
                  'struct sql_statement {\n\tconst char *name;\n'
                  '\tconst char *text;\n\tunsigned params;\n};\n\n'
                  'struct sql_migration {\n\tconst char *name;\n'
                  '\tconst char *text;\n};\n\n'
                  f'#define SQL_VERSION {len(migrations)}\n\n'
                  'extern const struct sql_statement '
                  'sql_statements[SQL_COUNT];\n'
                  '/* [0] leads from nothing to version 1. */\n'
                  'extern const struct sql_migration sql_migrations[];\n\n'
                  '#endif\n')


def write_source(path, statements, migrations):
    with open(path, 'w', encoding='ascii') as out:
        out.write('/* Made from sql/ by tools/compile_sql.py. */\n'
                  '#include "store/sql_list.h"\n\n'
                  'const struct sql_statement sql_statements[SQL_COUNT] '
                  '= {\n')
        for name, (body, count) in statements.items():
            out.write(f'\t[SQL_{name.upper()}] = {{ "{name}",\n'
                      f'\t\t{c_text(body)}, {count} }},\n')
        out.write('};\n\nconst struct sql_migration '
                  'sql_migrations[SQL_VERSION] = {\n')
        for _, name, body in migrations:
            out.write(f'\t{{ "{name}",\n\t\t{c_text(body)} }},\n')
        out.write('};\n')


def main(args):
    check = args[:1] == ['--check']
    paths = args[1:] if check else args[2:]
    if not paths:
        sys.exit(__doc__)
    try:
        statements, migrations = read_all(paths)
    except (Refused, OSError, UnicodeDecodeError) as e:
        sys.exit(f'compile_sql: {e}')
    if not check:
        write_header(args[0], statements, migrations)
        write_source(args[1], statements, migrations)


if __name__ == '__main__':
    main(sys.argv[1:])
