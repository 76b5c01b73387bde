#!/usr/bin/python3
"""The wall clock of each program jumps by days, forward and back, while it works (libfaketime; the monotonic clocks go
on). Leases neither end nor stretch by it, what was delivered is not delivered again, and every mail is counted.

    clock_jumps.py --long            40 rounds
    clock_jumps.py --rounds N
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, faketime, mails, relay, side_by_side, site  # noqa: E402

DAY = 86400
JUMPS = [DAY, -DAY, 30 * DAY, -30 * DAY, 400 * DAY, -400 * DAY, 3600, -3600]


class Bench:
    def __init__(self, root, place, book):
        self.place, self.book, self.faults, self.jumps = place, book, [], 0
        names = ("postoffice", "postmaster", "postman")
        self.clocks = {name: faketime.Clock(self.make(f"{root}/{name}-clock")) for name in names}
        self.relay = relay.Relay(root + "/relay.socket", place.socket)

    @staticmethod
    def make(path):
        os.makedirs(path)
        return path

    def start(self, name):
        if name not in self.place.running or not self.place.running[name].is_running:
            self.place.start(name, environment=self.clocks[name].environment())

    def jump(self, name, seconds):
        self.clocks[name].move(seconds)
        self.jumps += 1

    def expect(self, holds, words):
        if not holds:
            self.faults.append(words)

    # --- what is done in a round

    def intake(self, seconds):
        """The catcher's clock jumps between two mails of one connection."""
        self.start("postoffice")
        client = mails.Client(self.place.port)
        client.hello()
        for _ in range(3):
            self.expect(client.submit(self.book.new(words=["r"])), "a mail was not taken")
            self.jump("postoffice", seconds)
        client.close()

    def lease_stays(self, seconds):
        """A lease of 15 minutes does not end by a jump, nor does one of 1 s last."""
        self.start("postmaster")
        _, lease = self.place.ask("POST", "/v1/leases?max=2&seconds=900&wait=20")
        held = {record["id"] for record in lease["messages"]}
        self.jump("postmaster", seconds)
        status, other = self.place.ask("POST", "/v1/leases?max=50&seconds=900")
        again = held & {record["id"] for record in other["messages"]} if status == 200 else set()
        self.expect(not again, f"a jump of {seconds} s ended a lease")
        for token in [lease["lease"]] + ([other["lease"]] if status == 200 else []):
            self.place.ask("DELETE", "/v1/leases/" + token)
        _, short = self.place.ask("POST", "/v1/leases?max=1&seconds=1&wait=20")
        self.jump("postmaster", -seconds)
        status, back = self.place.ask("POST", "/v1/leases?max=50&seconds=900&wait=20")
        wanted = {record["id"] for record in short["messages"]}
        while status == 200 and not wanted & {record["id"] for record in back["messages"]}:
            status, back = self.place.ask("POST", "/v1/leases?max=50&seconds=900&wait=20")
        self.expect(status == 200, f"a jump of {-seconds} s stretched a lease")
        self.place.release_leases()

    def courier(self, seconds):
        """A courier delivers, and its report is lost. Its clock jumps; two more couriers run before the mail comes
        again. Nothing is delivered twice."""
        command = self.place.command("postman")
        command[1] = "unix:" + self.relay.here
        self.relay.on_request = lambda octets: b"/outcomes " in octets
        environment = self.clocks["postman"].environment()
        site.Program(command, self.place.root + "/postman.log", environment=environment).wait(site.PATIENCE)
        self.jump("postman", seconds)
        for _ in range(2):
            mails.submit_until_heard(self.place.port, [self.book.new(words=["r"])])
            self.place.start("postman", environment=environment).wait(site.PATIENCE)
        self.place.release_leases()
        self.place.start("postman", environment=environment).wait(site.PATIENCE)
        if self.place.waiting():
            self.faults.append(f"{self.place.waiting()} mails stay after a jump of {seconds} s")


def main():
    chosen = campaign.options(__doc__, rounds=(len(JUMPS), 40, "rounds"))

    def work(root, number, share, part):
        place, book = site.Site(root), mails.Book(chosen.seed + number, (60, 300, 2000))
        bench = Bench(root, place, book)
        for seconds in share:
            bench.intake(seconds)
            bench.lease_stays(seconds)
            bench.courier(seconds)
            part.counts["rounds"] += 1
        left = place.carry_all()
        part.faults += bench.faults + [f"{left} mails do not leave"] * bool(left)
        part.faults += [f"exit code {code}" for code in place.end() if code]
        part.counts["jumps"] += bench.jumps
        part.account.add(account.take_account(book.mails, place))

    with campaign.directory("clock-jumps") as root:
        jumps = [JUMPS[number % len(JUMPS)] for number in range(chosen.rounds)]
        total = side_by_side.run(root, chosen.jobs, jumps, work)
        what = f"{total.counts['rounds']} rounds, {total.counts['jumps']} jumps of the wall clock"
        total.faults += campaign.short_of(chosen.rounds, total.counts["rounds"], "rounds")
        campaign.finish("clock-jumps", what, total.account, total.faults)


main()
