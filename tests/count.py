#!/usr/bin/env python3
"""Counts the cases of a meson test log: prints "passed failed".

A cmocka program tells how many of its cases passed; one that tells nothing,
or died, counts as one.
"""
import json
import re
import sys

PASSED = re.compile(r"\[  PASSED  \] (\d+) test")
FAILED = re.compile(r"\[  FAILED  \] (\d+) test")


def cases(pattern, text):
    return sum(int(n) for n in pattern.findall(text))


def main(path):
    passed = failed = 0
    with open(path, encoding="utf-8", errors="replace") as log:
        for line in log:
            test = json.loads(line)
            said = (test.get("stdout") or "") + (test.get("stderr") or "")
            good, bad = cases(PASSED, said), cases(FAILED, said)
            if test["result"] in ("OK", "EXPECTEDFAIL"):
                passed += max(good, 1)
            else:
                passed += good
                failed += max(bad, 1)
    print(passed, failed)


if __name__ == "__main__":
    main(sys.argv[1])
