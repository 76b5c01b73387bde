#!/usr/bin/env python3
"""docs/logs.md names every event that the sources log, with its level and its keys, and no other: `log_events.py SOURCE-TREE`.

An event is the first string of a call of log::info() and its like; where a function gets it handed, HANDED says which.
With --list the events as they are found, a row each.
"""
import pathlib
import re
import sys

ROOMS = {"common": "all", "postoffice": "postoffice", "postmaster": "postmaster", "postman": "postman"}
CALL = re.compile(r"(?:\blog::|^ +(?=\w+\(\"))(debug|info|warning|error|limited|write)\(", re.M)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
# file, the variable that stands for the event there: what it may be.
HANDED = {
    ("postmaster/desk.cpp", "event"): ["handed out", "not handed over", "handed over for good"],
    ("postmaster/gate.cpp", "event"): ["mail would be held", "mail shows something"],
    ("postmaster/queue_steering.cpp", "event"): ["retried by the operator", "held by the operator", "buried by the operator",
                                                 "dropped by the operator"],
    ("postman/carrier.cpp", "name_of"): ["failed", "held"],
    ("postman/run.cpp", "event"): ["password-unusable", "endpoint-unusable", "state-unusable"],
    ("postman/pickup_command.cpp", "event"): ["state-unusable", "queue-unusable"],
}


def arguments(text, begin):
    """The text between the parentheses of a call, and its first argument's end."""
    depth, at, in_string, first_end = 1, begin, False, None
    while depth:
        c = text[at]
        if in_string:
            at += c == "\\"
            in_string = c != '"' or text[at] != '"'
        elif c == '"':
            in_string = True
        elif c in "({[":
            depth += 1
        elif c in ")}]":
            depth -= 1
        elif c == "," and depth == 1 and first_end is None:
            first_end = at
        at += 1
    return text[begin : at - 1], (first_end or at - 1) - begin


def events_of(tree):
    found = {}
    for room in ROOMS:
        for path in sorted((tree / room).rglob("*.cpp")):
            name = str(path.relative_to(tree))
            text = path.read_text(encoding="utf-8")
            for call in CALL.finditer(text):
                whole, end = arguments(text, call.end())
                level, first = call[1], whole[:end]
                if level in ("limited", "write"):
                    named = re.search(r"Level::(\w+)", first)
                    level = named[1] if named else "any"
                    rest, end2 = arguments(whole[end + 1 :] + ")", 0)
                    first = rest[:end2]
                events = LITERAL.findall(re.sub(r'"\s*\n\s*"', "", first))
                if not events:
                    word = re.search(r"\w+", first)[0]
                    events = HANDED.get((name, word), [f"?{name}:{word}"])
                    events = [event for event in events if word != "event" or f'"{event}"' in text or event[0] == "?"]
                keys = re.findall(r'\{"([a-z_0-9]+)",', whole) + re.findall(r'"([a-z_0-9]+)", [\w.]+\}', whole)
                for event in events:
                    entry = found.setdefault((ROOMS[room], event), [set(), set(), set()])
                    entry[0].add(level)
                    entry[1].update(keys)
                    entry[2].add(name)
    return found


def rows_of(page):
    """(event, words of its level, keys) of each table row under "All events"."""
    text = page.read_text(encoding="utf-8").split("## All events")[1]
    for row in re.findall(r"^\| `(.+?)` \|([^|]*)\|([^|]*)\|", text, re.M):
        yield row[0], set(re.findall(r"[a-z]+", row[1])), set(re.findall(r"[a-z_0-9]+", row[2]))


def faults(tree):
    found = {}  # events of the same name in two programs stand in two rows: both are looked at together
    for (_, event), entry in events_of(tree).items():
        known = found.setdefault(event, [set(), set(), set()])
        for mine, more in zip(known, entry):
            mine.update(more)
    told = {}
    for event, levels, keys in rows_of(tree / "docs/logs.md"):
        known = told.setdefault(event, [set(), set()])
        known[0].update(levels)
        known[1].update(keys)
    sources = "\n".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (tree / room).rglob("*.cpp"))
    for event in sorted(found.keys() - told.keys()):
        yield f"`{event}` ({', '.join(sorted(found[event][2]))}) is not in docs/logs.md"
    for event in sorted(told.keys() - found.keys()):
        yield f"docs/logs.md has `{event}`, and nothing logs it"
    for event in sorted(found.keys() & told.keys()):
        levels, keys, files = found[event]
        missing = keys - told[event][1]
        if missing:
            yield f"`{event}`: docs/logs.md lacks its keys {sorted(missing)}"
        for key in told[event][1] - keys:
            if f'"{key}"' not in sources:
                yield f"`{event}`: docs/logs.md has a key {key} that nothing logs"
        for level in levels - {"any"} - told[event][0]:
            yield f"`{event}`: docs/logs.md does not say that it may be {level}"
        if ("limited" in told[event][0]) != is_limited(tree, event, files):
            yield f"`{event}`: limited, or not? docs/logs.md and the sources differ"


def is_limited(tree, event, files):
    quoted = re.escape(event)
    pattern = re.compile(r'log::limited\(\s*(?:mail::)?log::Level::\w+,\s*"' + quoted + '"')
    return any(pattern.search((tree / name).read_text(encoding="utf-8")) for name in files)


if __name__ == "__main__":
    tree = pathlib.Path(sys.argv[-1])
    if "--list" in sys.argv:
        for (program, event), (levels, keys, files) in sorted(events_of(tree).items()):
            print(f"| {program} | `{event}` | {'/'.join(sorted(levels))} | {' '.join(sorted(keys))} | {' '.join(sorted(files))}")
        sys.exit(0)
    complaints = list(faults(tree))
    print("\n".join(complaints) or f"{len(events_of(tree))} events, each in docs/logs.md")
    sys.exit(1 if complaints else 0)
