#!/usr/bin/python3
"""All three programs are killed at random moments under load, again and again. Then they are left in peace, the
queue drains, and every mail is counted.

    random_kills.py --long           1,000 kills
    random_kills.py --kills N --seed S
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, side_by_side, site  # noqa: E402


class Run:
    """One site under load."""

    def __init__(self, root, seed):
        self.place, self.book = site.Site(root), mails.Book(seed, (300, 300, 2000, 20000, 1_500_000))
        self.choice, self.kills = random.Random(seed), 0
        self.place.options["postman"] = ["--watch"]
        self.place.must_run(*site.PROGRAMS)

    def kill_one(self):
        time.sleep(self.choice.uniform(0.02, 0.5))  # the random moment, not a wait for anything
        self.place.kill(self.choice.choice(site.PROGRAMS))
        self.place.must_run(*site.PROGRAMS)
        if self.kills % 8 == 0:
            self.place.release_leases()  # else most of the mail would lie in dead couriers' leases
        self.kills += 1

    def finish(self):
        """Left in peace: all is carried. Returns what was wrong."""
        self.place.kill("postman")
        self.place.options["postman"] = []
        left = self.place.carry_all()
        return [f"exit code {code}" for code in self.place.end() if code] + [f"{left} mails do not leave"] * bool(left)


def work(root, seed, share, part):
    run = Run(root, seed)
    load = mails.Load(run.book, run.place.port)
    try:
        for _ in share:
            run.kill_one()
        run.place.must_run("postoffice")
    finally:
        load.end()
    part.faults += run.finish()
    part.counts["kills"] += run.kills
    part.account.add(account.take_account(run.book.mails, run.place))


def main():
    chosen = campaign.options(__doc__, kills=(150, 1000, "kills of any of the three"))
    with campaign.directory("random-kills") as root:
        # Fewer sites than elsewhere: the load is to keep the machine busy, not to wait for it.
        total = side_by_side.run(root, min(2, chosen.jobs), range(chosen.kills),
                                 lambda place, number, *rest: work(place, chosen.seed + number, *rest))
        what = f"seed {chosen.seed}, {total.counts['kills']} kills"
        total.faults += campaign.short_of(chosen.kills, total.counts["kills"], "kills")
        campaign.finish("random-kills", what, total.account, total.faults)


main()
