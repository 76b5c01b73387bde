#!/usr/bin/env python3
"""Reads logs of the three programs and complains of each line that is not one: `log_lines.py text|json FILE…`.

Text is `TIME LEVEL EVENT key=value…`, JSON one object a line with time, level and event. Prints how many lines there were.
"""
import json
import re
import sys

LEVELS = ("debug", "info", "warning", "error")
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
VALUE = r'(?:[^\s"=\\]+|"(?:[^"\\\x00-\x1f]|\\["\\n]|\\x[0-9a-f]{2})*")'
TEXT = re.compile(rf"{TIME} (?:{'|'.join(LEVELS)}) [^\s=\"][^=\"]*?(?: [a-z0-9_]+={VALUE})*")


def fault_in_json(line):
    try:
        told = json.loads(line)
    except ValueError as error:
        return str(error)
    if not isinstance(told, dict) or list(told)[:3] != ["time", "level", "event"]:
        return "it does not begin with time, level and event"
    if told["level"] not in LEVELS or not re.fullmatch(TIME, told["time"]):
        return "no level, or no time"
    return None if all(isinstance(value, (str, int, bool)) for value in told.values()) else "a value is no word"


form, files = sys.argv[1], sys.argv[2:]
count = faults = 0
for name in files:
    for line in open(name, encoding="utf-8"):
        line = line.rstrip("\n")
        count += 1
        if form == "json":
            fault = fault_in_json(line)
        else:
            fault = None if TEXT.fullmatch(line) else "it is no TIME LEVEL EVENT key=value…"
        if fault:
            faults += 1
            print(f"{name}: {fault}: {line}", file=sys.stderr)
print(count)
sys.exit(1 if faults or not count else 0)
