#!/usr/bin/env python3
"""run_matrix.py DRIVER MATRIX: the driver inspects each mail; this judges what came out, and prints the table.

A mail is missed unless it is held for what was found in it, or comes out without the secret: not in the octets in which
it went in, and in no view that the oracle has. A twin has no secret and must not be held."""
import argparse
import base64
import collections
import json
import os
import subprocess
import sys

import oracle
from mails.header_places import NOT_IN_CONTENT

# What no decoder here can open is held, and said to be unknown.
MAY_BE_UNKNOWN = {"zip, bzip2 inside", "zip, LZMA inside"}


def octets(text):
    return base64.b64decode(text)


def judged(cell, result):
    """scrubbed, mapped, held, or missed: with why."""
    mail = result["mail"]
    if mail["verdict"] == "held":
        if mail["findings"] or cell["encoding"] in MAY_BE_UNKNOWN:
            return "held", ""
        return "missed", "held, but for another reason: " + (mail["reason"] or mail["unknown"])
    content, reverse_path = octets(mail["content"]), octets(mail["reverse_path"])
    if mail["verdict"] == "clean":
        return "missed", "taken for clean"
    if octets(cell["carrier"]) in content + b"\0" + reverse_path:
        return "missed", "cleaned, and still there"
    seen = oracle.shows(content + b"\r\n\0" + reverse_path, [cell["text"]])
    if seen:
        return "missed", "cleaned, and the oracle still reads it"
    kind = "mapped" if octets(cell["content"]).count(b"\r\n") == content.count(b"\r\n") else "scrubbed"
    return kind, ""


def twin_fault(cell, twin):
    if twin["verdict"] == "held" and cell["encoding"] not in MAY_BE_UNKNOWN:
        return f"held: {twin['reason'] or twin['unknown']}"
    if twin["verdict"] == "clean" and not twin["is_as_given"]:
        return "clean, and changed"
    return ""


def label(cell):
    return (f"#{cell['number']} row {cell['row']}, {cell['place'].splitlines()[0]}, {cell['encoding']}, "
            f"{cell['form']} ({cell['label']}) of {cell['origin'][0]}: {cell['text']}")


def print_table(title, counts):
    print(f"\n{title:44} {'mails':>6} {'scrubbed':>9} {'mapped':>7} {'held':>6} {'missed':>7}")
    for name in counts:
        row = counts[name]
        print(f"{name[:44]:44} {sum(row.values()):6} {row['scrubbed']:9} {row['mapped']:7} {row['held']:6} {row['missed']:7}")


def by_class(cell):
    """The tables: by place and encoding, by form, by the catalogue's row."""
    return {"place x encoding": f"{cell['where']:12} {cell['encoding']}", "form": f"{cell['form']}: {cell['label']}",
            "row of the catalogue": f"{cell['row'] or 'others':>6}", "kind of value": cell["kind"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("driver")
    parser.add_argument("matrix")
    parser.add_argument("--show", type=int, default=40, help="how many faults to print")
    options = parser.parse_args()
    results = options.matrix + ".results"
    subprocess.run([options.driver, "inspect", options.matrix, results], check=True)

    tables, faults, total = {}, [], 0
    with open(options.matrix) as cells, open(results) as lines:
        for cell, result in zip(map(json.loads, cells), map(json.loads, lines), strict=True):
            total += 1
            verdict, why = judged(cell, result)
            for table, name in by_class(cell).items():
                tables.setdefault(table, {}).setdefault(name, collections.Counter())[verdict] += 1
            if why:
                faults.append(f"MISSED {label(cell)}\n       {why}")
            if fault := twin_fault(cell, result["twin"]):
                faults.append(f"FALSE ALARM on the twin of {label(cell)}\n       {fault}")
            if result.get("goes_by_name") is False:
                faults.append(f"STAYS without a value to look for: {label(cell)}")
    os.remove(results)

    for table, counts in tables.items():
        print_table(table, dict(sorted(counts.items())))
    print("\nrows that no content can show: " + "; ".join(f"{row} ({why})" for row, why in NOT_IN_CONTENT.items()))
    for fault in faults[:options.show]:
        print(fault)
    missed = sum(row["missed"] for row in tables["form"].values())
    print(f"\n{total} mails with one secret each: {missed} missed; {len(faults) - missed} faults besides")
    return 1 if faults or total < 3000 else 0


if __name__ == "__main__":
    sys.exit(main())
