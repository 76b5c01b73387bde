#!/usr/bin/env python3
"""Checks that every test which a page names exists: doctest cases in quotes, CTests in code.

    named_tests.py PAGE BUILD-DIRECTORY
"""
import pathlib
import re
import subprocess
import sys


def cases_of(source):
    names = set()
    pattern = re.compile(r'TEST_CASE(?:_FIXTURE)?\((?:\s*\w+,)?\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)')
    for path in source.glob("tests/**/*_test.cpp"):
        for match in pattern.finditer(path.read_text(errors="replace")):
            names.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1))))
    return names


def main():
    page, build = pathlib.Path(sys.argv[1]), sys.argv[2]
    text = page.read_text()
    table = [line for line in text.splitlines() if line.startswith("| ")]
    listed = subprocess.run(["ctest", "-N"], cwd=build, capture_output=True, text=True, check=True).stdout
    ctests = set(re.findall(r"Test +#\d+: (\S+)", listed))
    cases = cases_of(page.resolve().parent.parent)
    quoted = {re.sub(r"\s+", " ", one) for one in re.findall(r'"([^"]{12,})"', text)}
    quoted -= {"A mail's way in", "A mail's way out", "When it is synced"}
    missing = sorted(quoted - cases)
    for line in table:
        for one in re.findall(r"`([a-z][a-z-]+)`", line.split("|")[2] if line.count("|") == 3 else ""):
            if one not in ctests:
                missing.append(one)
    for one in missing:
        print(f"{page.name} names a test that is not there: {one}")
    print(f"{page.name}: {len(quoted)} cases named, {len(missing)} missing")
    return 1 if missing or len(quoted) < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
