#!/usr/bin/env python3
"""Prints "PASSED FAILED" of a result file.

    count.py meson testlog.json    one object a line, as Meson writes it
    count.py junit results.xml     as pytest writes it

A unit test program counts by its cases; one that ends badly without a failed case counts as one
failure more. A file that is not there, or says nothing, is one failure.
"""

import json
import re
import sys
import xml.etree.ElementTree

CASE_OK = re.compile(r"^\[ +OK +\]", re.MULTILINE)
CASE_FAILED = re.compile(r"^\[ +FAILED +\] .*$", re.MULTILINE)
GOOD = {"OK", "EXPECTEDFAIL"}


def count_program(test):
    """Cases of one program that were fine, and that were not."""
    output = test.get("stdout", "") + test.get("stderr", "")
    if test["result"] == "SKIP":
        return 0, 0
    passed = len(CASE_OK.findall(output))
    if test["result"] in GOOD:
        return max(passed, 1), 0
    # cmocka names each failed case twice: where it happens and in its summary.
    failed = len({line for line in CASE_FAILED.findall(output) if "test(s)" not in line})
    return passed, max(failed, 1)


def count_meson(path):
    with open(path, encoding="utf-8") as file:
        counts = [count_program(json.loads(line)) for line in file if line.strip()]
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def count_junit(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    passed = failed = 0
    for suite in root.iter("testsuite"):
        bad = int(suite.get("failures")) + int(suite.get("errors"))
        failed += bad
        passed += int(suite.get("tests")) - bad - int(suite.get("skipped"))
    return passed, failed


def main(kind, path):
    passed, failed = {"meson": count_meson, "junit": count_junit}[kind](path)
    print(passed, failed)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, ValueError, xml.etree.ElementTree.ParseError) as fault:
        sys.exit(f"count.py: {fault}")
