#!/usr/bin/env python3
"""Holds docs/replaces.md and docs/ways-in.md to what there is: each row once, its tests in CTest, its options in --help.

    replaces_named.py PAGE BUILD-DIRECTORY BIN-DIRECTORY
"""
import functools
import pathlib
import re
import subprocess
import sys

ROWS = {
    "replaces.md": [("GR", 1, 16), ("CM", 1, 17), ("SM", 1, 9)],
    "ways-in.md": [("AM", 1, 15), ("GR", 9, 14), ("SM", 6, 7), ("X", 21, 21), ("X", 25, 28)],
}
PROGRAMS = ("postman", "postmaster", "postoffice")


@functools.cache
def help_of(bin_dir, words):
    program = [str(pathlib.Path(bin_dir) / words[0]), *words[1:], "--help"]
    done = subprocess.run(program, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def missing_options(code, bin_dir):
    """`postman token --user`: which of its options the command's help, or the program's, does not have."""
    words = code.split()
    command = [word for word in words[1:] if re.fullmatch(r"[a-z]+", word)]
    here = tuple(words[:1] + command[:1])
    helps = help_of(bin_dir, here) + help_of(bin_dir, tuple(words[:1]))
    if not help_of(bin_dir, here):
        yield code
    for option in re.findall(r"(?<!\S)--?[A-Za-z][\w-]*", code):
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", helps):
            yield f"{option} in {code}"


def main():
    page, build, bin_dir = sys.argv[1:]
    listed = subprocess.run(["ctest", "-N"], cwd=build, capture_output=True, text=True, check=True).stdout
    tests = set(re.findall(r"Test +#\d+: (\S+)", listed))
    faults, seen = [], []
    for line in pathlib.Path(page).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4 or not re.fullmatch(r"[A-Z]{1,2}-\d\d", cells[0]):
            continue
        seen.append(cells[0])
        shown = re.findall(r"`([^`]+)`", cells[3])
        faults += [f"{cells[0]}: no test {name}" for name in shown if name not in tests]
        if not shown:
            faults.append(f"{cells[0]}: names no test")
        for code in re.findall(r"`([^`]+)`", cells[2]):
            if code.split()[0] in PROGRAMS:
                faults += [f"{cells[0]}: no {one}" for one in missing_options(code, bin_dir)]
    rows = [f"{kind}-{n:02}" for kind, first, last in ROWS[pathlib.Path(page).name] for n in range(first, last + 1)]
    faults += [f"{row} is not there once" for row in rows if seen.count(row) != 1]
    print("\n".join(faults) or f"{page}: {len(seen)} rows, all named tests and options exist")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
