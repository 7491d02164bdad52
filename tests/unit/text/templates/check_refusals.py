#!/usr/bin/env python3
"""Templates that tools/compile_templates.py must refuse, and why.

Usage: check_refusals.py TOOLS_DIR
"""
import contextlib
import io
import os
import sys
import tempfile

# What follows "{{! args: ... }}\n", and a piece of the complaint.
ARGS = '{{! args: s str, b bool, n u64, h html, l list(x str) }}\n'
USE = '{{s}}{{#if b}}{{/if}}{{n}}{{{h}}}{{#each l}}{{x}}{{/each}}\n'
REFUSED = [
    ('<script>x()</script>', '3: a script without src'),
    ('\n<script src="/a.js">x()</script>', '4: an inline script'),
    ('<SCRIPT>', 'a script without src'),
    ('<script src="{{url s}}"></script>', 'must be fixed'),
    ('<script src="/a.js">{{s}}</script>', 'a value in a script'),
    ('<style>p{}</style>', 'a style element'),
    ('<p style="x">', 'a style attribute'),
    ('<p sTyle=x>', 'a style attribute'),
    ('<p onclick="x()">', 'an event handler (onclick)'),
    ('<p\nONclick=x>', '4: an event handler'),
    ('<a href="javascript:x()">', 'a javascript: URL'),
    ('<a href=" JAVA\tscript&#58;x">', 'a javascript: URL'),
    ('<a href=javascript:x>', 'a javascript: URL'),
    ('<form action="data:x">', 'a data: URL'),
    ('<a href="javascript:{{part s}}">', 'a javascript: URL'),
    ('<a href="{{s}}">', 'a URL needs {{url ...}}'),
    ('<a href="/x/{{s}}">', 'it needs {{part ...}}'),
    ('<a href="/x/{{url s}}">', 'it needs {{part ...}}'),
    ('<a href="{{part s}}">', 'a URL needs {{url ...}}'),
    ('<p title="{{url s}}">', 'belongs into a URL'),
    ('{{url s}}', 'belongs into an attribute'),
    ('<p title={{s}}>', 'the attribute title must be quoted'),
    ('<p title=a{{s}}>', 'the attribute title must be quoted'),
    ('<p {{s}}>', 'no value may stand in a tag'),
    ('<p {{s}}="x">', 'no value may stand in a tag'),
    ('<{{s}}>', 'a stray "<"'),
    ('<p title="{{{h}}}">', 'no value may stand in a attribute'),
    ('<!-- {{s}} -->', 'no value may stand in a comment'),
    ('<!doctype {{s}}>', 'no value may stand in a doctype'),
    ('{{h}}', 'write {{{h}}}'),
    ('{{{s}}}', 'only html is written unescaped'),
    ('{{b}}', "can't be written"),
    ('{{l}}', "can't be written"),
    ('{{url n}}', 'a number needs no'),
    ('\n\n{{t}}', '5: "t" is not declared'),
    ('{{x}}', '"x" is not declared'),
    ('{{#if t}}{{/if}}', 'not declared'),
    ('{{#if}}{{/if}}', 'is none of'),
    ('{{#unless b}}{{/unless}}', 'is none of'),
    ('{{#each s}}{{/each}}', 'no list'),
    ('{{#if b}}', '3: {{#if}} is not closed'),
    ('{{#if b}}{{/each}}', 'closes nothing'),
    ('{{/if}}', 'closes nothing'),
    ('{{#else}}', 'belongs to no'),
    ('{{#if b}}{{#else}}{{#else}}{{/if}}', 'belongs to no'),
    ('{{#if b}}<p title="{{/if}}">', 'ends elsewhere'),
    ('{{#if b}}<p title="{{#else}}<p lang="{{/if}}">', 'ends elsewhere'),
    ('{{#each l}}<p {{/each}}>', 'ends elsewhere'),
    ('<p title="', 'the page ends inside a tag'),
    ('{{ s', 'stray "{{"'),
    ('}}', 'stray "}}"'),
    ('{{s.x}}', 'is none of'),
    ('{{raw s}}', 'is none of'),
    ('{{> none}}', 'there is no part'),
    ('{{> page}}', 'is a page, no part'),
    ('{{> part}}', 'the part "part" needs "p", a str'),
    ('{{> part p=n}}', 'takes "p" as str, not u64'),
    ('{{> part p=true}}', 'takes "p" as str, not bool'),
    ('{{> part p=s q=s}}', 'has no argument "q"'),
    ('{{> part p=s p=s}}', 'given twice'),
    ('{{> part p=s p}}', 'a part is given'),
    ('{{> loop}}', 'includes itself'),
    ('<iframe src="/">', 'an iframe'),
    ('<base href="/">', 'a base element'),
    ('<meta http-equiv="refresh">', 'an http-equiv attribute'),
    ('<p a="1" a="2">', 'stands twice'),
    ('a < b', 'write &lt;'),
    ('{{! args: t str }}', 'declared twice'),
]
DECLARATIONS = [
    ('', 'begins with {{! args'),
    ('<p>{{! args: }}', 'the declaration stands first'),
    ('{{s}}', 'the declaration stands first'),
    ('{{! args: s }}', 'ends too soon'),
    ('{{! args: s int }}', '"int" is no type'),
    ('{{! args: s str s str }}', 'does not end at "s"'),
    ('{{! args: s str, s str }}', 'declared twice'),
    ('{{! args: s str, }}', 'ends too soon'),
    ('{{! args: S str }}', 'is no name'),
    ('{{! args: int str }}', 'is no name'),
    ('{{! args: l list() }}', 'is no name'),
    ('{{! args: l list(a str }}', 'ends too soon'),
    ('{{! args: s str }}', '1: "s" is declared but never used'),
    ('{{! args: x str, l list(x str) }}{{x}}{{#each l}}{{/each}}',
     'would hide'),
]
PARTS = {'part.html': '{{! part: p str }}{{p}}',
         'loop.html': '{{! part: }}{{> loop}}'}


def compile_one(compiler, page):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in dict(PARTS, **{'page.html': page}).items():
            if name != 'page.html' and name[:-5] not in page:
                continue
            paths.append(os.path.join(folder, name))
            with open(paths[-1], 'w', encoding='utf-8') as f:
                f.write(text)
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            status = compiler.main([folder] + paths)
        written = os.path.exists(os.path.join(folder, 'pages.c'))
        return status, said.getvalue(), written


def main(tools):
    sys.dont_write_bytecode = True
    sys.path.insert(0, tools)
    import compile_templates as compiler
    bad = 0
    cases = [(ARGS + USE + text, why) for text, why in REFUSED]
    for page, why in cases + DECLARATIONS:
        status, said, written = compile_one(compiler, page)
        if status != 1 or why not in said or written:
            print('%r\n\tshould say %r\n\tsaid %r' % (page, why, said))
            bad += 1
    status, said, written = compile_one(
        compiler, ARGS + USE + '{{> part p="x"}}{{> part p=s}}')
    if status != 0 or not written:
        print('a good page was refused: %r' % said)
        bad += 1
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
