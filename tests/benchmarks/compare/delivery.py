"""Delivery: what the courier costs over calling the same sendmail, as many at once, without any courier. And how long a
cron round takes that finds nothing."""
import os
import resource
import shutil
import subprocess
import time

from .figures import Section, Series, ratio
from .postfix import Postfix
from .spools import Origin, content
from .workbench import BIN

ARGUMENTS = ["-i", "-f", "orders@shop.example", "--", "ann@customer.example"]


def stand_in(directory):
    """The stand-in sendmail, at a place of its own: its log lies beside it."""
    path = directory + "/sendmail"
    shutil.copy(f"{BIN}/bench_sendmail", path)
    return path


class WayOut:
    def __init__(self, name, sendmail, mails, jobs):
        self.name, self.sendmail, self.mails, self.jobs = name, sendmail, mails, jobs
        self.direct, self.carried, self.costs, self.own = Series(), Series(), Series(), Series()

    def call_directly(self, bench):
        mail = bench.home + "/mail.eml"
        with open(mail, "wb") as file:
            file.write(content().replace(b"\r\n", b"\n"))
        done = subprocess.run([f"{BIN}/bench_calls", str(self.jobs), str(self.mails), mail, self.sendmail, *ARGUMENTS],
                              capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr.strip()[-300:]}")
        self.direct.add(float(done.stdout))

    def carry(self, bench, origin):
        origin.fill(self.mails)
        took = run_courier(bench, origin, self.sendmail, self.jobs)
        if origin.waiting():
            raise RuntimeError(f"{self.name}: the courier left {origin.waiting()} mails")
        self.carried.add(self.mails / took)

    def sample(self, bench, origin):
        before = children_seconds()
        self.call_directly(bench)
        between = children_seconds()
        bench.image.settle()
        self.carry(bench, origin)
        self.own.add(((children_seconds() - between) - (between - before)) / self.mails * 1e3)
        self.costs.add(1e3 / self.carried.values[-1] - 1e3 / self.direct.values[-1])
        bench.say(f"delivery: {self.name}: {self.direct.values[-1]:,.0f}/s directly, {self.carried.values[-1]:,.0f}/s "
                  "by the courier")


def children_seconds():
    """Processor time of all that was started and has ended, and of what they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_courier(bench, origin, sendmail, jobs):
    """One round of postman, as from cron. Returns the seconds it took."""
    state = bench.image.directory("courier", mode=0o700)
    command = [f"{BIN}/postman", "unix:" + origin.socket, "--state", state, "--deliver", "sendmail:" + sendmail,
               "--jobs", str(jobs), "--quiet"]
    began = time.monotonic()
    with open(bench.log("postman"), "ab") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=600)
    if done.returncode:
        raise RuntimeError(f"postman ended with {done.returncode}; see its last words: {last_words(log.name)}")
    return time.monotonic() - began


def last_words(path):
    with open(path, "rb") as words:
        return words.read()[-400:].decode(errors="replace")


def measure(bench):
    origin, postfix = Origin(bench, "delivery"), Postfix(bench)
    origin.start()
    postfix.start()
    ways = [WayOut("stand-in", stand_in(bench.home), bench.pick(40, 800, 4_000), 8),
            WayOut("Postfix's sendmail", postfix.sendmail(bench.home), bench.pick(8, 100, 500), 8)]
    empty = Series()
    for _ in bench.turns():
        for way in ways:
            way.sample(bench, origin)
        for _ in range(bench.pick(2, 5, 20)):
            empty.add(run_courier(bench, origin, ways[0].sendmail, 4) * 1e3)
    postfix.stop()
    origin.stop()
    return section(ways, empty)


def section(ways, empty):
    told = Section("Delivery", ["sendmail", "called directly, mails/s", "by the courier, mails/s", "the courier's cost of a mail",
                                "its own processor time"],
                   f"{ways[0].jobs} deliveries at a time. The courier fetches from postmaster, keeps its ledger, and confirms; "
                   "it runs until nothing waits.")
    for way in ways:
        told.row(way.name, way.direct.text(), way.carried.text(), way.costs.text(2, " ms"), way.own.text(2, " ms"))
    told.remark("Its own processor time is what courier and deliveries take over the same deliveries called directly.")
    told.remark(f"A cron round that finds nothing: {empty.text(0, ' ms')}.")
    for way in ways:
        told.goal(f"the courier / {way.name} called directly", ratio(way.carried, way.direct), 0.9)
        told.goal(f"the courier's cost of a mail, {way.name}", way.costs, 1, at_least=False, unit="ms")
        told.goal(f"the courier's own processor time of a mail, {way.name}", way.own, 1, at_least=False, unit="ms")
    told.goal("an empty cron round", empty, 50, at_least=False, unit="ms", digits=0)
    return told
