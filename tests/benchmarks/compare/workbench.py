"""Where everything of one run lies, how long it may take, and how it tells what it does."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from . import program
from .image import Image

SOURCE = os.environ.get("MAIL_SOURCE") or os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
BIN = os.environ.get("MAIL_BIN") or f"{SOURCE}/build/release/bin"
PARTS = os.environ.get("MAIL_PARTS") or f"{SOURCE}/build/parts"
STANDINS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "standins")
PYTHON = "/usr/bin/python3"  # Debian's own: it has the packages


def has_part(package):
    return os.path.exists(f"{PARTS}/.{package}.done")


def has_module(name):
    return subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True).returncode == 0


def part(package):
    """Where a package of Debian's lies unpacked."""
    if not has_part(package):
        sys.exit(f"Debian's {package} is not unpacked; run: scripts/install-deps bench")
    return f"{PARTS}/{package}"


class Workbench:
    """size  "tiny" shows in seconds that everything runs, "quick" takes minutes, "long" is for the table"""

    QUICK_SECONDS = 165  # what a quick run has for all
    FEWEST_ROUNDS = 2    # ratios need a neighbour or two

    def __init__(self, size, rounds, peers):
        self.size, self.rounds, self.peers = size, rounds, peers
        self.home = tempfile.mkdtemp(prefix="mail-bench.", dir=os.environ.get("TMPDIR") or "/var/tmp")
        os.chmod(self.home, 0o755)
        self.began = time.monotonic()
        self.measure_began, self.measure_ends = 0.0, float("inf")  # as elapsed()
        try:
            self.image = Image(self.home, {"tiny": 1, "quick": 4, "long": 12}[size])
        except BaseException:
            shutil.rmtree(self.home)
            raise

    def pick(self, tiny, quick, long):
        return {"tiny": tiny, "quick": quick, "long": long}[self.size]

    def elapsed(self):
        return time.monotonic() - self.began

    def give_time(self, share):
        """To the measure that begins: this share of what is left. Only a quick run is short of it."""
        self.measure_began = self.elapsed()
        if self.size == "quick":
            self.measure_ends = self.measure_began + max(0, self.QUICK_SECONDS - self.measure_began) * share

    def turns(self):
        """The rounds' numbers. One that would not end in time is left out, but for the first two."""
        for number in range(self.rounds):
            now = self.elapsed()
            round_seconds = (now - self.measure_began) / max(1, number)
            if number >= self.FEWEST_ROUNDS and now + round_seconds > self.measure_ends:
                self.say(f"late: {number} rounds instead of {self.rounds}")
                return
            yield number

    def say(self, text):
        print(f"{self.elapsed():6.0f} s  {text}", flush=True)

    def log(self, name):
        return f"{self.home}/{name}.log"

    def clear(self, path):
        """An empty directory that is on the disk."""
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)

    def close(self):
        program.end_all()
        self.image.close()
        shutil.rmtree(self.home, ignore_errors=True)
