"""A campaign in several sites at once: each a process with a directory, programs and mails of its own. Most of a case
is waiting (a disk, a pause, a program's start), so two cores carry several.

What came of it is a Part; the parts are added up."""
import collections
import dataclasses
import multiprocessing
import os
import time
import traceback

from . import program
from .account import Account


@dataclasses.dataclass
class Part:
    """counts  what a campaign counts besides mails, by its own names"""

    account: Account = dataclasses.field(default_factory=Account)
    faults: list = dataclasses.field(default_factory=list)
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    def add(self, other):
        self.account.add(other.account)
        self.faults += other.faults
        self.counts += other.counts


class Share:
    """What one site takes of all items: the next that nobody has taken. Ends early once there are many faults."""

    MANY_FAULTS = 20

    def __init__(self, items, taken, part):
        self.items, self.taken, self.part = items, taken, part

    def __iter__(self):
        while len(self.part.faults) < self.MANY_FAULTS:
            with self.taken.get_lock():
                number = self.taken.value
                self.taken.value += 1
            if number >= len(self.items):
                return
            yield self.items[number]


def work_apart(work, root, number, items, taken, results):
    """One site's process."""
    program.die_with_parent()
    part, place = Part(), f"{root}/{number}"
    try:
        os.makedirs(place)
        work(place, number, Share(items, taken, part), part)
    except Exception:  # it would be lost with the process
        part.faults.append(f"site {number}: {traceback.format_exc()}")
    finally:
        program.end_all()
        results.send(part)


def run(root, jobs, items, work):
    """work(directory, number of the site, share, part) takes items from its share until there are none, and notes in
    `part` what came of them. Returns all parts as one."""
    context = multiprocessing.get_context("fork")
    taken, workers, began = context.Value("l", 0), [], time.monotonic()
    for number in range(min(jobs, len(items)) or 1):
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=work_apart, args=(work, root, number, items, taken, theirs), daemon=True)
        worker.start()
        theirs.close()
        workers.append((worker, ours))
    total = Part()
    for worker, ours in workers:
        while not ours.poll(30):
            print(f"   {min(taken.value, len(items))} of {len(items)}, {time.monotonic() - began:.0f} s", flush=True)
        try:
            total.add(ours.recv())
        except EOFError:
            total.faults.append(f"the process of a site died: {worker.exitcode}")
        worker.join()
    return total
