#!/usr/bin/env python3
"""Makes docs/FAULTS.md from src/base/faults.def.

    tools/compile_faults.py            writes it
    tools/compile_faults.py --check    says whether it is in step
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
TABLE = TOP / "src/base/faults.def"
PAGE = TOP / "docs/FAULTS.md"

ROW = re.compile(r'^FAULT\((\w+), (\d+), "([^"]*)", (-?\d+), (\w+),'
                 r' "([^"]*)", "([^"]*)"\)$')

HEAD = """\
<!-- Made by tools/compile_faults.py from src/base/faults.def. -->
# Faults

Every way in which Ostiary refuses. The name stands in the log and, where the
answer has room for it, in what the peer reads; the rest follows from it.

| name | HTTP | OAuth `error` | JSON-RPC | log | what it says | what to do |
|---|---|---|---|---|---|---|
"""


def page():
    lines = []
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if not line.startswith("FAULT("):
            continue
        match = ROW.match(line)
        if match is None:
            sys.exit(f"{TABLE.name}:{number}: is no row")
        name, http, oauth, code, level, sentence, advice = match.groups()
        lines.append(f"| `{name.lower()}` | {http} | {oauth} | {code} |"
                     f" {level.lower()} | {sentence} | {advice} |\n")
    return HEAD + "".join(lines)


def main():
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(page())
    elif not PAGE.exists() or PAGE.read_text() != page():
        sys.exit("docs/FAULTS.md is out of step with src/base/faults.def; run"
                 " tools/compile_faults.py")


if __name__ == "__main__":
    main()
