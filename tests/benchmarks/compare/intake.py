"""Intake: how many mails a second each server takes, and what a mail costs it in processor time. All servers stand
beside each other, idle but for the one that is measured; each round goes through all of them, and the next round in
the other direction. postoffice comes between the two that it is held against, so that a ratio is of neighbours."""
import subprocess

from .figures import Section, Series, ratio
from .plot import Bar
from .smtp_load import Load
from .smtp_servers import all_servers
from .workbench import BIN

TWENTY, HUNDRED = Load("20 sessions", 20), Load("100 sessions", 100)
FRESH = Load("a connection per mail", 20, reuse=False)
LARGE, ALONE = Load("100 KB, 20 sessions", 20, octets=102_400), Load("one session", 1)

# At least so many times the rate of a server whose name begins so.
GOALS = {
    TWENTY: {"Postfix": 4, "aiosmtpd": 2, "E-MailRelay": 1.4},
    HUNDRED: {"Postfix": 4, "aiosmtpd": 2},
    FRESH: {"Postfix": 2.7},
    LARGE: {"Postfix": 1.3},
    ALONE: {"Postfix": 1},
}

ORDER = ("E-MailRelay", "Postfix", "postoffice, journal", "postoffice", "aiosmtpd")
JUDGED = "postoffice, journal"  # of our ways to commit, where there are two
NOT_IN_QUICK = ("Exim", "the Python PostOffice")

CEILINGS = {
    "disk: file, fsync, rename, fsync; 20 writers": ["files", "20"],
    "disk: one log, group commit; 20 waiting": ["log", "20"],
    "disk: one log, group commit; 64 waiting": ["log", "64"],
}


class Cell:
    """One server under one load."""

    def __init__(self):
        self.rates, self.costs, self.expected = Series(), Series(), None


class Intake:
    def __init__(self, bench):
        self.bench = bench
        self.servers = [server for server in all_servers(bench)
                        if bench.size != "quick" or not server.name.startswith(NOT_IN_QUICK)]
        self.loads = bench.pick([TWENTY, FRESH], [TWENTY, FRESH, LARGE], [TWENTY, HUNDRED, FRESH, LARGE, ALONE])
        self.seconds = bench.pick(0.05, 0.6, 2)
        self.cells = {(load, server): Cell() for load in self.loads for server in self.servers}
        self.ceilings = {name: Series() for name in CEILINGS}

    def run(self):
        for server in self.servers:
            server.start()
        for number in self.bench.turns():
            order = neighbours(self.servers)[::1 if number % 2 == 0 else -1]
            for load in self.loads:
                for server in order:
                    self.sample(load, server)
            self.sample_disk()
        for server in self.servers:
            server.stop()
        return self.section()

    def sample(self, load, server):
        """The first time a short run says how many mails make the wanted length."""
        cell = self.cells[load, server]
        if cell.expected is None:
            mails = self.bench.pick(20, 10 * load.sessions, 20 * load.sessions)
            cell.expected = mails / load.send(server.address, mails)
        mails = max(2 * load.sessions, int(min(cell.expected * self.seconds, 400_000_000 / load.octets)))
        server.empty()
        self.bench.image.settle()
        cpu = server.program.cpu_seconds() if server.program else 0
        rate = mails / load.send(server.address, mails)
        if server.program:
            cell.costs.add((server.program.cpu_seconds() - cpu) / mails * 1e6)
        cell.rates.add(rate)
        self.check_stored(server, mails)
        self.bench.say(f"{load.name}: {server.name}: {rate:,.0f}/s")

    @staticmethod
    def check_stored(server, mails):
        stored = server.stored()
        if stored not in (None, mails):
            raise RuntimeError(f"{server.name} said 250 to {mails} mails and has {stored}")
        server.empty()

    def sample_disk(self):
        for name, arguments in CEILINGS.items():
            directory = self.bench.image.directory("ceiling")
            self.bench.clear(directory)
            self.bench.image.settle()
            done = subprocess.run([f"{BIN}/bench_disk", *arguments, str(self.seconds), directory],
                                  capture_output=True, text=True, check=True)
            self.ceilings[name].add(float(done.stdout))
            self.bench.say(f"{name}: {self.ceilings[name].values[-1]:,.0f}/s")
            self.bench.clear(directory)

    def section(self):
        section = Section("Intake", ["server", "durable at its 250", *(load.name for load in self.loads)],
                          "Mails a second; under each the server's own processor time for one mail.")
        for server in self.servers:
            section.row(server.name, server.durable, *(self.text(self.cells[load, server]) for load in self.loads))
        for name, rates in self.ceilings.items():
            section.row(name, "yes", rates.text(), *("" for _ in self.loads[1:]))
        section.remark(self.cost_remark(self.loads[0]))
        names = [server.name for server in self.servers]
        if any(name.startswith("Exim") for name in names):
            section.remark("Exim waits 200 ms before it answers QUIT, which is nearly all of its time with a connection per mail.")
        if not any(name.startswith("E-MailRelay") for name in names):
            section.remark("E-MailRelay (goal: 1.4×, though it never syncs) is not in Debian 12. Started by hand, "
                           "`--peer E-MailRelay=HOST:PORT` measures it along.")
        section.panels = self.panels(self.loads[0])
        for load in self.loads:
            for name, wanted in GOALS[load].items():
                self.add_goals(section, load, name, wanted)
        for server in self.ours():
            section.goal(f"processor time of a mail, {server.name}: {self.loads[0].name}",
                         self.cells[self.loads[0], server].costs, 90, at_least=False, unit="µs", digits=0,
                         judged=self.is_judged(server))
        return section

    def ours(self):
        return [server for server in self.servers if server.name.startswith("postoffice")]

    def is_judged(self, server):
        return server.name == JUDGED or all(one.name != JUDGED for one in self.servers)

    def cost_remark(self, load):
        """Whatever else the machine does, processor time stays nearly the same."""
        mine = self.ours()[0]
        peers = [server for server in self.servers if server not in self.ours() and self.cells[load, server].costs.values]
        times = [(peer.name, ratio(self.cells[load, peer].costs, self.cells[load, mine].costs)) for peer in peers]
        told = ", ".join(f"{name} {series.text(1)}" for name, series in times if series.values)
        return f"Processor time of a mail, {load.name}, as a multiple of {mine.name}: {told}."

    def panels(self, load):
        """Of the first load: the fastest first, the disk's ceilings last."""
        servers = sorted(self.servers, key=lambda server: -self.cells[load, server].rates.median)
        rates = [self.bar(server, self.cells[load, server].rates) for server in servers]
        ceilings = [Bar(name, series, f"{series.median:,.0f}", "ceiling") for name, series in self.ceilings.items()
                    if name.endswith(f"{load.sessions} writers") or name.endswith(f"{load.sessions} waiting")]
        costs = [self.bar(server, self.cells[load, server].costs) for server in servers
                 if self.cells[load, server].costs.values]
        return [(f"Mails a second, 4 KB, {load.name}", rates + ceilings),
                ("Processor time of such a mail, µs (less is better)", costs)]

    @staticmethod
    def bar(server, series):
        return Bar(f"{server.name} ({durability(server)})", series, f"{series.median:,.0f}",
                   "ours" if server.name.startswith("postoffice") else "peer")

    @staticmethod
    def text(cell):
        return cell.rates.text() + (f"<br>{cell.costs.median:,.0f} µs" if cell.costs.values else "")

    def add_goals(self, section, load, name, wanted):
        peers = [server for server in self.servers if server.name.startswith(name)]
        for ours in self.ours():
            for peer in peers:
                got = ratio(self.cells[load, ours].rates, self.cells[load, peer].rates)
                section.goal(f"{ours.name} / {name}: {load.name}", got, wanted, judged=self.is_judged(ours))


def neighbours(servers):
    """In the order of measuring. Of those that ORDER does not name, as they come, at the end."""
    def place(server):
        return next((number for number, name in enumerate(ORDER) if server.name.startswith(name)), len(ORDER))
    files = [server for server in servers if server.name == "postoffice, files"]
    return sorted((server for server in servers if server not in files), key=place) + files


def durability(server):
    return {"yes": "durable", "no": "not durable"}.get(server.durable, server.durable)


def measure(bench):
    return Intake(bench).run()
