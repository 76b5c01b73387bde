#!/usr/bin/python3
"""Each program is killed at each of its calls that changes a file (strace -e inject=CALL:signal=SIGKILL:when=i), one
point after the other, in many situations. After each kill it is started again, clients and couriers repeat what they
must, the queue drains, and every mail is counted.

The points of a situation come from a traced run without a kill. Spool, ledger and journal are kept from kill to
kill, so they grow and age as they would.

    kill_points.py --long            all points of all situations, round after round: 2,000 at least
    kill_points.py --points N        so many, spread evenly over the situations
"""
import http.client
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, side_by_side, site, trace  # noqa: E402


class Situation:
    """A program, and what it is doing when it dies. `act` may meet its death at any moment; `mend` repeats afterwards
    what clients and couriers would.

    strace counts calls per thread. So it is put on the running program just before `act`: then the i-th call is the
    i-th of the one thread that does the work, and not one of the start. The start has situations of its own."""

    program = None
    from_start = False

    def __init__(self, place, book, name):
        self.place, self.book, self.name = place, book, name

    def run(self, inject=None):
        """Returns whether the program was killed."""
        output = self.place.root + "/trace"
        trace.remove(output)
        self.place.must_run("postoffice", "postmaster")
        self.prepare()
        tracer, program = trace.strace(output, inject=inject), None
        if self.from_start:
            self.place.end(*(name for name in (self.program,) if name in self.place.running))
            program = self.place.start(self.program, tracer=tracer)
        else:
            self.place.must_run(self.program)
            program = self.place.running[self.program]
            program.attach(tracer)
        try:
            self.act(program)
        except (OSError, ValueError, http.client.HTTPException):
            program.wait(10)  # it died, or this is a fault of ours
        code = program.stop()
        if self.program == "postman":
            self.place.note_courier_death()
        self.mend()
        return code == -9

    def prepare(self):
        pass

    def act(self, program):
        pass

    def mend(self):
        pass

    def fill(self, kinds):
        mails.submit_until_heard(self.place.port, [self.book.new(**kind) for kind in kinds])


class Start(Situation):
    """The program starts, with mail waiting and lent. It dies before it is ready, or not at all."""

    from_start = True

    def __init__(self, place, book, name, program):
        super().__init__(place, book, name)
        self.program = program

    def prepare(self):
        self.fill([{"size": 300}] * 2)
        self.place.ask("POST", "/v1/leases?max=1&seconds=900")

    def act(self, program):
        if self.program == "postman":
            program.wait(site.PATIENCE)


class Intake(Situation):
    program = "postoffice"

    def __init__(self, place, book, name, kinds, clients=1):
        super().__init__(place, book, name)
        self.kinds, self.clients, self.made = kinds, clients, []

    def prepare(self):
        self.made = [[self.book.new(**kind) for kind in self.kinds] for _ in range(self.clients)]

    def act(self, program):
        threads = [threading.Thread(target=mails.submit_all, args=(self.place.port, made)) for made in self.made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def mend(self):
        self.place.must_run("postoffice")
        for made in self.made:
            mails.submit_until_heard(self.place.port, [mail for mail in made if mail.heard is None])


class HandOut(Situation):
    """One request of a courier, after a lease and others before it."""

    program = "postmaster"

    def __init__(self, place, book, name, steps, word="r"):
        super().__init__(place, book, name)
        self.steps, self.word, self.lease = steps, word, None

    def prepare(self):
        self.fill([{"size": 300, "words": [self.word]}] * 3)
        for step in self.steps[:-1]:
            self.ask(step)

    def act(self, program):
        self.ask(self.steps[-1])

    def ask(self, step):
        if step == "lease":
            _, self.lease = self.place.ask("POST", "/v1/leases?max=50&seconds=900&wait=20")
            return
        path = "/v1/leases/" + self.lease["lease"]
        if step == "renewal":
            self.place.ask("POST", path + "/renewal?seconds=800")
        elif step == "release":
            self.place.ask("DELETE", path)
        else:
            told = [{"id": mail["id"], "outcome": step, "reason": "as told"} for mail in self.lease["messages"]]
            for outcome in told if step == "deferred" else []:
                outcome["retry_after"] = 0  # else the campaign would have to wait for it
            self.place.ask("POST", path + "/outcomes", {"outcomes": told})


class CourierAtHandOut(Situation):
    """postmaster dies while a real courier works."""

    program = "postmaster"

    def prepare(self):
        self.fill([{}] * 4)

    def act(self, program):
        self.place.start("postman").wait(site.PATIENCE)


class Delivery(Situation):
    """A courier that stays is traced while it waits, then mail comes."""

    program = "postman"

    def __init__(self, place, book, name, kinds, jobs=1):
        super().__init__(place, book, name)
        self.kinds, self.jobs = kinds, jobs

    def prepare(self):
        self.place.options["postman"] = ["--watch", "--jobs", str(self.jobs)]

    def act(self, program):
        self.fill(self.kinds)
        site.wait_until(lambda: not program.is_running or not self.place.waiting(), site.PATIENCE, self.name)

    def mend(self):
        self.place.options["postman"] = []


def situations(place, book):
    small, octets, large = {"size": 200}, {"size": 2000, "octets": True}, {"size": 300_000}
    three, refused = {"words": ["a", "b", "c"]}, {"words": ["permanent"]}
    return [
        Start(place, book, "starts", "postoffice"),
        Start(place, book, "starts", "postmaster"),
        Start(place, book, "runs once", "postman"),
        Intake(place, book, "a mail", [small]),
        Intake(place, book, "a large mail", [large]),
        Intake(place, book, "mails one after the other", [small, octets, three, small, small]),
        Intake(place, book, "three clients", [small, octets], clients=3),
        HandOut(place, book, "lends", ["lease"]),
        HandOut(place, book, "renews", ["lease", "renewal"]),
        HandOut(place, book, "takes back", ["lease", "renewal", "release"]),
        HandOut(place, book, "takes deferred mail", ["lease", "deferred"]),
        HandOut(place, book, "takes failed mail", ["lease", "failed"], "permanent"),
        CourierAtHandOut(place, book, "a courier at work"),
        Delivery(place, book, "mails", [small, octets, large, three, small, small, small, small]),
        Delivery(place, book, "refused among others", [small, refused, small, refused, small]),
        Delivery(place, book, "three jobs", [small] * 9, jobs=3),
    ]


class Run:
    """The points of one site, one after the other."""

    def __init__(self, root, seed):
        self.place, self.book = site.Site(root), mails.Book(seed)
        self.arrived, self.checked = account.Arrivals(self.place), 0
        self.situations = situations(self.place, self.book)

    def strike(self, number, point):
        """returns  the program that was killed there, or "not reached"; and what was wrong"""
        situation = self.situations[number]
        was_killed = situation.run(f"{point[0]}:signal=SIGKILL:when={point[1]}")
        faults = self.check(f"{situation.name}, killed at {point}")
        return situation.program if was_killed else "not reached", faults

    def check(self, what):
        """All is carried, and the mails since the last check are counted."""
        left = self.place.carry_all()
        result = account.take_account(self.book.mails[self.checked:], self.place, self.arrived)
        self.checked = len(self.book.mails)
        return [f"{what}: {words}" for words in result.words + [f"{left} mails do not leave"] * bool(left)]

    def find_points(self):
        """(number of the situation, (call, i)), and what was wrong without a kill"""
        found, faults = [], []
        for number, situation in enumerate(self.situations):
            situation.run()
            faults += self.check(f"{situation.name}, not killed")
            calls = trace.points(self.place.root + "/trace", [self.place.spool, self.place.state])
            found += [(number, call) for call in calls]
            print(f"   {len(calls)} points: {situation.program}, {situation.name}", flush=True)
        self.place.end()
        return found, faults


def main():
    chosen = campaign.options(__doc__, points=(300, 2400, "kill points"))
    site.need("strace")

    def work(root, number, share, part):
        run = Run(root, chosen.seed + number)
        for situation, point in share:
            program, faults = run.strike(situation, point)
            part.counts[program] += 1
            part.faults += faults
        run.place.end()
        part.account.add(account.take_account(run.book.mails, run.place))

    with campaign.directory("kill-points") as root:
        points, faults = Run(campaign.make_directory(root + "/first"), chosen.seed).find_points()
        rounds = points * (chosen.points // len(points)) + trace.evenly(points, chosen.points % len(points))
        total = side_by_side.run(root, chosen.jobs, rounds, work)
        missed = total.counts.pop("not reached", 0)
        # Not each run meets the same calls; most do.
        faults += campaign.short_of(chosen.points * 5 // 6, total.counts.total(), "kill points")
        kills = ", ".join(f"{name} {number}" for name, number in sorted(total.counts.items()))
        what = (f"seed {chosen.seed}, {total.counts.total()} kill points ({kills}) at {len(points)} places, "
                f"{missed} not reached")
        campaign.finish("kill-points", what, total.account, faults + total.faults)


main()
