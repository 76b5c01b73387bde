"""Hand-out: how fast postmaster lends, scrubbed and gated, and settles, beside the original's GET, which syncs nothing
and loses mail. And whether it stays so with a million mails waiting."""
import os
import time

from . import couriers
from .figures import Section, Series, percentile, ratio
from .program import Program
from .spools import Filler, Origin
from .workbench import PYTHON, STANDINS, has_module

SEVERAL = 4


class PythonPostMaster:
    """falcon under gunicorn, with one worker or two."""

    def __init__(self, bench, workers):
        self.bench, self.workers = bench, workers
        self.messages = bench.image.directory(f"python-postmaster-{workers}")
        self.socket, self.program = f"{bench.home}/python-postmaster-{workers}.socket", None

    def fill(self, mails):
        Filler().fill_original(self.messages, mails)
        self.bench.image.settle()

    def start(self):
        command = [PYTHON, "-m", "gunicorn", "--workers", str(self.workers), "--bind", "unix:" + self.socket,
                   "python_postmaster:application"]
        environment = {**os.environ, "PYTHONPATH": STANDINS, "MAIL_MESSAGES": self.messages}
        self.program = Program(command, self.bench.log("python-postmaster"), environment)
        self.program.serves(self.socket)

    def stop(self):
        self.program.stop()


class Contender:
    def __init__(self, name, safe, server, batch, number):
        self.name, self.safe, self.server, self.batch, self.couriers = name, safe, server, batch, number
        self.rates, self.costs, self.lost = Series(), Series(), 0

    def sample(self, bench, mails):
        self.server.fill(mails)
        self.server.start()
        cpu = self.server.program.cpu_seconds()
        rate, handed = couriers.rate(self.batch, self.server.socket, self.couriers, mails)
        self.costs.add((self.server.program.cpu_seconds() - cpu) / mails * 1e6)
        self.server.stop()
        self.rates.add(rate)
        self.lost += mails - handed
        bench.say(f"hand-out: {self.name}, couriers: {self.couriers}: {rate:,.0f}/s")


def contenders(bench):
    origin = Origin(bench, "hand-out")
    ours = [Contender("postmaster", "yes", origin, couriers.lease_and_confirm, number) for number in (1, SEVERAL)]
    if not has_module("falcon") or not has_module("gunicorn"):
        return ours, []
    return ours, [Contender(f"falcon and gunicorn, workers: {workers}", "no", PythonPostMaster(bench, workers),
                            couriers.fetch, number) for workers, number in bench.pick(
                                [(1, 1)], [(1, 1), (2, SEVERAL)], [(1, 1), (1, SEVERAL), (2, SEVERAL)])]


def measure(bench):
    ours, theirs = contenders(bench)
    mails = bench.pick(200, 3_000, 20_000)
    for number in bench.turns():
        for contender in (ours + theirs)[::1 if number % 2 == 0 else -1]:
            contender.sample(bench, mails)
    section = Section("Hand-out", ["server", "couriers", "deletes durable", "mails/s", "processor time of a mail",
                                   "given out twice or lost"],
                      f"Batches of 50 mails of 4 KB, {mails:,} in all. postmaster scrubs, gates with five origin values, "
                      "lends, and deletes when the courier confirms; the original deletes as it answers. A mail that is "
                      "handed out twice counts once.")
    for contender in ours + theirs:
        section.row(contender.name, contender.couriers, contender.safe, contender.rates.text(),
                    f"{contender.costs.median:,.0f} µs", abs(contender.lost))
    for mine in ours:
        peers = [peer for peer in theirs if peer.couriers == mine.couriers]
        if peers:
            best = max(peers, key=lambda peer: peer.rates.median)
            section.goal(f"postmaster / {best.name}; couriers: {mine.couriers}", ratio(mine.rates, best.rates), 1.5)
            section.goal(f"processor time of a mail, {best.name} / postmaster; couriers: {mine.couriers}",
                         ratio(best.costs, mine.costs), 1.5, judged=False)
    return section


class Crowd:
    """postmaster with so many mails waiting. They are written once; each round writes again what it took. Their records
    fill one block each: a million take 4 GB and about a minute."""

    OCTETS = 3_000

    def __init__(self, bench, mails):
        self.bench, self.mails, self.origin = bench, mails, Origin(bench, f"waiting-{mails}")
        self.middle, self.slowest, self.ready, self.memory, self.drained = (Series() for _ in range(5))

    def refill(self):
        began, missing = time.monotonic(), self.mails - self.origin.waiting()
        self.origin.fill(missing, self.OCTETS)
        if missing > 100_000:
            self.bench.say(f"hand-out: {missing:,} mails written in {time.monotonic() - began:.0f} s")

    def sample(self, batches):
        """Never fewer waiting than nine tenths of it."""
        self.refill()
        began = time.monotonic()
        self.origin.start(seconds=300)
        couriers.times(couriers.lease_and_confirm, self.origin.socket, 1)
        self.ready.add(time.monotonic() - began)
        self.memory.add(self.origin.program.resident_mib())
        taken = []
        while len(taken) < batches:
            some = min(batches, max(1, self.mails // 10 // 50))
            taken += couriers.times(couriers.lease_and_confirm, self.origin.socket, some)
            self.refill()
        self.middle.add(percentile(taken, 0.5) * 1e3)
        self.slowest.add(percentile(taken, 0.99) * 1e3)
        self.drained.add(self.origin.program.resident_mib())
        self.origin.stop()
        self.bench.say(f"hand-out: {self.mails:,} waiting: ready in {self.ready.values[-1]:.1f} s, "
                       f"a batch takes {self.middle.values[-1]:.1f} ms")


def measure_crowds(bench):
    few, many = Crowd(bench, bench.pick(200, 1_000, 1_000)), Crowd(bench, bench.pick(1_000, 20_000, 1_000_000))
    for _ in bench.turns():
        for crowd in (few, many):
            crowd.sample(bench.pick(4, 40, 200))
    section = Section("Many mails waiting", ["mails waiting", "ready after", "lease and outcomes of 50, median", "p99",
                                             "resident when ready", "resident after draining"],
                      "One courier. Ready: from the start to the first batch settled.")
    for crowd in (few, many):
        section.row(f"{crowd.mails:,}", crowd.ready.text(2, " s"), crowd.middle.text(1, " ms"),
                    crowd.slowest.text(1, " ms"), crowd.memory.text(0, " MiB"), crowd.drained.text(0, " MiB"))
    section.goal(f"latency at {many.mails:,} / at {few.mails:,} waiting", ratio(many.middle, few.middle), 1.3, at_least=False)
    if many.mails == 1_000_000:
        section.goal("ready on 1,000,000 waiting", many.ready, 10, at_least=False, unit="s", digits=1)
        section.goal("resident with 1,000,000 waiting", many.memory, 300, at_least=False, unit="MB", digits=0)
        section.goal("resident after draining, at most", many.drained, 300, at_least=False, unit="MB", digits=0)
        section.goal("flat while draining: resident after / when ready", ratio(many.drained, many.memory), 1.25, at_least=False)
    return section
