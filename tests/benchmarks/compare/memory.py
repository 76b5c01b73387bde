"""Memory: of postoffice with many idle connections and with many large mails at once, and of postmaster and postman
while they move those; and what idle connections cost a client that works."""
import os
import subprocess
import threading
import time

from .crowd import Idle, raise_descriptor_limit
from .delivery import stand_in
from .figures import Section, Series, percentile, ratio
from .smtp_client import Client, Refused, times
from .smtp_servers import postoffice_modes
from .spools import Origin, content
from .workbench import BIN

BUDGET_MIB = 256  # the default of --memory-budget


class Measure:
    def __init__(self, bench):
        self.bench = bench
        self.crowds = [number for number in bench.pick((20, 50), (1_000, 5_000), (1_000, 10_000))
                       if number < raise_descriptor_limit() - 200]
        self.large, self.octets = bench.pick((4, 1 << 20), (10, 10 << 20), (40, 30 << 20))
        self.resident = {number: Series() for number in self.crowds}
        self.alone, self.beside = Series(), Series()
        self.peaks = {name: Series() for name in ("postoffice", "postmaster", "postman")}

    def run(self):
        for _ in self.bench.turns():
            self.sample_idle()
            self.sample_large()
        return self.section()

    def start_catcher(self):
        catcher = postoffice_modes(self.bench)[0]
        catcher.start()
        return catcher

    def sample_idle(self):
        """A process of its own each round: memory that was once used stays with it."""
        catcher = self.start_catcher()
        idle, mails = Idle(catcher.address), self.bench.pick(10, 300, 2_000)
        times(catcher.address, mails // 4)
        self.alone.add(percentile(times(catcher.address, mails), 0.99) * 1e3)
        for number in self.crowds:
            idle.grow(number)
            self.resident[number].add(catcher.program.resident_mib())
        self.beside.add(percentile(times(catcher.address, mails), 0.99) * 1e3)
        idle.close()
        catcher.stop()
        catcher.empty()
        self.bench.say(f"memory: {self.crowds[-1]:,} idle: {self.resident[self.crowds[-1]].values[-1]:.0f} MiB, "
                       f"p99 {self.alone.values[-1]:.1f} ms alone, {self.beside.values[-1]:.1f} ms beside them")

    def sample_large(self):
        catcher = self.start_catcher()
        faults = []
        senders = [threading.Thread(target=send_until_taken, args=(catcher.address, self.octets, number, faults))
                   for number in range(self.large)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        if faults or catcher.stored() != self.large:
            raise RuntimeError(f"{self.large} large mails: {catcher.stored()} stored, {faults[:3]}")
        self.peaks["postoffice"].add(catcher.program.peak_mib())
        catcher.stop()
        self.move_large(catcher)
        self.bench.say(f"memory: {self.large} mails of {self.octets >> 20} MiB: " +
                       ", ".join(f"{name} {peak.values[-1]:.0f} MiB" for name, peak in self.peaks.items()))

    def move_large(self, catcher):
        origin = Origin(self.bench, os.path.basename(catcher.spool))
        origin.start()
        state = self.bench.image.directory("large", mode=0o700)
        peak = self.bench.home + "/peak"
        with open(self.bench.log("postman"), "ab") as log:
            subprocess.run(["/usr/bin/python3", os.path.dirname(os.path.realpath(__file__)) + "/../../support/peak_memory.py",
                            peak, f"{BIN}/postman", "unix:" + origin.socket, "--state", state, "--deliver",
                            "sendmail:" + stand_in(self.bench.home), "--quiet"], check=True, stdout=log, stderr=log)
        with open(peak) as kib:
            self.peaks["postman"].add(int(kib.read()) / 1024)
        self.peaks["postmaster"].add(origin.program.peak_mib())
        origin.stop()
        if origin.waiting():
            raise RuntimeError(f"{origin.waiting()} large mails were left")

    def section(self):
        section = Section("Memory", ["", "resident"],
                          "A process of its own for each round. MiB are of 1,048,576 octets; peaks are the kernel's.")
        for number in self.crowds:
            section.row(f"postoffice, {number:,} idle connections", self.resident[number].text(0, " MiB"))
        what = f"{self.large} mails of {self.octets >> 20} MiB at once"
        section.row(f"postoffice, {what}, peak", self.peaks["postoffice"].text(0, " MiB"))
        for name in ("postmaster", "postman"):
            section.row(f"{name}, while moving them, peak", self.peaks[name].text(0, " MiB"))
        section.remark(f"A client that sends one mail after the other, p99 of a mail: {self.alone.text(1, ' ms')} alone, "
                       f"{self.beside.text(1, ' ms')} beside {self.crowds[-1]:,} idle connections.")
        self.add_goals(section, what)
        return section

    def add_goals(self, section, what):
        bounds = {1_000: 30, 10_000: 120}
        for number in self.crowds:
            if number in bounds:
                section.goal(f"{number:,} idle connections", self.resident[number], bounds[number], at_least=False,
                             unit="MB", digits=0)
        section.goal(what, self.peaks["postoffice"], BUDGET_MIB + 64, at_least=False, unit="MB", digits=0)
        for name in ("postmaster", "postman"):
            section.goal(f"{name} while moving them", self.peaks[name], 150, at_least=False, unit="MB", digits=0)
        section.goal(f"p99 beside {self.crowds[-1]:,} idle / alone", ratio(self.beside, self.alone), 2, at_least=False)


def send_until_taken(address, octets, number, faults):
    """A refusal with 4xx is an answer: the client tries again, as mail servers do."""
    mail, deadline = content(octets, number), time.monotonic() + 300
    while time.monotonic() < deadline:
        try:
            client = Client(address, timeout=300)
            client.send(mail)
            client.close()
            return
        except Refused as refusal:
            if not str(refusal).startswith("4"):
                faults.append(refusal)
                return
            time.sleep(0.2)
        except OSError as fault:
            faults.append(fault)
            return
    faults.append("not taken within 300 s")


def measure(bench):
    return Measure(bench).run()
