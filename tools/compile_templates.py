#!/usr/bin/env python3
"""Compiles HTML templates into C: see docs/TEMPLATES.md.

    compile_templates.py OUTDIR FILE...

Writes OUTDIR/pages.h and OUTDIR/pages.c.  A template that is wrong, or that
could carry a stranger's bytes to where they become markup or code, is
refused with its file and line.
"""

import html
import os
import re
import sys

NAME = re.compile(r'[a-z][a-z0-9_]*\Z')
PLAIN_TYPES = ('str', 'bool', 'u64', 'html')
C_TYPES = {'str': 'struct str', 'bool': 'bool', 'u64': 'uint64_t',
           'html': 'struct html'}
C_WORDS = set('''auto bool break case char const continue default do double
    else enum extern false float for goto if inline int long register restrict
    return short signed sizeof static struct switch true typedef union
    unsigned void volatile while out args'''.split())

URL_ATTRIBUTES = set('''href src action formaction poster cite background
    data ping manifest longdesc usemap xlink:href'''.split())
REFUSED_ATTRIBUTES = {
    'style': 'a style attribute',
    'srcdoc': 'a srcdoc attribute',
    'http-equiv': 'an http-equiv attribute',
    'srcset': 'a srcset attribute',
}
REFUSED_TAGS = {
    'style': 'a style element: put it into a .css file',
    'base': 'a base element',
    'object': 'an object element',
    'embed': 'an embed element',
    'iframe': 'an iframe',
    'frame': 'a frame',
}
BAD_SCHEMES = ('javascript:', 'vbscript:', 'data:')


class Wrong(Exception):
    """What is wrong with a template, and where."""

    def __init__(self, place, why):
        super().__init__('%s:%d: %s' % (place[0], place[1], why))


# ---- arguments -------------------------------------------------------------

class Arguments:
    """The declaration: names and types, "a str, b list(c str, d bool)"."""

    TOKEN = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_-]*|[(),]|\S)')

    def __init__(self, text, place):
        self.place = place
        self.tokens = self.TOKEN.findall(text)
        self.at = 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, expected=None):
        token = self.peek()
        if token is None:
            raise Wrong(self.place, 'the declaration ends too soon')
        if expected is not None and token != expected:
            raise Wrong(self.place, 'the declaration needs "%s" before "%s"'
                        % (expected, token))
        self.at += 1
        return token

    def read(self):
        fields = self.fields() if self.peek() is not None else {}
        if self.peek() is not None:
            raise Wrong(self.place, 'the declaration does not end at "%s"'
                        % self.peek())
        return fields

    def fields(self):
        fields = {}
        while True:
            name = self.take()
            if not NAME.match(name) or name in C_WORDS:
                raise Wrong(self.place, '"%s" is no name for an argument'
                            % name)
            if name in fields:
                raise Wrong(self.place, '"%s" is declared twice' % name)
            fields[name] = self.type()
            if self.peek() != ',':
                return fields
            self.take(',')

    def type(self):
        word = self.take()
        if word in PLAIN_TYPES:
            return word
        if word != 'list':
            raise Wrong(self.place, '"%s" is no type: str, bool, u64, html '
                        'or list(...)' % word)
        self.take('(')
        fields = self.fields()
        self.take(')')
        return fields


def spell(kind):
    """A type as it is declared."""
    if isinstance(kind, str):
        return kind
    return 'list(%s)' % ', '.join('%s %s' % (n, spell(k))
                                  for n, k in kind.items())


# ---- the template as a tree ------------------------------------------------

class Node:
    def __init__(self, kind, place, **more):
        self.kind = kind
        self.place = place
        self.__dict__.update(more)


TAG = re.compile(r'\{\{\{(.*?)\}\}\}|\{\{(.*?)\}\}', re.S)
STANDS_ALONE = re.compile(r'\s*[#/!>]')
INCLUDE = re.compile(r'>\s*([A-Za-z0-9_-]+)\s*(.*)\Z', re.S)
GIVEN = re.compile(r'\s*([a-z][a-z0-9_]*)\s*=\s*("[^"]*"|[a-z][a-z0-9_]*)')


class Template:
    def __init__(self, path):
        self.path = path
        stem = os.path.splitext(os.path.basename(path))[0]
        self.name = stem.replace('-', '_')
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.fields = None
        self.is_part = False
        self.used = set()
        if not NAME.match(self.name):
            raise Wrong((path, 1), 'a template is named with lower-case '
                        'letters, digits, "-" and "_"')
        self.nodes = self.parse()
        if self.fields is None:
            raise Wrong((path, 1), 'a template begins with {{! args: ... }} '
                        'or {{! part: ... }}')

    def pieces(self):
        """Yields (place, text or None, tag or None, is_raw)."""
        at = 0
        for match in TAG.finditer(self.text):
            start, end = match.span()
            inner = match.group(1) if match.group(1) is not None \
                else match.group(2)
            before = self.text[at:start]
            if STANDS_ALONE.match(inner):
                line = self.text.rfind('\n', 0, start) + 1
                rest = re.compile(r'[ \t]*(\n|\Z)').match(self.text, end)
                if self.text[line:start].strip() == '' and rest and line >= at:
                    before = self.text[at:line]
                    end = rest.end()
            yield self.place(at), before, None, False
            yield (self.place(start), None, inner.strip(),
                   match.group(1) is not None)
            at = end
        yield self.place(at), self.text[at:], None, False

    def place(self, at):
        return self.path, self.text.count('\n', 0, at) + 1

    def parse(self):
        top = Node('top', (self.path, 1), body=[], other=None)
        open_nodes = [top]
        for place, text, tag, raw in self.pieces():
            if tag is None:
                self.add_text(open_nodes[-1], place, text)
            elif raw:
                self.add(open_nodes[-1], Node('raw', place, name=tag))
            else:
                self.add_tag(open_nodes, place, tag)
        if len(open_nodes) > 1:
            last = open_nodes[-1]
            raise Wrong(last.place, '{{#%s}} is not closed' % last.kind)
        return top.body

    @staticmethod
    def add(parent, node):
        (parent.body if parent.other is None else parent.other).append(node)

    def add_text(self, parent, place, text):
        for stray in ('{{', '}}'):
            if stray in text:
                line = place[1] + text[:text.index(stray)].count('\n')
                raise Wrong((self.path, line), 'stray "%s"' % stray)
        if text and self.fields is None:
            if text.strip():
                raise Wrong(place, 'the declaration stands first')
            return
        if text:
            self.add(parent, Node('text', place, text=text))

    def add_tag(self, open_nodes, place, tag):
        parent = open_nodes[-1]
        if tag.startswith('!'):
            self.add_comment(place, tag[1:].strip())
        elif self.fields is None:
            raise Wrong(place, 'the declaration stands first')
        elif tag.startswith('#else'):
            if parent.kind == 'top' or parent.other is not None:
                raise Wrong(place, '{{#else}} belongs to no {{#if}} or '
                            '{{#each}}')
            parent.other = []
        elif tag.startswith('#'):
            node = self.opening(place, tag[1:].split())
            self.add(parent, node)
            open_nodes.append(node)
        elif tag.startswith('/'):
            if parent.kind != tag[1:].strip():
                raise Wrong(place, '{{%s}} closes nothing' % tag)
            open_nodes.pop()
        elif tag.startswith('>'):
            self.add(parent, self.include(place, tag))
        else:
            self.add(parent, self.value(place, tag.split()))

    def add_comment(self, place, text):
        match = re.match(r'(args|part)\s*:(.*)\Z', text, re.S)
        if not match:
            return
        if self.fields is not None:
            raise Wrong(place, 'the arguments are declared twice')
        self.is_part = match.group(1) == 'part'
        self.fields = Arguments(match.group(2), place).read()

    @staticmethod
    def opening(place, words):
        if words and words[0] == 'if':
            negated = words[1:2] == ['not']
            if len(words) == (3 if negated else 2):
                return Node('if', place, name=words[-1], negated=negated,
                            body=[], other=None)
        if len(words) == 2 and words[0] == 'each':
            return Node('each', place, name=words[1], body=[], other=None)
        raise Wrong(place, '{{#%s}} is none of {{#if x}}, {{#if not x}}, '
                    '{{#each x}}' % ' '.join(words))

    @staticmethod
    def include(place, tag):
        match = INCLUDE.match(tag)
        if not match:
            raise Wrong(place, '{{%s}} names no part' % tag)
        given, rest = {}, match.group(2)
        while rest.strip():
            one = GIVEN.match(rest)
            if not one:
                raise Wrong(place, 'a part is given name=argument, '
                            'name="text" or name=true, not "%s"'
                            % rest.strip())
            if one.group(1) in given:
                raise Wrong(place, '"%s" is given twice' % one.group(1))
            given[one.group(1)] = one.group(2)
            rest = rest[one.end():]
        return Node('include', place, name=match.group(1).replace('-', '_'),
                    given=given)

    @staticmethod
    def value(place, words):
        if len(words) == 1 and NAME.match(words[0]):
            return Node('value', place, how='text', name=words[0])
        if len(words) == 2 and words[0] in ('url', 'part') and \
                NAME.match(words[1]):
            return Node('value', place, how=words[0], name=words[1])
        raise Wrong(place, '{{%s}} is none of {{x}}, {{url x}}, {{part x}}'
                    % ' '.join(words))


# ---- where in the page a byte stands ---------------------------------------

class Markup:
    """Follows the static HTML, and judges what is put where."""

    def __init__(self):
        self.state = 'text'
        self.tag = ''
        self.closing = False
        self.attribute = ''
        self.value = ''
        self.quote = ''
        self.attributes = ()
        self.open_script = False

    def copy(self):
        twin = Markup()
        twin.__dict__.update(self.__dict__)
        return twin

    def settle(self):
        """A branch begins or ends: a name without a value ends here too."""
        if self.state == 'after_name':
            self.end_value()

    def where(self):
        return (self.state, self.tag, self.closing, self.attribute,
                self.quote, self.open_script, bool(self.value))

    def feed(self, text, place):
        path, line = place
        i = 0
        while i < len(text):
            step = getattr(self, 'in_' + self.state)(text, i, (path, line))
            line += text.count('\n', i, step)
            i = step
        self.check_scheme((path, line))

    # Each takes the text and a place in it, and answers the place to go on.

    def in_text(self, text, i, place):
        at = text.find('<', i)
        between = text[i:] if at < 0 else text[i:at]
        if self.open_script and between.strip():
            raise Wrong(place, 'an inline script: put it into a .js file')
        if at < 0:
            return len(text)
        if text.startswith('<!--', at):
            self.state = 'comment'
            return at + 4
        match = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9:-]*)').match(text, at)
        if match:
            self.begin_tag(match, (place[0],
                                   place[1] + text.count('\n', i, at)))
            return match.end()
        if text.startswith('<!', at):
            self.state = 'doctype'
            return at + 2
        raise Wrong((place[0], place[1] + text.count('\n', i, at)),
                    'a stray "<": write &lt;')

    def begin_tag(self, match, place):
        self.closing = match.group(1) == '/'
        self.tag = match.group(2).lower()
        self.attributes = ()
        if self.open_script and not (self.closing and self.tag == 'script'):
            raise Wrong(place, 'an inline script: put it into a .js file')
        if self.tag in REFUSED_TAGS and not self.closing:
            raise Wrong(place, REFUSED_TAGS[self.tag])
        self.open_script = False
        self.state = 'tag'

    def in_comment(self, text, i, place):
        at = text.find('-->', i)
        if at < 0:
            return len(text)
        self.state = 'text'
        return at + 3

    def in_doctype(self, text, i, place):
        at = text.find('>', i)
        if at < 0:
            return len(text)
        self.state = 'text'
        return at + 1

    def in_tag(self, text, i, place):
        if text[i] == '>':
            self.end_tag(place)
            return i + 1
        if text[i].isspace() or text[i] == '/':
            return i + 1
        match = re.compile(r'[^\s=>/"\'<]+').match(text, i)
        if not match:
            raise Wrong(place, 'a stray %s in the tag <%s>'
                        % (text[i], self.tag))
        self.begin_attribute(match.group(0).lower(), place)
        return match.end()

    def begin_attribute(self, name, place):
        if name in self.attributes:
            raise Wrong(place, 'the attribute %s stands twice' % name)
        if name.startswith('on'):
            raise Wrong(place, 'an event handler (%s): put it into a .js '
                        'file' % name)
        if name in REFUSED_ATTRIBUTES:
            raise Wrong(place, REFUSED_ATTRIBUTES[name])
        self.attribute = name
        self.attributes += (name,)
        self.value = ''
        self.state = 'after_name'

    def in_after_name(self, text, i, place):
        if text[i].isspace():
            return i + 1
        if text[i] != '=':
            self.end_value()
            return i
        self.state = 'before_value'
        return i + 1

    def in_before_value(self, text, i, place):
        if text[i].isspace():
            return i + 1
        if text[i] in '"\'':
            self.quote = text[i]
            self.state = 'quoted'
            return i + 1
        if text[i] == '>':
            raise Wrong(place, 'the attribute %s has no value'
                        % self.attribute)
        self.state = 'unquoted'
        return i

    def in_quoted(self, text, i, place):
        at = text.find(self.quote, i)
        self.value += text[i:] if at < 0 else text[i:at]
        if at < 0:
            return len(text)
        self.check_scheme(place)
        self.end_value()
        return at + 1

    def in_unquoted(self, text, i, place):
        match = re.compile(r'[^\s>]*').match(text, i)
        self.value += match.group(0)
        if match.end() < len(text):
            self.check_scheme(place)
            self.end_value()
        return match.end()

    def end_value(self):
        self.attribute = ''
        self.value = ''
        self.quote = ''
        self.state = 'tag'

    def end_tag(self, place):
        if self.tag == 'script' and not self.closing:
            if 'src' not in self.attributes:
                raise Wrong(place, 'a script without src: put it into a .js '
                            'file')
            self.open_script = True
        self.tag = ''
        self.closing = False
        self.state = 'text'

    def check_scheme(self, place):
        if self.attribute not in URL_ATTRIBUTES:
            return
        plain = re.sub(r'[\x00-\x20]', '', html.unescape(self.value)).lower()
        for scheme in BAD_SCHEMES:
            if plain.startswith(scheme):
                raise Wrong(place, 'a %s URL' % scheme)

    def put(self, how, kind, place):
        """Judges a value of that type, put in here that way."""
        if self.open_script:
            raise Wrong(place, 'a value in a script')
        if self.state == 'text':
            if how != 'text':
                raise Wrong(place, '{{%s ...}} belongs into an attribute'
                            % how)
            return
        if self.state in ('before_value', 'unquoted'):
            raise Wrong(place, 'the attribute %s must be quoted'
                        % self.attribute)
        if self.state != 'quoted' or kind == 'html':
            raise Wrong(place, 'no value may stand in a %s' % {
                'comment': 'comment', 'doctype': 'doctype',
                'quoted': 'attribute as raw HTML'}.get(
                    self.state, 'tag outside a quoted attribute'))
        self.put_quoted(how, kind, place)
        self.value += '0' if kind == 'u64' else 'x'

    def put_quoted(self, how, kind, place):
        if self.attribute not in URL_ATTRIBUTES:
            if how != 'text':
                raise Wrong(place, '{{%s ...}} belongs into a URL' % how)
            return
        if self.tag == 'script':
            raise Wrong(place, 'where a script comes from must be fixed')
        if kind == 'u64':
            return
        if self.value == '' and how != 'url':
            raise Wrong(place, 'a URL needs {{url ...}}')
        if self.value != '' and how != 'part':
            raise Wrong(place, 'inside a URL it needs {{part ...}}')


# ---- C ---------------------------------------------------------------------

def literal(text):
    """A C string literal."""
    out = []
    for byte in text.encode('utf-8'):
        c = chr(byte)
        if c in '"\\':
            out.append('\\' + c)
        elif c == '\n':
            out.append('\\n')
        elif c == '\t':
            out.append('\\t')
        elif c == '?':
            out.append('\\?')
        elif 0x20 <= byte < 0x7f:
            out.append(c)
        else:
            out.append('\\%03o' % byte)
    return '"%s"' % ''.join(out)


CHARACTERS = 56  # of a literal in one line of C
LINES = 30       # of one literal: C promises 4095 bytes


def literals(text):
    """Yields lists of literals, a line each, that make up the text."""
    lines = []
    for line in text.splitlines(keepends=True):
        for i in range(0, len(line), CHARACTERS):
            lines.append(literal(line[i:i + CHARACTERS]))
    for i in range(0, len(lines), LINES):
        yield lines[i:i + LINES]


class Nobody:
    """Whose the fields of a list are: nobody asks whether they are used."""
    used = set()


class Emitter:
    """Writes the function of one page, its parts in place."""

    def __init__(self, templates):
        self.templates = templates
        self.out = []
        self.loops = 0

    def page(self, template):
        scope = {name: (kind, 'args->' + name, template)
                 for name, kind in template.fields.items()}
        self.out = ['', 'void', 'page_%s(struct buf *out, '
                    'const struct page_%s *args)'
                    % (template.name, template.name), '{']
        if not template.fields:
            self.line(1, '(void)args;')
        markup = Markup()
        self.body(template.nodes, scope, markup, 1, [template.name])
        if markup.state != 'text' or markup.open_script:
            raise Wrong((template.path, template.text.count('\n') + 1),
                        'the page ends inside a tag')
        self.out.append('}')
        return self.out

    def line(self, depth, text):
        self.out.append('\t' * depth + text)

    def find(self, node, scope, name):
        if name not in scope:
            raise Wrong(node.place, '"%s" is not declared' % name)
        entry = scope[name]
        entry[2].used.add(name)
        return entry[0], entry[1]

    def body(self, nodes, scope, markup, depth, chain):
        for node in nodes:
            getattr(self, 'do_' + node.kind)(node, scope, markup, depth, chain)

    def do_text(self, node, scope, markup, depth, chain):
        markup.feed(node.text, node.place)
        for lines in literals(node.text):
            between = '\n' + '\t' * (depth + 1)
            self.line(depth, 'buf_lit(out, %s);' % between.join(lines))

    def do_value(self, node, scope, markup, depth, chain):
        kind, c = self.find(node, scope, node.name)
        if kind == 'html':
            raise Wrong(node.place, '"%s" is html: write {{{%s}}}'
                        % (node.name, node.name))
        if kind not in ('str', 'u64'):
            raise Wrong(node.place, '"%s" is %s and can\'t be written'
                        % (node.name, spell(kind)))
        if kind == 'u64' and node.how != 'text':
            raise Wrong(node.place, 'a number needs no {{%s ...}}' % node.how)
        markup.put(node.how, kind, node.place)
        call = {'text': 'html_escape', 'url': 'html_url',
                'part': 'uri_encode'}[node.how]
        self.line(depth, '%s(out, %s);'
                  % ('html_u64' if kind == 'u64' else call, c))

    def do_raw(self, node, scope, markup, depth, chain):
        kind, c = self.find(node, scope, node.name)
        if kind != 'html':
            raise Wrong(node.place, '"%s" is %s: only html is written '
                        'unescaped' % (node.name, spell(kind)))
        markup.put('text', kind, node.place)
        self.line(depth, 'html_raw(out, %s);' % c)

    @staticmethod
    def truth(kind, c):
        if kind == 'bool':
            return c
        if kind == 'u64':
            return c + ' != 0'
        if kind == 'str':
            return c + '.n > 0'
        if kind == 'html':
            return c + '.bytes.n > 0'
        return c + '_n > 0'

    def do_if(self, node, scope, markup, depth, chain):
        kind, c = self.find(node, scope, node.name)
        test = self.truth(kind, c)
        if node.negated:
            test = '!(%s)' % test
        self.branches(node, test, scope, scope, markup, depth, chain)

    def branches(self, node, test, scope, inner, markup, depth, chain):
        markup.settle()
        other = markup.copy()
        self.line(depth, 'if (%s) {' % test)
        self.body(node.body, inner, markup, depth + 1, chain)
        if node.other is not None:
            self.line(depth, '} else {')
            self.body(node.other, scope, other, depth + 1, chain)
        self.line(depth, '}')
        self.same_place(node, markup, other)

    @staticmethod
    def same_place(node, markup, other):
        markup.settle()
        other.settle()
        if markup.where() != other.where():
            raise Wrong(node.place, '{{#%s}} ends elsewhere in the markup '
                        'than it would without it' % node.kind)

    def do_each(self, node, scope, markup, depth, chain):
        kind, c = self.find(node, scope, node.name)
        if isinstance(kind, str):
            raise Wrong(node.place, '"%s" is %s, no list' % (node.name, kind))
        for name in kind:
            if name in scope:
                raise Wrong(node.place, 'the field "%s" of "%s" would hide '
                            'an argument' % (name, node.name))
        self.loops += 1
        i, e = 'i%d' % self.loops, 'e%d' % self.loops
        markup.settle()
        before = markup.copy()
        inner = dict(scope)
        for name, field in kind.items():
            inner[name] = (field, '%s->%s' % (e, name), Nobody)
        self.line(depth, 'for (size_t %s = 0; %s < %s_n; %s++) {'
                  % (i, i, c, i))
        self.line(depth + 1, 'const struct %s *%s = &%s[%s];'
                  % (self.struct_of(kind), e, c, i))
        self.line(depth + 1, '(void)%s;' % e)
        self.body(node.body, inner, markup, depth + 1, chain)
        self.line(depth, '}')
        self.same_place(node, markup, before)
        if node.other is not None:
            self.line(depth, 'if (%s_n == 0) {' % c)
            self.body(node.other, scope, markup, depth + 1, chain)
            self.line(depth, '}')
            self.same_place(node, markup, before)

    def struct_of(self, kind):
        return self.structs[id(kind)]

    def do_include(self, node, scope, markup, depth, chain):
        part = self.templates.get(node.name)
        if part is None:
            raise Wrong(node.place, 'there is no part "%s"' % node.name)
        if not part.is_part:
            raise Wrong(node.place, '"%s" is a page, no part' % node.name)
        if part.name in chain:
            raise Wrong(node.place, 'the part "%s" includes itself'
                        % node.name)
        inner = {name: self.given(node, part, name, scope)
                 for name in part.fields}
        for name in node.given:
            if name not in part.fields:
                raise Wrong(node.place, 'the part "%s" has no argument "%s"'
                            % (node.name, name))
        self.body(part.nodes, inner, markup, depth, chain + [part.name])

    def given(self, node, part, name, scope):
        wanted = part.fields[name]
        value = node.given.get(name, name)
        if value.startswith('"'):
            kind, c = 'str', 'STR(%s)' % literal(
                value[1:-1])
        elif value in ('true', 'false'):
            kind, c = 'bool', value
        elif value not in scope:
            raise Wrong(node.place, 'the part "%s" needs "%s", a %s'
                        % (node.name, name, spell(wanted)))
        else:
            kind, c = self.find(node, scope, value)
        if spell(kind) != spell(wanted):
            raise Wrong(node.place, 'the part "%s" takes "%s" as %s, not %s'
                        % (node.name, name, spell(wanted), spell(kind)))
        return kind, c, part


def struct_lines(name, fields, structs):
    """The struct of these fields, after those of its lists."""
    lines, own = [], ['struct %s {' % name]
    for field, kind in fields.items():
        if isinstance(kind, str):
            own.append('\t%s %s;' % (C_TYPES[kind], field))
            continue
        inner = '%s_%s' % (name, field)
        structs[id(kind)] = inner
        lines += struct_lines(inner, kind, structs)
        own.append('\tconst struct %s *%s;' % (inner, field))
        own.append('\tsize_t %s_n;' % field)
    if not fields:
        own.append('\tchar none; /* it takes no arguments */')
    return lines + own + ['};', '']


def check_part(part, emitter):
    """Reads a part that no page includes as if one did, for its faults."""
    structs = {}
    struct_lines('page_' + part.name, part.fields, structs)
    emitter.structs = structs
    scope = {name: (kind, 'args->' + name, part)
             for name, kind in part.fields.items()}
    emitter.body(part.nodes, scope, Markup(), 1, [part.name])


HEAD = '/* Made by tools/compile_templates.py from web/. */'


def compile_all(templates):
    emitter = Emitter(templates)
    header = [HEAD, '#ifndef PAGES_H', '#define PAGES_H', '',
              '#include "text/html.h"', '']
    source = [HEAD, '#include "pages.h"', '', '#include "text/uri.h"']
    parts = [t for t in templates.values() if t.is_part]
    for template in templates.values():
        if template.is_part:
            continue
        structs = {}
        lines = struct_lines('page_' + template.name, template.fields, structs)
        emitter.structs = structs
        header += ['/* %s */' % os.path.basename(template.path)] + lines
        header += ['void page_%s(struct buf *out, const struct page_%s *args);'
                   % (template.name, template.name), '']
        source += emitter.page(template)
    for part in parts:
        if set(part.fields) - part.used:
            check_part(part, emitter)
    for template in templates.values():
        for name in template.fields:
            if name not in template.used:
                raise Wrong((template.path, 1), '"%s" is declared but never '
                            'used' % name)
    header += ['#endif', '']
    return '\n'.join(header), '\n'.join(source + [''])


def load(paths):
    templates = {}
    for path in sorted(paths):
        template = Template(path)
        if template.name in templates:
            raise Wrong((path, 1), 'another template is named so too')
        templates[template.name] = template
    return templates


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        header, source = compile_all(load(arguments[1:]))
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    write(os.path.join(arguments[0], 'pages.h'), header)
    write(os.path.join(arguments[0], 'pages.c'), source)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
