#!/usr/bin/env python3
"""Turns files into C arrays, each with its content type and entity tag.

    embed_assets.py OUTDIR FILE...

Writes OUTDIR/assets.h and OUTDIR/assets.c.  The tag is strong (RFC 9110
8.8.3): a prefix of the bytes' SHA-256, quotes included.  An SVG that could
run a script is refused.
"""

import hashlib
import os
import re
import sys

TYPES = {
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.ico': 'image/x-icon',
    '.woff2': 'font/woff2',
    '.txt': 'text/plain; charset=utf-8',
}
HEAD = '/* Made by tools/embed_assets.py from web/. */'
HEADER = HEAD + '''
#ifndef ASSETS_H
#define ASSETS_H

#include "base/str.h"

struct asset {
	struct str name;  /* "app.css" */
	struct str type;  /* Content-Type */
	struct str bytes;
	struct str etag;  /* with its quotes */
};

/* In the order of their names. */
extern const struct asset assets[];
extern const size_t assets_n;

/* The asset of that name, or NULL. */
const struct asset *asset_find(struct str name);

#endif
'''
FIND = '''
const struct asset *
asset_find(struct str name)
{
	for (size_t i = 0; i < assets_n; i++)
		if (str_eq(assets[i].name, name))
			return &assets[i];
	return NULL;
}
'''
SVG_REFUSED = re.compile(
    rb'<script|<foreignobject|\son[a-z]+\s*=|javascript:|<!entity', re.I)


class Wrong(Exception):
    pass


def array(index, data):
    rows = ['static const unsigned char bytes_%d[] = {' % index]
    for i in range(0, len(data), 12):
        rows.append('\t' + ' '.join('%d,' % b for b in data[i:i + 12]))
    return '\n'.join(rows + ['};', ''])


def read(path):
    name = os.path.basename(path)
    extension = os.path.splitext(name)[1]
    if not re.match(r'[A-Za-z0-9._-]+\Z', name):
        raise Wrong('%s: the name has odd letters' % path)
    if extension not in TYPES:
        raise Wrong('%s: no content type is known for "%s"'
                    % (path, extension))
    with open(path, 'rb') as f:
        data = f.read()
    if not data:
        raise Wrong('%s: the file is empty' % path)
    if extension == '.svg' and SVG_REFUSED.search(data):
        raise Wrong('%s: the picture could run a script' % path)
    return name, TYPES[extension], data


def entry(index, name, kind, data):
    tag = hashlib.sha256(data).hexdigest()[:32]
    return ('\t{ STR_INIT("%s"), STR_INIT("%s"),\n'
            '\t\t{ (const char *)bytes_%d, sizeof(bytes_%d) },\n'
            '\t\tSTR_INIT("\\"%s\\"") },\n' % (name, kind, index, index, tag))


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        files = sorted(read(path) for path in arguments[1:])
        if len({name for name, _, _ in files}) < len(files):
            raise Wrong('two assets have the same name')
    except (Wrong, OSError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    source = HEAD + '\n#include "assets.h"\n\n'
    source += '\n'.join(array(i, data) for i, (_, _, data) in enumerate(files))
    source += '\nconst struct asset assets[] = {\n'
    source += ''.join(entry(i, *one) for i, one in enumerate(files))
    source += '};\nconst size_t assets_n = %d;\n' % len(files)
    source += FIND
    for name, text in (('assets.h', HEADER), ('assets.c', source)):
        with open(os.path.join(arguments[0], name), 'w',
                  encoding='utf-8') as f:
            f.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
