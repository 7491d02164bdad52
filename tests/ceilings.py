#!/usr/bin/env python3
"""The ceilings of functions in C, for the files that are named.

	parameters   at most 5
	nesting      at most 3 of if, for, while, switch, do and ..._each()
	complexity   at most 25: what nests counts one more for each level it is
	             in, and each run of && or of ||, each else and each goto one

Knows the C that clang-format leaves behind: a definition's name and its braces
stand at the margin.
"""
import re
import sys

PARAMETERS, NESTING, COMPLEXITY = 5, 3, 25

# OpenSSL's own signature; a twin of http_head_request() that has to be told
# one thing more.
SIX_PARAMETERS = ("choose_protocol", "http_head_response")

NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'"""
    r"""|^[ \t]*\#(?:\\\n|[^\n])*""",
    re.S | re.M,
)
DEFINITION = re.compile(
    r"^([A-Za-z_]\w*)\(([^;{}]*?)\)\n\{\n(.*?)^\}", re.S | re.M
)
TOKEN = re.compile(r"\w+|&&|\|\||\S")
OPEN, CLOSE = "([{", ")]}"


def blank(match):
    """Keeps the lines, so that places stay true; strings become 0."""
    text = match.group()
    return ("0" if text[0] in "\"'" else "") + "\n" * text.count("\n")


def count_parameters(text):
    depth, n = 0, 1
    for c in text:
        depth += (c in OPEN) - (c in CLOSE)
        n += c == "," and depth == 0
    return 0 if text.strip() in ("", "void") else n - text.endswith("...")


class Body:
    """One function: reads statements, and how deep and how tangled it is."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(text) + ["}"]
        self.at, self.deepest, self.complexity = 0, 0, 0
        while self.at < len(self.tokens) - 1:
            self.statement(0)

    def here(self, ahead=0):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def skip(self):
        """Over a bracketed group; conditions count as they pass."""
        depth, before = 0, ""
        while True:
            depth += (self.here() in OPEN) - (self.here() in CLOSE)
            before = self.condition(before)
            self.at += 1
            if depth == 0:
                return

    def condition(self, before):
        if self.here() in ("&&", "||"):
            self.complexity += self.here() != before
            return self.here()
        self.complexity += self.here() == "?"
        return before

    def simple(self):
        """To the semicolon."""
        depth, before = 0, ""
        while depth > 0 or self.here() != ";":
            depth += (self.here() in OPEN) - (self.here() in CLOSE)
            before = self.condition(before)
            self.at += 1
        self.at += 1

    def branch(self, depth):
        self.deepest = max(self.deepest, depth + 1)
        self.complexity += 1 + depth
        self.at += 1
        if self.here() == "(":
            self.skip()
        self.statement(depth + 1)

    def conditional(self, depth):
        self.branch(depth)
        while self.here() == "else":
            self.complexity += 1
            self.at += 1
            if self.here() != "if":
                self.statement(depth + 1)
                return
            self.at += 1
            self.skip()
            self.statement(depth + 1)

    def statement(self, depth):
        word = self.here()
        if word == "{":
            self.at += 1
            while self.here() != "}":
                self.statement(depth)
            self.at += 1
        elif word == "if":
            self.conditional(depth)
        elif word in ("for", "while", "switch") or word.endswith("_each"):
            self.branch(depth)
        elif word == "do":
            self.branch(depth)
            self.simple()
        elif word in ("case", "default"):
            while self.here() != ":":
                self.at += 1
            self.at += 1
        elif self.here(1) == ":" and word.isidentifier():
            self.at += 2
        else:
            self.complexity += word == "goto"
            self.simple()


def check(file):
    with open(file, encoding="utf-8") as source:
        text = NOISE.sub(blank, source.read())
    for match in DEFINITION.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        body = Body(match.group(3))
        for what, n, most in (
            ("parameters", count_parameters(match.group(2)), PARAMETERS),
            ("levels of nesting", body.deepest, NESTING),
            ("points of complexity", body.complexity, COMPLEXITY),
        ):
            if n > most + (n == 6 and match.group(1) in SIX_PARAMETERS):
                yield f"{file}:{line}: {match.group(1)} has {n} {what}, at most {most}"


if __name__ == "__main__":
    found = [line for file in sys.argv[1:] for line in check(file)]
    print("\n".join(found), end="\n" if found else "")
