#!/usr/bin/python3
"""A relay cuts the connection after byte N, for each N in both directions of one SMTP dialogue, one lease, and one
report of outcomes. The client or the courier then tries again without the relay, and every mail is counted.

    cut_bytes.py --long              every byte
    cut_bytes.py --step 7            every seventh
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, relay, side_by_side, site  # noqa: E402


LEASE, REPORT = b"/v1/leases?", b"/outcomes"


class Cuts:
    """Of one site. Each cut returns what was wrong, in words."""

    def __init__(self, root, seed):
        self.place, self.book = site.Site(root), mails.Book(seed)
        place = self.place
        place.must_run("postoffice", "postmaster")
        self.arrived, self.checked = account.Arrivals(place), 0
        self.ports = (site.free_port(), place.port)
        self.smtp = relay.Relay(("127.0.0.1", self.ports[0]), ("127.0.0.1", place.port))
        self.http = relay.Relay(place.root + "/relay.socket", place.socket)

    # --- SMTP

    def submit(self, port):
        mail = self.book.new(size=120, words=["a", "b"], octets=False)
        client = mails.Client(port, 10)
        if client.hello():
            client.submit(mail)
        client.close()
        return mail

    def cut_smtp(self, direction, count):
        self.smtp.cut_after, self.smtp.with_reset = {direction: count}, count % 2 == 1
        mail = self.submit(self.ports[0])
        mails.submit_until_heard(self.place.port, [mail] if mail.heard is None else [])
        return []

    def resend_in_same_words(self, count):
        """The 250 is cut after `count` octets, and the client says the same again, envelope and all (RFC 1047)."""
        self.smtp.cut_after, self.smtp.with_reset = {relay.DOWN: count}, False
        mail = self.submit(self.ports[0])
        if mail.heard is None:
            first, client = mail.tries[-1], mails.Client(self.place.port)
            client.hello()
            client.submit(mail, first)
            client.close()
            if mail.heard is None:
                return [f"{mail.name} is not taken: {first.reply}"]
        return []

    # --- HTTP

    def run_courier(self):
        command = self.place.command("postman")
        command[1] = "unix:" + self.place.root + "/relay.socket"
        site.Program(command, self.place.root + "/postman.log").wait(site.PATIENCE)

    def cut_http(self, direction, count, what):
        """what  stands in the target of the request that is to be cut; others pass"""
        mail = self.book.new(size=120, words=["a"], octets=False)
        mails.submit_until_heard(self.place.port, [mail])
        self.http.only, self.http.cut_after = what, {direction: count}
        self.run_courier()
        return self.check()

    def check(self):
        """All is carried, and the mails since the last check are counted."""
        left = self.place.carry_all()
        result = account.take_account(self.book.mails[self.checked:], self.place, self.arrived)
        self.checked = len(self.book.mails)
        return result.words + [f"{left} mails do not leave"] * bool(left)

    def finish(self):
        """What came of all that this site has done."""
        faults = self.check() + [f"exit code {code}" for code in self.place.end() if code]
        return account.take_account(self.book.mails, self.place), faults


def lengths(root, seed):
    """How many octets each direction has, by a run without a cut; the HTTP ones may differ by a few digits."""
    cuts = Cuts(root, seed)
    cuts.smtp.cut_after, found = {}, {}
    cuts.submit(cuts.ports[0])
    site.wait_until(lambda: cuts.smtp.passed[relay.DOWN], site.PATIENCE, "the relay's end")
    cuts.check()
    for what in (LEASE, REPORT):
        cuts.http.passed = {relay.UP: 0, relay.DOWN: 0}
        cuts.cut_http(relay.UP, 1 << 20, what)
        found[what] = dict(cuts.http.passed)
    cuts.place.end()
    return dict(cuts.smtp.passed), found


def all_cuts(smtp, http, step):
    """(method of Cuts, its arguments)"""
    found = [("cut_smtp", direction, count) for direction, last in smtp.items() for count in range(0, last + 1, step)]
    found += [("resend_in_same_words", count)
              for count in range(smtp[relay.DOWN] - 80, smtp[relay.DOWN], 1 + step // 4)]
    return found + [("cut_http", direction, count, what) for what, ends in http.items()
                    for direction, last in ends.items() for count in range(0, last + 1, step)]


def main():
    chosen = campaign.options(__doc__, step=(23, 1, "cut at every so many octets"))

    def work(root, number, share, part):
        cuts = Cuts(root, chosen.seed + number)
        for method, *arguments in share:
            part.faults += [f"{method} {arguments}: {words}" for words in getattr(cuts, method)(*arguments)]
            part.counts[method] += 1
        total, faults = cuts.finish()
        part.account.add(total)
        part.faults += faults

    with campaign.directory("cut-bytes") as root:
        smtp, http = lengths(campaign.make_directory(root + "/first"), chosen.seed)
        print("   octets:", smtp, http, flush=True)
        cuts = list(all_cuts(smtp, http, chosen.step))
        total = side_by_side.run(root, chosen.jobs, cuts, work)
        counts = total.counts
        total.faults += campaign.short_of(len(cuts), counts.total(), "cut connections")
        what = (f"{counts.total()} cut connections: {counts['cut_smtp']} in a dialogue, {counts['cut_http']} in a lease "
                f"or a report, {counts['resend_in_same_words']} in a 250 that is asked for again")
        campaign.finish("cut-bytes", what, total.account, total.faults)


main()
