"""What every campaign begins and ends with: its directory, its options, its line of figures."""
import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from . import program, site


def options(description, **counts):
    """--NAME N for each count, with the short form's number as the default; --long takes the long form's.
    The environment says the same: MAIL_CAMPAIGN=long, MAIL_SEED=N."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", default=os.environ.get("MAIL_CAMPAIGN") == "long",
                        help="the long form")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("MAIL_CAMPAIGN_JOBS") or 4),
                        help="sites at once, where a campaign can have more than one (4)")
    for name in site.PROGRAMS:
        parser.add_argument(f"--{name}", metavar="OPTIONS", help=f"more options for {name}, each time it starts")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("MAIL_SEED") or random.randrange(10**6)))
    for name, (short, long, words) in counts.items():
        parser.add_argument(f"--{name}", type=type(short), help=f"{words} ({short}; long form {long})")
    chosen = parser.parse_args()
    for name, (short, long, _) in counts.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, long if chosen.long else short)
    for name in site.PROGRAMS:
        if (words := getattr(chosen, name)) is not None:
            os.environ[f"MAIL_{name.upper()}_OPTIONS"] = words
    return chosen


@contextlib.contextmanager
def directory(name, on_disk=False):
    """The campaign's own; gone at the end (MAIL_KEEP=1 keeps it).

    on_disk  where the disk's own speed matters. Else it is an ext4 in memory, where that works (root, loop devices):
             the same file system with the same calls, and no other work's disk to wait for"""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    base = os.environ.get("TMPDIR") or "/var/tmp"  # /tmp may be a tmpfs, which a spool refuses
    path = tempfile.mkdtemp(prefix=f"mail-{name}.", dir=base)
    if not (on_disk or os.environ.get("MAIL_KEEP")):
        mount_memory(path)
    os.chmod(path, 0o755)
    try:
        yield path
    finally:
        program.end_all()
        unmount_all(path)
        if os.environ.get("MAIL_KEEP"):
            print("kept:", path)
        else:
            shutil.rmtree(path, ignore_errors=True)


def mount_memory(path):
    """An ext4 whose image has no name: it goes with its mount."""
    if os.geteuid() != 0 or not os.access("/dev/shm", os.W_OK) or shutil.disk_usage("/dev/shm").free < 2 << 30:
        return
    with tempfile.NamedTemporaryFile(prefix="mail-campaign.", dir="/dev/shm") as image, \
            contextlib.suppress(subprocess.CalledProcessError, OSError):
        image.truncate(4 << 30)
        for command in (["mkfs.ext4", "-q", "-F", "-m", "0", image.name], ["mount", "-o", "loop", image.name, path]):
            subprocess.run(command, check=True, capture_output=True)


def unmount_all(path):
    with open("/proc/self/mounts") as mounts:
        places = [line.split()[1] for line in mounts]
    for place in reversed([place for place in places if (place + "/").startswith(path + "/")]):
        subprocess.run(["umount", "-l", place], check=False)


def make_directory(path):
    os.makedirs(path)
    return path


class Progress:
    """A line now and then, for those who watch a long form."""

    def __init__(self, total, every=30):
        self.total, self.every, self.last = total, every, time.monotonic()

    def at(self, number):
        if time.monotonic() - self.last > self.every:
            self.last = time.monotonic()
            print(f"   {number} of {self.total}", flush=True)


def short_of(wanted, done, what):
    """A fault where less was done than the form promises: its figures would say more than it showed."""
    return [f"only {done} of {wanted} {what}"] * (done < wanted)


def finish(name, what, account, faults=()):
    """The line of figures, and the exit code."""
    for words in [*account.words[:20], *faults[:20]]:
        print("FAULT:", words)
    print(f"{name}: {what}; {account.figures()}", flush=True)
    is_sound = account.is_sound and not faults and account.sent > 0
    sys.exit(0 if is_sound else 1)
