#!/usr/bin/env python3
"""make_mails.py matrix|clean FILE: writes mails for the proofs of the gate, one JSON object a line.

  matrix  places x encodings x spellings; each mail has one secret, and a twin that has none
  clean   ordinary and awkward mails full of what looks like a value of the origin and is none

Environment: MAIL_GATE_SEED (a number, or "random"; 1 where it is not given), MAIL_GATE_COUNT (at least so many mails; a
round of the matrix has every place with every encoding, and every spelling with a third of them)."""
import argparse
import json
import os
import random
import sys

from mails.clean import CleanMails
from mails.matrix import Matrix

LEAST_CLEAN = 1500


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("matrix", "clean"))
    parser.add_argument("file")
    parser.add_argument("--seed", default=os.environ.get("MAIL_GATE_SEED", "1"))
    parser.add_argument("--count", type=int, default=int(os.environ.get("MAIL_GATE_COUNT", "0")))
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if options.seed == "random" else int(options.seed)
    if options.what == "matrix":
        records = Matrix(seed).records(options.count)
    else:
        records = CleanMails(seed).records(max(options.count, LEAST_CLEAN))
    written = 0
    with open(options.file + ".part", "w") as file:
        for record in records:
            file.write(json.dumps(record) + "\n")
            written += 1
    os.replace(options.file + ".part", options.file)
    print(f"{written} mails; MAIL_GATE_SEED={seed} makes them again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
